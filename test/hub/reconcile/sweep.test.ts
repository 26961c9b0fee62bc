// Sweeps: every kind of drift is found, what policy says is marked, nothing is concluded from what was not read.

import { describe, expect, test } from 'vitest'
import { environment } from '../../../src/environment.ts'
import {
  type AccountType,
  accountTag,
  type Drift,
  type IgnoredDrift,
  type Link,
  QUEUES,
} from '../../../src/hub/index.ts'
import { driftsOf } from '../../../src/hub/reconcile/drifts.ts'
import { ignoredWrite } from '../../../src/hub/reconcile/ignored.ts'
import { sweepSlice } from '../../../src/hub/reconcile/sweep.ts'
import type { SweepRun } from '../../../src/hub/reconcile/sweep-run.ts'
import { beginSweep, fixSweep, runWrite, sweepOf } from '../../../src/hub/reconcile/sweeps.ts'
import type { Json } from '../../../src/protocol/index.ts'
import { memoryStore, type Store } from '../../../src/store/index.ts'
import { compiledOf, createSmallApp, type SmallApp } from './small-app.ts'

const TENANT = 'acme'
const NOW = 1_000_000

async function storeWithTenant(): Promise<Store> {
  const store = memoryStore({ environment: { ...environment, now: () => NOW } })
  await store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: 1 }])
  return store
}

/** Puts a person and their account in place, in step. */
async function linked(store: Store, app: SmallApp, name: string, own: Partial<Link> = {}, type: AccountType = 'User') {
  const off = own.wanted === 'disabled'
  const document =
    type === 'Group' ? { displayName: name } : { userName: name, displayName: name.toUpperCase(), active: !off }
  const account = `acc-${name}`
  app.accounts[type].set(account, document)
  const link: Link = { type, name, account, acked: document, wanted: 'active', ackedAt: 1, ...own }
  const item = { tenant: TENANT, queue: QUEUES.links('crm'), key: name }
  await store.commit([{ write: 'item', item, set: { tag: accountTag(type, account), value: link as unknown as Json } }])
  return account
}

/** Runs a sweep to its end, as the owner of the app does, with every slice committed. */
async function sweep(
  store: Store,
  compiled: ReturnType<typeof compiledOf>,
  kind: SweepRun['kind'] = 'full',
  id = 'run-1',
): Promise<SweepRun> {
  await store.commit(beginSweep(TENANT, 'crm', id, kind, NOW))
  return carryOn(store, compiled, id)
}

async function carryOn(store: Store, compiled: ReturnType<typeof compiledOf>, id: string): Promise<SweepRun> {
  const call = { signal: new AbortController().signal, headers: {} }
  const deps = {
    store,
    app: compiled,
    run: id,
    now: () => NOW,
    ask: <T>(_: AccountType, ask: (with_: typeof call) => Promise<T>) => ask(call),
    commit: async (writes: Parameters<Store['commit']>[0]) => void (await store.commit(writes)),
  }
  for (let slices = 0; slices < 200; slices++) {
    const run = await sweepOf(store, TENANT, 'crm', id)
    if (run === undefined) throw new Error('the run is gone')
    if (run.phase === 'done' || run.phase === 'failed') return run
    const next = await sweepSlice(deps, run, 100)
    await store.commit([...next.writes, runWrite(TENANT, 'crm', id, next.run, NOW)])
  }
  throw new Error('The sweep does not end')
}

async function drifts(store: Store, id = 'run-1'): Promise<readonly Drift[]> {
  return (await driftsOf(store, TENANT, 'crm', id, { limit: 100 })).map(({ drift }) => drift)
}

async function linkItem(store: Store, name: string) {
  const [item] = await store.items(TENANT, QUEUES.links('crm'), { keys: [name] })
  if (item === undefined) throw new Error(`no link of ${name}`)
  return { ...item, link: item.value as unknown as Link }
}

