// The servers that are compared side by side, each as its own documentation sets it up.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { npmFiles, npmInstall, npmStart, SERVERS, startServer } from '../../conformance/servers.ts'

/** A server as it runs. */
export interface RunningPeer {
  readonly base: string
  readonly token: string
  readonly pid: number
  stop(): Promise<void>
}

/** A server to compare. */
export interface Peer {
  readonly name: string
  /** Where a change is when it is acknowledged. */
  readonly durability: string
  /** Whether it is told which identity provider calls, by the token. */
  readonly kinds?: boolean
  start(): Promise<RunningPeer>
}

/** All of them, Lockstep first. */
export const PEERS: readonly Peer[] = [
  { name: 'Lockstep', durability: 'on disk (SQLite, synchronous=FULL)', kinds: true, start: startLockstep },
  { name: 'SCIMMY 1.3.5, routers 1.3.2', durability: 'in memory', start: () => startServer(serverOf('scimmy')) },
  { name: 'Better Auth, SCIM 1.7.5', durability: 'on disk (SQLite, synchronous=FULL)', start: startBetterAuth },
  {
    name: 'SAML Jackson 26.2.0',
    durability: 'in memory',
    start: () =>
      startServer({
        name: 'jackson',
        folder: join(import.meta.dirname, 'jackson'),
        title: 'SAML Jackson',
        version: '26.2.0',
        language: 'TypeScript',
        needs: ['npm'],
        files: npmFiles,
        install: npmInstall,
        start: npmStart,
      }),
  },
]

function serverOf(name: string) {
  const server = SERVERS.find((one) => one.name === name)
  if (server === undefined) throw new Error(`there is no server called ${name}`)
  return server
}

async function startLockstep(): Promise<RunningPeer> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-peers-'))
  const running = await startServer(
    {
      name: 'lockstep',
      title: 'Lockstep',
      version: 'of this checkout',
      language: 'TypeScript',
      needs: [],
      files: [],
      install: async () => ({ code: 0, stdout: '', stderr: '' }),
      start: async () => [process.execPath, [join(import.meta.dirname, 'lockstep.ts')]],
    },
    { DATABASE: join(folder, 'scim.db') },
  )
  return { ...running, stop: () => removedAfter(running.stop(), folder) }
}

async function startBetterAuth(): Promise<RunningPeer> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-peers-'))
  const running = await startServer(serverOf('better-auth'), { DATABASE: join(folder, 'auth.db') })
  return { ...running, stop: () => removedAfter(running.stop(), folder) }
}

async function removedAfter(stopped: Promise<void>, folder: string): Promise<void> {
  await stopped
  rmSync(folder, { recursive: true, force: true })
}
