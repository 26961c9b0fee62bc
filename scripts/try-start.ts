// Starts the server as `npm start` does and follows the instructions it prints.

import { type ChildProcess, execSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A fresh database. The command in the greeting must create a token, and its curl line must work. */
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
  // Output of a server often ends up in logs, so the token itself is printed only on a terminal.
  const greeting = await said(server, /First token +.*\n[\s\S]*\n\n/)
  if (/lk_/.test(greeting)) throw new Error(`A token was printed although there is no terminal:\n${greeting}`)
  const command = /First token +(.*)/.exec(greeting)?.[1] ?? ''
  const made = execSync(command, { cwd: root, encoding: 'utf8' })
  const line = /curl -H '.*/.exec(made)?.[0]
  if (line === undefined) throw new Error(`No curl line in:\n${made}`)
  const list = JSON.parse(execSync(`${line} --silent`, { encoding: 'utf8' })) as { totalResults?: number }
  if (list.totalResults !== 0) throw new Error(`The curl line got ${JSON.stringify(list)}`)
  console.log('npm start works, and so do the commands it prints')
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
    child.once('exit', (code) => reject(new Error(`The server exited with ${code} after printing:\n${text}`)))
  })
}
