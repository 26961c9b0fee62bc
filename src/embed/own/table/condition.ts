// Compiles filters and sort keys to SQL on the app's columns, as far as they compare only those.

import { type Attribute, type BoundFilter, isObject, isReference, type Target } from '../../../protocol/index.ts'
import type { SqlValue, Statement } from './connection.ts'
import { castOf, isId, type Table } from './table.ts'

/** Letters that databases compare alike in either case. */
const PLAIN = /^[\x20-\x7e]*$/
/** A filter as a condition that is true or false, never null; undefined if it asks for more than the columns say. */
export function conditionOf(filter: BoundFilter, table: Table, statement: Statement): string | undefined {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const parts: string[] = []
      for (const one of filter.all) {
        const part = conditionOf(one, table, statement)
        if (part === undefined) return undefined
        parts.push(part)
      }
      return `(${parts.join(` ${filter.op} `)})`
    }
    case 'not': {
      const inner = conditionOf(filter.filter, table, statement)
      return inner && `(not ${inner})`
    }
    case 'constant':
      return filter.value ? '(1 = 1)' : '(1 = 0)'
    case 'has':
      return undefined
    case 'pr': {
      const x = columnValue(filter.target, table, statement)
      if (x === undefined) return undefined
      return isText(filter.target.leaf) ? `(${x} is not null and ${x} <> '')` : `(${x} is not null)`
    }
    default:
      return comparison(filter, table, statement)
  }
}

/** The expression that resources are sorted by; undefined if no column says it. */
export function sortKeyOf(target: Target, table: Table, statement: Statement): string | undefined {
  const x = columnValue(target, table, statement)
  return x === undefined ? undefined : ordered(x, target.leaf, statement)
}

/** Text in the order of code points, without case where the attribute ignores it. */
function ordered(x: string, leaf: Attribute, { dialect }: Statement): string {
  if (!isText(leaf)) return x
  const text = leaf.caseExact ? x : `lower(${x})`
  return dialect === 'sqlite' ? `(${text} collate binary)` : `(${text} collate "C")`
}

type Comparison = Extract<BoundFilter, { value: string | number | boolean; target: Target }>

function comparison({ op, target, value }: Comparison, table: Table, statement: Statement): string | undefined {
  const { leaf } = target
  const x = columnValue(target, table, statement)
  if (x === undefined || !comparesAlike(leaf, value)) return undefined
  const { bind, dialect } = statement
  if (target.path === 'id' && (op === 'eq' || op === 'ne')) {
    if (!isId(table, String(value))) return op === 'ne' ? '(1 = 1)' : '(1 = 0)'
    return `(${op === 'ne' ? 'not ' : ''}${table.id} = ${bind(value)}${castOf(table, statement)})`
  }
  const { same, folded } = formsOf(x, leaf, statement)
  switch (op) {
    case 'eq':
      return `(${x} is not null and ${same(bind(value))})`
    case 'ne':
      return `(${x} is null or not ${same(bind(value))})`
    case 'co':
      if (value === '') return `(${x} is not null)`
      return dialect === 'sqlite'
        ? `(${x} is not null and instr(${folded}, ${bind(value)}) > 0)`
        : `(${x} is not null and position(${bind(value)}::text in ${folded}) > 0)`
    case 'sw':
    case 'ew': {
      if (value === '') return `(${x} is not null)`
      return `(${x} is not null and ${edge(op, folded, String(value), statement)})`
    }
    default:
      return `(${x} is not null and ${ordered(x, leaf, statement)} ${SIGNS[op]} ${bind(value)}${numeric(leaf, dialect)})`
  }
}

const SIGNS = { gt: '>', lt: '<', ge: '>=', le: '<=' } as const

/** Begins or ends with a text. On PostgreSQL a pattern, for which there are indexes. */
function edge(op: 'sw' | 'ew', x: string, value: string, { bind, dialect }: Statement): string {
  if (dialect === 'sqlite')
    return op === 'sw'
      ? `substr(${x}, 1, ${value.length}) = ${bind(value)}`
      : `substr(${x}, -${value.length}) = ${bind(value)}`
  const literal = value.replace(/[\\%_]/g, '\\$&')
  return `${x} like ${bind(op === 'sw' ? `${literal}%` : `%${literal}`)}::text`
}

