// Sends operations in as few bulk requests as the server's limits allow. RFC 7644 §3.7.

import {
  BULK_REQUEST,
  type BulkOperation,
  fillReferences,
  isObject,
  type Json,
  type JsonObject,
  orderBulk,
  PATCH_OP,
  ScimError,
  setAside,
} from '../protocol/index.ts'
import { type BulkAnswer, readBulkAnswer } from './bulk-answer.ts'
import type { ServerFeatures } from './discover.ts'
import { CLIENT_LIMITS } from './limits.ts'
import { idOf } from './location.ts'
import type { Send } from './send.ts'
import { TransportError } from './transport-error.ts'

/** One operation to be sent; references are `bulkId:…`. RFC 7644 §3.7. */
export type BulkStepInput = Pick<BulkOperation, 'path' | 'bulkId' | 'version' | 'data'> & {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
}

/** What became of an operation. */
export type BulkOutcome =
  | {
      readonly state: 'done'
      readonly status: number
      readonly id: string | undefined
      readonly version: string | undefined
    }
  /** The server refused it, or something it refers to. */
  | { readonly state: 'refused'; readonly error: ScimError }
  /** No answer came: it may have been done. */
  | { readonly state: 'unknown'; readonly error: Error }
  /** Never sent, because enough others had failed. */
  | { readonly state: 'unsent' }

