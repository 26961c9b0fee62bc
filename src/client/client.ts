import { isObject, type JsonObject, PATCH_OP, type PatchOperation, type ResourceType } from '../protocol/index.ts'
import { world as realWorld, type World } from '../world.ts'
import { type Auth, noAuth } from './auth.ts'
import { type BulkOptions, type BulkOutcome, type BulkStepInput, sendBulk } from './bulk.ts'
import { idOf } from './bulk-answer.ts'
import { createDiscovery, type Discovery } from './discover.ts'
import { CLIENT_LIMITS } from './limits.ts'
import { createPace, type Pace, type PaceOptions } from './pace.ts'
import { type Received, readResource, type Sent } from './received.ts'
import { pathOf, readBaseUrl } from './request.ts'
import type { Answer } from './response.ts'
import { type Page, readOnePage, type Search, type Selection, type Start, type Walk, walk } from './search.ts'
import { type Attempt, createSend, type Send } from './send.ts'
import { TransportError } from './transport-error.ts'
import { type Change, type Updated, type UpdateOptions, update } from './update.ts'

/** Options of {@link createClient}. */
export interface ClientOptions {
  /** Base URL of the service provider: `https://app.example/scim/v2`. */
  readonly url: string
  /** Default: none. */
  readonly auth?: Auth
  /** How long one attempt may take, its answer included. Default 30 s. */
  readonly timeoutMs?: number
  /** Attempts of one request, the first one included; 1 tries nothing again. Default 4. */
  readonly attempts?: number
  /** First upper bound of the wait between attempts, doubled with each; the wait is a random part of it. Default 500 ms. */
  readonly backoffMs?: number
  /** Longest wait for another attempt. A `Retry-After` past it is not waited for. Default 60 s. */
  readonly waitMs?: number
  /** How fast the host is asked, or a pace shared with other clients. Default: 8 requests at the same time. */
  readonly pace?: PaceOptions | Pace
  /** Largest answer, in bytes. Default 64 MiB. */
  readonly answerBytes?: number
  /** Longest URL of a search before it goes by POST. Default 2,000. */
  readonly urlLength?: number
  /** How long discovery is believed. Default 10 minutes. */
  readonly discoveryMs?: number
  /** Headers for each request, like `user-agent`, lower-case. Some servers refuse requests without a User-Agent. */
  readonly headers?: { readonly [name: string]: string }
  /** Told of each attempt, for logs. */
  readonly told?: (attempt: Attempt) => void
  readonly world?: World
}

/** What every call takes. */
export interface CallOptions extends Selection {
  readonly signal?: AbortSignal
}

/** What a call takes that changes one resource. */
export interface WriteOptions extends CallOptions {
  /** Only if the resource still has this version: else 412. `*`: whatever its version. RFC 7644 §3.14. */
  readonly ifMatch?: string | undefined
}

/** A client of one SCIM service provider. Every call throws ScimError or {@link TransportError}. RFC 7644. */
export interface Client {
  readonly url: string
  /** What the server says about itself. */
  readonly discovery: Discovery
  readonly create: <T extends ResourceType>(type: T, resource: Sent<T>, options?: CallOptions) => Promise<Received<T>>
  readonly get: <T extends ResourceType>(type: T, id: string, options?: CallOptions) => Promise<Received<T>>
  /** All resources of a search, page after page. */
  readonly list: <T extends ResourceType>(type: T, search?: Walk) => AsyncGenerator<Received<T>, void, undefined>
  /** One page of a search. */
  readonly query: <T extends ResourceType>(type: T, search?: Search & Start) => Promise<Page<T>>
  readonly replace: <T extends ResourceType>(
    type: T,
    id: string,
    resource: Sent<T>,
    options?: WriteOptions,
  ) => Promise<Received<T>>
  /** Undefined when the server answers without the resource, as it may. */
  readonly patch: <T extends ResourceType>(
    type: T,
    id: string,
    operations: readonly PatchOperation[],
    options?: WriteOptions,
  ) => Promise<Received<T> | undefined>
  /**
   * Changes a resource by the least PATCH, or PUT where the server takes none, only if nobody else has changed it meanwhile; if
   * somebody has, the change is made anew on what is there now.
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
  /** The resource that the credentials stand for. RFC 7644 §3.11. */
  readonly me: <T extends ResourceType>(type: T, options?: CallOptions) => Promise<Received<T>>
  /** Any request, for what has no name here; the path stands below the base URL. */
  readonly send: Send
}

