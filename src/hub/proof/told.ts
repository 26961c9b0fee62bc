// What each app was told of a person, when it confirmed, or why it has not yet.

import { isObject } from '../../protocol/index.ts'
import { type Change, type Item, NEVER, type Store, type Work } from '../../store/index.ts'
import {
  type AppSettings,
  type AppState,
  HUB_READER,
  type Link,
  type LinkReason,
  QUEUES,
  readApps,
  type Told,
} from '../contract/index.ts'
import { describeBreaker, lastingSince } from '../engine/breaker.ts'

/** What telling reads. */
export type ToldStore = Pick<Store & Work, 'records' | 'items' | 'cursors' | 'tenant' | 'changes' | 'get'>

/** What is known of a person here. */
export interface Person {
  /** `gone`: deleted, or never there. */
  readonly here: 'active' | 'inactive' | 'gone'
  /** Somebody has decided that the person must be out of every app. */
  readonly killed: boolean
  /** The first line of the log that concerns the person, or may, and that the hub has not read yet. */
  readonly unread?: Pick<Change, 'place' | 'at'>
}

/** Unread lines that are looked through; beyond them, every person may be concerned. */
const UNREAD_LINES = 2_000

/**
 * What each app of a tenant was told of a person: one row per app, in the order of their ids, apps in which the person has nothing
 * included.
 */
export async function told(store: ToldStore, tenant: string, user: string): Promise<readonly Told[]> {
  const apps = await readApps(store, tenant)
  const [units, person] = await Promise.all([unitsOf(store, tenant, apps), readPerson(store, tenant, user)])
  return Promise.all(
    apps.map(async (app) => {
      const [[link], planned] = await Promise.all([
        store.items(tenant, QUEUES.links(app.id), { keys: [user] }),
        store.items(tenant, QUEUES.removals(app.id), { keys: [user] }),
      ])
      return toldOf(app, units.get(app.id), link, { ...person, leaves: planned.length > 0 })
    }),
  )
}

/** What is known of a person here, and whether the hub knows it too. */
export async function readPerson(store: ToldStore, tenant: string, user: string): Promise<Person> {
  const [stored, kills, unread] = await Promise.all([
    store.get({ tenant, type: 'User', id: user }),
    store.items(tenant, QUEUES.kills, { keys: [user] }),
    firstUnread(store, tenant, user),
  ])
  const document = stored === undefined ? undefined : (JSON.parse(stored.text) as unknown)
  const active = isObject(document) && document.active !== false
  return {
    here: stored === undefined ? 'gone' : active ? 'active' : 'inactive',
    killed: kills.length > 0,
    ...(unread === undefined ? {} : { unread }),
  }
}

/**
 * The rows of somebody who left at a time: what an app did because of it took since then, as in the receipt. A link knows only when the
 * hub came to it. What was confirmed before is of another change.
 */
export function sinceLeaving(rows: readonly Told[], at: number | undefined): readonly Told[] {
  if (at === undefined) return rows
  return rows.map((row) =>
    row.wanted === 'active' || row.changedAt === undefined || (row.confirmedAt ?? at) < at
      ? row
      : { ...row, changedAt: at },
  )
}

/**
 * What one app was told. Pure. `leaves`: its removal there is planned.
 */
export function toldOf(
  app: AppSettings,
  unit: AppState | undefined,
  item: Item | undefined,
  person: Person & { readonly leaves: boolean },
): Told {
  const link = item === undefined ? undefined : linkOf(item)
  const settled = item !== undefined && item.mark <= item.done && (item.state === '' || item.state === 'watched')
  // What is settled and still switched on was left so: told is what is so, not what somebody may have wished for.
  const leftOn = settled && link !== undefined && isOn(link) && person.unread === undefined
  const wanted = leftOn ? 'active' : wantedOf(app, link, person)
  const base = {
    app: app.id,
    label: app.label,
    wanted,
    ...(link?.account === undefined ? {} : { account: link.account }),
  }
  if (item === undefined || link === undefined) {
    if (app.mode === 'off' || wanted !== 'active') return { ...base, wanted: 'absent', state: 'none' }
    return notRead(base, app, unit, person) ?? { ...base, wanted: 'absent', state: 'none' }
  }
  const confirmed = confirmationOf(link, wanted, settled)
  const place = confirmed?.place ?? link.ackedPlace
  const changedAt = link.since ?? link.changedAt
  const known = {
    ...base,
    ...(changedAt === undefined ? {} : { changedAt }),
    ...(confirmed === undefined ? {} : { confirmedAt: confirmed.at }),
    ...(place === undefined ? {} : { place }),
    ...(confirmed?.readBack === undefined ? {} : { readBack: confirmed.readBack }),
  }
  const unread = notRead(known, app, unit, person)
  // What the hub has not read may be a change of something that was confirmed.
  if (settled && unread !== undefined) return unread
  if (settled && link.account === undefined && link.off === undefined && link.wanted !== 'active')
    return { ...known, state: 'none' }
  if (settled) return { ...known, state: hasShown(confirmed?.readBack, wanted) ? 'verified' : 'confirmed' }
  const whole = ofApp(app, unit, person.killed)
  const reason = link.reason ?? whole?.reason
  const nextAt = nextOf(item, whole)
  return {
    ...known,
    state: stateOf(item),
    ...(reason === undefined ? {} : { reason }),
    ...(nextAt === undefined ? {} : { nextAt }),
  }
}

/** Whether the account is switched on, as far as the app has confirmed. */
function isOn({ account, acked, off }: Link): boolean {
  return account !== undefined && off === undefined && acked?.active !== false
}

