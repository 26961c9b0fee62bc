// Finds where to begin reading for a deep startIndex, by ids that are kept at regular distances.

import { compareText } from '../../protocol/index.ts'
import { numberOf } from '../sql/columns.ts'
import type { Database } from './database.ts'

/** Where to begin reading for a deep startIndex, so that no page skips more than some thousands of ids. */
export interface PageAnchors {
  /** An id at or before a position (from 0) in the order of ids of a type, and its position. */
  readonly before: (tenantNo: number, type: string, position: number) => Promise<Anchor>
}

/** An id, or "" for the beginning, and how many come before it. */
export interface Anchor {
  readonly first: string
  readonly position: number
}

/** Ids from one anchor to the next when they are set. */
const BLOCK = 1_024
/** Most ids in a block before all anchors are set again. */
const MOST = 8 * BLOCK
/** Most log lines that are read to bring anchors forward; with more, all are set again. */
const LINES = 20_000
/** Types of tenants whose anchors are kept. */
const KEPT = 200

/** Anchors as of a place in the log: the first id of each block, and how many ids it has. */
interface Kept {
  place: number
  readonly firsts: readonly string[]
  readonly sizes: number[]
}

const START: Anchor = { first: '', position: 0 }

// The count shows whether the log is complete, which it isn't after an import, for instance.
const FORWARD = `select s.place, coalesce(n.n, 0), case when s.place - $3 <= ${LINES} then (
    select json_agg(json_build_array(c.id, c.op)) from lockstep.change c
    where c.t = $1 and c.place > $3 and c.y = $2 and c.op in ('create', 'delete')) end, s.cut
  from lockstep.tenant_state s left join lockstep.counter n on n.t = $1 and n.y = $2 where s.t = $1`
const FRESH = `select s.place, coalesce(n.n, 0), (
    select json_agg(x.id order by x.id) from (
      select r.id, row_number() over (order by r.id) as n from lockstep.resource r where r.t = $1 and r.y = $2
    ) x where x.n % ${BLOCK} = 1)
  from lockstep.tenant_state s left join lockstep.counter n on n.t = $1 and n.y = $2 where s.t = $1`

/**
 * Creates the anchors of one process. They are set by one walk over an index when first needed, and then brought forward by the log: counts
 * by block in the database would be rows that all writers of a tenant wait for.
 */
export function createPageAnchors(database: Database): PageAnchors {
  const kept = new Map<string, Promise<Kept | undefined>>()

  async function setAgain(tenantNo: number, type: string): Promise<Kept | undefined> {
    // It walks over all resources of a type.
    const [row] = await database.of(tenantNo).planned(tenantNo, FRESH, tenantNo, type)
    if (row === undefined) return undefined
    const count = numberOf(row[1])
    const firsts = typeof row[2] === 'string' ? (JSON.parse(row[2]) as string[]) : []
    const sizes = firsts.map((_, at) => Math.min(BLOCK, count - at * BLOCK))
    // Ids before the first anchor belong to its block.
    return { place: numberOf(row[0]), firsts: ['', ...firsts.slice(1)], sizes: sizes.length === 0 ? [0] : sizes }
  }

  /** As of now; undefined when they must be set again. */
  async function bringForward(tenantNo: number, type: string, anchors: Kept): Promise<Kept | undefined> {
    const row = await database.of(tenantNo).row(FORWARD, tenantNo, type, anchors.place)
    if (row === undefined) return undefined
    const [place, count] = [numberOf(row[0]), numberOf(row[1])]
    if (place - anchors.place > LINES || place < anchors.place || numberOf(row[3]) > anchors.place) return undefined
    const sizes = [...anchors.sizes]
    const lines = typeof row[2] === 'string' ? (JSON.parse(row[2]) as [id: string, op: string][]) : []
    for (const [id, op] of lines) {
      const at = blockOf(anchors.firsts, id)
      sizes[at] = (sizes[at] ?? 0) + (op === 'create' ? 1 : -1)
    }
    const sum = sizes.reduce((all, size) => all + size, 0)
    return sum === count && Math.max(...sizes) <= MOST ? { ...anchors, place, sizes } : undefined
  }

  async function current(tenantNo: number, type: string): Promise<Kept | undefined> {
    const key = `${tenantNo} ${type}`
    const before = kept.get(key)
    const next = (async () => {
      const anchors = await before?.catch(() => undefined)
      const forward = anchors && (await bringForward(tenantNo, type, anchors))
      return forward ?? setAgain(tenantNo, type)
    })()
    kept.delete(key)
    kept.set(key, next)
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(oldest)
    }
    return next
  }

  return {
    async before(tenantNo, type, position) {
      if (position < BLOCK) return START
      const anchors = await current(tenantNo, type)
      if (anchors === undefined) return START
      let before = 0
      for (const [at, size] of anchors.sizes.entries()) {
        if (before + size > position || at === anchors.sizes.length - 1) {
          return { first: anchors.firsts[at] ?? '', position: before }
        }
        before += size
      }
      return START
    },
  }
}

/** The last block that begins at or before an id. */
function blockOf(firsts: readonly string[], id: string): number {
  let low = 0
  let high = firsts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (compareText(firsts[middle] ?? '', id) <= 0) low = middle
    else high = middle - 1
  }
  return low
}
