import { type Allowances, STRICT } from './allowances.ts'
import { conflict, invalidSyntax, invalidValue, payloadTooLarge, type ScimError } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { LIMITS } from './limits.ts'
import { BULK_REQUEST } from './urn.ts'
import { refuseTwins } from './value.ts'

/** A bulk request as read. RFC 7644 §3.7. */
export interface BulkRequest {
  /** After so many errors processing stops; absent: never. */
  readonly failOnErrors?: number
  readonly operations: readonly BulkOperation[]
}

/** One operation of a bulk request. */
export interface BulkOperation {
  /** Upper case; "" when there was none that could be read. */
  readonly method: '' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, with its leading slash: `/Users`, `/Users/bulkId:a`. */
  readonly path: string
  /** Echoed in the result; registered for a POST only. */
  readonly bulkId?: string
  /** Acts as If-Match. */
  readonly version?: string
  readonly data?: JsonObject
  /** Why it cannot be processed; the others go on. */
  readonly fault?: ScimError
}

/** Reads the body of a bulk request. What is wrong with a single operation is its own `fault`. RFC 7644 §3.7, P-421, P-422. */
export function readBulk(body: Json, allow: Pick<Allowances, 'guessSchemas'> = STRICT): BulkRequest {
  if (!isObject(body))
    throw invalidSyntax('The body of a bulk request must be an object with "schemas" and "Operations"')
  refuseTwins(body, (key) => key.toLowerCase(), 'The body')
  const schemas = memberOf(body, 'schemas')
  const named =
    Array.isArray(schemas) && schemas.some((urn: Json) => typeof urn === 'string' && same(urn, BULK_REQUEST))
  if (!named && !(allow.guessSchemas && schemas === undefined)) {
    throw invalidSyntax(`"schemas" of a bulk request must be ["${BULK_REQUEST}"]`)
  }
  const list = memberOf(body, 'operations')
  if (!Array.isArray(list)) throw invalidSyntax('A bulk request needs "Operations", a list')
  if (list.length > LIMITS.BULK_OPERATIONS) {
    throw payloadTooLarge(
      `The bulk request has ${list.length} operations; at most ${LIMITS.BULK_OPERATIONS} (maxOperations) are taken`,
    )
  }
  const operations = list.map((operation: Json) => readOperation(operation, allow))
  refuseSameIds(operations)
  const failOnErrors = readFailOnErrors(memberOf(body, 'failonerrors'))
  return failOnErrors === undefined ? { operations } : { failOnErrors, operations }
}

function readFailOnErrors(value: Json | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  throw invalidValue('"failOnErrors" must be a whole number, 1 or more')
}

function refuseSameIds(operations: readonly BulkOperation[]): void {
  const seen = new Set<string>()
  for (const { method, bulkId } of operations) {
    if (method !== 'POST' || bulkId === undefined) continue
    if (seen.has(bulkId))
      throw invalidSyntax(`The bulkId "${bulkId}" stands at two operations; each POST needs its own`)
    seen.add(bulkId)
  }
}

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const

