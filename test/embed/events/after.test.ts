// Handlers after the transaction: at least once, in order per person, in one process at a time.

import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { lockstep } from '../../../src/embed/index.ts'
import { bearer, User } from '../../../src/index.ts'
import { postgresStore } from '../../../src/store/postgres/postgres.ts'
import { startPostgres, type TestServer } from '../../postgres.ts'
import { type AnyStore, CONTEXT, opener, STORES, startApp } from './stores.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

// biome-ignore lint/suspicious/noExplicitAny: the handlers of all events in one list.
type Seen = any

describe.each(STORES)('handlers after the transaction: %s', (name) => {
  let store: AnyStore
  let closeStore = async () => {}
  const apps: (() => Promise<void>)[] = []
  beforeEach(async () => {
    const opened = await opener(name, () => server)()
    store = opened.store
    closeStore = opened.close
  })
  afterEach(async () => {
    for (const stop of apps.splice(0)) await stop()
    await closeStore()
  })

  /** Starts an app that ends with the test, without closing the store that it shares with others. */
  async function start(options: Parameters<typeof startApp>[1]) {
    const lasting = { ...store, close: async () => {} } as AnyStore
    const app = await startApp(lasting, options)
    apps.push(() => app.scim.close())
    return app
  }

  test('the events of a person come in order and whole, soon, and once where nothing fails', async () => {
    const told: Seen[] = []
    const take = (one: Seen) => void told.push(one)
    const { user, patch, active, drop, group, scim } = await start({
      roles: { Engineering: 'editor' },
      after: {
        'user.created': take,
        'user.updated': take,
        'user.deactivated': take,
        'user.deleted': take,
        'role.granted': take,
        'role.revoked': take,
        'membership.added': take,
      },
    })
    const ann = await user('ann', { title: 'Dr' })
    await patch('User', ann, { op: 'replace', path: 'title', value: 'Prof' })
    const bea = await user('bea')
    await group('Engineering', ann, bea)
    await active(ann, false)
    await drop('User', ann)
    await vi.waitFor(() => expect(told).toHaveLength(10), { timeout: 10_000 })
    const ofAnn = told.filter((one) => one.user?.id === ann)
    expect(ofAnn.map((one) => one.name)).toEqual([
      'user.created',
      'user.updated',
      'role.granted',
      'user.updated',
      'role.revoked',
      'user.deactivated',
      'user.deleted',
    ])
    expect(ofAnn[1]).toMatchObject({ before: { title: 'Dr' }, after: { title: 'Prof' }, attempt: 1, tenant: 'acme' })
    expect([...ofAnn[1].changed]).toEqual(['title'])
    expect(ofAnn[6].user).toMatchObject({ userName: 'ann', active: false })
    const added = told.find((one) => one.name === 'membership.added')
    expect([...added.users.chunks(1)]).toEqual([ann, bea].sort().map((id) => [id]))
    expect(new Set(told.map(({ id }) => id)).size).toBe(10)
    await vi.waitFor(async () => expect(await scim.after.status('acme')).toEqual({ waiting: 0, stuck: [] }))
    await vi.waitFor(async () => expect(await store.items('acme', 'embed/after-due', { limit: 10 })).toEqual([]), {
      timeout: 10_000,
    })
  })

  test('an event is undone with its transaction', async () => {
    const { user, scim } = await start({
      background: false,
      after: { 'user.created': () => {} },
      on: {
        'user.created': () => {
          throw new Error('no')
        },
      },
    })
    await expect(user('ann')).rejects.toThrow('no')
    expect(await scim.after.run()).toEqual({ handled: 0, failed: 0 })
    expect((await scim.after.status('acme')).waiting).toBe(0)
  })

  test('a handler that fails holds up its person and nobody else, is seen, and is called again until it succeeds', async () => {
    const told: string[] = []
    let broken = true
    const { user, patch, reported, scim } = await start({
      after: {
        'user.created': ({ user: { userName }, attempt }) => {
          if (broken && userName === 'ann') throw new Error('mail is down')
          told.push(`${userName} ${attempt}`)
        },
        'user.updated': ({ user: { userName } }) => void told.push(`${userName} updated`),
      },
    })
    const ann = await user('ann')
    await patch('User', ann, { op: 'replace', path: 'title', value: 'Dr' })
    await user('bea')
    await vi.waitFor(() => expect(told).toEqual(['bea 1']), { timeout: 10_000 })
    await vi.waitFor(async () => {
      const { waiting, stuck } = await scim.after.status('acme')
      expect(waiting).toBe(2)
      expect(stuck).toMatchObject([{ name: 'user.created', subject: ann, error: 'Error: mail is down' }])
    })
    expect(String(reported[0])).toMatch(/after user\.created/)
    broken = false
    await vi.waitFor(() => expect(told).toHaveLength(3), { timeout: 20_000 })
    expect(told.slice(1)).toEqual([expect.stringMatching(/^ann [2-9]/), 'ann updated'])
  })

  test('an event that will never be handled is skipped by its id, and those behind it go on', async () => {
    const told: string[] = []
    const { user, patch, scim } = await start({
      background: false,
      after: {
        'user.created': () => {
          throw new Error('never')
        },
        'user.updated': () => void told.push('updated'),
      },
    })
    const ann = await user('ann')
    await patch('User', ann, { op: 'replace', path: 'title', value: 'Dr' })
    expect(await scim.after.run()).toEqual({ handled: 0, failed: 1 })
    const [one] = (await scim.after.status('acme')).stuck
    expect(await scim.after.skip('acme/0/1')).toBe(false)
    expect(await scim.after.skip(one?.id ?? '')).toBe(true)
    expect(await scim.after.run()).toEqual({ handled: 1, failed: 0 })
    expect([told, await scim.after.status('acme')]).toEqual([['updated'], { waiting: 0, stuck: [] }])
  })

  test('what a process has not handled another one handles, as one that runs now and then does', async () => {
    const told: string[] = []
    const first = await start({ background: false, after: { 'user.created': () => void told.push('first') } })
    for (let i = 0; i < 120; i++) await first.user(`u${i}`)
    await first.scim.close()
    const second = await start({
      background: false,
      after: { 'user.created': ({ user }) => void told.push(user.userName) },
    })
    expect((await second.scim.after.status('acme')).waiting).toBe(120)
    expect(await second.scim.after.run()).toEqual({ handled: 120, failed: 0 })
    expect([...told].sort()).toEqual(Array.from({ length: 120 }, (_, i) => `u${i}`).sort())
    expect(await second.scim.after.run()).toEqual({ handled: 0, failed: 0 })
  })

  test('of several processes one at a time handles the events of a tenant', async () => {
    let running = 0
    let most = 0
    const told: string[] = []
    const handler = async ({ user }: { user: { id: string; userName: string } }) => {
      // Within one process up to eight people at once.
      told.push(user.userName)
      running++
      await pause(2)
      most = Math.max(most, running)
      running--
    }
    const all = await Promise.all([0, 1, 2].map(() => start({ after: { 'user.created': handler } })))
    await Promise.all(Array.from({ length: 60 }, (_, i) => all[i % 3]?.user(`u${i}`)))
    await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(60), { timeout: 20_000 })
    expect([...new Set(told)]).toHaveLength(60)
    expect([told.length, most <= 8]).toEqual([60, true])
  })

  test('a run ends while more events wait behind one that fails than are read together', async () => {
    const title = (n: number) => ({ op: 'replace', path: 'title', value: `t${n}` })
    let fails = true
    const titles: unknown[] = []
    const { user, patch, scim } = await start({
      background: false,
      after: {
        'user.updated': ({ user: { title: one } }: Seen) => {
          if (fails) throw new Error('Not yet')
          titles.push(one)
        },
      },
    })
    const ann = await user('ann')
    for (let n = 0; n < 120; n++) await patch('User', ann, title(n))
    // It is called again within this time, had the run not ended when nothing was due any more.
    expect(await scim.after.run({ forMs: 8_000 })).toEqual({ handled: 0, failed: 1 })
    fails = false
    await vi.waitFor(async () => expect((await scim.after.run()).handled).toBe(120), { timeout: 20_000, interval: 200 })
    expect(titles).toEqual(Array.from({ length: 120 }, (_, n) => `t${n}`))
  })

  test('events larger than an item are kept in parts', async () => {
    const told: Seen[] = []
    const { user, group, scim, directory } = await start({
      background: false,
      after: { 'membership.added': (one) => void told.push(one), 'user.created': (one) => void told.push(one) },
    })
    const ids: string[] = []
    for (let i = 0; i < 1_300; i++) {
      const body = { schemas: [User.schema.id], userName: `u${i}` }
      ids.push((await directory.create(CONTEXT, 'User', body, { silent: true })).stored.id)
    }
    await group('All', ...ids)
    await user('ann', { displayName: '\u{1f600}é'.repeat(30_000) })
    expect((await store.items('acme', 'embed/after-parts', { limit: 100 })).length).toBeGreaterThan(3)
    expect(await scim.after.run()).toEqual({ handled: 2, failed: 0 })
    const [added, made] = ['membership.added', 'user.created'].map((name) => told.find((one) => one.name === name))
    expect([...added.users.ids]).toEqual([...ids].sort())
    expect(made.user.displayName).toHaveLength(90_000)
    expect(await store.items('acme', 'embed/after-parts', { limit: 100 })).toEqual([])
  })
})

