// Two hubs in real time on real databases, whose connections are cut while they run: every app ends as it should.

import { expect } from 'vitest'
import { createDirectory } from '../../../src/directory/index.ts'
import { environment } from '../../../src/environment.ts'
import { APP_RECORD, createHub, cursorFor, type Link, QUEUES } from '../../../src/hub/index.ts'
import { type Document, LENIENT, ScimError } from '../../../src/protocol/index.ts'
import { documentOf, type Store, StoreUnavailable } from '../../../src/store/index.ts'
import { onRealDatabases } from '../../cut-connections.ts'
import { appSettings, TENANT } from './harness.ts'
import { createMemoryApp, type MemoryApp, memoryKind } from './memory-app.ts'

const CONTEXT = { tenant: TENANT, actor: 'test', allow: LENIENT }
const WRITING_MS = 4_000
const DRAINING_MS = 60_000
/** Each writer leaves so many people at least. */
const PEOPLE = 22

/** What people and the database may refuse while connections are cut. */
const isExpected = (error: unknown) => error instanceof ScimError || error instanceof StoreUnavailable

/** Joiners, movers, leavers and a group, as fast as one writer goes. */
async function writeFor(store: Store, name: string, until: number): Promise<void> {
  const directory = createDirectory({ store, openTenants: false })
  const ids: string[] = []
  let group: string | undefined
  // On a busy machine it goes on until there is something to look at.
  for (let n = 0; Date.now() < until || ids.length < PEOPLE; n++) {
    const id = ids[Math.floor(Math.random() * ids.length)]
    const patch = (value: Document) =>
      directory.patch(CONTEXT, 'User', id ?? '', { Operations: [{ op: 'replace', value }] })
    try {
      if (id === undefined || n % 4 === 0) {
        ids.push((await directory.create(CONTEXT, 'User', { userName: `${name}${n}` })).stored.id)
      } else if (n % 4 === 1) await patch({ title: `t${n}` })
      else if (n % 4 === 2) await patch({ active: n % 8 === 2 })
      else if (group === undefined) group = (await directory.create(CONTEXT, 'Group', { displayName: name })).stored.id
      else if (n % 8 === 3) {
        await directory.patch(CONTEXT, 'Group', group, {
          Operations: [{ op: 'add', path: 'members', value: [{ value: id }] }],
        })
      } else if (n % 24 === 7) {
        await directory.remove(CONTEXT, 'User', id)
        ids.splice(ids.indexOf(id), 1)
      }
    } catch (error) {
      if (!isExpected(error)) throw error
    }
  }
}

/** What is not at rest yet. */
async function unfinished(store: Store): Promise<string | undefined> {
  const [cursor] = await store.cursors(TENANT)
  const row = await store.tenant(TENANT)
  if (cursor?.place !== row?.place) return `read up to ${cursor?.place} of ${row?.place}`
  const states = await store.states(TENANT, QUEUES.links('crm'))
  const open = Object.keys(states).filter((state) => state !== 'watched')
  return open.length === 0 ? undefined : JSON.stringify(states)
}

/** Every person who is here is there, as he is here; who left is off. */
async function check(store: Store, app: MemoryApp): Promise<void> {
  const accounts = new Map<string, Document>()
  for (const document of app.users.values()) {
    expect(accounts.has(String(document.externalId))).toBe(false)
    accounts.set(String(document.externalId), document)
  }
  let people = 0
  for (let after: string | undefined; ; ) {
    const page = await store.items(TENANT, QUEUES.links('crm'), {
      limit: 500,
      ...(after === undefined ? {} : { after }),
    })
    for (const { key, value } of page) {
      const { type, account } = value as unknown as Link
      const stored = await store.get({ tenant: TENANT, type, id: key })
      if (type === 'Group') {
        const members = []
        for await (const chunk of store.members({ tenant: TENANT, type, id: key }))
          members.push(...chunk.map(({ id }) => id))
        const there = [...(app.members.get(account ?? '') ?? [])].map((id) => String(app.users.get(id)?.externalId))
        const inApp = members.filter((id) => accounts.has(id))
        expect(there.sort()).toEqual(inApp.sort())
        continue
      }
      people++
      const here = stored === undefined ? { active: false } : documentOf(stored)
      const there = accounts.get(key)
      if (here.active !== false) expect(there).toMatchObject({ userName: here.userName, active: true })
      else if (there !== undefined) expect(there.active).toBe(false)
      if (there !== undefined && stored !== undefined) expect(there.title).toBe(here.title)
    }
    after = page.at(-1)?.key
    if (page.length < 500 || after === undefined) break
  }
  expect(people).toBeGreaterThan(20)
}

async function run(stores: readonly [Store, ...Store[]], disturb: () => Promise<unknown>): Promise<void> {
  const [store] = stores
  const app = createMemoryApp({ members: { ...createMemoryApp().traits.members, perRequest: 20 } })
  app.ms = 2
  const { id: _id, ...value } = appSettings('crm', {
    scope: { users: {}, groups: {} },
    guard: { floor: 10_000, percent: 100, membersFloor: 10_000, membersPercent: 100 },
  })
  await store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: 1 }])
  await store.commit([
    { write: 'record', record: { tenant: TENANT, kind: APP_RECORD, key: 'crm' }, value: value as never },
    { write: 'note', ref: { tenant: TENANT, type: 'App', id: 'crm' }, at: 1, log: { actor: 'test', paths: [] } },
    ...(await cursorFor(store, TENANT)),
  ])
  const hubs = stores.map((one, n) =>
    createHub({
      store: one,
      owner: `node${n}`,
      kinds: [memoryKind({ crm: app })],
      secret: async () => undefined,
      clear: async () => {},
      pace: { leaseMs: 15_000, pollMs: 200 },
      report: () => {},
    }),
  )
  for (const hub of hubs) hub.start()
  const until = Date.now() + WRITING_MS
  const written = Promise.all(stores.map((one, n) => writeFor(one, `n${n}x`, until)))
  while (Date.now() < until) {
    await environment.wait(500)
    await disturb()
  }
  await written
  const end = Date.now() + DRAINING_MS
  let left = await unfinished(store)
  while (left !== undefined && Date.now() < end) {
    await environment.wait(200)
    left = await unfinished(store).catch(String)
  }
  expect(left).toBeUndefined()
  for (const hub of hubs) await hub.stop()
  await check(store, app)
}

onRealDatabases(run, { processes: 2, share: 0.3 })
