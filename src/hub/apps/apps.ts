// The apps of tenants, as administrators see and change them.

import type { Environment } from '../../environment.ts'
import { Group, isObject, type Json, type JsonObject, User } from '../../protocol/index.ts'
import {
  createNote,
  factsOf,
  type ListPage,
  type ListRequest,
  type Note,
  numberOf,
  oneRecord,
  pageOfRecords,
  putIfSame,
  type Store,
  untilUnchanged,
  type Write,
} from '../../store/index.ts'
import {
  APP_RECORD,
  type AppSettings,
  type AppState,
  HUB_LANES,
  HUB_READER,
  QUEUES,
  readApp,
  settingsJson,
  settingsOf,
} from '../contract/index.ts'
import { lastingSince } from '../engine/breaker.ts'
import { APP_LIMITS } from './app-limits.ts'
import { changesOf, factsOfNew, factsOfRemoved } from './app-note.ts'
import { AppRefusal, noApp, refusedBy } from './app-refusal.ts'
import { clearApp, hasLinks } from './clear-app.ts'
import { type ShownCredentials, showCredentials } from './credentials.ts'
import { mergeFields } from './merge-fields.ts'
import { type CheckedFields, readSetFields } from './read-settings.ts'
import { type FieldDeps, resolveFields } from './resolve-fields.ts'

/** An app as it is shown: its settings without secrets, and how it is doing. */
export interface App extends Omit<AppSettings, 'credentials'> {
  readonly credentials?: ShownCredentials
  readonly state: Pick<AppState, 'health' | 'reason' | 'healthSince' | 'pausedUntil' | 'managed' | 'sweepDue'>
}

/** Who changes apps, and with what. */
export interface AppsDeps extends FieldDeps {
  readonly store: Store
  readonly environment: Environment
  /** The name of the administrator in the log. */
  readonly actor: string
}

/** What a new app is to be: `label`, `adapter`, `options` and the rest of {@link AppSettings}, credentials with a `secret` or an `env`. */
export type AppDraft = JsonObject

/** How an app is switched on. */
export interface SwitchOnOptions {
  /** Although nobody has looked at a plan. */
  readonly withoutPlan?: boolean | undefined
}

/** The apps of tenants. All throw {@link AppRefusal}. */
export interface Apps {
  /** A page, in the order of their ids; `search` looks at ids and labels. */
  list(tenant: string, request: ListRequest): Promise<ListPage<App>>
  get(tenant: string, id: string): Promise<App>
  /**
   * What settings come to, with defaults where nothing is said, and what is wrong with them. Writes nothing. A secret needn't be there.
   * Without a tenant: as in one that has nothing of its own.
   */
  check(tenant: string | undefined, draft: AppDraft): Promise<CheckedFields>
  /** Makes an app. It is `off`: nothing is sent before it is switched on. */
  create(tenant: string, id: string, draft: AppDraft): Promise<App>
  /** Changes some settings, see {@link mergeFields}. */
  change(tenant: string, id: string, change: JsonObject): Promise<App>
  /** Changes an app to what is given: settings that it leaves out have their defaults, except that credentials stay. */
  replace(tenant: string, id: string, draft: AppDraft): Promise<App>
  /** Whether the secret of an app is this one. */
  hasSecret(tenant: string, id: string, secret: string): Promise<boolean>
  /** Switches on an app that is off, by approving its plan, or without one. */
  switchOn(tenant: string, id: string, plan: string | undefined, options?: SwitchOnOptions): Promise<App>
  /** From now on changes are planned, but wait. */
  pause(tenant: string, id: string): Promise<App>
  /** What has waited is sent. */
  resume(tenant: string, id: string): Promise<App>
  /** Removes an app, with all that the hub remembers of it. Its accounts stay as they are. */
  remove(tenant: string, id: string): Promise<void>
}

