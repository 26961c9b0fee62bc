import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Starts the product as `npm start` does, on a fresh database, and does what its greeting says: the curl line must work. */
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
  const greeting = await said(server, /curl .*\n/)
  const [, token, url] = /Authorization: Bearer (\S+)' '([^']+)'/.exec(greeting) ?? []
  if (token === undefined || url === undefined) throw new Error(`no curl line in:\n${greeting}`)
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  const list = (await answer.json()) as { totalResults?: number }
  if (answer.status !== 200 || list.totalResults !== 0) throw new Error(`the curl line got ${answer.status}`)
  console.log('npm start serves, and the line that it prints works')
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
