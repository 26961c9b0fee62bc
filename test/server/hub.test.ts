// The hub in real processes: apps follow within the server, beside it, and after it was killed.

import { spawn } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import { createFakeApp, FAKE_PROFILES, type FakeApp, listen } from '../../src/testing/index.ts'
import { MAIN, type Running, run, startServer } from '../cli/run.ts'
import { emptyPlace } from '../database-under-test.ts'

const TOKEN = 'canary-7f3a'
const made: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of made.splice(0).reverse()) await undo()
})

/** A fake app behind an address, and a tenant `acme` that has it, switched on. */
async function start() {
  const place = await emptyPlace()
  made.push(place.remove)
  const app = createFakeApp({ profile: FAKE_PROFILES.strict, token: TOKEN })
  const at = await listen(app)
  made.push(at.close)
  const { database } = place
  const env = { ACME_TOKEN: TOKEN, LOCKSTEP_OUTBOUND_ALLOW: '127.0.0.1' }
  const lockstep = async (...args: string[]) => {
    const { code, stdout, stderr } = await run([...args, '--database', database, '--json'], env)
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout)
  }
  const { token } = await lockstep('tenant', 'create', 'acme')
  await lockstep('app', 'add', 'wiki', '--tenant', 'acme', '--url', at.base, '--token-env', 'ACME_TOKEN')
  await lockstep('app', 'switch-on', 'wiki', '--tenant', 'acme', '--yes')
  const serve = async (...args: string[]) => {
    const server = await startServer(['--database', database, ...args], env)
    made.push(() => server.stop('SIGKILL'))
    return server
  }
  const scim = (server: Running) => async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.url}/tenants/acme/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(response.status).toBeLessThan(300)
    const text = await response.text()
    return text === '' ? {} : JSON.parse(text)
  }
  return { app, at, place, database, env, lockstep, serve, scim }
}

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const person = (userName: string) => ({ schemas: [USER], userName, active: true })

/** Waits until what an app holds is so; the time limit is the test's. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

const has = (app: FakeApp, userName: string, active = true) =>
  app.state().some(({ attributes }) => attributes.userName === userName && (attributes.active !== false) === active)

describe('the hub', () => {
  test('within the server: a joiner gets an account, a leaver loses it, and the token is nowhere', async () => {
    const { app, serve, scim, lockstep } = await start()
    const server = await serve('--log-level', 'debug')
    const send = scim(server)
    const { id } = await send('POST', '/Users', person('ada'))
    await until(() => has(app, 'ada'))
    await send('DELETE', `/Users/${id}`)
    await until(() => has(app, 'ada', false))
    const [shown] = await lockstep('app', 'list', '--tenant', 'acme')
    expect(shown).toMatchObject({ id: 'wiki', mode: 'on', state: { health: 'healthy' } })
    expect(await server.stop()).toBe(0)
    expect(server.output() + server.stderr()).not.toContain(TOKEN)
  })

  test('with several workers, each app has one owner', async () => {
    const { app, serve, scim } = await start()
    const server = await serve('--workers', '2')
    const send = scim(server)
    await Promise.all(Array.from({ length: 20 }, (_, at) => send('POST', '/Users', person(`person-${at}`))))
    for (let at = 0; at < 20; at++) await until(() => has(app, `person-${at}`))
    const created = app.trace().filter(({ method, path }) => method === 'POST' && path.endsWith('/Users'))
    expect(created).toHaveLength(20)
    expect(await server.stop()).toBe(0)
  })

  test('off in the server, it runs in a process of its own', async () => {
    const { app, database, env, serve, scim } = await start()
    const server = await serve('--no-hub')
    const send = scim(server)
    await send('POST', '/Users', person('ada'))
    const hub = spawn(process.execPath, [MAIN, 'hub', '--database', database], {
      env: { PATH: process.env.PATH ?? '', ...env },
    })
    made.push(() => hub.kill('SIGKILL'))
    await until(() => has(app, 'ada'))
    expect(app.trace().length).toBeGreaterThan(0)
    const ended = new Promise((resolve) => hub.once('close', resolve))
    hub.kill('SIGTERM')
    expect(await ended).toBe(0)
    await send('POST', '/Users', person('bob'))
    expect(has(app, 'bob')).toBe(false)
  })

  test('killed while an app is slow, another one goes on, and nobody has two accounts', async () => {
    const { app, serve, scim } = await start()
    app.fault({ fault: { kind: 'slow', ms: 300 }, methods: ['POST'] })
    const first = await serve()
    const send = scim(first)
    for (let at = 0; at < 12; at++) await send('POST', '/Users', person(`person-${at}`))
    await until(() => app.state().length > 0)
    await first.stop('SIGKILL')
    const second = await serve()
    for (let at = 0; at < 12; at++) await until(() => has(app, `person-${at}`))
    const names = app.state().map(({ attributes }) => attributes.userName)
    expect(new Set(names).size).toBe(names.length)
    expect(await second.stop()).toBe(0)
  })

  test('stopped in order, it gives back what it owns', async () => {
    const { app, place, serve, scim } = await start()
    const server = await serve()
    await scim(server)('POST', '/Users', person('ada'))
    await until(() => has(app, 'ada'))
    const store = await place.open()
    made.push(() => store.close())
    expect(await server.stop()).toBe(0)
    for (const name of ['work/hub/apps/wiki', 'log/hub']) {
      const holder = await store.leaseHolder({ tenant: 'acme', name })
      expect(holder?.leftMs ?? 0).toBeLessThanOrEqual(0)
    }
  })
})