describe('a full sweep', () => {
  test('finds nothing where nothing differs, and leaves nothing of its list behind', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    for (let n = 0; n < 10; n++) await linked(store, app, `user${n}`)
    const run = await sweep(store, compiledOf(app))
    expect(run).toMatchObject({ phase: 'done', endedAt: NOW })
    expect(run.counts).toMatchObject({ listed: 10, compared: 10, same: 10, drifted: 0, missing: 0, stranger: 0 })
    expect(await drifts(store)).toEqual([])
    expect(await store.items(TENANT, QUEUES.seen('crm'), { limit: 10 })).toEqual([])
    expect(app.calls.get('read')).toBeUndefined()
  })

  test('finds drifted, missing, zombie and stranger, and only reports what policy does not mend', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    for (let n = 0; n < 5; n++) await linked(store, app, `user${n}`)
    const changed = await linked(store, app, 'changed')
    const gone = await linked(store, app, 'gone')
    const zombie = await linked(store, app, 'zombie', { wanted: 'disabled' })
    app.accounts.User.set(changed, { userName: 'changed', displayName: 'Something else', active: true })
    app.accounts.User.delete(gone)
    app.accounts.User.set(zombie, { userName: 'zombie', displayName: 'ZOMBIE', active: true })
    app.accounts.User.set('acc-alien', { userName: 'alien' })
    const run = await sweep(store, compiledOf(app))
    expect(run.counts).toMatchObject({ drifted: 1, missing: 1, zombie: 1, stranger: 1, fixed: 1, same: 5 })
    const found = await drifts(store)
    expect(found.map(({ kind }) => kind)[0]).toBe('zombie')
    expect(found).toContainEqual({
      kind: 'drifted',
      type: 'User',
      account: changed,
      resource: 'changed',
      name: 'changed',
      what: 'displayName',
      done: 'reported',
    })
    expect(found).toContainEqual(expect.objectContaining({ kind: 'missing', account: gone, done: 'reported' }))
    expect(found).toContainEqual(expect.objectContaining({ kind: 'stranger', account: 'acc-alien', name: 'alien' }))
    // Zombies are mended by default: the link knows that the account is active, and comes first.
    const item = await linkItem(store, 'zombie')
    expect(item).toMatchObject({ state: 'ready', lane: 0 })
    expect(item.link.acked?.active).toBe(true)
    expect(await linkItem(store, 'changed')).toMatchObject({ state: '' })
    const [cause] = await store.items(TENANT, QUEUES.removals('crm'), { keys: ['zombie'] })
    expect(cause?.value).toMatchObject({ cause: 'sweep run-1', accounts: 1 })
  })

  test('mends by policy: a drifted link holds what the app shows, a missing one has no account', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    const changed = await linked(store, app, 'changed')
    app.accounts.User.set(changed, { userName: 'changed', displayName: 'Something else', active: true })
    app.accounts.User.delete(await linked(store, app, 'gone'))
    await sweep(store, compiledOf(app, { policies: { drifted: 'fix', missing: 'fix' } }))
    const drifted = await linkItem(store, 'changed')
    expect(drifted).toMatchObject({ state: 'ready', lane: 9, link: { acked: { displayName: 'Something else' } } })
    const missing = await linkItem(store, 'gone')
    expect(missing).toMatchObject({ state: 'ready', tag: '' })
    expect(missing.link.account).toBeUndefined()
  })

  test('leaves what is ignored, in those attributes and until its end; access that must have ended never is', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    const changed = await linked(store, app, 'changed')
    const zombie = await linked(store, app, 'zombie', { wanted: 'disabled' })
    app.accounts.User.set(changed, { userName: 'changed', displayName: 'Something else', active: true })
    app.accounts.User.set(zombie, { userName: 'zombie', displayName: 'ZOMBIE', active: true })
    app.accounts.User.set('acc-alien', { userName: 'alien' })
    const ignore = (more: Partial<IgnoredDrift>) =>
      store.commit([
        ignoredWrite(TENANT, 'crm', {
          kind: 'drifted',
          type: 'User',
          account: changed,
          attributes: ['displayName'],
          reason: 'A trial',
          by: 'ada',
          at: 1,
          until: NOW + 1,
          ...more,
        }),
      ])
    await ignore({})
    await ignore({ account: zombie, attributes: ['active'] })
    await ignore({ account: 'acc-alien', kind: 'stranger' })
    const compiled = compiledOf(app, { policies: { drifted: 'fix' } })
    const run = await sweep(store, compiled)
    expect(run.counts).toMatchObject({ drifted: 0, stranger: 0, ignored: 2, zombie: 1, fixed: 1 })
    expect((await drifts(store)).map(({ kind, done }) => `${kind} ${done}`).sort()).toEqual([
      'drifted ignored',
      'stranger ignored',
      'zombie fixed',
    ])
    expect(await linkItem(store, 'changed')).toMatchObject({ state: '' })
    // Nor is it mended with the others of its class.
    await store.commit(fixSweep(TENANT, 'crm', 'run-1', run, { kinds: ['drifted'] }, NOW))
    await carryOn(store, compiled, 'run-1')
    expect(await linkItem(store, 'changed')).toMatchObject({ state: '' })
    app.accounts.User.set(changed, { userName: 'other', displayName: 'Something else', active: true })
    expect((await sweep(store, compiled, 'full', 'run-2')).counts).toMatchObject({ drifted: 1, ignored: 1, fixed: 2 })
    await ignore({ account: 'acc-alien', kind: 'stranger', until: NOW })
    expect((await sweep(store, compiled, 'full', 'run-3')).counts).toMatchObject({ stranger: 1 })
  })

  test('mends an attribute that the app has lost: the link no longer says that the app holds it', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    const account = await linked(store, app, 'lost')
    app.accounts.User.set(account, { userName: 'lost', active: true })
    await sweep(store, compiledOf(app, { policies: { drifted: 'fix' } }))
    const { state, link } = await linkItem(store, 'lost')
    expect([state, link.acked]).toEqual(['ready', { userName: 'lost', active: true }])
  })

  test('concludes nothing from a list alone: what it left out is read first', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    for (let n = 0; n < 4; n++) await linked(store, app, `user${n}`)
    app.unlisted.add('acc-user2')
    const run = await sweep(store, compiledOf(app, { policies: { missing: 'fix' } }))
    expect(run.counts).toMatchObject({ missing: 0, same: 4 })
    expect(app.calls.get('read')).toBe(1)
  })

  test('says nothing of what was written while it ran, or may have been', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    const later = await linked(store, app, 'later', { ackedAt: NOW + 1 })
    const unsure = await linked(store, app, 'unsure', { tentative: { attributes: ['displayName'] } })
    for (const id of [later, unsure]) app.accounts.User.set(id, { userName: 'x', displayName: 'y', active: true })
    const run = await sweep(store, compiledOf(app, { policies: { drifted: 'fix' } }))
    expect(run.counts).toMatchObject({ drifted: 0, stranger: 0 })
    expect(await linkItem(store, 'unsure')).toMatchObject({ state: '' })
  })

  test('an account that must be off and is gone is as it should be', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    app.accounts.User.delete(await linked(store, app, 'off', { wanted: 'disabled' }))
    expect((await sweep(store, compiledOf(app))).counts).toMatchObject({ missing: 0, same: 1 })
  })

  test('an app that refuses to list ends the sweep with the reason: it is no empty app', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    await linked(store, app, 'ada')
    app.refuseLists = true
    const run = await sweep(store, compiledOf(app, { policies: { missing: 'fix' } }))
    expect(run).toMatchObject({ phase: 'failed', reason: 'accounts: This app has no lists' })
    expect(await linkItem(store, 'ada')).toMatchObject({ state: '' })
  })

  test('more drift than one slice reads is all found', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    for (let n = 0; n < 70; n++) {
      const account = await linked(store, app, `user${String(n).padStart(3, '0')}`)
      app.accounts.User.set(account, { userName: 'x', displayName: `y${n}`, active: true })
    }
    const run = await sweep(store, compiledOf(app))
    expect(run.counts).toMatchObject({ drifted: 70, compared: 70 })
    expect(new Set((await drifts(store)).map(({ resource }) => resource)).size).toBe(70)
  })
})