function linkOf(item: Item): Link {
  return item.value as unknown as Link
}

/** What the app should hold. A link says what was found at its last delivery; what has happened since counts more. */
function wantedOf(
  { policy }: AppSettings,
  link: Link | undefined,
  { here, killed, leaves }: Person & { readonly leaves: boolean },
): Told['wanted'] {
  if (link?.wanted === 'absent') return 'absent'
  if (killed || here === 'inactive') return 'disabled'
  if (here === 'active' && !leaves) return link?.wanted ?? 'active'
  // Such accounts are left as they are.
  if (policy.onLeave === 'ignore' || policy.onLeave === 'unlink') return link?.wanted ?? 'absent'
  return policy.onLeave === 'delete' ? 'absent' : 'disabled'
}

/** When the app confirmed what is wanted now. A confirmation of something else is none. */
function confirmationOf(
  link: Link,
  wanted: Told['wanted'],
  settled: boolean,
): { readonly at: number; readonly place: number; readonly readBack?: NonNullable<Told['readBack']> } | undefined {
  if (wanted !== 'active' && link.off !== undefined) return link.off
  // An account that was found switched off was never told so.
  const same = wanted === 'active' ? link.off === undefined : settled && link.wanted !== 'active'
  if (!same || link.ackedAt === undefined) return undefined
  return { at: link.ackedAt, place: link.ackedPlace ?? 0 }
}

function hasShown(readBack: Told['readBack'], wanted: Told['wanted']): boolean {
  return readBack !== undefined && (readBack.found === 'active') === (wanted === 'active')
}

/** The row of an app that has not been told because the hub does not know yet; undefined when it does. */
function notRead(
  known: Omit<Told, 'state'>,
  app: AppSettings,
  unit: AppState | undefined,
  { unread }: Person,
): Told | undefined {
  if (unread !== undefined) {
    const message = `The hub has not read the log up to place ${unread.place} yet, which may concern this person`
    return { ...known, state: 'pending', reason: { code: 'unread', message, since: unread.at }, changedAt: unread.at }
  }
  if (app.mode === 'off' || unit?.backfill === undefined || known.account !== undefined) return undefined
  const message = 'The hub is going through everybody after a change of the configuration'
  return { ...known, state: 'pending', reason: { code: 'unread', message, since: unit.healthSince ?? 0 } }
}

/** What holds up the app as a whole. */
function ofApp(
  app: AppSettings,
  unit: AppState | undefined,
  killed: boolean,
): { readonly reason: LinkReason; readonly nextAt?: number } | undefined {
  const since = unit === undefined ? 0 : (lastingSince(unit) ?? 0)
  const reason = (message: string): LinkReason => ({ code: 'app', message, since })
  if (app.mode === 'off') return { reason: reason('The app is off: nothing is sent') }
  // A kill passes the pause of people.
  if (app.mode === 'paused' && !(killed && app.review === undefined))
    return { reason: reason('The app is paused: changes wait until it is resumed') }
  if (unit === undefined) return undefined
  if (unit.health === 'review') return { reason: reason('The app waits for somebody to look at its plan') }
  const { reason: why, last, probeAt } = describeBreaker(unit)
  if (why !== undefined && unit.health !== 'healthy') {
    const message = `The app is not asked except for probes (${why}): ${last?.message ?? unit.reason ?? ''}`
    return { reason: reason(message), ...(probeAt === undefined ? {} : { nextAt: probeAt }) }
  }
  if (unit.health === 'throttled' && unit.pausedUntil !== undefined)
    return { reason: reason('The app asks for patience'), nextAt: unit.pausedUntil }
  return undefined
}

function stateOf({ state }: Item): Told['state'] {
  return state === 'waiting' || state === 'held' || state === 'parked' ? state : 'pending'
}

/** When it is tried next; undefined when that depends on a person, or on another resource. */
function nextOf(item: Item, whole: ReturnType<typeof ofApp>): number | undefined {
  if (whole !== undefined && whole.nextAt === undefined) return undefined
  if (item.due >= NEVER || item.state === 'held') return undefined
  return Math.max(item.due, whole?.nextAt ?? 0)
}

async function unitsOf(
  store: ToldStore,
  tenant: string,
  apps: readonly AppSettings[],
): Promise<ReadonlyMap<string, AppState>> {
  const units = new Map<string, AppState>()
  for (let at = 0; at < apps.length; at += 1_000) {
    const keys = apps.slice(at, at + 1_000).map(({ id }) => id)
    for (const { key, value } of await store.items(tenant, QUEUES.units, { keys }))
      if (isObject(value)) units.set(key, value as unknown as AppState)
  }
  return units
}

/** The first line after the hub's place that concerns a person, or may: a change of any group, and all that is too far behind. */
async function firstUnread(
  store: ToldStore,
  tenant: string,
  user: string,
): Promise<Pick<Change, 'place' | 'at'> | undefined> {
  const cursor = (await store.cursors(tenant)).find(({ reader }) => reader === HUB_READER)
  // Before its first app, a tenant has no reader, and nobody is to be told anything.
  if (cursor === undefined) return undefined
  const last = (await store.tenant(tenant))?.place ?? 0
  if (cursor.place >= last) return undefined
  const lines = await store.changes(tenant, cursor.place, UNREAD_LINES)
  const concerns = lines.find(
    ({ id, type, op, members }) => id === user || members !== undefined || (op === 'note' && type === 'App'),
  )
  const end = lines.at(-1)
  return concerns ?? (end !== undefined && end.place < last ? end : undefined)
}
