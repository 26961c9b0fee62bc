// Provisions people and groups into other servers through the hub, and looks at what they hold afterwards.

import { createDirectory } from '../src/directory/index.ts'
import { environment } from '../src/environment.ts'
import {
  ADAPTER_KINDS,
  type Adapter,
  type AdapterCall,
  APP_DEFAULTS,
  APP_RECORD,
  type AppSettings,
  clearApp,
  createHub,
  cursorFor,
  type Link,
  QUEUES,
} from '../src/hub/index.ts'
import { Group, type Json, type JsonObject, LENIENT, User } from '../src/protocol/index.ts'
import { memoryStore } from '../src/store/memory/memory.ts'
import { Missing } from './judge.ts'
import { RECEIVERS, type Receiver } from './receivers.ts'

const TENANT = 'acme'
const APP = 'receiver'
const PEOPLE = 30
const LIMIT_MS = 60_000
const CALL: AdapterCall = { signal: new AbortController().signal, headers: {} }

/** Attributes that each of the servers keeps. */
const MAP: NonNullable<AppSettings['map']> = {
  User: {
    userName: { from: 'userName' },
    externalId: { from: 'id' },
    'name.givenName': { from: 'name.givenName' },
    'name.familyName': { from: 'name.familyName' },
    emails: { from: 'emails' },
    active: { from: 'active' },
  },
  Group: { displayName: { from: 'displayName' }, externalId: { from: 'id' }, members: { refs: 'members' } },
}

const person = (at: number): JsonObject => ({
  userName: `person${at}@example.com`,
  name: { givenName: 'Ada', familyName: `Lovelace ${at}` },
  emails: [{ value: `person${at}@example.com`, type: 'work', primary: true }],
  active: true,
})

/** A hub over a directory in memory, with one app. */
async function start({ profile }: Receiver, { base, token }: { readonly base: string; readonly token: string }) {
  const store = memoryStore()
  await store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: environment.now() }])
  const directory = createDirectory({ store })
  const context = { tenant: TENANT, actor: 'conformance', allow: LENIENT }
  const settings: AppSettings = {
    id: APP,
    label: 'Receiver',
    mode: 'on',
    adapter: 'scim',
    options: { url: base, profile },
    credentials: { kind: 'bearer', env: 'RECEIVER_TOKEN' },
    map: MAP,
    scope: { users: {}, groups: {} },
    grants: [],
    ...APP_DEFAULTS,
  }
  const { id: _id, ...value } = settings
  await store.commit([
    { write: 'record', record: { tenant: TENANT, kind: APP_RECORD, key: APP }, value: value as unknown as Json },
    {
      write: 'note',
      ref: { tenant: TENANT, type: 'App', id: APP },
      at: environment.now(),
      log: { actor: 'conformance', paths: [] },
    },
    ...(await cursorFor(store, TENANT)),
  ])
  let requests = 0
  const counted = {
    ...environment,
    fetch: (url: string, init: RequestInit) => {
      requests += 1
      return environment.fetch(url, init)
    },
  }
  const errors: string[] = []
  const hub = createHub({
    store,
    environment: counted,
    owner: `conformance-${process.pid}`,
    pace: { pollMs: 100 },
    kinds: ADAPTER_KINDS,
    secret: async () => token,
    clear: (tenant, app, signal) => clearApp(store, tenant, app, signal),
    report: (error) => void errors.push(error instanceof Error ? error.message : String(error)),
  })
  hub.start()
  const kind = ADAPTER_KINDS.find((each) => each.kind === 'scim')
  const adapter = kind?.open(settings, {
    tenant: TENANT,
    environment,
    secret: async () => token,
    types: [User, Group],
  }) as Adapter
  const link = async (id: string) => {
    const [item] = await store.items(TENANT, QUEUES.links(APP), { keys: [id] })
    return item === undefined
      ? undefined
      : { state: item.state, done: item.mark === item.done, value: item.value as unknown as Link }
  }
  return { store, directory, context, hub, adapter, link, errors, requests: () => requests }
}

type Started = Awaited<ReturnType<typeof start>>

/** Waits until something holds; undefined when it does in time. */
async function until(holds: () => Promise<string | undefined>): Promise<string | undefined> {
  const began = environment.monotonic()
  for (;;) {
    const lack = await holds()
    if (lack === undefined || environment.monotonic() - began > LIMIT_MS) return lack
    await environment.wait(50)
  }
}

/** What was found in one server: what was tried, and what did not come out as it should. */
interface Received {
  readonly title: string
  readonly requests: number
  readonly seconds: number
  readonly wrong: readonly string[]
}

/** What an account must show. */
interface Wanted {
  readonly id: string
  readonly document: JsonObject
}

async function receive(receiver: Receiver): Promise<Received> {
  const running = await receiver.start()
  const began = environment.monotonic()
  const wrong: string[] = []
  try {
    const app = await start(receiver, running)
    try {
      await joinMoveLeave(app, wrong)
      wrong.push(...app.errors)
      return {
        title: receiver.title,
        requests: app.requests(),
        seconds: (environment.monotonic() - began) / 1_000,
        wrong,
      }
    } finally {
      await app.hub.stop()
      await app.store.close()
    }
  } finally {
    await running.stop()
  }
}