test('a handler that only another process has waits for it, and says so', async () => {
  const { store } = await opener('memory', () => server)()
  const lasting = { ...store, close: async () => {} } as AnyStore
  const authenticate = bearer({})
  const one = await startApp(lasting, { background: false, after: { 'user.created': () => {} } })
  await one.user('ann')
  const other = lockstep({
    store: lasting,
    authenticate,
    background: false,
    report: () => {},
    after: { 'user.deleted': () => {} },
  })
  await other.open()
  expect(await other.after.run()).toEqual({ handled: 0, failed: 1 })
  expect((await other.after.status('acme')).stuck[0]?.error).toMatch(/no handler after user\.created/)
  await Promise.all([one.scim.close(), other.close()])
})

test('what was handled and could not be noted is handled again, with the same id', async () => {
  const { store } = await opener('memory', () => server)()
  let failures = 1
  const commit: AnyStore['commit'] = (writes, inside) => {
    const notes = writes.some((write) => write.write === 'item' && write.item.queue === 'embed/after')
    if (notes && failures-- > 0) return Promise.reject(new Error('the disk is full'))
    return store.commit(writes, inside)
  }
  const told: string[] = []
  const after = { 'user.created': ({ id, attempt }: Seen) => void told.push(`${id} ${attempt}`) }
  const { user, scim } = await startApp({ ...store, commit } as AnyStore, { background: false, after })
  await user('ann')
  await expect(scim.after.run()).rejects.toThrow('the disk is full')
  expect(await scim.after.run()).toEqual({ handled: 1, failed: 0 })
  expect(told).toEqual(['acme/0000000000000001/0000001 1', 'acme/0000000000000001/0000001 1'])
  await scim.close()
})

test('another process on the same database is woken', async () => {
  const place = await server.database()
  const [one, other] = [await postgresStore({ url: place.url }), await postgresStore({ url: place.url })]
  const told: string[] = []
  const after = { 'user.created': ({ user }: Seen) => void told.push(user.userName) }
  const writing = await startApp(one as AnyStore, { background: false, after })
  const handling = await startApp(other as AnyStore, { after })
  await writing.user('ann')
  await vi.waitFor(() => expect(told).toEqual(['ann']), { timeout: 10_000 })
  await Promise.all([writing.scim.close(), handling.scim.close()])
  await place.drop()
})
