// Reads the body of a bulk request. RFC 7644 §3.7.

import { type Allowances, STRICT } from './allowances.ts'
import { invalidSyntax, invalidValue, payloadTooLarge, ScimError } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { LIMITS } from './limits.ts'
import { readJson } from './read-json.ts'
import type { ResourceType } from './schema.ts'
import { BULK_REQUEST, PATCH_OP } from './urn.ts'
import { refuseTwins } from './value.ts'
import { carryNumbers } from './written-numbers.ts'

/** A bulk request as read. RFC 7644 §3.7. */
export interface BulkRequest {
  /** Number of errors after which processing stops; absent: never. */
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
  /** Type of the resources at its path, where there are any: it says which values are references. */
  readonly type?: ResourceType
  /** Why it cannot be processed; the others go on. */
  readonly fault?: ScimError
}

/** How far reading a bulk request bends; a part of {@link Allowances}. */
export type BulkAllowances = Pick<Allowances, 'guessSchemas' | 'looseBulk'>

/** Reads the body of a bulk request. What is wrong with a single operation is its own `fault`. RFC 7644 §3.7, P-421, P-422. */
export function readBulk(body: Json, allow: BulkAllowances = STRICT): BulkRequest {
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
  const read = list.map((operation: Json) => readOperation(operation, body, allow))
  const operations = withoutTwins(read, allow)
  const failOnErrors = readFailOnErrors(memberOf(body, 'failonerrors'), allow)
  return failOnErrors === undefined ? { operations } : { failOnErrors, operations }
}

function readFailOnErrors(given: Json | undefined, { looseBulk }: BulkAllowances): number | undefined {
  const value = looseBulk && typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given
  // To stop after no errors would be to do nothing: clients mean by 0 that there is no limit.
  if (value === undefined || value === null || (value === 0 && looseBulk)) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  throw invalidValue('"failOnErrors" must be a whole number, 1 or more')
}

/** A bulkId of two POSTs: the whole request is refused, or the later ones alone. */
function withoutTwins(operations: readonly BulkOperation[], { looseBulk }: BulkAllowances): readonly BulkOperation[] {
  const seen = new Set<string>()
  return operations.map((operation) => {
    const { method, bulkId } = operation
    if (method !== 'POST' || bulkId === undefined) return operation
    if (!seen.has(bulkId)) {
      seen.add(bulkId)
      return operation
    }
    const fault = invalidSyntax(`Two operations have the bulkId "${bulkId}"; each POST needs its own`)
    if (!looseBulk) throw fault
    return { ...operation, fault: operation.fault ?? fault }
  })
}

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const

function readOperation(operation: Json, body: Json, allow: BulkAllowances): BulkOperation {
  if (!isObject(operation)) {
    return { method: '', path: '', fault: invalidSyntax('An operation must be an object with "method" and "path"') }
  }
  const text = (name: string) => {
    const value = memberOf(operation, name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const method = METHODS.find((each) => each === text('method')?.toUpperCase())
  const place = text('path')
  const path = place === undefined ? '' : `/${place.replace(/^\/|\/$/g, '')}`
  const bulkId = text('bulkid')
  const version = text('version')
  const versionGiven = (memberOf(operation, 'version') ?? null) !== null
  const sent = memberOf(operation, 'data') ?? undefined
  const data = allow.looseBulk ? dataIn(sent, method, body) : carryNumbers(body, sent)
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

/** The data as a text, as a client's own class has it; of a PATCH the list of operations itself, as in the example of RFC 7644 §3.7.3. */
function dataIn(sent: Json | undefined, method: BulkOperation['method'] | undefined, body: Json): Json | undefined {
  const inside = typeof sent === 'string' && /^\s*[{[]/.test(sent) ? jsonIn(sent) : undefined
  const data = inside ?? sent
  const listed = method === 'PATCH' && Array.isArray(data) ? { schemas: [PATCH_OP], Operations: data } : data
  return carryNumbers(inside ?? body, listed)
}

function jsonIn(text: string): Json | undefined {
  try {
    return readJson(text, { strictNames: false })
  } catch (error) {
    // Not data then, which is the fault of this operation alone.
    if (error instanceof ScimError) return undefined
    throw error
  }
}

function faultOf(
  method: BulkOperation['method'] | undefined,
  path: string,
  bulkId: string | undefined,
  data: Json | undefined,
  allow: BulkAllowances,
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

/** Names of message members compare without regard to case. */
function memberOf(object: JsonObject, name: string): Json | undefined {
  for (const key in object) if (key.toLowerCase() === name) return object[key]
  return undefined
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