/** Kind of the records that count the apps of a tenant. */
const COUNT = 'apps'
/** Kind of the records that remember the ids of removed apps that had accounts. */
const REMOVED = 'app-removed'

const ID = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/

/** Creates the apps part of the hub's administration. */
export function createApps(deps: AppsDeps): Apps {
  const { store, types } = deps
  const note = createNote(deps.environment, deps.actor)
  const within = <Rest extends readonly unknown[], T>(work: (tenant: string, ...rest: Rest) => Promise<T>) => {
    return async (tenant: string, ...rest: Rest) => {
      await types(tenant)
      return work(tenant, ...rest)
    }
  }
  return {
    list: within(async (tenant, request: ListRequest) => {
      const page = await pageOfRecords(store, tenant, APP_RECORD, request, (record) => {
        return [record.key, settingsOf(record).label]
      })
      return { ...page, items: await shown(deps, tenant, page.items.map(settingsOf)) }
    }),
    get: within(async (tenant, id: string) => {
      const record = await oneRecord(store, tenant, APP_RECORD, id)
      if (record === undefined) throw noApp(tenant, id)
      return one(deps, tenant, settingsOf(record))
    }),
    check: async (tenant, draft) => {
      const { credentials } = draft
      const placed =
        isObject(credentials) && credentials.env === undefined
          ? { ...draft, credentials: { ...withoutSecret(credentials), sealed: '' } }
          : draft
      const json = { adapter: deps.kinds[0]?.kind ?? '', ...placed }
      return readSetFields(json, {
        kinds: deps.kinds,
        types: tenant === undefined ? [User, Group] : await types(tenant),
      })
    },
    create: within((tenant, id: string, draft: AppDraft) =>
      untilUnchanged(COUNT, () => create(deps, note, tenant, id, draft)),
    ),
    change: within((tenant, id: string, change: JsonObject) =>
      edit(deps, note, tenant, id, 'changed', (app) => withFields(deps, tenant, app, mergeFields(app, change))),
    ),
    replace: within((tenant, id: string, draft: AppDraft) =>
      edit(deps, note, tenant, id, 'changed', (app) => withFields(deps, tenant, app, { label: id, ...draft })),
    ),
    hasSecret: within(async (tenant, id: string, secret: string) => {
      const sealed = (await readApp(store, tenant, id))?.credentials?.sealed
      return sealed !== undefined && (await deps.matches(tenant, id, sealed, secret))
    }),
    switchOn: within(async (tenant, id: string, plan: string | undefined, options: SwitchOnOptions = {}) => {
      if (plan !== undefined) await requirePlan(store, tenant, id, plan)
      else if (options.withoutPlan !== true) {
        const message = `Name the plan that you have looked at; make one with: lockstep plan ${id} --tenant ${tenant}`
        throw refusedBy([{ field: 'plan', message }])
      }
      return edit(deps, note, tenant, id, 'switchedOn', (app) => modeOf(app, ['off'], 'on'), { plan: plan ?? 'none' })
    }),
    pause: within((tenant, id: string) =>
      edit(deps, note, tenant, id, 'paused', (app) => modeOf(app, ['on', 'paused'], 'paused')),
    ),
    resume: within((tenant, id: string) =>
      edit(deps, note, tenant, id, 'resumed', (app) => modeOf(app, ['on', 'paused'], 'on')),
    ),
    remove: within((tenant, id: string) => untilUnchanged(COUNT, () => remove(deps, note, tenant, id))),
  }
}

