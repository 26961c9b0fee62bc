// What the record says of connections lately: last heard, what was refused, and how long they are usually silent.

import { type Count, HEARD_MS, type Heard, quietOf, usualSilence } from '../record/index.ts'
import { type Connection, isoTime } from '../tenancy/index.ts'
import type { RecordAccess } from './record-access.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** So many refusals within an hour are worth a look. */
export const MANY_REFUSALS = 5

/** Whether a connection is being refused: many times within the hour, or each time. Once alone may be a question that has no answer. */
export function isRefusing(hour: readonly Pick<Count, 'outcome' | 'n'>[]): boolean {
  const refusals = sumOf(hour.filter(({ outcome }) => outcome === 'refused'))
  return refusals >= MANY_REFUSALS || (refusals > 1 && refusals === sumOf(hour))
}

/** What the record says of a tenant's connections. */
export interface FoundLately {
  readonly heard: readonly Heard[]
  /** Of the last 24 hours. */
  readonly counts: readonly Count[]
}

/**
 * Reads what the record says of a tenant's connections, or of one. The function that it gives says it of one of them; nothing where requests
 * are not recorded, or can't be read at present: connections are shown all the same.
 */
export async function readLately(
  record: RecordAccess | undefined,
  now: number,
  tenant: string,
  connection?: string,
): Promise<(one: Connection) => object> {
  const found =
    record === undefined ? undefined : await readFound(record, now, tenant, connection).catch(() => undefined)
  return (one) => (found === undefined ? {} : { lately: latelyOf(one, found, now) })
}

async function readFound(
  { store }: RecordAccess,
  now: number,
  tenant: string,
  connection: string | undefined,
): Promise<FoundLately> {
  const tenants = [tenant]
  const [heard, counts] = await Promise.all([
    store.heard({ tenants, from: now - HEARD_MS }),
    store.counts({ tenants, connection, from: now - DAY_MS, until: now + HOUR_MS, by: 'minute' }),
  ])
  return { heard, counts }
}

/** What is said of one connection. */
export function latelyOf({ id, kind }: Connection, { heard, counts }: FoundLately, now: number) {
  const own = heard.find(({ connection }) => connection === id)
  const mine = counts.filter(({ connection }) => connection === id)
  const refused = mine.filter(({ outcome }) => outcome === 'refused')
  const quiet = own === undefined ? undefined : quietOf(own, kind, now)
  return {
    ...(own === undefined ? {} : { heard: isoTime(own.last), usualSilence: usualSilence(own, kind) / HOUR_MS }),
    ...(quiet === undefined ? {} : { quietSince: isoTime(quiet.since) }),
    requests: sumOf(mine),
    refusals: sumOf(refused),
    // Of a connection that is silent since, what was said last still stands.
    refusing: isRefusing(mine.filter(({ minute }) => minute >= (own?.last ?? now) - HOUR_MS)),
  }
}

function sumOf(counts: readonly Pick<Count, 'n'>[]): number {
  return counts.reduce((sum, { n }) => sum + n, 0)
}
