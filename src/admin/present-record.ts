// The record of requests without what is of tenants that don't exist, or of earlier ones of the same name.

import type { RecordStore } from '../record/index.ts'
import type { Store } from '../store/index.ts'
import type { RecordAccess } from './record-access.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** When each tenant that exists was made, of those that are named. Requests of no tenant have no name, and no beginning. */
async function beginsOf(
  store: Pick<Store, 'tenant'>,
  lines: readonly { readonly tenant: string }[],
): Promise<(tenant: string) => number> {
  const names = [...new Set(lines.map(({ tenant }) => tenant))].filter((name) => name !== '')
  const rows = await Promise.all(names.map((name) => store.tenant(name)))
  const created = new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.tenant, row.created]])))
  return (tenant) => (tenant === '' ? Number.NEGATIVE_INFINITY : (created.get(tenant) ?? Number.POSITIVE_INFINITY))
}

/**
 * What of the record may be shown: a tenant that is deleted is gone at once, while the record forgets it in the background. A tenant sees
 * nothing from before it was made; in the counts of that one minute (or hour, once minutes are added up) an earlier one may be included.
 */
export function presentRecord(record: RecordAccess, directory: Pick<Store, 'tenant'>): RecordAccess {
  return { ...record, store: presentStore(record.store, directory) }
}

/** A record of which only what may be shown is read. */
export function presentStore(record: RecordStore, directory: Pick<Store, 'tenant'>): RecordStore {
  return {
    ...record,
    async page(query) {
      const page = await record.page(query)
      const begins = await beginsOf(directory, page.items)
      return { ...page, items: page.items.filter(({ tenant, at }) => at >= begins(tenant)) }
    },
    async line(id, tenants) {
      const line = await record.line(id, tenants)
      return line !== undefined && line.at >= (await beginsOf(directory, [line]))(line.tenant) ? line : undefined
    },
    async counts(query) {
      const counts = await record.counts(query)
      const begins = await beginsOf(directory, counts)
      const ms = query.by === 'minute' ? MINUTE_MS : HOUR_MS
      return counts.filter(({ tenant, minute, last }) => last >= begins(tenant) && minute + ms > begins(tenant))
    },
    async faults(query) {
      const faults = await record.faults(query)
      const begins = await beginsOf(directory, faults)
      const own = faults.map(async (fault) => {
        const { tenant, print, first, newest } = fault
        if (first >= begins(tenant)) return [fault]
        // Some are of an earlier tenant: counted again without them.
        return newest.at < begins(tenant)
          ? []
          : record.faults({ tenants: [tenant], print, from: begins(tenant), limit: 1 })
      })
      return (await Promise.all(own)).flat()
    },
    async heard(query) {
      const heard = await record.heard(query)
      const begins = await beginsOf(directory, heard)
      const own = heard.map(async (one) => {
        const { tenant, connection, first, last } = one
        if (last < begins(tenant)) return []
        if (first + HOUR_MS > begins(tenant)) return [one]
        const again = await record.heard({ tenants: [tenant], from: begins(tenant) })
        return again.filter((other) => other.connection === connection)
      })
      return (await Promise.all(own)).flat()
    },
  }
}
