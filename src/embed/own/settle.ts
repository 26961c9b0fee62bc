// Brings the resources that Lockstep knows in line with the rows that the app has.

import { createDirectory } from '../../directory/index.ts'
import { ConfigError, type ResourceType, ScimError } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { OwnRow, OwnRows } from './rows.ts'
import { showRow } from './show-row.ts'

/** Rows that are compared at once. */
const CHUNK = 500
/** Rows whose changes are written at once. */
const TOGETHER = 200
/** Refusals that are remembered, so that each is reported once. */
const REMEMBERED = 1_000

/** What is settled with. */
export interface SettleDeps<Tx, Db> {
  readonly base: Store<Tx>
  readonly db: Db
  readonly types: readonly OwnRows<Db>[]
  readonly report: (error: unknown) => void
}

/** Settling: resources become what the app's rows say. Each returns whether anything changed. */
export interface Settler<Db> {
  readonly some: (tenant: string, own: OwnRows<Db>, ids: readonly string[]) => Promise<boolean>
  readonly all: (tenant: string, own: OwnRows<Db>) => Promise<boolean>
}

/** Creates the settler. */
export function createSettler<Tx, Db>({ base, db, types, report }: SettleDeps<Tx, Db>): Settler<Db> {
  // Whoever settles may hold the resource exclusively already.
  const { runExclusive: _, ...store } = base
  const directory = createDirectory({ store, types: types.map(({ type }) => type) })
  const stamps = new Map<string, string | number>()
  const refuse = createRefusals(report)

  /** Settles ids whose rows have been read. */
  async function settle(tenant: string, { type }: OwnRows<Db>, ids: readonly string[], rows: readonly OwnRow[]) {
    const byId = new Map(rows.map((row) => [row.id, row]))
    const known = await Promise.all(ids.map((id) => base.get({ tenant, type: type.name, id })))
    let changed = false
    const show = async (at: number) => {
      const id = ids[at] ?? ''
      changed = (await showRow(directory, { tenant, type, id }, known[at], byId.get(id))) || changed
    }
    // Together, since a database writes many to disk in the time of one.
    const left: number[] = []
    for (let from = 0; from < ids.length; from += TOGETHER) {
      const some = [...ids.keys()].slice(from, from + TOGETHER)
      const done = await Promise.allSettled(some.map(show))
      left.push(...some.filter((_, n) => done[n]?.status === 'rejected'))
    }
    // Whoever met a value that another one has given up since, or somebody who was faster.
    for (const at of left) {
      const id = ids[at] ?? ''
      try {
        known[at] = await base.get({ tenant, type: type.name, id })
        await show(at)
      } catch (error) {
        const now = await base.get({ tenant, type: type.name, id })
        if ((now === undefined) === (known[at] === undefined)) refuse(tenant, type, id, error)
        else changed = true
      }
    }
    return changed
  }

  async function some(tenant: string, own: OwnRows<Db>, ids: readonly string[]): Promise<boolean> {
    let changed = false
    for (let at = 0; at < ids.length; at += CHUNK) {
      const chunk = [...new Set(ids.slice(at, at + CHUNK))]
      changed = (await settle(tenant, own, chunk, await own.rows(db, tenant, chunk, false))) || changed
    }
    return changed
  }

  /** Rows that are new or differ; gives the ids of all. */
  async function walkRows(tenant: string, own: OwnRows<Db>, seen: Set<string>): Promise<boolean> {
    let changed = false
    for (let after = ''; ; ) {
      const rows = await own.page(db, tenant, after, CHUNK)
      const ids = rows.map(({ id }) => id)
      const last = ids.at(-1)
      if (last === undefined) return changed
      if (seen.has(last))
        throw new ConfigError('page', `must give rows in order of their ids; after "${after}" it gave "${last}" again`)
      for (const id of ids) seen.add(id)
      changed = (await settle(tenant, own, ids, rows)) || changed
      after = last
      if (rows.length < CHUNK) return changed
    }
  }

  /** Resources that no page of rows had: each is looked for by its id before it goes. */
  async function walkKnown(tenant: string, own: OwnRows<Db>, seen: ReadonlySet<string>): Promise<boolean> {
    const type = own.type.name
    let changed = false
    for (let after: Awaited<ReturnType<typeof base.find>>['next']; ; ) {
      const query = { tenant, types: [{ type }], base: '', endpoints: {}, total: false, groups: false }
      const { resources, next } = await base.find({ ...query, page: { after, limit: CHUNK } })
      const lost = resources.map(({ id }) => id).filter((id) => !seen.has(id))
      if (lost.length > 0) changed = (await some(tenant, own, lost)) || changed
      if (next === undefined) return changed
      after = next
    }
  }

  return {
    some,
    async all(tenant, own) {
      const key = JSON.stringify([tenant, own.type.name])
      const stamp = await own.stamp?.(db, tenant)
      if (stamp !== undefined && stamps.get(key) === stamp) return false
      const seen = new Set<string>()
      const shown = await walkRows(tenant, own, seen)
      const gone = await walkKnown(tenant, own, seen)
      // A value that another row had, which was settled later.
      const again = gone || shown ? await walkRows(tenant, own, new Set()) : false
      if (stamp !== undefined) stamps.set(key, stamp)
      return shown || gone || again
    },
  }
}

/** Reports rows that can't be shown, each once for each reason. Rethrows what is no fault of a row. */
function createRefusals(report: (error: unknown) => void) {
  const told = new Set<string>()
  return (tenant: string, { name }: ResourceType, id: string, error: unknown): void => {
    if (!(error instanceof ScimError || error instanceof ConfigError)) throw error
    const text = `The row of ${name} ${id} of tenant "${tenant}" can't be shown as it is: ${error.message}`
    if (told.has(text)) return
    if (told.size >= REMEMBERED) told.clear()
    told.add(text)
    report(new Error(text, { cause: error }))
  }
}