describe('members', () => {
  const member = (store: Store, group: string, key: string, account: string) =>
    store.commit([
      {
        write: 'item',
        item: { tenant: TENANT, queue: QUEUES.members('crm', group), key },
        set: { value: { account } },
      },
    ])

  async function withGroup() {
    const store = await storeWithTenant()
    const app = createSmallApp()
    const group = await linked(store, app, 'staff', {}, 'Group')
    const ids = new Set<string>()
    for (let n = 0; n < 8; n++) {
      const account = await linked(store, app, `user${n}`)
      if (n > 0) await member(store, 'staff', `user${n}`, account)
      if (n > 0) ids.add(account)
    }
    app.members.set(group, ids)
    return { store, app, ids }
  }

  const stateOf = async (store: Store, key: string) =>
    (await store.items(TENANT, QUEUES.members('crm', 'staff'), { keys: [key] }))[0]

  test('in step: nothing is found, nothing stays behind', async () => {
    const { store, app } = await withGroup()
    const run = await sweep(store, compiledOf(app))
    expect(run.counts).toMatchObject({ drifted: 0, stranger: 0 })
    expect(await store.items(TENANT, QUEUES.seen('crm'), { limit: 10 })).toEqual([])
  })

  test('one who is missing, one who should not be there, one whom nobody knows', async () => {
    const { store, app, ids } = await withGroup()
    ids.delete('acc-user3')
    ids.add('acc-user0').add('acc-alien')
    const run = await sweep(store, compiledOf(app, { policies: { drifted: 'fix' } }))
    expect(run.counts).toMatchObject({ drifted: 2, stranger: 1, fixed: 2 })
    expect(await stateOf(store, 'user3')).toMatchObject({ state: 'ready', value: null })
    expect(await stateOf(store, 'user0')).toMatchObject({ state: 'ready', value: { account: 'acc-user0' } })
    expect(await linkItem(store, 'staff')).toMatchObject({ state: 'ready', lane: 1 })
  })

  test('what was reported of members is mended when somebody says so, unless it has changed since', async () => {
    const { store, app, ids } = await withGroup()
    ids.delete('acc-user3')
    ids.delete('acc-user4')
    ids.add('acc-user0').add('acc-alien')
    const compiled = compiledOf(app)
    const run = await sweep(store, compiled)
    expect(run.counts).toMatchObject({ drifted: 3, stranger: 1, fixed: 0 })
    expect((await stateOf(store, 'user3'))?.state).toBe('')
    // Meanwhile somebody else removes the membership of one of them.
    const queue = QUEUES.members('crm', 'staff')
    await store.commit([{ write: 'item', item: { tenant: TENANT, queue, key: 'user4' }, set: undefined }])
    await store.commit(fixSweep(TENANT, 'crm', 'run-1', run, { kinds: ['drifted'], of: ['staff'] }, NOW))
    expect((await carryOn(store, compiled, 'run-1')).counts.fixed).toBe(2)
    expect(await stateOf(store, 'user3')).toMatchObject({ state: 'ready', value: null })
    expect(await stateOf(store, 'user0')).toMatchObject({ state: 'ready', value: { account: 'acc-user0' } })
    expect(await stateOf(store, 'user4')).toBeUndefined()
    expect((await linkItem(store, 'staff')).state).toBe('ready')
    const told = (await drifts(store)).filter(({ kind }) => kind === 'drifted').map(({ done }) => done)
    expect(told.sort()).toEqual(['fixed', 'fixed', 'reported'])
  })

  test('where members are asked for one by one, a sample is', async () => {
    const { store, app, ids } = await withGroup()
    ids.delete('acc-user3')
    const run = await sweep(store, compiledOf(app, { policies: { drifted: 'fix' }, read: 'one' }))
    expect(run.counts).toMatchObject({ drifted: 1 })
    expect(app.calls.get('isMember')).toBe(7)
    expect(await stateOf(store, 'user3')).toMatchObject({ state: 'ready' })
  })

  test('where members cannot be read, nothing is said of them', async () => {
    const { store, app, ids } = await withGroup()
    ids.clear()
    const run = await sweep(store, compiledOf(app, { policies: { drifted: 'fix' }, read: 'none' }))
    expect(run.counts).toMatchObject({ drifted: 0 })
  })
})