async function joinMoveLeave(app: Started, wrong: string[]): Promise<void> {
  const { directory, context, adapter, link } = app
  const check = async (what: string, holds: () => Promise<string | undefined>) => {
    const lack = await until(holds)
    if (lack !== undefined) wrong.push(`${what}: ${lack}`)
  }
  const accountOf = async (id: string) => (await link(id))?.value.account
  const shows = async ({ id, document }: Wanted) => {
    const found = await link(id)
    const { account, reason } = found?.value ?? {}
    if (account === undefined) return `${document.userName} has no account; ${reason?.message ?? 'no reason given'}`
    const seen = await adapter.read('User', account, CALL)
    const { comparable } = adapter.traits.users
    const [has, wants] = [seen?.document ?? {}, document].map((each) => comparable(pick(each)))
    return JSON.stringify(has) === JSON.stringify(wants)
      ? undefined
      : `shows ${JSON.stringify(has)}, not ${JSON.stringify(wants)}; ${reason?.message ?? ''}`
  }
  const hasMembers = async (group: string, people: readonly string[]) => {
    const account = await accountOf(group)
    if (account === undefined) return `the group has no account; ${(await link(group))?.value.reason?.message ?? ''}`
    const wants = (await Promise.all(people.map((id) => accountOf(id)))).toSorted()
    const has = [...((await adapter.readMembers?.(account, undefined, CALL))?.ids ?? [])].toSorted()
    return JSON.stringify(has) === JSON.stringify(wants) ? undefined : `has members ${has.join()}, not ${wants.join()}`
  }

  const people: Wanted[] = []
  for (let at = 0; at < PEOPLE; at++) {
    const { stored } = await directory.create(context, 'User', person(at))
    people.push({ id: stored.id, document: { ...person(at), externalId: stored.id } })
  }
  const ids = people.map(({ id }) => id)
  const members = ids.slice(0, 10)
  const team = await directory.create(context, 'Group', {
    displayName: 'Team',
    members: members.map((value) => ({ value })),
  })
  for (const one of people) await check('a joiner', () => shows(one))
  await check('a group', () => hasMembers(team.stored.id, members))

  const [mover, leaver, deleted] = people as [Wanted, Wanted, Wanted]
  const replace = (id: string, value: JsonObject) =>
    directory.patch(context, 'User', id, { schemas: [], Operations: [{ op: 'replace', value }] })
  const moved = { userName: 'countess@example.com', 'name.familyName': 'King' }
  await replace(mover.id, moved)
  await check('a mover', () =>
    shows({
      ...mover,
      document: { ...mover.document, userName: moved.userName, name: { givenName: 'Ada', familyName: 'King' } },
    }),
  )
  await replace(leaver.id, { active: false })
  await check('a leaver', () => shows({ ...leaver, document: { ...leaver.document, active: false } }))
  await directory.remove(context, 'User', deleted.id)
  await check('someone who was deleted', () => shows({ ...deleted, document: { ...deleted.document, active: false } }))
  await directory.patch(context, 'Group', team.stored.id, {
    schemas: [],
    Operations: [
      { op: 'replace', path: 'displayName', value: 'Crew' },
      { op: 'add', path: 'members', value: [{ value: ids[20] ?? '' }] },
      { op: 'remove', path: `members[value eq "${mover.id}"]` },
    ],
  })
  const after = [...ids.slice(1, 2), ...ids.slice(3, 10), ids[20] ?? '']
  await check('members who join and leave', () => hasMembers(team.stored.id, after))
  await check('a group with another name', async () => {
    const seen = await adapter.read('Group', (await accountOf(team.stored.id)) ?? '', CALL)
    return seen?.document.displayName === 'Crew' ? undefined : `is called ${seen?.document.displayName}`
  })
  await replace(leaver.id, { active: true })
  await check('someone who returns', () => shows(leaver))

  // Everything is as it must be: nothing more is sent.
  await check('rest', async () => {
    const open = []
    for (const id of [...ids, team.stored.id]) {
      const found = await link(id)
      if (found !== undefined && !found.done)
        open.push(`${found.value.name}: ${found.state} ${found.value.reason?.message ?? ''}`)
    }
    return open.length === 0 ? undefined : open.join('; ')
  })
  const before = app.requests()
  await environment.wait(1_000)
  if (app.requests() !== before) wrong.push(`${app.requests() - before} requests although nothing changes`)
}

function pick({ userName, name, emails, active, externalId }: JsonObject): JsonObject {
  const held: { readonly [name: string]: Json | undefined } = { userName, name, emails, active, externalId }
  return Object.fromEntries(Object.entries(held).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}

/** Provisions into every server that can be started here. Resolves to whether all hold what they must. */
export async function receiveAll(only: readonly string[] | undefined): Promise<boolean> {
  let good = true
  for (const receiver of RECEIVERS.filter(({ name }) => only?.includes(name) ?? true)) {
    try {
      const { title, requests, seconds, wrong } = await receive(receiver)
      console.log(
        `${title}: ${requests} requests in ${seconds.toFixed(1)} s, ${wrong.length === 0 ? 'good' : 'NOT GOOD'}`,
      )
      for (const text of wrong) console.log(`  ${text}`)
      good &&= wrong.length === 0
    } catch (error) {
      if (!(error instanceof Missing)) throw error
      console.log(`${receiver.title}  skipped: ${error.message}`)
    }
  }
  return good
}
