// Guards: seats, the last one with a role, too many deactivations; each also under writes at once.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { User } from '../../../src/index.ts'
import { startPostgres, type TestServer } from '../../postgres.ts'
import { type AnyStore, CONTEXT, opener, STORES, startApp } from './stores.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describe.each(STORES)('guards: %s', (name) => {
  let store: AnyStore
  let close = async () => {}
  beforeEach(async () => {
    const opened = await opener(name, () => server)()
    store = opened.store
    close = opened.close
  })
  afterEach(() => close())

  const outcomes = async (all: readonly Promise<unknown>[]) => {
    const settled = await Promise.allSettled(all)
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    for (const error of refused) expect(error).toMatchObject({ status: 403 })
    return { done: settled.length - refused.length, refused: refused.map(({ message }) => String(message)) }
  }

  test('of 20 people created at once, 10 seats take exactly 10', async () => {
    const { user, active, drop, directory } = await startApp(store, { guards: { seats: 10 } })
    const { done, refused } = await outcomes(Array.from({ length: 20 }, (_, i) => user(`u${i}`)))
    expect([done, refused.length]).toEqual([10, 10])
    expect(refused[0]).toMatch(/All 10 seats are taken/)
    const [first = '', second = ''] = (await store.changes('acme', 0, 10)).map(({ id }) => id)
    // Who is not active takes no seat.
    const idle = await user('idle', { active: false })
    await expect(active(idle, true)).rejects.toMatchObject({ status: 403 })
    await active(first, false)
    await active(idle, true)
    await expect(user('late')).rejects.toMatchObject({ status: 403 })
    await drop('User', second)
    await user('late')
    await drop('User', first)
    await expect(user('later')).rejects.toMatchObject({ status: 403 })
    // Those whom another process or the adoption has written count too.
    await drop('User', idle)
    const body = { schemas: [User.schema.id], userName: 'silent' }
    await directory.create(CONTEXT, 'User', body, { silent: true })
    await expect(user('last')).rejects.toMatchObject({ status: 403 })
  })

  test('who is erased frees no seat that they did not have', async () => {
    const { user, scim } = await startApp(store, { guards: { seats: 3 } })
    await user('ann')
    const idle = await user('idle', { active: false })
    await user('bea')
    // The log has lost whether they were active.
    await scim.erase('acme', idle)
    await user('cid')
    await expect(user('dan')).rejects.toMatchObject({ status: 403 })
  })

  test('seats by tenant, and fewer seats than people: nobody comes, anybody may go', async () => {
    let seats = 2
    const { user, active, patch } = await startApp(store, {
      guards: { seats: (tenant) => (tenant === 'acme' ? seats : 0) },
    })
    const [ann, bea] = [await user('ann'), await user('bea')]
    seats = 1
    await patch('User', ann, { op: 'replace', path: 'title', value: 'Dr' })
    await active(bea, false)
    await expect(active(bea, true)).rejects.toMatchObject({
      status: 403,
      message: expect.stringMatching(/All 1 seats/),
    })
    seats = 2
    await active(bea, true)
  })

  test('the last owner can be neither deactivated, deleted nor removed, and neither can the group', async () => {
    const { user, group, active, drop, leave, rename, join, patch } = await startApp(store, {
      roles: { Admins: 'owner' },
      guards: { lastOf: 'owner' },
    })
    const [ann, bea] = [await user('ann'), await user('bea', { active: false })]
    const inner = await group('Inner', ann)
    const admins = await group('Admins', bea, inner)
    for (const refused of [
      () => active(ann, false),
      () => drop('User', ann),
      () => leave(inner, ann),
      () => leave(admins, inner),
      () => drop('Group', admins),
      () => drop('Group', inner),
      () => rename(admins, 'Users'),
      () => patch('Group', admins, { op: 'remove', path: 'members' }),
    ]) {
      await expect(refused()).rejects.toMatchObject({
        status: 403,
        message: expect.stringMatching(/^ann is the last active person with the role owner here/),
      })
    }
    await active(bea, true)
    await active(ann, false)
    await expect(leave(admins, bea)).rejects.toMatchObject({ status: 403 })
    // In one commit one goes and another one comes.
    const cat = await user('cat')
    await patch('Group', admins, { op: 'replace', path: 'members', value: [{ value: cat }] })
    await join(admins, bea)
    const { done } = await outcomes([leave(admins, cat), leave(admins, bea)])
    expect(done).toBe(1)
  })

  test('deactivations beyond so many are held, until they are approved or the time is up', async () => {
    const { user, active, drop, scim, request } = await startApp(store, {
      guards: { deactivations: { most: 3, within: '1h' } },
    })
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => user(`u${i}`)))
    const { done, refused } = await outcomes(
      ids.slice(0, 6).map((id, i) => (i % 2 === 0 ? active(id, false) : drop('User', id))),
    )
    expect([done, refused.length]).toEqual([3, 3])
    expect(refused[0]).toMatch(
      /^Held: .* at most 3 people be deactivated or deleted within 1 hour.*Nothing was changed/,
    )
    const { status, body } = await request('DELETE', `/Users/${ids[11]}`)
    expect([status, body.detail]).toEqual([403, expect.stringMatching(/administrator approve it/)])
    expect((await scim.guards.status('acme')).deactivations).toMatchObject({ counted: 3, most: 3 })
    await scim.guards.approve('acme', { for: '5m', actor: 'support' })
    await outcomes(ids.slice(6, 11).map((id) => active(id, false)))
    expect((await scim.guards.status('acme')).deactivations).toMatchObject({
      counted: 0,
      approvedUntil: expect.any(Number),
    })
    const note = (await store.changes('acme', 0, 100)).find(({ op }) => op === 'note')
    expect(note).toMatchObject({ actor: 'support', paths: [{ new: 'deactivations approved' }, {}] })
    // Coming back is no deactivation.
    await active(ids[6] ?? '', true)
  })

  test('the time of a guard that is up lets others go', async () => {
    const { user, active } = await startApp(store, { guards: { deactivations: { most: 1, within: 300 } } })
    const [ann, bea] = [await user('ann'), await user('bea')]
    await active(ann, false)
    await expect(active(bea, false)).rejects.toMatchObject({ status: 403 })
    await expect
      .poll(
        () =>
          active(bea, false).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true)
  })
})
