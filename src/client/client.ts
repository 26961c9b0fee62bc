// The typed client of a SCIM service provider. RFC 7644.

import { environment as realEnvironment } from '../environment.ts'
import {
  type DiffOperation,
  isObject,
  type JsonObject,
  PATCH_OP,
  type PatchOperation,
  type ResourceType,
} from '../protocol/index.ts'
import { noAuth } from './auth.ts'
import type { BulkOptions, BulkOutcome, BulkStepInput } from './bulk.ts'
import { type ClientOptions, checkClientOptions } from './client-options.ts'
import { createDiscovery, type Discovery } from './discover.ts'
import { CLIENT_LIMITS } from './limits.ts'
import { idOf } from './location.ts'
import { createPace, type Pace, type PaceOptions } from './pace.ts'
import { type Received, readResource, type Sent } from './received.ts'
import { pathOf, readBaseUrl } from './request.ts'
import type { Answer } from './response.ts'
import { type Page, readOnePage, type Search, type Selection, type Start } from './search.ts'
import { createSend, type Send } from './send.ts'
import { TransportError } from './transport-error.ts'
import type { Change, Updated, UpdateOptions } from './update.ts'
import { type Walk, walk } from './walk.ts'

/** What every call takes. */
export interface CallOptions<T = ResourceType> extends Selection<T> {
  readonly signal?: AbortSignal | undefined
}

/** What a call takes that changes one resource. */
export interface WriteOptions<T = ResourceType> extends CallOptions<T> {
  /**
   * Only if the resource still has this version: else 412. `*`: whatever its version. Where the server says that it keeps no versions
   * this has no effect, and `onAttempt` is called with that. RFC 7644 §3.14.
   */
  readonly ifMatch?: string | undefined
}

/** A client of one SCIM service provider. Every call throws ScimError or {@link TransportError}. RFC 7644. */
export interface Client {
  readonly url: string
  /** What the server says about itself. */
  readonly discovery: Discovery
  readonly create: <T extends ResourceType>(
    type: T,
    resource: Sent<T>,
    options?: CallOptions<NoInfer<T>>,
  ) => Promise<Received<T>>
  readonly get: <T extends ResourceType>(type: T, id: string, options?: CallOptions<NoInfer<T>>) => Promise<Received<T>>
  /**
   * All resources of a search, page after page, each once. Ends with ERR_INCOMPLETE when fewer different ones came than the server
   * said that there are, unless `partial` is set: what was not shown is not gone.
   */
  readonly list: <T extends ResourceType>(
    type: T,
    search?: Walk<NoInfer<T>>,
  ) => AsyncGenerator<Received<T>, void, undefined>
  /** One page of a search. */
  readonly query: <T extends ResourceType>(type: T, search?: Search<NoInfer<T>> & Start) => Promise<Page<T>>
  readonly replace: <T extends ResourceType>(
    type: T,
    id: string,
    resource: Sent<T>,
    options?: WriteOptions<NoInfer<T>>,
  ) => Promise<Received<T>>
  /** Undefined when the server answers without the resource, as it may. */
  readonly patch: <T extends ResourceType>(
    type: T,
    id: string,
    operations: readonly (PatchOperation<NoInfer<T>> | DiffOperation)[],
    options?: WriteOptions<NoInfer<T>>,
  ) => Promise<Received<T> | undefined>
  /**
   * Changes a resource by the least PATCH, or PUT where the server has no PATCH, only if it has not changed meanwhile; if it
   * has, the change is repeated on what is there now.
   */
  readonly update: <T extends ResourceType>(
    type: T,
    from: Received<T> | string,
    change: Change<T>,
    options?: UpdateOptions,
  ) => Promise<Updated<T>>
  readonly remove: <T extends ResourceType>(
    type: T,
    id: string,
    options?: Omit<WriteOptions, keyof Selection>,
  ) => Promise<void>
  /** Many operations with few requests. */
  readonly bulk: (operations: readonly BulkStepInput[], options?: BulkOptions) => Promise<readonly BulkOutcome[]>
  /** The resource that the credentials belong to. RFC 7644 §3.11. */
  readonly me: <T extends ResourceType>(type: T, options?: CallOptions<NoInfer<T>>) => Promise<Received<T>>
  /** Any other request; the path is relative to the base URL. */
  readonly send: Send
}

