// Finds the few resources that a filter may match, by index alone.

import type { BoundFilter, Target } from '../../protocol/index.ts'
import type { Candidate, Store } from '../contract/index.ts'
import { numberOf } from '../sql/columns.ts'
import { rowsOf } from '../sql/derived-rows.ts'
import { following } from '../sql/following.ts'
import type { IndexPath } from '../sql/scope.ts'
import type { Connection, SqlRow } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import type { Reads } from './read.ts'

/** Finds by index alone what a filter may match: a few resources at most, and perhaps some that do not match. */
export type LookUps = NonNullable<Store['lookUp']>

/** A part of a filter that an index answers; the fewer resources it gives, the better. */
interface Way {
  readonly cost: number
  readonly rows: (limit: number) => readonly SqlRow[]
}

const ONE = 1
const FEW = 10
const RANGE = 1_000

// The index has all columns of these: no row of a resource is read.
const EQUAL = 'select k from lockstep_value_index where t = ? and a = ? and v = ? limit ? + 0'
const FROM = 'select k from lockstep_value_index where t = ? and a = ? and v >= ? limit ? + 0'
const BETWEEN = 'select k from lockstep_value_index where t = ? and a = ? and v >= ? and v < ? limit ? + 0'
const BY_ID = 'select k from lockstep_resource where t = ? and y = ? and id = ?'

/**
 * Creates the look-ups of one connection. Each uses one of a handful of fixed statements, so that nothing has to be compiled, prepared or
 * planned for what identity providers ask before nearly every write.
 */
export function createLookUps(connection: Connection, dictionary: Dictionary, reads: Reads): LookUps {
  return (query, atMost, known) => {
    const [only] = query.types
    const tenantNo = dictionary.tenant(query.tenant)
    if (only?.filter === undefined || query.types.length > 1 || tenantNo === undefined) return undefined
    const typeNo = dictionary.type(only.type)
    const ways = typeNo === undefined ? undefined : waysFor(only.filter, tenantNo, typeNo)
    if (ways === undefined) return undefined
    const numbers: number[] = []
    for (const { rows } of ways) {
      const some = rows(atMost + 1)
      for (const row of some) {
        const rowNo = numberOf(row[0])
        // A resource may have several matching values.
        if (!numbers.includes(rowNo)) numbers.push(rowNo)
      }
      if (some.length > atMost || numbers.length > atMost) return undefined
    }
    const candidates: Candidate[] = []
    const unknown: number[] = []
    for (const number of numbers) {
      if (known(number)) candidates.push({ number })
      else unknown.push(number)
    }
    return unknown.length === 0 ? candidates : candidates.concat(reads.numbered(unknown, query.tenant, only.type))
  }

  /** Ways that together give everything that may satisfy a filter: of `and` the best part, of `or` all parts. */
  function waysFor(filter: BoundFilter, tenantNo: number, typeNo: number): readonly Way[] | undefined {
    switch (filter.op) {
      case 'and': {
        let best: readonly Way[] | undefined
        for (const one of filter.all) {
          const ways = waysFor(one, tenantNo, typeNo)
          if (ways !== undefined && (best === undefined || costOf(ways) < costOf(best))) best = ways
        }
        return best
      }
      case 'or': {
        const all: Way[] = []
        for (const one of filter.all) {
          const ways = waysFor(one, tenantNo, typeNo)
          if (ways === undefined) return undefined
          all.push(...ways)
        }
        return all
      }
      case 'has':
        // What one element satisfies, some value satisfies.
        return waysFor(filter.filter, tenantNo, typeNo)
      case 'eq':
      case 'sw': {
        const way =
          typeof filter.value === 'string'
            ? wayFor(filter.op, filter.target, filter.value, tenantNo, typeNo)
            : undefined
        return way && [way]
      }
      default:
        return undefined
    }
  }

  function wayFor(op: 'eq' | 'sw', target: Target, value: string, tenantNo: number, typeNo: number): Way | undefined {
    if (target.extension === undefined && target.attribute.name === 'id') {
      return op === 'eq' ? { cost: ONE, rows: () => connection.rows(BY_ID, tenantNo, typeNo, value) } : undefined
    }
    // "" has no entry, so a comparison that it satisfies cannot be answered from entries.
    if (value === '' || rowsOf(target) !== undefined) return undefined
    const path = dictionary.path(tenantNo, typeNo, target.path)
    if (path?.ready !== true) return undefined
    if (op === 'sw') return starting(path, value, tenantNo)
    return {
      cost: path.unique ? ONE : FEW,
      rows: (limit) => connection.rows(EQUAL, tenantNo, path.pathNo, value, limit),
    }
  }

  function starting(path: IndexPath, value: string, tenantNo: number): Way {
    const next = following(value)
    return {
      cost: RANGE,
      rows: (limit) =>
        next === undefined
          ? connection.rows(FROM, tenantNo, path.pathNo, value, limit)
          : connection.rows(BETWEEN, tenantNo, path.pathNo, value, next, limit),
    }
  }
}

function costOf(ways: readonly Way[]): number {
  return ways.reduce((sum, { cost }) => sum + cost, 0)
}
