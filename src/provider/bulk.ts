// POST to /Bulk: many operations in one request. RFC 7644 §3.7.

import type { Answer } from '../call.ts'
import { traitsOf } from '../directory/index.ts'
import { environment } from '../environment.ts'
import {
  BULK_RESPONSE,
  type BulkOperation,
  type BulkStep,
  carryNumbers,
  conflict,
  fillReferences,
  formatETag,
  invalidSyntax,
  isObject,
  type Json,
  type JsonObject,
  LIMITS,
  orderBulk,
  PATCH_OP,
  type ResourceType,
  readBulk,
  referencesIn,
  registers,
  ScimError,
  setAside,
  typeByEndpoint,
} from '../protocol/index.ts'
import { parseBody, readBytes, requireJson } from './body.ts'
import { locationOf } from './represent.ts'
import { bendBody, type RequestContext, requireRight } from './request.ts'
import { requirePatch } from './resources.ts'
import { errorOf, UNSHARED } from './respond.ts'
import { routeOf } from './route.ts'
import { weighBulk } from './weight.ts'

/** Operations that are prepared together and share a transaction. */
const TOGETHER = 64
/** Lots that may wait for the disk while the next one is prepared. */
const LOTS = 4

/** The result of one operation. RFC 7644 §3.7.3. */
interface Result {
  readonly status: number
  readonly location?: string
  readonly version?: string
  readonly response?: JsonObject
}

/** A resource created without its circular references, which are set afterwards. */
interface Owing {
  readonly index: number
  readonly type: ResourceType
  readonly id: string
  readonly afterwards: JsonObject
}

/** POST to /Bulk: carries out each operation as a request of its own, with references between them filled in. RFC 7644 §3.7. */
export async function bulk(given: RequestContext): Promise<Answer> {
  // The log shows which lines came with one request.
  const context = { ...given.context, txn: given.context.txn ?? given.directory.newTxn() }
  const request: RequestContext = { ...given, context }
  requireJson(request.call.header('content-type'))
  const bytes = await readBytes(request.call, LIMITS.BULK_BYTES)
  if (request.offload && weighBulk(bytes) === 'heavy') return request.offload(bytes)
  const asked = readBulk(parseBody(bytes, request), request.context.allow)
  const { failOnErrors = Number.POSITIVE_INFINITY } = asked
  const operations = asked.operations.map((operation) => bent(request, operation))
  const results: (Result | undefined)[] = operations.map(() => undefined)
  const made = new Map<string, string | undefined>()
  const owing: Owing[] = []
  let errors = 0

  const one = async ({ index, later }: BulkStep): Promise<void> => {
    const operation = operations[index]
    if (operation === undefined) return
    const { result, id, owes } = await attempt(request, operation, made, later)
    results[index] = result
    if (registers(operation)) made.set(operation.bulkId, id)
    if (owes !== undefined) owing.push({ index, ...owes })
    if (result.status >= 400) errors++
  }

  const steps = orderBulk(operations)
  for (let at = 0; at < steps.length && errors < failOnErrors; ) {
    const together = failOnErrors === Number.POSITIVE_INFINITY ? independent(steps, at, operations) : 1
    await inLots(steps.slice(at, at + together), one)
    at += together
  }
  for (const owed of owing) {
    const { index, type, id } = owed
    try {
      const { data } = fillReferences({ method: 'POST', path: '', type, data: owed.afterwards }, made)
      const patch: Json = { schemas: [PATCH_OP], Operations: [{ op: 'add', value: data ?? {} }] }
      const { stored } = await request.directory.patch(request.context, type.name, id, carryNumbers(data, patch))
      results[index] = { ...(results[index] ?? { status: 201 }), version: formatETag(stored.version) }
    } catch (error) {
      // Each operation is whole or not at all: what can't have its references isn't there.
      results[index] = failed(request, error)
      try {
        await request.directory.remove(request.context, type.name, id)
      } catch (undoing) {
        // It stays, without its references; the other operations have their results all the same.
        results[index] = failed(request, undoing)
      }
    }
  }
  const shown = results.flatMap((result, index) => {
    const operation = operations[index]
    return result === undefined || operation === undefined ? [] : [show(operation, result)]
  })
  return {
    status: 200,
    headers: ['Content-Type', request.media, ...UNSHARED],
    body: JSON.stringify({ schemas: [BULK_RESPONSE], Operations: shown }),
  }
}

/** Carries out steps that don't concern each other: while some are being written, the next ones are made ready. */
async function inLots(steps: readonly BulkStep[], one: (step: BulkStep) => Promise<void>): Promise<void> {
  const under: Promise<unknown>[] = []
  for (let at = 0; at < steps.length; at += TOGETHER) {
    under.push(Promise.all(steps.slice(at, at + TOGETHER).map(one)))
    if (under.length === LOTS) await under.shift()
    // Waits one turn of the event loop, so that what is ready goes to the writer.
    else if (at + TOGETHER < steps.length) await new Promise<void>(environment.afterTurn)
  }
  await Promise.all(under)
}