async function create(deps: AppsDeps, note: Note, tenant: string, id: string, draft: AppDraft): Promise<App> {
  const { store } = deps
  if (!ID.test(id)) {
    const message = 'This must be 1 to 40 characters of a-z, 0-9 and -, and begin and end with a letter or a digit'
    throw refusedBy([{ field: 'id', message }])
  }
  const fields = await resolveFields(deps, { tenant, id }, { label: id, ...draft }, undefined)
  const app: AppSettings = { id, mode: 'off', ...fields }
  const [counted, removed, cursors, row] = await Promise.all([
    oneRecord(store, tenant, COUNT, COUNT),
    oneRecord(store, tenant, REMOVED, id),
    store.cursors(tenant),
    store.tenant(tenant),
  ])
  if (removed !== undefined) {
    const message = `"${id}" was the id of an app that was removed, and the log still speaks of it; choose another one`
    throw new AppRefusal('ERR_EXISTS', message, [{ field: 'id', message }])
  }
  const count = counted === undefined ? 0 : (numberOf(factsOf(counted).count) ?? 0)
  if (count >= APP_LIMITS.APPS) {
    throw new AppRefusal('ERR_IN_USE', `A tenant may have ${APP_LIMITS.APPS} apps at most; remove one first`)
  }
  if ((await oneRecord(store, tenant, APP_RECORD, id)) !== undefined) throw taken(tenant, id)
  const planned = cursors.some(({ reader }) => reader === HUB_READER)
  await store.commit([
    countWrite(counted, tenant, count + 1),
    { write: 'record', record: { tenant, kind: APP_RECORD, key: id }, value: settingsJson(app), ifAbsent: true },
    { write: 'item', item: unitOf(tenant, id), set: { state: '', value: { health: 'healthy' } } },
    // From here on; what is there already is planned when an app is switched on.
    ...(planned ? [] : [{ write: 'cursor' as const, tenant, reader: HUB_READER, place: row?.place ?? 0 }]),
    note(tenant, 'App', id, 'created', factsOfNew(app)),
  ])
  return one(deps, tenant, app)
}

async function remove(deps: AppsDeps, note: Note, tenant: string, id: string): Promise<void> {
  const { store } = deps
  const [record, counted] = await Promise.all([
    oneRecord(store, tenant, APP_RECORD, id),
    oneRecord(store, tenant, COUNT, COUNT),
  ])
  if (record === undefined) throw noApp(tenant, id)
  const count = Math.max(0, (counted === undefined ? 1 : (numberOf(factsOf(counted).count) ?? 1)) - 1)
  // An id that no account was ever made under may be used again: nothing in the log depends on it.
  const tombstone: Write = {
    write: 'record',
    record: { tenant, kind: REMOVED, key: id },
    value: { at: deps.environment.now() },
  }
  await store.commit([
    countWrite(counted, tenant, count),
    putIfSame(record, undefined),
    ...((await hasLinks(store, tenant, id)) ? [tombstone] : []),
    // The log needn't be kept for the hub any longer.
    ...(count > 0 ? [] : [{ write: 'cursor' as const, tenant, reader: HUB_READER, place: undefined }]),
    note(tenant, 'App', id, 'removed', factsOfRemoved(settingsOf(record))),
  ])
  // If this is interrupted, the hub goes on with it: it finds a unit whose app is gone.
  await clearApp(store, tenant, id)
}

function withoutSecret({ secret: _secret, ...rest }: JsonObject): JsonObject {
  return rest
}

/** An app with other settings in the same mode. */
async function withFields(deps: AppsDeps, tenant: string, app: AppSettings, given: JsonObject): Promise<AppSettings> {
  const { id, mode, review, readBackBefore } = app
  const kept = {
    id,
    mode,
    ...(review === undefined ? {} : { review }),
    ...(readBackBefore === undefined ? {} : { readBackBefore }),
  }
  return { ...kept, ...(await resolveFields(deps, { tenant, id }, given, app)) }
}

