// Finds the index by which a filter is answered with the least work.

import { type BoundFilter, entryOf, indexedLiteral, isOrdered, type Target } from '../../protocol/index.ts'
import { type Part, putTogether } from './alike.ts'
import type { Binder } from './bindings.ts'
import { rowsOf } from './derived-rows.ts'
import { following } from './following.ts'
import { equalTogether, startingTogether, type Walk, walkedTogether } from './keys-together.ts'
import type { IndexPath, SqlScope } from './scope.ts'
import { orderedIndexOf } from './values.ts'

/** A way to find the numbers of all resources that can satisfy a filter, without reading every resource. */
export interface Keys extends Part {
  /** Roughly how many resources it may give; the smaller, the better. */
  readonly cost: number
  /** It gives exactly what satisfies the filter. */
  readonly exact: boolean
  /** It gives each number once. */
  readonly distinct: boolean
  /** A select with the numbers as column `k`. */
  readonly sql: Part['sql']
}

/** At most one resource. */
export const ONE = 1
/** As many as share a value. */
export const FEW = 10
/** A selective condition, but not down to a few. */
export const SOME = 1_000
const RANGE = 10_000
/** A walk over all values of one path: only reading every resource costs more. */
const WALK = 100_000

/**
 * The cheapest way to find what satisfies a filter by index, or undefined when every resource must be read: of `and` the
 * best part, of `or` all parts together.
 */
export function keysFor(filter: BoundFilter, scope: SqlScope): Keys | undefined {
  switch (filter.op) {
    case 'and': {
      let best: Keys | undefined
      for (const one of filter.all) {
        const keys = keysFor(one, scope)
        if (keys !== undefined && (best === undefined || keys.cost < best.cost)) best = keys
      }
      return best === undefined || filter.all.length === 1 ? best : { ...best, exact: false }
    }
    case 'or': {
      const all: Keys[] = []
      for (const one of filter.all) {
        const keys = keysFor(one, scope)
        if (keys === undefined) return undefined
        all.push(keys)
      }
      return {
        cost: all.reduce((sum, keys) => sum + keys.cost, 0),
        exact: all.every((keys) => keys.exact),
        distinct: true,
        sql: (bindings) =>
          all.length === 0
            ? bindings.dialect.noResource
            : putTogether(all, bindings)
                .map((select, at) => `select k from (${select}) u${at}`)
                .join(' union '),
      }
    }
    case 'constant':
      return filter.value
        ? undefined
        : { cost: 0, exact: true, distinct: true, sql: ({ dialect }) => dialect.noResource }
    case 'has': {
      // What one element satisfies, some value satisfies.
      const keys = keysFor(filter.filter, scope)
      return keys === undefined ? undefined : { ...keys, exact: false }
    }
    case 'eq':
    case 'sw':
    case 'co':
    case 'ew':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return compared(filter.op, filter.target, filter.value, scope)
    default:
      return undefined
  }
}

function compared(
  op: 'eq' | 'sw' | 'co' | 'ew' | 'gt' | 'ge' | 'lt' | 'le',
  target: Target,
  value: string | number | boolean,
  scope: SqlScope,
): Keys | undefined {
  if (rowsOf(target) !== undefined) {
    return op === 'eq' && target.leaf.name === 'value' && typeof value === 'string'
      ? byMembership(target, value, scope)
      : undefined
  }
  if (target.extension === undefined && (target.attribute.name === 'id' || target.attribute.name === 'meta')) {
    return byColumn(op, target, value, scope)
  }
  const index = orderedIndexOf(target, scope)
  if (index === undefined) return undefined
  if (isOrdered(target.leaf)) return byOrder(op, target, value, index, scope)
  // "" has no entry, so a comparison that it satisfies cannot be answered from entries.
  if (typeof value !== 'string' || value === '' || op === 'lt' || op === 'le') return undefined
  // A singular value has one entry.
  const k = target.attribute.multiValued || target.leaf.multiValued ? 'distinct k' : 'k'
  const from = (bindings: Binder) =>
    `${bindings.dialect.table('value_index')} where t = ${scope.tenant} and a = ${bindings.bind(index.pathNo)}`
  const pause = scope.pause === undefined ? '' : ` and ${scope.pause}`
  const walk: Walk = { pathNo: index.pathNo, k, from, pause }
  if (op === 'eq') {
    return {
      cost: index.unique ? ONE : FEW,
      exact: true,
      distinct: true,
      sql: (bindings) => `select k from ${from(bindings)} and v = ${bindings.bind(bindings.dialect.entry(value))}`,
      alike: equalTogether(walk, value),
    }
  }
  if ((op === 'sw' || op === 'gt' || op === 'ge') && value.length > (scope.longest ?? value.length)) return undefined
  if (op === 'sw') {
    const next = following(value)
    return {
      cost: SOME,
      exact: true,
      distinct: false,
      sql(bindings) {
        const upper = next === undefined ? '' : ` and v < ${bindings.bind(next)}`
        return `select ${k} from ${from(bindings)} and v >= ${bindings.bind(value)}${upper}${pause}`
      },
      // The greatest of all texts has no end.
      alike: next === undefined ? undefined : startingTogether(walk, value),
    }
  }
  if (op === 'gt' || op === 'ge') {
    return {
      cost: RANGE,
      exact: true,
      distinct: false,
      sql: (bindings) =>
        `select ${k} from ${from(bindings)} and v ${op === 'gt' ? '>' : '>='} ${bindings.bind(value)}${pause}`,
    }
  }
  return {
    cost: WALK,
    exact: true,
    distinct: false,
    sql(bindings) {
      const part = bindings.bind(value)
      const condition = bindings.dialect.walked(scope.tenant, String(index.pathNo), (v) =>
        op === 'co' ? containing(v, part, value, target, bindings) : ending(v, part, value, target, bindings),
      )
      return `select ${k} from ${from(bindings)}${pause} and ${condition}`
    },
    alike: walkedTogether(walk, op, value, scope),
  }
}