/**
 * How many steps from here on touch nothing of each other, so that they may be under way at once and share transactions: POSTs
 * that refer to none among them, or changes to different resources.
 */
function independent(steps: readonly BulkStep[], from: number, operations: readonly BulkOperation[]): number {
  const method = operations[steps[from]?.index ?? -1]?.method
  if (method !== 'POST' && method !== 'PATCH') return 1
  const taken = new Set<string>()
  let count = 0
  for (;;) {
    const step = steps[from + count]
    const operation = step && operations[step.index]
    if (operation === undefined || operation.method !== method || operation.fault !== undefined || step?.later.length)
      break
    for (const reference of referencesIn(operation)) if (taken.has(`bulkId:${reference}`)) return Math.max(1, count)
    const key = method === 'POST' ? `bulkId:${operation.bulkId}` : operation.path
    if (method === 'PATCH' && taken.has(key)) break
    taken.add(key)
    count++
  }
  return Math.max(1, count)
}

async function attempt(
  request: RequestContext,
  operation: BulkOperation,
  made: ReadonlyMap<string, string | undefined>,
  later: readonly string[],
): Promise<{ result: Result; id?: string; owes?: Omit<Owing, 'index'> }> {
  try {
    if (operation.fault !== undefined) throw operation.fault
    const filled = fillReferences(operation, made, later)
    const { data, type } = filled
    if (later.length === 0 || data === undefined || type === undefined) return await perform(request, filled)
    const { now, afterwards } = setAside(data, later, type)
    const done = await perform(request, { ...filled, data: now }).catch((error) => {
      // The circle goes through something that the resource can't be made without.
      if (!(error instanceof ScimError) || error.scimType !== 'invalidValue') throw error
      throw conflict(`These operations refer to each other in a circle that can't be resolved: ${error.detail}`)
    })
    return done.id === undefined || done.type === undefined
      ? done
      : { ...done, owes: { type: done.type, id: done.id, afterwards } }
  } catch (error) {
    return { result: failed(request, error, operation) }
  }
}

const ACTIONS = { POST: 'create', PUT: 'replace', PATCH: 'patch' } as const

/** An operation after the connection's quirks: references are looked for under the names that the schema has. */
function bent(request: RequestContext, operation: BulkOperation): BulkOperation {
  const { method, path, data } = operation
  const [, endpoint = '', id] = path.split('/')
  const type = typeByEndpoint(request.catalog, `/${endpoint}`, request.context.allow.anyCaseEndpoints)
  if (type === undefined || data === undefined || method === '' || method === 'DELETE') return operation
  const body = bendBody(request, ACTIONS[method], type, data, id)
  return { ...operation, type, ...(isObject(body) ? { data: body } : {}) }
}

/** Carries out one operation by the door. */
async function perform(
  request: RequestContext,
  operation: BulkOperation,
): Promise<{ result: Result; id?: string; type?: ResourceType }> {
  const { method, path, data, version } = operation
  const route = routeOf(method, path, request.catalog, request.context.allow.anyCaseEndpoints)
  const { directory, context, call } = request
  const ifMatch = version
  if (route.to === 'type' && route.action === 'create') {
    const { type } = route
    requireRight(request, 'write', type)
    const { stored, skipped } = await directory.create(context, type.name, data ?? {})
    request.skipped(type.name, skipped)
    const location = locationOf(call.base, type.endpoint, stored.id)
    return { result: { status: 201, location, version: formatETag(stored.version) }, id: stored.id, type }
  }
  if (route.to !== 'resource' || route.action === 'get') {
    throw invalidSyntax(`${method} ${path} can't be part of a bulk request; give the path of a resource`)
  }
  const { type, id, action } = route
  requireRight(request, 'write', type)
  const location = locationOf(call.base, type.endpoint, id)
  if (action === 'delete') {
    await directory.remove(context, type.name, id, { ifMatch })
    return { result: { status: 204, location } }
  }
  if (action === 'patch') requirePatch(request)
  const { stored, skipped } = await directory[action](context, type.name, id, data ?? {}, { ifMatch })
  request.skipped(type.name, skipped)
  // As the request on its own: a PATCH of a group doesn't show it.
  const status = action === 'patch' && traitsOf(type).rows ? 204 : 200
  return { result: { status, location, version: formatETag(stored.version) }, id, type }
}

function failed(request: RequestContext, error: unknown, operation?: BulkOperation): Result {
  const known = errorOf(error, request.call, request.report)
  const located = operation !== undefined && operation.method !== 'POST' && operation.path !== ''
  return {
    status: known.status,
    response: known.toJSON(),
    ...(located ? { location: `${request.call.base}${operation.path}` } : {}),
  }
}

function show({ method, bulkId }: BulkOperation, { status, location, version, response }: Result): JsonObject {
  return {
    ...(location === undefined ? {} : { location }),
    method,
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(version === undefined ? {} : { version }),
    status: String(status),
    ...(response === undefined ? {} : { response }),
  }
}