/** Options of a bulk. */
export interface BulkOptions {
  /** Number of errors after which processing stops. Default: goes on to the end. RFC 7644 §3.7. */
  readonly failOnErrors?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Carries out operations with as few requests as the server's limits allow, in an order in which references can be filled in, across
 * requests too; one by one where the server has no bulk. The outcomes are in the order of the operations. RFC 7644 §3.7.
 */
export async function sendBulk(
  send: Send,
  features: ServerFeatures,
  operations: readonly BulkStepInput[],
  options: BulkOptions = {},
): Promise<readonly BulkOutcome[]> {
  const outcomes: BulkOutcome[] = operations.map(() => ({ state: 'unsent' }))
  /** Id of each POST so far, undefined for one that failed. */
  const made = new Map<string, string | undefined>()
  const waiting = prepare(operations)
  let limits = features.bulk
  let failures = 0
  const isEnough = () => options.failOnErrors !== undefined && failures >= options.failOnErrors

  function settle({ index, operation, isSecond }: Item, outcome: BulkOutcome): void {
    const { method, bulkId } = operation
    if (isSecond ? outcome.state !== 'done' : true) outcomes[index] = outcome
    if (outcome.state !== 'done') failures += 1
    if (method === 'POST' && bulkId !== undefined) made.set(bulkId, outcome.state === 'done' ? outcome.id : undefined)
  }

  while (waiting.length > 0 && !isEnough()) {
    options.signal?.throwIfAborted()
    const chunk = nextChunk(waiting, limits, made, settle)
    if (chunk.length === 0) continue
    try {
      if (limits === undefined) {
        const [item] = chunk
        if (item !== undefined) settle(item, await sendOne(send, item, options.signal))
        continue
      }
      const remaining = options.failOnErrors === undefined ? undefined : options.failOnErrors - failures
      const answers = await sendChunk(send, chunk, remaining, options.signal)
      chunk.forEach((item, at) => {
        const answer = answers[at]
        if (answer !== undefined) settle(item, outcomeOf(item, answer))
        else if (remaining === undefined) settle(item, unanswered(item))
      })
      // It stopped as requested.
      if (remaining !== undefined && chunk.some((_, at) => answers[at] === undefined)) break
    } catch (error) {
      if (error instanceof ScimError && limits !== undefined) {
        if ([404, 405, 501].includes(error.status)) limits = undefined
        else if (error.status === 413 && chunk.length > 1)
          limits = { ...limits, maxOperations: Math.floor(chunk.length / 2) }
        else {
          for (const item of chunk) settle(item, { state: 'refused', error })
          continue
        }
        waiting.unshift(...chunk.map(({ given: operation, ...rest }) => ({ ...rest, operation, given: operation })))
        continue
      }
      options.signal?.throwIfAborted()
      if (!(error instanceof Error)) throw error
      const unknown = !(error instanceof TransportError) || error.mayBeDone
      for (const item of chunk) settle(item, unknown ? { state: 'unknown', error } : { state: 'unsent' })
      break
    }
  }
  return outcomes
}

/** One operation on its way: as it was given, and as it goes out. */
interface Item {
  readonly index: number
  readonly given: BulkStepInput
  readonly operation: BulkStepInput
  /** The second half of one whose references go round in a circle. */
  readonly isSecond: boolean
}

/** The operations in an order in which each comes after what it refers to; circles are cut in two. RFC 7644 §3.7.1. */
function prepare(operations: readonly BulkStepInput[]): Item[] {
  const first: Item[] = []
  const second: Item[] = []
  for (const { index, later } of orderBulk(operations)) {
    const given = operations[index]
    if (given === undefined) continue
    if (later.length === 0 || given.data === undefined || given.bulkId === undefined) {
      first.push({ index, given, operation: given, isSecond: false })
      continue
    }
    const { now, afterwards } = setAside(given.data, later)
    first.push({ index, given: { ...given, data: now }, operation: { ...given, data: now }, isSecond: false })
    const patch: BulkStepInput = {
      method: 'PATCH',
      path: `${given.path}/bulkId:${given.bulkId}`,
      data: { schemas: [PATCH_OP], Operations: [{ op: 'add', value: afterwards }] },
    }
    second.push({ index, given: patch, operation: patch, isSecond: true })
  }
  return [...first, ...second]
}

/** Takes the next operations that fit into one request, references to earlier ones filled in. */
function nextChunk(
  waiting: Item[],
  limits: ServerFeatures['bulk'],
  made: ReadonlyMap<string, string | undefined>,
  settle: (item: Item, outcome: BulkOutcome) => void,
): readonly Item[] {
  const most = limits === undefined ? 1 : Math.max(1, limits.maxOperations ?? CLIENT_LIMITS.BULK_OPERATIONS)
  const bytes = limits?.maxPayloadSize ?? CLIENT_LIMITS.BULK_BYTES
  const chunk: Item[] = []
  const within = new Set<string>()
  let size = ENVELOPE_BYTES
  while (chunk.length < most) {
    const item = waiting.shift()
    if (item === undefined) break
    let operation: BulkStepInput
    try {
      operation = fillReferences(item.given, made, [...within])
    } catch (error) {
      if (!(error instanceof ScimError)) throw error
      settle(item, { state: 'refused', error })
      continue
    }
    const length = utf8.encode(JSON.stringify(wire(operation))).length + 1
    if (chunk.length > 0 && size + length > bytes) {
      waiting.unshift(item)
      break
    }
    size += length
    chunk.push({ ...item, operation })
    if (operation.method === 'POST' && operation.bulkId !== undefined) within.add(operation.bulkId)
  }
  return chunk
}

const ENVELOPE_BYTES = 150
const utf8 = new TextEncoder()

function wire({ method, path, bulkId, version, data }: BulkStepInput): JsonObject {
  return {
    method,
    path,
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(version === undefined ? {} : { version }),
    ...(data === undefined ? {} : { data }),
  }
}

async function sendChunk(
  send: Send,
  chunk: readonly Item[],
  failOnErrors: number | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly (BulkAnswer | undefined)[]> {
  const body: Json = {
    schemas: [BULK_REQUEST],
    ...(failOnErrors === undefined ? {} : { failOnErrors }),
    Operations: chunk.map(({ operation }) => wire(operation)),
  }
  const answer = await send({ method: 'POST', path: '/Bulk', body, signal })
  return readBulkAnswer(
    answer.body,
    chunk.map(({ operation }) => operation),
  )
}

function outcomeOf(item: Item, { status, id, version, refusal }: BulkAnswer): BulkOutcome {
  if (refusal !== undefined) return { state: 'refused', error: refusal }
  // Only a 2xx says that it is done.
  if (status === undefined || status < 200 || status > 299) return unanswered(item)
  return { state: 'done', status, id: id ?? idIn(item.operation), version }
}

function unanswered({ operation }: Item): BulkOutcome {
  const what = `the answer to the bulk request says nothing of what became of ${operation.method} ${operation.path}`
  return { state: 'unknown', error: new TransportError('ERR_NOT_SCIM', what, { mayBeDone: true }) }
}

/** One operation as a request of its own. */
async function sendOne(send: Send, { operation }: Item, signal: AbortSignal | undefined): Promise<BulkOutcome> {
  const { method, path, data, version } = operation
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  try {
    const answer = await send({
      method,
      path: encoded,
      ...(data === undefined ? {} : { body: data }),
      ifMatch: version,
      signal,
    })
    const { headers, body, status } = answer
    const meta = isObject(body?.meta) ? body.meta : {}
    const id = typeof body?.id === 'string' || typeof body?.id === 'number' ? String(body.id) : undefined
    return {
      state: 'done',
      status,
      id: id ?? idOf(headers.get('location')) ?? idIn(operation),
      version: typeof meta.version === 'string' ? meta.version : (headers.get('etag') ?? undefined),
    }
  } catch (error) {
    if (error instanceof ScimError) return { state: 'refused', error }
    throw error
  }
}

function idIn({ method, path }: BulkStepInput): string | undefined {
  return method === 'POST' ? undefined : path.slice(path.lastIndexOf('/') + 1)
}
