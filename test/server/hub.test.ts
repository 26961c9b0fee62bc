// The hub in real processes: apps follow within the server, beside it, and after it was killed.

import { afterEach, describe, expect, test } from 'vitest'
import { APP_TOKEN, atEnd, endAll, has, person, startSite, until } from '../hub-processes.ts'

afterEach(endAll)

describe('the hub', () => {
  test('within the server: a joiner gets an account, a leaver loses it, and the token is nowhere', async () => {
    const { app, serve, scim, lockstep } = await startSite()
    const server = await serve('--log-level', 'debug')
    const send = scim(server)
    const { id } = await send('POST', '/Users', person('ada'))
    await until(() => has(app, 'ada'))
    await send('DELETE', `/Users/${id}`)
    await until(() => has(app, 'ada', false))
    const [shown] = await lockstep('app', 'list', '--tenant', 'acme')
    expect(shown).toMatchObject({ id: 'wiki', mode: 'on', state: { health: 'healthy' } })
    expect(await server.stop()).toBe(0)
    expect(server.output() + server.stderr()).not.toContain(APP_TOKEN)
  })

  test('with several workers, each app has one owner', async () => {
    const { app, serve, scim } = await startSite()
    const server = await serve('--workers', '2')
    const send = scim(server)
    await Promise.all(Array.from({ length: 20 }, (_, at) => send('POST', '/Users', person(`person-${at}`))))
    for (let at = 0; at < 20; at++) await until(() => has(app, `person-${at}`))
    const created = app.trace().filter(({ method, path }) => method === 'POST' && path.endsWith('/Users'))
    expect(created).toHaveLength(20)
    expect(await server.stop()).toBe(0)
  })

  test('off in the server, it runs in a process of its own', async () => {
    const { app, serve, scim, hub } = await startSite()
    const server = await serve('--no-hub')
    const send = scim(server)
    await send('POST', '/Users', person('ada'))
    const alone = hub()
    await until(() => has(app, 'ada'))
    expect(app.trace().length).toBeGreaterThan(0)
    alone.kill('SIGTERM')
    expect(await alone.ended).toBe(0)
    await send('POST', '/Users', person('bob'))
    expect(has(app, 'bob')).toBe(false)
  })

  test('killed while an app is slow, another one goes on, and nobody has two accounts', async () => {
    const { app, serve, scim } = await startSite()
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
    const { app, place, serve, scim } = await startSite()
    const server = await serve()
    await scim(server)('POST', '/Users', person('ada'))
    await until(() => has(app, 'ada'))
    const store = await place.open()
    atEnd(() => store.close())
    expect(await server.stop()).toBe(0)
    for (const name of ['work/hub/apps/wiki', 'log/hub']) {
      const holder = await store.leaseHolder({ tenant: 'acme', name })
      expect(holder?.leftMs ?? 0).toBeLessThanOrEqual(0)
    }
  })
})
