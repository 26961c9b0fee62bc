// Removals that the guard has held, and what an administrator decides about them.

import type { Environment } from '../../environment.ts'
import { createNote, type ListPage, type Store, type Work } from '../../store/index.ts'
import { type AppState, type Hold, QUEUES, readApps, timeKey } from '../contract/index.ts'
import { decideHold } from '../engine/holds.ts'
import { AppRefusal } from './app-refusal.ts'
import { requireApp } from './require-app.ts'

/** A hold as it is shown. Times are in milliseconds since 1970. */
export interface HoldRow extends Hold {
  readonly id: string
}

/** What administrators do about held removals. All throw {@link AppRefusal}. */
export interface HoldDesk {
  /** Holds of an app, oldest first; those that nobody has decided about alone, or all. A page may have fewer although there are more. */
  list(
    tenant: string,
    app: string,
    request: { readonly after?: string | undefined; readonly limit: number; readonly open?: boolean },
  ): Promise<ListPage<HoldRow>>
  /** Holds of all apps that nobody has decided about, the newest first; `limit` at most. */
  open(tenant: string, limit: number): Promise<readonly (HoldRow & { readonly app: string })[]>
  /** Holds of all apps that a cause has led to since a moment, decided or not; `limit` of each app are looked at. */
  causedBy(
    tenant: string,
    cause: string,
    request: { readonly since: number; readonly limit: number },
  ): Promise<readonly (HoldRow & { readonly app: string })[]>
  /** `approved`: the removals are carried out. `discarded`: they are not, as long as nothing else asks for them. */
  decide(tenant: string, app: string, hold: string, verdict: 'approved' | 'discarded'): Promise<HoldRow>
}

/** What decisions are written with. */
export interface HoldDeskDeps {
  readonly store: Store & Work
  readonly environment: Environment
  /** The name of the administrator in the log. */
  readonly actor: string
  readonly types: (tenant: string) => Promise<unknown>
}

/** Creates the desk at which holds are decided. */
export function createHoldDesk(deps: HoldDeskDeps): HoldDesk {
  const { store, environment, actor, types } = deps
  const note = createNote(environment, actor)
  const find = async (tenant: string, app: string, id: string): Promise<HoldRow> => {
    const [item] = await store.items(tenant, QUEUES.holds(app), { keys: [id] })
    if (item !== undefined) return { id, ...(item.value as unknown as Hold) }
    throw new AppRefusal('ERR_NOT_FOUND', `App "${app}" has no hold "${id}"; see them with: lockstep app held ${app}`)
  }
  return {
    async list(tenant, app, { after, limit, open = false }) {
      await requireApp(deps, tenant, app)
      const items = await store.items(tenant, QUEUES.holds(app), { limit, ...(after === undefined ? {} : { after }) })
      const rows = items.map(({ key, value }) => ({ id: key, ...(value as unknown as Hold) }))
      const last = items.length < limit ? undefined : items.at(-1)
      return {
        items: open ? rows.filter(({ verdict }) => verdict === undefined) : rows,
        ...(last === undefined ? {} : { next: last.key }),
      }
    },
    async open(tenant, limit) {
      await types(tenant)
      const apps = await readApps(store, tenant)
      const units = await readUnits(store, tenant, apps)
      const rows = []
      for (const [app, holds] of units) {
        const items = holds.length === 0 ? [] : await store.items(tenant, QUEUES.holds(app), { keys: holds })
        for (const { key, value } of items) rows.push({ id: key, app, ...(value as unknown as Hold) })
      }
      const undecided = rows.filter(({ verdict }) => verdict === undefined)
      return undecided.sort((a, b) => b.openedAt - a.openedAt).slice(0, limit)
    },
    async causedBy(tenant, cause, { since, limit }) {
      await types(tenant)
      const rows = []
      for (const { id: app } of await readApps(store, tenant)) {
        const items = await store.items(tenant, QUEUES.holds(app), { after: timeKey(since), limit })
        for (const { key, value } of items) rows.push({ id: key, app, ...(value as unknown as Hold) })
      }
      return rows.filter((row) => row.cause === cause)
    },
    async decide(tenant, app, id, verdict) {
      await requireApp(deps, tenant, app)
      const before = await find(tenant, app, id)
      const writes = await decideHold({ store, environment }, { tenant, app, id }, { verdict, by: actor })
      if (writes === undefined) {
        throw new AppRefusal('ERR_IN_USE', `Hold "${id}" of app "${app}" was ${before.verdict} by ${before.by} already`)
      }
      const { cause, count } = before
      await store.commit([...writes, note(tenant, 'App', app, verdict, { hold: id, cause, count })])
      return find(tenant, app, id)
    },
  }
}

/** Most holds of one app that are read. */
const MOST_HOLDS = 1_000
/** Units in one read. */
const UNITS = 500

/** The holds that each app has not closed yet. */
async function readUnits(
  store: Pick<Work, 'items'>,
  tenant: string,
  apps: readonly { readonly id: string }[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (let from = 0; from < apps.length; from += UNITS) {
    const keys = apps.slice(from, from + UNITS).map(({ id }) => id)
    for (const { key, value } of await store.items(tenant, QUEUES.units, { keys })) {
      const { holds = [] } = (value ?? {}) as Partial<AppState>
      found.set(key, holds.slice(0, MOST_HOLDS))
    }
  }
  return found
}