const SIGNS: { readonly [op: string]: string | undefined } = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' }

/** Booleans, numbers and times. Many resources share a boolean; how many, only the index knows. */
function byOrder(
  op: string,
  target: Target,
  value: string | number | boolean,
  index: Pick<IndexPath, 'pathNo'>,
  scope: SqlScope,
): Keys | undefined {
  const entry = indexedLiteral(target.leaf, value)
  const sign = SIGNS[op]
  if (entry === undefined || sign === undefined) return undefined
  const several = target.attribute.multiValued || target.leaf.multiValued
  return {
    cost: op === 'eq' && target.leaf.type !== 'boolean' ? FEW : RANGE,
    exact: true,
    // A range may contain several values of one attribute.
    distinct: op === 'eq' || !several,
    sql: ({ dialect, bind }) =>
      `select ${several ? 'distinct k' : 'k'} from ${dialect.table('value_index')}
       where t = ${scope.tenant} and a = ${bind(index.pathNo)} and v ${sign} ${bind(entry)}`,
  }
}

// LIKE is faster than an exact comparison. It ignores the case of ASCII letters, but folded values have only one case.
function containing(v: string, part: string, value: string, target: Target, { dialect }: Binder): string {
  const exact = `${dialect.position(v, part)} > 0`
  if (!dialect.likes || !NO_WILDCARDS.test(value)) return exact
  return target.leaf.caseExact ? `${dialect.containing(v, part)} and ${exact}` : dialect.containing(v, part)
}

function ending(v: string, part: string, value: string, target: Target, { dialect }: Binder): string {
  const exact = dialect.ends(v, part, value)
  if (!dialect.likes || !NO_WILDCARDS.test(value)) return exact
  return target.leaf.caseExact ? `${dialect.ending(v, part)} and ${exact}` : dialect.ending(v, part)
}

// SQLite refuses long patterns.
const NO_WILDCARDS = /^[^%_]{1,1000}$/

function byMembership(target: Target, value: string, scope: SqlScope): Keys {
  const { tenant } = scope
  const other = ({ bind, dialect: { table, anyType } }: Binder) =>
    `select o.k from ${table('resource')} o where ${anyType('o', tenant)} and o.id = ${bind(value)}`
  if (target.attribute.name === 'members') {
    return {
      cost: FEW,
      exact: false,
      distinct: true,
      sql: (bindings) => {
        const { table, ofTenant } = bindings.dialect
        return `select x.g as k from ${table('member')} x where ${ofTenant('x', tenant)}x.m = (${other(bindings)})`
      },
    }
  }
  return {
    cost: SOME,
    exact: false,
    distinct: true,
    // Down from the group: its direct members, and those of groups within it.
    sql: (bindings) => {
      const { table, ofTenant } = bindings.dialect
      return `with recursive down (k) as (
        select x.m from ${table('member')} x where ${ofTenant('x', tenant)}x.g = (${other(bindings)})
        union select z.m from down join ${table('member')} z on ${ofTenant('z', tenant)}z.g = down.k
      ) select k from down`
    },
  }
}

function byColumn(op: string, target: Target, value: string | number | boolean, scope: SqlScope): Keys | undefined {
  const { leaf } = target
  const byId = (id: string | number | boolean): Keys => ({
    cost: ONE,
    exact: true,
    distinct: true,
    sql: ({ bind, dialect: { table } }) =>
      `select k from ${table('resource')} where t = ${scope.tenant} and y = ${scope.type} and id = ${bind(id)}`,
  })
  if (target.attribute.name === 'id') return op === 'eq' ? byId(value) : undefined
  if (leaf.name === 'location' && op === 'eq') {
    const start = `${scope.base}${entryOf(scope.endpoints, scope.typeName) ?? ''}/`
    if (typeof value !== 'string' || !value.startsWith(start)) {
      return leaf.caseExact
        ? { cost: 0, exact: true, distinct: true, sql: ({ dialect }) => dialect.noResource }
        : undefined
    }
    return byId(value.slice(start.length))
  }
  if ((leaf.name === 'lastModified' || leaf.name === 'created') && typeof value === 'number') {
    const sign = { eq: '=', gt: '>', ge: '>=' }[op]
    if (sign === undefined) return undefined
    // Each creation and modification has a log line with its time. Where such lines were cut, all resources of the type are candidates.
    return {
      cost: op === 'eq' ? FEW : RANGE,
      exact: false,
      distinct: true,
      sql: ({ bind, dialect: { table, join, cutSince, rarely } }) =>
        `select o.k from ${table('change')} c ${join} ${table('resource')} o on o.t = c.t and o.y = c.y and o.id = c.id
         where c.t = ${scope.tenant} and c.at ${sign} ${bind(value)} and c.y = ${scope.type}
         union ${rarely(
           `select o.k from ${table('resource')} o
            where o.t = ${scope.tenant} and o.y = ${scope.type} and ${cutSince(scope.tenant, bind(value))}`,
         )}`,
    }
  }
  return undefined
}
