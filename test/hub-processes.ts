// A tenant with an app that is switched on, and real processes of Lockstep that keep it in step.

import { spawn } from 'node:child_process'
import { expect } from 'vitest'
import { createFakeApp, FAKE_PROFILES, type FakeApp, listen } from '../src/testing/index.ts'
import { MAIN, type Running, run, startServer } from './cli/run.ts'
import { emptyPlace } from './database-under-test.ts'

/** The token of the app. It must be in nothing that Lockstep writes. */
export const APP_TOKEN = 'canary-7f3a'
const made: (() => unknown)[] = []

/** Ends and removes all that was started. */
export async function endAll(): Promise<void> {
  for (const undo of made.splice(0).reverse()) await undo()
}

/** Runs at the end of the test. */
export function atEnd(undo: () => unknown): void {
  made.push(undo)
}

/** A fake app behind an address, and a tenant `acme` that has it, switched on. `front` may put something before the address. */
export async function startSite(front: (base: string) => Promise<string> = async (base) => base) {
  const place = await emptyPlace()
  made.push(place.remove)
  const app = createFakeApp({ profile: FAKE_PROFILES.strict, token: APP_TOKEN })
  const at = await listen(app)
  made.push(at.close)
  const { database } = place
  const env = { ACME_TOKEN: APP_TOKEN, LOCKSTEP_OUTBOUND_ALLOW: '127.0.0.1' }
  const lockstep = async (...args: string[]) => {
    const { code, stdout, stderr } = await run([...args, '--database', database, '--json'], env)
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout)
  }
  const { token } = await lockstep('tenant', 'create', 'acme')
  await lockstep('app', 'add', 'wiki', '--tenant', 'acme', '--url', await front(at.base), '--token-env', 'ACME_TOKEN')
  await lockstep('app', 'switch-on', 'wiki', '--tenant', 'acme', '--yes')
  const serve = async (...args: string[]) => {
    const server = await startServer(['--database', database, ...args], env)
    made.push(() => server.stop('SIGKILL'))
    return server
  }
  const scim = (server: Running) => sender(server, token)
  /** The hub alone, in a process of its own. */
  const hub = () => {
    const child = spawn(process.execPath, [MAIN, 'hub', '--database', database], {
      env: { PATH: process.env.PATH ?? '', ...env },
    })
    made.push(() => {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
    return { pid: child.pid ?? 0, kill: (signal: NodeJS.Signals) => child.kill(signal), ended }
  }
  return { app, place, lockstep, serve, hub, scim }
}

/** Sends SCIM requests to the tenant `acme` of a server, as its identity provider; a status of 300 or more fails the test. */
export function sender(server: Pick<Running, 'url'>, token: string) {
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.url}/tenants/acme/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(response.status).toBeLessThan(300)
    const text = await response.text()
    return text === '' ? {} : JSON.parse(text)
  }
}

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
/** A person as an identity provider sends them. */
export const person = (userName: string, active = true) => ({ schemas: [USER], userName, active })

/** Waits until what an app holds is so; the time limit is the test's. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Whether an app has an account of that name, switched on or off. */
export const has = (app: FakeApp, userName: string, active = true) =>
  app.state().some(({ attributes }) => attributes.userName === userName && (attributes.active !== false) === active)