/**
 * Creates a client. Throws ConfigError for the first option that makes no sense.
 * @example
 * const app = createClient({ url: 'https://app.example/scim/v2', auth: token(secret) })
 */
export function createClient(options: ClientOptions): Client {
  checkClientOptions(options)
  const { environment = realEnvironment, auth = noAuth, urlLength = CLIENT_LIMITS.URL_LENGTH } = options
  const url = readBaseUrl(options.url)
  const send = createSend({
    base: url,
    auth,
    pace: isPace(options.pace) ? options.pace : createPace(options.pace ?? {}, environment),
    environment,
    timeoutMs: options.timeoutMs ?? CLIENT_LIMITS.TIMEOUT_MS,
    answerBytes: options.answerBytes ?? CLIENT_LIMITS.ANSWER_BYTES,
    attempts: options.attempts ?? CLIENT_LIMITS.ATTEMPTS,
    backoffMs: options.backoffMs ?? CLIENT_LIMITS.BACKOFF_MS,
    waitMs: options.waitMs ?? CLIENT_LIMITS.WAIT_MS,
    headers: { 'user-agent': 'Lockstep', ...options.headers },
    onAttempt: options.onAttempt,
  })
  const discovery = createDiscovery(url, send, options.discoveryMs ?? CLIENT_LIMITS.DISCOVERY_MS, environment)

  const deps: ClientDeps = { send, discovery, onAttempt: options.onAttempt }
  const get: Client['get'] = (type, id, own = {}) => read(send, type, id, own)

  return {
    url,
    discovery,
    send,
    get,
    create: (type, resource, own = {}) => create(send, type, resource, own),
    list: (type, search = {}) =>
      walk(send, type, search, {
        urlLength,
        hasCursors: async (signal) => (await discovery.features(signal)).cursor,
      }),
    async query(type, search = {}) {
      const { startIndex, cursor, ...rest } = search
      const { unusable, ...page } = await readOnePage(send, type, rest, { startIndex, cursor }, urlLength)
      if (unusable === 0) return page
      throw new TransportError('ERR_NOT_SCIM', `a ${type.name} in the list has no id`, { mayBeDone: false })
    },
    replace: (type, id, resource, own = {}) => replace(deps, type, id, resource, own),
    patch: (type, id, operations, own = {}) => patch(deps, type, id, operations as readonly PatchOperation[], own),
    // What makes the least PATCH, and what joins operations, is large: it is loaded by who uses it.
    async update(type, from, change, own) {
      const { update } = await import('./update.ts')
      return update(send, discovery, get, type, from, change, own)
    },
    async remove(type, id, own = {}) {
      const path = pathOf(type.endpoint, id)
      await send({ method: 'DELETE', path, ifMatch: own.ifMatch, signal: own.signal })
      await noteCondition(deps, 'DELETE', path, own.ifMatch, own.signal)
    },
    async bulk(operations, own = {}) {
      const { sendBulk } = await import('./bulk.ts')
      const outcomes = await sendBulk(send, await discovery.features(own.signal), operations, own)
      const condition = operations.find(({ version }) => version !== undefined)?.version
      await noteCondition(deps, 'POST', '/Bulk', condition, own.signal)
      return outcomes
    },
    async me(type, own = {}) {
      return resourceIn(
        type,
        await send({ method: 'GET', path: '/Me', query: selection(own), signal: own.signal }),
        'GET',
      )
    },
  }
}

/** What the functions of a client need. */
interface ClientDeps {
  readonly send: Send
  readonly discovery: Discovery
  readonly onAttempt: ClientOptions['onAttempt']
}

async function read<T extends ResourceType>(send: Send, type: T, id: string, own: CallOptions): Promise<Received<T>> {
  const answer = await send({
    method: 'GET',
    path: pathOf(type.endpoint, id),
    query: selection(own),
    signal: own.signal,
  })
  return resourceIn(type, answer, 'GET')
}

