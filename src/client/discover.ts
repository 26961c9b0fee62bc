// Reads and keeps a server's configuration, resource types and schemas. RFC 7644 §4.

import type { Environment } from '../environment.ts'
import { isObject, type JsonObject, type ResourceType, type Schema, ScimError } from '../protocol/index.ts'
import { orAborted } from './aborted.ts'
import { readPage, wholeNumber } from './page.ts'
import type { Send } from './send.ts'
import { TransportError } from './transport-error.ts'

/** What a server says it can do. RFC 7643 §5, RFC 9865 §4. */
export interface ServerFeatures {
  readonly patch: boolean
  /** Undefined when it isn't offered. */
  readonly bulk: { readonly maxOperations: number | undefined; readonly maxPayloadSize: number | undefined } | undefined
  readonly filter: boolean
  /** Most resources in an answer. */
  readonly maxResults: number | undefined
  readonly sort: boolean
  readonly etag: boolean
  readonly changePassword: boolean
  readonly cursor: boolean
  /** False when the server showed no configuration, so that only what nearly all can do is assumed. */
  readonly isKnown: boolean
}

/** What a server says about itself, kept for a while. RFC 7644 §4. */
export interface Discovery {
  readonly features: (signal?: AbortSignal) => Promise<ServerFeatures>
  /** The configuration as the server gave it; undefined when it shows none. */
  readonly config: (signal?: AbortSignal) => Promise<JsonObject | undefined>
  readonly schemas: (signal?: AbortSignal) => Promise<readonly Schema[]>
  /** Its resource types; users and groups of RFC 7643 where it shows none. */
  readonly types: (signal?: AbortSignal) => Promise<readonly ResourceType[]>
  /** Asks again next time. */
  readonly forget: () => void
}

/** Creates the discovery of one client. What fails for a moment is not kept, nor is it taken for absence. */
export function createDiscovery(
  base: string,
  send: Send,
  ttlMs: number,
  environment: Pick<Environment, 'now'>,
): Discovery {
  const kept = new Map<string, { readonly until: number; readonly value: Promise<unknown> }>()

  function keep<T>(name: string, read: () => Promise<T>): Promise<T> {
    const known = kept.get(name)
    if (known !== undefined && known.until > environment.now()) return known.value as Promise<T>
    const value = read()
    const entry = { until: environment.now() + ttlMs, value }
    kept.set(name, entry)
    value.catch(() => {
      if (kept.get(name) === entry) kept.delete(name)
    })
    return value
  }

  /** The first of several paths that is there. Some say `/ServiceProviderConfigs`. */
  async function look(paths: readonly string[]): Promise<JsonObject | undefined> {
    for (const path of paths) {
      try {
        const { body } = await send({ method: 'GET', path })
        if (body !== undefined) return body
      } catch (error) {
        if (!isAbsent(error)) throw error
      }
    }
    return undefined
  }

  /** What a list of schemas or types holds. RFC 7644 §4 has it whole in one answer; some servers give it in pages all the same. */
  async function lookThrough(path: string): Promise<readonly JsonObject[]> {
    const first = readPage(await look([path]))
    const found = [...(first?.resources ?? [])]
    for (let pages = 1; pages < PAGES && found.length < (first?.totalResults ?? 0); pages++) {
      const seen = new Set(found.map(nameOf))
      try {
        const { body } = await send({ method: 'GET', path, query: { startIndex: found.length + 1 } })
        const more = (readPage(body)?.resources ?? []).filter((json) => !seen.has(nameOf(json)))
        if (more.length === 0) break
        found.push(...more)
      } catch (error) {
        if (isAbsent(error)) break
        throw error
      }
    }
    return found
  }

  // One look serves several callers: the signal of one of them ends only its own waiting.
  const config = () =>
    keep('config', async () => {
      const body = await look(['/ServiceProviderConfig', '/ServiceProviderConfigs'])
      return readPage(body)?.resources[0] ?? body
    })
  const schemas = () =>
    keep('schemas', async () => {
      const found = await lookThrough('/Schemas')
      return (await import('./described.ts')).readSchemas(found)
    })
  const types = () =>
    keep('types', async () => {
      const found = await lookThrough('/ResourceTypes')
      const known = await schemas()
      return (await import('./described.ts')).readTypes(found, known, base)
    })
  return {
    config: (signal) => orAborted(config(), signal),
    schemas: (signal) => orAborted(schemas(), signal),
    types: (signal) => orAborted(types(), signal),
    features: async (signal) => readFeatures(await orAborted(config(), signal)),
    forget: () => kept.clear(),
  }
}

/** Most pages of schemas or types that are read. */
const PAGES = 100

/** What identifies a schema or type; the text of one that has neither id nor name. */
function nameOf(json: JsonObject): string {
  const { id, name } = json
  return JSON.stringify(typeof id === 'string' && id !== '' ? id : (name ?? json)).toLowerCase()
}

/** What a configuration resource says; what it leaves out is not offered. */
export function readFeatures(config: JsonObject | undefined): ServerFeatures {
  if (config === undefined) {
    return {
      patch: true,
      bulk: undefined,
      filter: true,
      maxResults: undefined,
      sort: false,
      etag: false,
      changePassword: false,
      cursor: false,
      isKnown: false,
    }
  }
  const part = (name: string): JsonObject => {
    const found = Object.entries(config).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
    return isObject(found) ? found : {}
  }
  const offers = (name: string) => isTrue(part(name).supported)
  const bulk = part('bulk')
  return {
    patch: offers('patch'),
    bulk: offers('bulk')
      ? { maxOperations: wholeNumber(bulk.maxOperations), maxPayloadSize: wholeNumber(bulk.maxPayloadSize) }
      : undefined,
    filter: offers('filter'),
    maxResults: wholeNumber(part('filter').maxResults) || undefined,
    sort: offers('sort'),
    etag: offers('etag'),
    changePassword: offers('changePassword'),
    cursor: isTrue(part('pagination').cursor),
    isKnown: true,
  }
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

/** Says that there is no such endpoint, rather than that it can't be reached now or with these credentials. */
function isAbsent(error: unknown): boolean {
  if (error instanceof ScimError) return [400, 403, 404, 405, 501].includes(error.status)
  return error instanceof TransportError && error.code === 'ERR_NOT_SCIM' && (error.status ?? 0) < 500
}
