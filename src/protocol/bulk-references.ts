// References between the operations of a bulk request: order and bulkId. RFC 7644 §3.7.2.

import { LENIENT } from './allowances.ts'
import { type Resolved, resolve } from './attributes.ts'
import type { BulkOperation } from './bulk.ts'
import { conflict, invalidValue } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { isReference, type ResourceType } from './schema.ts'
import { carryNumbers } from './written-numbers.ts'

/** When an operation is processed, and which of its references cannot be filled in by then. */
export interface BulkStep {
  /** Place in the list of operations. */
  readonly index: number
  /** bulkIds on a circle: the resource is made without them, and gets them once they are known (P-431). */
  readonly later: readonly string[]
}

/**
 * The order of processing: that of the request, but each POST before those that refer to it. References on a circle are
 * put off. RFC 7644 §3.7.1, §3.7.2.
 */
export function orderBulk(operations: readonly BulkOperation[]): readonly BulkStep[] {
  const posts = new Map<string, number>()
  operations.forEach((operation, index) => {
    if (registers(operation)) posts.set(operation.bulkId, index)
  })
  const steps: BulkStep[] = []
  const state = new Map<number, 'open' | 'done'>()
  // Its own stack: a chain of a thousand references is no reason to run out of the other one.
  const open: { readonly index: number; readonly needs: string[]; readonly later: string[] }[] = []
  const enter = (index: number) => {
    const operation = operations[index]
    if (operation === undefined) return
    state.set(index, 'open')
    open.push({ index, needs: [...referencesIn(operation)].toReversed(), later: [] })
  }
  operations.forEach((_, first) => {
    if (state.has(first)) return
    enter(first)
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const need = top.needs.pop()
      if (need === undefined) {
        open.pop()
        state.set(top.index, 'done')
        steps.push({ index: top.index, later: top.later })
        continue
      }
      const index = posts.get(need)
      if (index === undefined || state.get(index) === 'done') continue
      if (state.get(index) === 'open') top.later.push(need)
      else enter(index)
    }
  })
  return steps
}

/** Whether an operation creates the resource that its bulkId then refers to. */
export function registers(operation: BulkOperation): operation is BulkOperation & { readonly bulkId: string } {
  return operation.method === 'POST' && operation.bulkId !== undefined && operation.fault === undefined
}

/** Every bulkId that an operation refers to, in its path or its data. */
export function referencesIn(operation: BulkOperation): ReadonlySet<string> {
  const found = new Set<string>()
  const note = (bulkId: string) => {
    found.add(bulkId)
    return undefined
  }
  inPath(operation.path, note)
  inData(operation, note)
  return found
}

/**
 * The operation with ids in the place of references. `made` holds the id of each POST so far, undefined for one that
 * failed: 409. A bulkId that no POST has: 400 invalidValue (P-433). Those in `later` stay. RFC 7644 §3.7.2.
 */
export function fillReferences<T extends Pick<BulkOperation, 'method' | 'path' | 'data' | 'type'>>(
  operation: T,
  made: ReadonlyMap<string, string | undefined>,
  later: readonly string[] = [],
): T {
  const { path } = operation
  const staying = new Set(later)
  const idOf = (bulkId: string) => {
    if (staying.has(bulkId)) return undefined
    const id = made.get(bulkId)
    if (id !== undefined) return id
    throw made.has(bulkId)
      ? conflict(`"bulkId:${bulkId}" refers to a resource that could not be created; see the result of its POST`)
      : invalidValue(`"bulkId:${bulkId}" is the bulkId of no POST in this request`)
  }
  const filled = inData(operation, idOf)
  return { ...operation, path: inPath(path, idOf), ...(filled === undefined ? {} : { data: filled }) }
}

/**
 * Takes the attributes with put-off references out of the data of a POST. `afterwards` is what a path-less `add` has to
 * set once they are known; an attribute goes there as a whole (P-431).
 */
export function setAside(
  data: JsonObject,
  later: readonly string[],
  type?: ResourceType,
): { readonly now: JsonObject; readonly afterwards: JsonObject } {
  const now: { [name: string]: Json } = {}
  const afterwards: { [name: string]: Json } = {}
  const putOff = new Set(later)
  for (const [name, value] of Object.entries(data)) {
    if (!refersTo({ [name]: value }, putOff, type)) now[name] = value
    else if (name.includes(':') && isObject(value)) {
      // An extension: its attributes one by one.
      const members = Object.entries(value)
      const isLater = ([key, one]: [string, Json]) => refersTo({ [`${name}:${key}`]: one }, putOff, type)
      now[name] = Object.fromEntries(members.filter((member) => !isLater(member)))
      afterwards[name] = Object.fromEntries(members.filter(isLater))
    } else afterwards[name] = value
  }
  return { now: carryNumbers(data, now), afterwards: carryNumbers(data, afterwards) }
}

function refersTo(data: JsonObject, later: ReadonlySet<string>, type: ResourceType | undefined): boolean {
  let found = false
  inData({ method: 'POST', data, ...(type === undefined ? {} : { type }) }, (bulkId) => {
    if (later.has(bulkId)) found = true
    return undefined
  })
  return found
}

/** Gives the text for a reference, or undefined to leave it. */
type Fill = (bulkId: string) => string | undefined

const PREFIX = 'bulkId:'