describe('afterwards', () => {
  test('what was reported is mended when somebody says so, and only what still differs', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    for (const name of ['still', 'again']) {
      const account = await linked(store, app, name)
      app.accounts.User.set(account, { userName: name, displayName: 'Something else', active: true })
    }
    const compiled = compiledOf(app)
    const run = await sweep(store, compiled)
    app.accounts.User.set('acc-again', { userName: 'again', displayName: 'AGAIN', active: true })
    await store.commit(fixSweep(TENANT, 'crm', 'run-1', run, { kinds: ['drifted', 'stranger'] }, NOW))
    const after = await carryOn(store, compiled, 'run-1')
    expect(after.counts.fixed).toBe(1)
    expect(await linkItem(store, 'still')).toMatchObject({ state: 'ready' })
    expect(await linkItem(store, 'again')).toMatchObject({ state: '' })
  })

  test('some of it is mended alone, and told as mended', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    for (const name of ['one', 'two', 'three']) {
      const account = await linked(store, app, name)
      app.accounts.User.set(account, { userName: name, displayName: 'Something else', active: true })
    }
    const compiled = compiledOf(app)
    const run = await sweep(store, compiled)
    await store.commit(fixSweep(TENANT, 'crm', 'run-1', run, { kinds: ['drifted'], of: ['two'] }, NOW))
    const after = await carryOn(store, compiled, 'run-1')
    expect([run.counts.drifted, after.counts.fixed, after.phase]).toEqual([3, 1, 'done'])
    expect((await linkItem(store, 'two')).state).toBe('ready')
    expect((await linkItem(store, 'one')).state).toBe('')
    const told = (await drifts(store)).map(({ resource, done }) => `${resource} ${done}`)
    expect(told.sort()).toEqual(['one reported', 'three reported', 'two fixed'])
    // All the others later.
    await store.commit(fixSweep(TENANT, 'crm', 'run-1', after, { kinds: ['drifted'] }, NOW))
    expect((await carryOn(store, compiled, 'run-1')).counts.fixed).toBe(3)
  })

  test('a light sweep reads one by one and goes on where the last one ended', async () => {
    const store = await storeWithTenant()
    const app = createSmallApp()
    for (let n = 0; n < 25; n++) await linked(store, app, `user${String(n).padStart(2, '0')}`)
    app.accounts.User.set('acc-user03', { userName: 'x', displayName: 'y', active: true })
    const run = await sweep(store, compiledOf(app), 'light')
    expect(run.counts).toMatchObject({ compared: 25, drifted: 1, listed: 0 })
    expect(app.calls.get('list')).toBeUndefined()
  })
})
