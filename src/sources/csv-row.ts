// Turns a row of a CSV file into a resource, and into the PATCH that brings a resource in line with it.

import {
  type Document,
  isObject,
  type Json,
  type JsonObject,
  LockstepError,
  PATCH_OP,
  type PatchOperation,
  type ResourceType,
} from '../protocol/index.ts'
import type { Column, Header } from './csv-header.ts'

/** The resource in a row, as JSON; empty cells are left out. */
export function readRow(cells: readonly string[], { type, columns, idAt }: Header): JsonObject {
  if (cells.length !== columns.length) {
    throw new LockstepError('ERR_INPUT', `The row has ${count(cells.length)}, the header ${columns.length}`)
  }
  const core: { [name: string]: Json } = {}
  const extensions = new Map<string, { [name: string]: Json }>()
  for (const [at, column] of columns.entries()) {
    const cell = (cells[at] ?? '').trim()
    if (column === undefined || cell === '') continue
    let holder = core
    if (column.extension !== undefined) {
      holder = extensions.get(column.extension) ?? {}
      extensions.set(column.extension, holder)
    }
    holder[column.attribute.name] = withCell(holder[column.attribute.name], cell, column)
  }
  const id = (cells[idAt] ?? '').trim()
  return {
    schemas: [type.schema.id, ...extensions.keys()],
    ...(id === '' ? {} : { id }),
    ...core,
    ...Object.fromEntries(extensions),
  }
}

function count(values: number): string {
  return values === 1 ? '1 value' : `${values} values`
}

/** An attribute with the value of one more cell. */
function withCell(held: Json | undefined, cell: string, column: Column): Json {
  const { attribute, sub, where } = column
  if (attribute.name === 'members' && sub?.name === 'value') {
    return cell.split(/[\s;,|]+/).flatMap((value) => (value === '' ? [] : [{ value }]))
  }
  const value = readCell(cell, column)
  if (sub === undefined) return attribute.multiValued ? [value] : value
  if (!attribute.multiValued) return { ...(isObject(held) ? held : {}), [sub.name]: value }
  const list = Array.isArray(held) ? held : []
  const wanted = Object.fromEntries(where.map((one) => [one.name, one.value]))
  const place = list.findIndex((one: Json) => isObject(one) && where.every(({ name, value }) => one[name] === value))
  const element = list[place]
  if (!isObject(element)) return [...list, { ...wanted, [sub.name]: value }]
  return list.with(place, { ...element, [sub.name]: value })
}

const YES: ReadonlySet<string> = new Set(['true', 'yes', '1'])
const NO: ReadonlySet<string> = new Set(['false', 'no', '0'])

/** A cell as a value of its attribute's type. RFC 7643 §2.3. */
function readCell(cell: string, { name, leaf: { type } }: Column): Json {
  if (type === 'boolean') {
    const word = cell.toLowerCase()
    if (YES.has(word)) return true
    if (NO.has(word)) return false
    throw new LockstepError('ERR_INPUT', `${name} must be true or false, not "${cell}"`)
  }
  if (type !== 'integer' && type !== 'decimal') return cell
  const number = Number(cell)
  if (Number.isFinite(number) && (type === 'decimal' || Number.isSafeInteger(number))) return number
  throw new LockstepError('ERR_INPUT', `${name} must be a ${type === 'decimal' ? '' : 'whole '}number, not "${cell}"`)
}

/**
 * The PATCH that brings a resource in line with a row. It touches only attributes with a column; the others keep their values.
 * RFC 7644 §3.5.2.
 */
export function patchFor(body: JsonObject, before: Document, { columns }: Header): JsonObject {
  const known = columns.filter((column) => column !== undefined)
  const operations = known.flatMap((column, at): readonly PatchOperation[] => {
    const { extension, attribute, where } = column
    const path = extension === undefined ? attribute.name : `${extension}:${attribute.name}`
    const isFirst = (same: (other: Column) => boolean) => known.findIndex(same) === at
    const sameAttribute = (other: Column) => other.attribute === attribute && other.extension === extension
    const value = valueIn(body, column)
    if (attribute.multiValued && where.length > 0) return partOf(column, path, valueIn(before, column), value)
    if (attribute.multiValued || column.sub === undefined || !hasParts(column)) {
      return isFirst(sameAttribute) ? [setOrRemove(path, value)] : []
    }
    const part = isObject(value) ? value[column.sub.name] : undefined
    return [setOrRemove(`${path}.${column.sub.name}`, part)]
  })
  return { schemas: [PATCH_OP], Operations: operations as readonly Json[] }
}

/** Whether sub-attributes are patched one by one; a reference is patched as a whole, by its `value`. */
function hasParts({ attribute, sub }: Column): boolean {
  return sub?.name !== 'value' || attribute.subAttributes?.some(({ name }) => name === '$ref') !== true
}

function valueIn(holder: JsonObject, { extension, attribute }: Column): Json | undefined {
  const inside = extension === undefined ? holder : holder[extension]
  return isObject(inside) ? inside[attribute.name] : undefined
}

function setOrRemove(path: string, value: Json | undefined): PatchOperation {
  return value === undefined || (Array.isArray(value) && value.length === 0)
    ? { op: 'remove', path }
    : { op: 'replace', path, value }
}

/** Operations for one value of several: the others stay unchanged, and so do its sub-attributes without a column. */
function partOf(
  { sub, where }: Column,
  path: string,
  before: Json | undefined,
  after: Json | undefined,
): readonly PatchOperation[] {
  const find = (list: Json | undefined) =>
    (Array.isArray(list) ? list : []).find(
      (one: Json): one is JsonObject =>
        isObject(one) && where.every(({ name, value }) => sameWord(one[name] ?? false, value)),
    )
  const [had, wanted] = [find(before), find(after)]
  const filter = where.map(({ name, value }) => `${name} eq ${JSON.stringify(value)}`).join(' and ')
  const name = sub?.name ?? 'value'
  if (had === undefined) return wanted === undefined ? [] : [{ op: 'add', path, value: [wanted] }]
  if (wanted === undefined) return [{ op: 'remove', path: `${path}[${filter}]` }]
  return [setOrRemove(`${path}[${filter}].${name}`, wanted[name])]
}

function sameWord(a: Json, b: Json): boolean {
  return typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b
}

/** Whether a header is for this type. */
export function isOf(header: Header | undefined, type: ResourceType): header is Header {
  return header !== undefined && header.type === type
}