/** Makes a client. Throws ConfigError for options that make no sense. */
export function createClient(options: ClientOptions): Client {
  const { world = realWorld, auth = noAuth, urlLength = CLIENT_LIMITS.URL_LENGTH } = options
  const url = readBaseUrl(options.url)
  const send = createSend({
    base: url,
    auth,
    pace: isPace(options.pace) ? options.pace : createPace(options.pace ?? {}, world),
    world,
    timeoutMs: options.timeoutMs ?? CLIENT_LIMITS.TIMEOUT_MS,
    answerBytes: options.answerBytes ?? CLIENT_LIMITS.ANSWER_BYTES,
    attempts: options.attempts ?? CLIENT_LIMITS.ATTEMPTS,
    backoffMs: options.backoffMs ?? CLIENT_LIMITS.BACKOFF_MS,
    waitMs: options.waitMs ?? CLIENT_LIMITS.WAIT_MS,
    headers: { 'user-agent': 'Lockstep', ...options.headers },
    told: options.told,
  })
  const discovery = createDiscovery(send, options.discoveryMs ?? CLIENT_LIMITS.DISCOVERY_MS, world)

  async function get<T extends ResourceType>(type: T, id: string, own: CallOptions = {}): Promise<Received<T>> {
    const answer = await send({
      method: 'GET',
      path: pathOf(type.endpoint, id),
      query: selection(own),
      signal: own.signal,
    })
    return resourceIn(type, answer, 'GET')
  }

  return {
    url,
    discovery,
    send,
    get,
    async create(type, resource, own = {}) {
      const answer = await send({
        method: 'POST',
        path: type.endpoint,
        query: selection(own),
        body: bodyOf(type, resource),
        signal: own.signal,
      })
      if (answer.body !== undefined) {
        const read = readResource(type, answer.body, answer.headers.get('etag'))
        if (read !== undefined) return read
      }
      // Nothing, or nothing with an id: where it is says the Location header, whose host may be wrong behind a proxy.
      const id = idOf(answer.headers.get('location'))
      if (id !== undefined) return get(type, id, own)
      const what = `the ${type.name} was made, but the answer says neither its id nor its location`
      throw new TransportError('ERR_NOT_SCIM', what, { mayBeDone: true, status: answer.status })
    },
    list: (type, search = {}) =>
      walk(send, type, search, {
        urlLength,
        hasCursors: async (signal) => (await discovery.features(signal)).cursor,
      }),
    query: (type, search = {}) => {
      const { startIndex, cursor, ...rest } = search
      return readOnePage(send, type, rest, { startIndex, cursor }, urlLength)
    },
    async replace(type, id, resource, own = {}) {
      const answer = await send({
        method: 'PUT',
        path: pathOf(type.endpoint, id),
        query: selection(own),
        body: { ...bodyOf(type, resource), id },
        ifMatch: own.ifMatch,
        signal: own.signal,
      })
      return answer.body === undefined ? get(type, id, own) : resourceIn(type, answer, 'PUT')
    },
    async patch(type, id, operations, own = {}) {
      const answer = await send({
        method: 'PATCH',
        path: pathOf(type.endpoint, id),
        query: selection(own),
        body: { schemas: [PATCH_OP], Operations: operations },
        ifMatch: own.ifMatch,
        signal: own.signal,
      })
      return answer.body === undefined ? undefined : readResource(type, answer.body, answer.headers.get('etag'))
    },
    update: (type, from, change, own) => update(send, discovery, get, type, from, change, own),
    async remove(type, id, own = {}) {
      await send({ method: 'DELETE', path: pathOf(type.endpoint, id), ifMatch: own.ifMatch, signal: own.signal })
    },
    async bulk(operations, own = {}) {
      return sendBulk(send, await discovery.features(own.signal), operations, own)
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