/** Changes the settings of an app, based on their state at the commit; nothing is written where nothing changes. */
function edit(
  deps: AppsDeps,
  note: Note,
  tenant: string,
  id: string,
  verb: string,
  change: (app: AppSettings) => AppSettings | Promise<AppSettings>,
  facts: { readonly [name: string]: Json } = {},
): Promise<App> {
  const { store, environment } = deps
  return untilUnchanged(id, async () => {
    const record = await oneRecord(store, tenant, APP_RECORD, id)
    if (record === undefined) throw noApp(tenant, id)
    const before = settingsOf(record)
    const after = await change(before)
    const changes = changesOf(before, after)
    if (Object.keys(changes).length > 0) {
      const lane = HUB_LANES.update
      await store.commit([
        putIfSame(record, settingsJson(after)),
        note(tenant, 'App', id, verb, { ...changes, ...facts }),
        { write: 'mark', item: unitOf(tenant, id), lane, due: environment.now(), state: 'ready' },
      ])
    }
    return one(deps, tenant, after)
  })
}

async function requirePlan(store: Pick<Store, 'items'>, tenant: string, id: string, plan: string): Promise<void> {
  const [run] = await store.items(tenant, QUEUES.runs(id), { keys: [plan] })
  if (run !== undefined) return
  const message = `App "${id}" has no plan "${plan}"; make one with: lockstep plan ${id} --tenant ${tenant}`
  throw refusedBy([{ field: 'plan', message }])
}

/** The same app in another mode. */
function modeOf(app: AppSettings, from: readonly AppSettings['mode'][], mode: AppSettings['mode']): AppSettings {
  const { review, ...rest } = app
  if (from.includes(app.mode)) {
    if (review === undefined) return { ...rest, mode }
    return mode === 'on' ? { ...rest, mode, readBackBefore: review.since } : { ...rest, mode, review }
  }
  if (app.mode === mode) return app
  const message =
    app.mode === 'off'
      ? `App "${app.id}" has not been switched on yet; look at its plan first: lockstep plan ${app.id}`
      : `App "${app.id}" is ${app.mode} already`
  throw new AppRefusal('ERR_IN_USE', message)
}

function countWrite(counted: Awaited<ReturnType<typeof oneRecord>>, tenant: string, count: number): Write {
  if (counted !== undefined) return putIfSame(counted, { count })
  return { write: 'record', record: { tenant, kind: COUNT, key: COUNT }, value: { count }, ifAbsent: true }
}

function taken(tenant: string, id: string): AppRefusal {
  const message = `Tenant "${tenant}" has an app "${id}" already; choose another id, or change that one`
  return new AppRefusal('ERR_EXISTS', message, [{ field: 'id', message }])
}

function unitOf(tenant: string, id: string) {
  return { tenant, queue: QUEUES.units, key: id }
}

async function one(deps: AppsDeps, tenant: string, app: AppSettings): Promise<App> {
  const [view] = await shown(deps, tenant, [app])
  return view as App
}

/** Apps as they are shown, with how they are doing. */
async function shown(
  { store, environment }: AppsDeps,
  tenant: string,
  apps: readonly AppSettings[],
): Promise<readonly App[]> {
  const units = await store.items(tenant, QUEUES.units, { keys: apps.map(({ id }) => id) })
  const states = new Map(units.map(({ key, value }) => [key, value as unknown as AppState]))
  return apps.map(({ credentials, readBackBefore: _readBackBefore, ...app }) => {
    const state: AppState = states.get(app.id) ?? { health: 'healthy' }
    const { fault, managed, sweepDue } = state
    // 0 is no moment: the pause was ended.
    const pausedUntil = state.pausedUntil === 0 ? undefined : state.pausedUntil
    // An app that can't be worked with gets nothing, whatever its last answers were.
    const health = fault === undefined ? state.health : 'open'
    const reason = fault === undefined ? state.reason : `It can't be worked with: ${fault}`
    const known = { reason, healthSince: lastingSince(state), pausedUntil, managed, sweepDue }
    const told = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
    return {
      ...app,
      ...(credentials === undefined ? {} : { credentials: showCredentials(credentials, environment.now()) }),
      state: { health: app.mode === 'off' || app.review !== undefined ? 'review' : health, ...told },
    }
  })
}