/** How an expression is compared for equality, and its text without case where that doesn't count. */
function formsOf(x: string, leaf: Attribute, { dialect }: Statement) {
  if (!isText(leaf)) {
    // A whole number is compared with 1.5, too.
    const number = numeric(leaf, dialect)
    return { folded: x, same: (value: string) => `${x}${number} = ${value}${number}` }
  }
  if (leaf.caseExact) {
    const exact = dialect === 'sqlite' ? `(${x} collate binary)` : x
    return { folded: exact, same: (value: string) => `${exact} = ${value}` }
  }
  const folded = `lower(${x})`
  // Columns of e-mail addresses are mostly declared so, with an index.
  if (dialect === 'sqlite') return { folded, same: (value: string) => `${x} = ${value} collate nocase` }
  return { folded, same: (value: string) => `${folded} = ${value}` }
}

function numeric({ type }: Attribute, dialect: Statement['dialect']): string {
  return dialect === 'postgres' && (type === 'integer' || type === 'decimal') ? '::numeric' : ''
}

/** Whether the database compares a value as SCIM does. */
function comparesAlike(leaf: Attribute, value: string | number | boolean): boolean {
  if (typeof value !== 'string') return true
  // Where values are unique, several spaces count as one.
  const squeezed = leaf.uniqueness !== 'none' && !leaf.caseExact && value.includes(' ')
  return PLAIN.test(value) && !squeezed
}

/** A single attribute as an SQL expression; null where there is no value. */
function columnValue(target: Target, table: Table, { dialect }: Statement): string | undefined {
  const { attribute, extension, leaf, sub, path } = target
  const text = (x: string) => (dialect === 'postgres' && isText(leaf) ? `${x}::text` : x)
  if (path === 'id') return text(table.id)
  const column = table.columns.find((one) => one.path === path && one.element === undefined)
  if (column !== undefined) return column.plain && leaf.type !== 'dateTime' ? text(column.sql) : undefined
  if (table.json === undefined || attribute.multiValued || leaf.multiValued || attribute.name === 'meta')
    return undefined
  const keys = [
    ...(extension === undefined ? [] : [extension]),
    attribute.name,
    ...(sub === undefined ? [] : [sub.name]),
  ]
  return inJson(table.json, keys, target, dialect)
}

function inJson(
  json: string,
  keys: readonly string[],
  { attribute, leaf }: Target,
  dialect: Statement['dialect'],
): string | undefined {
  // Shown of the other resource, and in no document.
  if (isReference(attribute) && leaf.name !== 'value') return undefined
  // Names in schemas have neither quotes nor backslashes; whatever else they have is no SQL.
  if (keys.some((key) => /["'\\]/.test(key)) || leaf.mutability === 'readOnly') return undefined
  if (!isText(leaf) && leaf.type !== 'boolean') return undefined
  if (dialect === 'sqlite') return `json_extract(${json}, '$${keys.map((key) => `."${key}"`).join('')}')`
  const text = `(${json}::jsonb #>> '{${keys.map((key) => `"${key}"`).join(',')}}')`
  return leaf.type === 'boolean' ? `(${text} = 'true')` : text
}

function isText({ type }: Attribute): boolean {
  return type === 'string' || type === 'reference'
}

/** A sort key of a page before, as a value of SQL; undefined if it can't have come from this column. */
export function keyValue(leaf: Attribute, key: unknown): SqlValue | undefined {
  if (isText(leaf)) return typeof key === 'string' && PLAIN_KEY.test(key) ? key : undefined
  if (leaf.type === 'boolean') return typeof key === 'boolean' ? key : undefined
  return typeof key === 'number' ? key : undefined
}

/** PostgreSQL takes no NUL. */
const PLAIN_KEY = /^[^\0]*$/

/** A sort key as the database gave it. */
export function keyOf(leaf: Attribute, value: unknown): string | number | boolean | null {
  if (value === null || value === undefined || isObject(value as never)) return null
  if (isText(leaf)) return String(value)
  if (leaf.type === 'boolean') return typeof value === 'boolean' ? value : Number(value) !== 0
  return Number(value)
}