function inPath(path: string, fill: Fill): string {
  if (!path.includes(PREFIX)) return path
  return path
    .split('/')
    .map((segment) => (segment.startsWith(PREFIX) ? (fill(segment.slice(PREFIX.length)) ?? segment) : segment))
    .join('/')
}

/** The data of an operation with references filled in; the very same object when there are none. */
function inData(
  { method, data, type }: Pick<BulkOperation, 'method' | 'data' | 'type'>,
  fill: Fill,
): JsonObject | undefined {
  if (data === undefined) return data
  const filled =
    type === undefined
      ? inUnknown(data, method, fill)
      : method === 'PATCH'
        ? inPatch(data, type, fill)
        : inResource(data, type, '', fill)
  return filled === data ? data : carryNumbers(data, filled)
}

/** Names that a reference can have where the schema is not known: in the client. */
const REFERRING = /^(?:.*[.:])?(?:value|\$ref|members|manager)$/i

function inUnknown(data: JsonObject, method: BulkOperation['method'], fill: Fill): JsonObject {
  const walk = (name: string, value: Json): Json => {
    if (typeof value === 'string') {
      if (method === 'PATCH' && same(name, 'path')) return inQuotes(value, fill)
      return REFERRING.test(name) ? inReference(value, fill) : value
    }
    if (Array.isArray(value)) return mapList(value, (each) => walk(name, each))
    return isObject(value) ? mapMembers(value, walk) : value
  }
  return mapMembers(data, walk)
}

/** A text means another resource only where the schema has a reference; anywhere else it means itself. */
function inResource(holder: JsonObject, type: ResourceType, prefix: string, fill: Fill): JsonObject {
  return mapMembers(holder, (key, value) => {
    const found = resolve(prefix + nameOf(key), type, LENIENT)
    if (found === undefined) return value
    if (found.attribute !== undefined) return refers(found) ? inReference(value, fill) : value
    return isObject(value) ? inResource(value, type, `${found.extension}:`, fill) : value
  })
}

function inPatch(data: JsonObject, type: ResourceType, fill: Fill): JsonObject {
  return mapMembers(data, (key, operations) => {
    if (!same(key, 'operations') || !Array.isArray(operations)) return operations
    return mapList(operations, (operation) => (isObject(operation) ? inOperation(operation, type, fill) : operation))
  })
}

function inOperation(operation: JsonObject, type: ResourceType, fill: Fill): JsonObject {
  const path = memberOf(operation, 'path')
  const target = typeof path === 'string' ? resolve(nameOf(path), type, LENIENT) : undefined
  return mapMembers(operation, (key, value) => {
    if (same(key, 'path')) return typeof value === 'string' && refers(target) ? inQuotes(value, fill) : value
    if (!same(key, 'value')) return value
    if (target?.attribute !== undefined) return refers(target) ? inReference(value, fill) : value
    return isObject(value) ? inResource(value, type, target === undefined ? '' : `${target.extension}:`, fill) : value
  })
}

/** The name that a path begins with, without its filter. */
function nameOf(path: string): string {
  const open = path.indexOf('[')
  return open < 0 ? path : path.slice(0, open)
}

function refers(target: Resolved | undefined): boolean {
  if (target?.attribute === undefined) return false
  const { attribute } = target
  if (isReference(attribute)) return true
  return (
    attribute.type === 'reference' &&
    (attribute.referenceTypes ?? []).some((one) => one !== 'external' && one !== 'uri')
  )
}

/** Any text inside the value of a reference; in JSON inside a text, those in quotation marks. */
function inReference(value: Json, fill: Fill): Json {
  if (typeof value === 'string') {
    if (!value.includes(PREFIX)) return value
    if (/^\s*[[{]/.test(value)) return inQuotes(value, fill)
    return value.startsWith(PREFIX) ? inWhole(value, fill) : inPath(value, fill)
  }
  if (Array.isArray(value)) return mapList(value, (each) => inReference(each, fill))
  return isObject(value) ? mapMembers(value, (_, member) => inReference(member, fill)) : value
}

function inQuotes(text: string, fill: Fill): string {
  if (!text.includes(PREFIX)) return text
  return text.replace(/"bulkId:([^"\\]+)"/g, (whole, bulkId: string) => {
    const id = fill(bulkId)
    return id === undefined ? whole : JSON.stringify(id)
  })
}

function inWhole(value: string, fill: Fill): string {
  return value.length > PREFIX.length ? (fill(value.slice(PREFIX.length)) ?? value) : value
}

/** The same object with its members rewritten; the very same one when none changes. */
function mapMembers(object: JsonObject, rewrite: (name: string, value: Json) => Json): JsonObject {
  let changed: [string, Json][] | undefined
  for (const name in object) {
    const value = object[name] ?? null
    const next = rewrite(name, value)
    if (next === value) continue
    changed ??= []
    changed.push([name, next])
  }
  return changed === undefined ? object : { ...object, ...Object.fromEntries(changed) }
}

function mapList(list: readonly Json[], rewrite: (value: Json) => Json): readonly Json[] {
  const next = list.map(rewrite)
  return next.some((each, at) => each !== list[at]) ? next : list
}

/** Names of message members compare without regard to case. */
function memberOf(object: JsonObject, name: string): Json | undefined {
  for (const key in object) if (key.toLowerCase() === name) return object[key]
  return undefined
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