function readOperation(operation: Json, allow: Pick<Allowances, 'guessSchemas'>): BulkOperation {
  if (!isObject(operation)) {
    return { method: '', path: '', fault: invalidSyntax('An operation must be an object with "method" and "path"') }
  }
  const text = (name: string) => {
    const value = memberOf(operation, name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const method = METHODS.find((each) => each === text('method')?.toUpperCase())
  const given = text('path')
  const path = given === undefined ? '' : `/${given.replace(/^\/|\/$/g, '')}`
  const bulkId = text('bulkid')
  const version = text('version')
  const versionGiven = (memberOf(operation, 'version') ?? null) !== null
  const data = memberOf(operation, 'data') ?? undefined
  const fault =
    faultOf(method, path, bulkId, data, allow) ??
    // Left out of account it would turn a conditional write into one that always happens (P-435).
    (versionGiven && version === undefined
      ? invalidSyntax('"version" must be an ETag, a text that is not empty')
      : undefined)
  return {
    method: method ?? '',
    path,
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(version === undefined ? {} : { version }),
    ...(isObject(data) ? { data } : {}),
    ...(fault === undefined ? {} : { fault }),
  }
}

function faultOf(
  method: BulkOperation['method'] | undefined,
  path: string,
  bulkId: string | undefined,
  data: Json | undefined,
  allow: Pick<Allowances, 'guessSchemas'>,
): ScimError | undefined {
  if (method === undefined) return invalidSyntax(`"method" must be one of ${METHODS.join(', ')}`)
  const segments = path.split('/').slice(1)
  if (path === '' || segments.includes('')) {
    return invalidSyntax('"path" must be a path below the base URL, like /Users or /Users/{id}')
  }
  if (method === 'POST') {
    if (segments.length !== 1)
      return invalidSyntax('"path" of a POST must be the endpoint of a resource type, like /Users')
    if (bulkId === undefined && !allow.guessSchemas) return invalidSyntax('A POST needs a "bulkId"')
  } else if (segments.length !== 2) {
    return invalidSyntax(`"path" of a ${method} must be that of a resource, like /Users/{id}`)
  }
  if (method !== 'DELETE' && !isObject(data)) {
    return invalidSyntax(`"data" of a ${method} must be an object, the body of the request on its own`)
  }
  return undefined
}

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
  operations.forEach(({ method, bulkId }, index) => {
    if (method === 'POST' && bulkId !== undefined) posts.set(bulkId, index)
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

/** Every bulkId that an operation refers to, in its path or its data. */
export function referencesIn({ method, path, data }: BulkOperation): ReadonlySet<string> {
  const found = new Set<string>()
  const note = (bulkId: string) => {
    found.add(bulkId)
    return undefined
  }
  inPath(path, note)
  if (data !== undefined) inValue(data, '', method === 'PATCH', note)
  return found
}

/**
 * The operation with ids in the place of references. `made` holds the id of each POST so far, undefined for one that
 * failed: 409. A bulkId that no POST has: 400 invalidValue (P-433). Those in `later` stay. RFC 7644 §3.7.2.
 */
export function fillReferences<T extends Pick<BulkOperation, 'method' | 'path' | 'data'>>(
  operation: T,
  made: ReadonlyMap<string, string | undefined>,
  later: readonly string[] = [],
): T {
  const { path, data } = operation
  const idOf = (bulkId: string) => {
    if (later.includes(bulkId)) return undefined
    const id = made.get(bulkId)
    if (id !== undefined) return id
    throw made.has(bulkId)
      ? conflict(`"bulkId:${bulkId}" stands for a resource that could not be made; see the result of its POST`)
      : invalidValue(`"bulkId:${bulkId}" is the bulkId of no POST in this request`)
  }
  const filled = data === undefined ? undefined : inValue(data, '', operation.method === 'PATCH', idOf)
  return { ...operation, path: inPath(path, idOf), ...(isObject(filled) ? { data: filled } : {}) }
}

/**
 * Takes the attributes with put-off references out of the data of a POST. `afterwards` is what a path-less `add` has to
 * set once they are known; an attribute goes there as a whole (P-431).
 */
export function setAside(
  data: JsonObject,
  later: readonly string[],
): { readonly now: JsonObject; readonly afterwards: JsonObject } {
  const now: { [name: string]: Json } = {}
  const afterwards: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(data)) {
    if (!refersTo(value, name, later)) now[name] = value
    else if (name.includes(':') && isObject(value)) {
      // An extension: its attributes one by one.
      const parts = setAside(value, later)
      now[name] = parts.now
      afterwards[name] = parts.afterwards
    } else afterwards[name] = value
  }
  return { now, afterwards }
}

function refersTo(value: Json, name: string, later: readonly string[]): boolean {
  let found = false
  inValue(value, name, false, (bulkId) => {
    if (later.includes(bulkId)) found = true
    return undefined
  })
  return found
}

/** Gives the text for a reference, or undefined to leave it. */
type Fill = (bulkId: string) => string | undefined

function inPath(path: string, fill: Fill): string {
  return path
    .split('/')
    .map((segment) => (segment.startsWith(PREFIX) ? (fill(segment.slice(PREFIX.length)) ?? segment) : segment))
    .join('/')
}

const PREFIX = 'bulkId:'

/** Names under which a reference can stand; anywhere else the text means itself. */
const REFERRING = /(?:^|[.:])(?:value|\$ref|members|manager)$/i

/** The same value with references filled in; the very same object when there are none. */
function inValue(value: Json, name: string, isPatch: boolean, fill: Fill): Json {
  if (typeof value === 'string') {
    if (!value.includes(PREFIX)) return value
    if (isPatch && name.toLowerCase() === 'path') {
      return value.replace(/"bulkId:([^"\\]+)"/g, (text, bulkId: string) => {
        const id = fill(bulkId)
        return id === undefined ? text : JSON.stringify(id)
      })
    }
    if (!REFERRING.test(name)) return value
    return /\$ref$/i.test(name) ? inPath(value, fill) : inWhole(value, fill)
  }
  if (Array.isArray(value)) {
    const next = value.map((each: Json) => inValue(each, name, isPatch, fill))
    return next.some((each, at) => each !== value[at]) ? next : value
  }
  if (!isObject(value)) return value
  let changed: { [name: string]: Json } | undefined
  for (const key in value) {
    const member = value[key]
    if (member === undefined) continue
    const next = inValue(member, key, isPatch, fill)
    if (next === member) continue
    changed ??= { ...value }
    changed[key] = next
  }
  return changed ?? value
}

function inWhole(value: string, fill: Fill): string {
  return value.startsWith(PREFIX) && value.length > PREFIX.length ? (fill(value.slice(PREFIX.length)) ?? value) : value
}

/** Names of message members compare without regard to case. */
function memberOf(object: JsonObject, name: string): Json | undefined {
  for (const key in object) if (key.toLowerCase() === name) return object[key]
  return undefined
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