async function create<T extends ResourceType>(
  send: Send,
  type: T,
  resource: object,
  own: CallOptions,
): Promise<Received<T>> {
  const answer = await send({
    method: 'POST',
    path: type.endpoint,
    query: selection(own),
    body: bodyOf(type, resource),
    signal: own.signal,
  })
  if (answer.body !== undefined) {
    const found = readResource(type, answer.body, answer.headers.get('etag'))
    if (found !== undefined) return found
  }
  // Nothing, or nothing with an id: the Location header says where it is, though its host may be wrong behind a proxy.
  const id = idOf(answer.headers.get('location'))
  if (id !== undefined) return read(send, type, id, own)
  const what = `The ${type.name} was created, but the answer contains neither its id nor its location`
  throw new TransportError('ERR_NOT_SCIM', what, { mayBeDone: true, status: answer.status })
}

async function replace<T extends ResourceType>(
  deps: ClientDeps,
  type: T,
  id: string,
  resource: object,
  own: WriteOptions,
): Promise<Received<T>> {
  const path = pathOf(type.endpoint, id)
  const answer = await deps.send({
    method: 'PUT',
    path,
    query: selection(own),
    body: { ...bodyOf(type, resource), id },
    ifMatch: own.ifMatch,
    signal: own.signal,
  })
  await noteCondition(deps, 'PUT', path, own.ifMatch, own.signal)
  return answer.body === undefined ? read(deps.send, type, id, own) : resourceIn(type, answer, 'PUT')
}

async function patch<T extends ResourceType>(
  deps: ClientDeps,
  type: T,
  id: string,
  operations: readonly PatchOperation[],
  own: WriteOptions,
): Promise<Received<T> | undefined> {
  const path = pathOf(type.endpoint, id)
  const answer = await deps.send({
    method: 'PATCH',
    path,
    query: selection(own),
    body: { schemas: [PATCH_OP], Operations: operations },
    ifMatch: own.ifMatch,
    signal: own.signal,
  })
  await noteCondition(deps, 'PATCH', path, own.ifMatch, own.signal)
  return answer.body === undefined ? undefined : readResource(type, answer.body, answer.headers.get('etag'))
}

/** Reports that the condition of a write had no effect: the server says that it has no versions. */
async function noteCondition(
  { discovery, onAttempt }: ClientDeps,
  method: string,
  path: string,
  condition: unknown,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (condition === undefined || onAttempt === undefined) return
  // The write is done; silence about versions is no reason to call it failed.
  const features = await discovery.features(signal).catch(() => undefined)
  if (features?.isKnown === true && !features.etag) onAttempt({ method, path, attempt: 1, unheeded: 'ifMatch' })
}

function isPace(given: PaceOptions | Pace | undefined): given is Pace {
  return given !== undefined && 'run' in given
}

function selection({ attributes, excludedAttributes }: Selection) {
  return { attributes: attributes?.join(','), excludedAttributes: excludedAttributes?.join(',') }
}

/** A resource as it is sent: with `schemas`, without what the server alone sets. RFC 7643 §3.1. */
function bodyOf(type: ResourceType, resource: object): JsonObject {
  const { meta: _meta, id: _id, schemas, ...rest } = JSON.parse(JSON.stringify(resource)) as JsonObject
  const extensions = type.extensions.map(({ schema }) => schema.id).filter((id) => isObject(rest[id]))
  return { schemas: Array.isArray(schemas) ? schemas : [type.schema.id, ...extensions], ...rest }
}

function resourceIn<T extends ResourceType>(type: T, answer: Answer, method: string): Received<T> {
  const read = answer.body === undefined ? undefined : readResource(type, answer.body, answer.headers.get('etag'))
  if (read !== undefined) return read
  const what = `the answer to ${method} of a ${type.name} holds no resource with an id`
  throw new TransportError('ERR_NOT_SCIM', what, { mayBeDone: method !== 'GET', status: answer.status })
}
