// A hub on a calm store in virtual time, with a directory to write in and apps in memory.

import { createDirectory } from '../../../src/directory/index.ts'
import { environment as realEnvironment } from '../../../src/environment.ts'
import { createHub, cursorFor } from '../../../src/hub/hub.ts'
import { APP_DEFAULTS, APP_RECORD, type AppSettings, type Link, QUEUES } from '../../../src/hub/index.ts'
import { type Document, EnterpriseUser, LENIENT } from '../../../src/protocol/index.ts'
import type { Item } from '../../../src/store/index.ts'
import { type Calm, createCalm } from '../../simulation/calm.ts'
import { BEGINNING } from '../../simulation/process.ts'
import { createMemoryApp, type MemoryApp, memoryKind } from './memory-app.ts'

export const TENANT = 'acme'

const CONTEXT = { tenant: TENANT, actor: 'test', allow: LENIENT }

/** The maps of the tests: names, and the manager. */
const MAP = {
  User: {
    userName: { from: 'userName' },
    externalId: { from: 'id' },
    displayName: { from: 'displayName', whenMissing: 'clear' },
    title: { from: 'title', whenMissing: 'clear' },
    nickName: { cel: "has(user.title) && user.title == 'fault' ? string(int('x')) : 'nick'", whenMissing: 'omit' },
    [`${EnterpriseUser.id}:manager`]: { ref: `${EnterpriseUser.id}:manager` },
  },
  Group: { displayName: { from: 'displayName' }, members: { refs: 'members' } },
}

/** An app's settings, switched on. */
export function appSettings(id: string, settings: Partial<AppSettings> = {}): AppSettings {
  return {
    id,
    label: id,
    mode: 'on',
    adapter: 'memory',
    options: {},
    scope: { users: {} },
    grants: [],
    map: MAP,
    ...APP_DEFAULTS,
    ...settings,
  }
}

/** Starts a hub with one app, `crm`, unless others are given. `wrap`: what goes wrong between it and its store. */
export async function startHub(
  settings: Partial<AppSettings> = {},
  apps: { readonly [id: string]: MemoryApp } = { crm: createMemoryApp() },
  pollMs = 1_000,
  wrap = (store: Calm['store']): Calm['store'] => store,
) {
  const calm = createCalm()
  const now = () => BEGINNING + calm.now()
  const directory = createDirectory({ store: calm.store, environment: { ...realEnvironment, now } })
  await calm.store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: 1 }])
  const errors: unknown[] = []
  const events: string[] = []
  const start = (name: string) => {
    const { process, store } = calm.start(name)
    const hub = createHub({
      store: wrap(store),
      environment: process.environment,
      owner: name,
      pace: { pollMs },
      kinds: [memoryKind(apps)],
      secret: async () => undefined,
      clear: async () => {},
      report: (error) => errors.push(error),
      onEvent: ({ event, app, name: who, action, message }) =>
        events.push(`${event} ${app} ${who} ${action ?? message}`),
    })
    hub.start()
    return { hub, process }
  }
  const configure = async (id: string, changed: Partial<AppSettings> = {}) => {
    const { id: _id, ...value } = appSettings(id, { ...settings, ...changed })
    await calm.store.commit([
      { write: 'record', record: { tenant: TENANT, kind: APP_RECORD, key: id }, value: value as never },
      { write: 'note', ref: { tenant: TENANT, type: 'App', id }, at: now(), log: { actor: 'test', paths: [] } },
      ...(await cursorFor(calm.store, TENANT)),
    ])
  }
  for (const id of Object.keys(apps)) await configure(id)
  const first = start('a')
  const people = {
    async create(userName: string, more: Document = {}): Promise<string> {
      const { stored } = await directory.create(CONTEXT, 'User', { userName, ...more })
      return stored.id
    },
    async group(displayName: string, members: readonly string[] = []): Promise<string> {
      const body = { displayName, members: members.map((value) => ({ value })) }
      const { stored } = await directory.create(CONTEXT, 'Group', body)
      return stored.id
    },
    patch: (id: string, value: Document, type = 'User') =>
      directory.patch(CONTEXT, type, id, { Operations: [{ op: 'replace', value }] }),
    members: (id: string, op: 'add' | 'remove', members: readonly string[]) =>
      directory.patch(CONTEXT, 'Group', id, {
        Operations: members.map((value) =>
          op === 'add' ? { op, path: 'members', value: [{ value }] } : { op, path: `members[value eq "${value}"]` },
        ),
      }),
    remove: (id: string, type = 'User') => directory.remove(CONTEXT, type, id),
  }
  const item = async (id: string, app = 'crm'): Promise<Item | undefined> =>
    (await calm.store.items(TENANT, QUEUES.links(app), { keys: [id] }))[0]
  return {
    calm,
    apps,
    app: Object.values(apps)[0] ?? createMemoryApp(),
    people,
    configure,
    start,
    first,
    errors,
    events,
    item,
    link: async (id: string, app = 'crm') => (await item(id, app))?.value as unknown as Link | undefined,
    pass: (ms: number): Promise<void> => calm.pass(ms),
  }
}

export type { Calm }
