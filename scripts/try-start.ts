// Starts the server as `npm start` does and follows the instructions it prints.

import { type ChildProcess, execSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Starts the product as `npm start` does, on a fresh database, and does what its greeting says: the command makes a token, and its curl line must work. */
const folder = mkdtempSync(join(tmpdir(), 'lockstep-start-'))
const root = join(import.meta.dirname, '..')
const server = spawn(
  'npm',
  ['start', '--silent', '--', '--port', '0', '--database', `sqlite:${join(folder, 'new', 'lockstep.db')}`],
  {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  },
)
try {
  // What a server prints is often kept, so that it says how to make the token and doesn't print it: only a terminal gets it.
  const greeting = await said(server, /First token +.*\n[\s\S]*\n\n/)
  if (/lk_/.test(greeting)) throw new Error(`a token where no person reads it:\n${greeting}`)
  const command = /First token +(.*)/.exec(greeting)?.[1] ?? ''
  const made = execSync(command, { cwd: root, encoding: 'utf8' })
  const line = /curl -H '.*/.exec(made)?.[0]
  if (line === undefined) throw new Error(`no curl line in:\n${made}`)
  const list = JSON.parse(execSync(`${line} --silent`, { encoding: 'utf8' })) as { totalResults?: number }
  if (list.totalResults !== 0) throw new Error(`the curl line got ${JSON.stringify(list)}`)
  console.log('npm start serves, and what it prints works')
} finally {
  const ended = new Promise((resolve) => server.once('exit', resolve))
  if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
}

function said(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8')
    child.stdout?.on('data', (chunk: string) => {
      text += chunk
      if (what.test(text)) resolve(text)
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} after saying:\n${text}`)))
  })
}
