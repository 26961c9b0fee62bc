import { ALL_FEATURES, type Features, may, noCredentials, type Principal } from '../access/index.ts'
import type { Context, Directory } from '../directory/index.ts'
import {
  ifNoneMatch,
  LIMITS,
  notImplemented,
  SCIM_JSON,
  ScimError,
  tooManyRequests,
  uriTooLong,
} from '../protocol/index.ts'
import { reportError } from '../terminal.ts'
import { type Authenticate, unknownCaller } from './authenticate.ts'
import { belowBase, elsewhere, readBasePath, readPublicUrl } from './base.ts'
import { bulk } from './bulk.ts'
import { createCache } from './cache.ts'
import type { Answer, Call } from './call.ts'
import { refuseFilter, resourceTypes, schemas, serviceProviderConfig } from './discovery.ts'
import { callOf, responseOf } from './fetch.ts'
import { me } from './me.ts'
import { createResource, deleteResource, getResource, patchResource, replaceResource } from './resources.ts'
import { emptyAnswer, errorAnswer, mediaType, type Report, resourceAnswer } from './respond.ts'
import { isPublic, routeOf } from './route.ts'
import { list, searchByPost } from './search.ts'
import type { Turn } from './turn.ts'

/** Options of {@link createProvider}. */
export interface ProviderOptions {
  readonly directory: Directory
  readonly authenticate: Authenticate
  /** Path that `fetch` is mounted at, as requests show it. Default `/scim/v2`. Throws {@link ConfigError} for what is no path. */
  readonly basePath?: string | undefined
  /**
   * Absolute URL that clients see in place of the request's own origin: behind a proxy it can't be seen from the request, and anybody
   * can send any Host. With a path only where a framework cuts that path off before it hands the request over. Throws
   * {@link ConfigError} for what is no such URL.
   */
  readonly publicUrl?: string | undefined
  /** What a tenant offers. Default: everything. */
  readonly features?: (tenant: string) => Features
  /**
   * Carries a request out off the event loop: scans, big pages, large bodies and groups are handed to it. The body comes along
   * when it has been read already.
   */
  readonly delegate?: (call: Call, body: Uint8Array | undefined) => Promise<Answer>
  /** Seconds to wait when a principal has used up its rate, else 0. */
  readonly throttle?: (principal: Principal) => number
  /** Characters of finished texts that are kept. Default 64 MiB. */
  readonly cacheBytes?: number
  /** Told of each error that is ours. Default: a line and the stack by console.error. */
  readonly report?: Report
  /** Told which attributes no schema knows and were left out: type and attribute paths, never values. */
  readonly skipped?: (note: {
    readonly tenant: string
    readonly actor: string
    readonly type: string
    readonly paths: readonly string[]
  }) => void
  /** Has a tenant's catalog and features at hand; only asked for requests without credentials. */
  readonly ready?: (tenant: string) => void | Promise<void>
  readonly now?: () => number
}

/** A SCIM service provider. RFC 7644. */
export interface Provider {
  /** The whole provider as a function from Request to Response. */
  readonly fetch: (request: Request) => Promise<Response>
  /** The same without Request and Response, for servers that take finished text. Never throws. */
  readonly handle: (call: Call) => Answer | Promise<Answer>
}

/** Makes a service provider in front of a directory. */
export function createProvider(options: ProviderOptions): Provider {
  const { directory, authenticate, throttle, delegate } = options
  const features = options.features ?? (() => ALL_FEATURES)
  const now = options.now ?? Date.now
  const report: Report = options.report ?? (({ id, error }) => reportError(`lockstep: internal error ${id}`, error))
  // Where other processes' changes are heard of later, kept bytes would be older than what the database says.
  const cache = createCache(directory.freshness === 'immediate' ? (options.cacheBytes ?? 64 * 1024 * 1024) : 0)
  directory.watch((affected) => cache.forget(affected))
  let key: Promise<Uint8Array> | undefined
  const cursorKey = () => {
    key ??= directory.secretKey('cursor').catch((error) => {
      // A database that was busy once must not hold for good.
      key = undefined
      throw error
    })
    return key
  }

  function handle(call: Call): Answer | Promise<Answer> {
    // Whatever changes from here on, the catalog included, keeps the answer from being kept.
    const revision = cache.revision()
    try {
      if (call.path.length + call.search.length > LIMITS.URL_LENGTH)
        throw uriTooLong(`the URL is longer than ${LIMITS.URL_LENGTH} characters; send the search by POST to /.search`)
      const principal = whoCalls(call)
      const answer =
        principal instanceof Promise
          ? principal.then((one) => dispatch(call, one, revision))
          : dispatch(call, principal, revision)
      return answer instanceof Promise ? answer.catch((error) => errorAnswer(error, call, report)) : answer
    } catch (error) {
      return errorAnswer(error, call, report)
    }
  }

  function whoCalls(call: Call): ReturnType<Authenticate> {
    try {
      const principal = authenticate(call)
      return principal instanceof Promise ? principal.catch(unknownCaller) : principal
    } catch (error) {
      return unknownCaller(error)
    }
  }

  function dispatch(call: Call, principal: Principal | undefined, revision: number): Answer | Promise<Answer> {
    if (principal === undefined) {
      if (isPublic(call.path) && call.method === 'GET') return publicConfig(call)
      throw noCredentials(call.header('authorization'))
    }
    const wait = throttle?.(principal) ?? 0
    if (wait > 0) throw tooManyRequests(wait)
    directory.poll()
    if (call.method === 'GET' && call.search === '') {
      const hit = finished(call, principal)
      if (hit) return hit
    }
    return answer(call, principal, revision)
  }

  /** A finished answer, if there is one and the client takes it as it is. */
  function finished(call: Call, principal: Principal): Answer | undefined {
    const id = call.path.slice(call.path.lastIndexOf('/') + 1)
    const entry = cache.get(id, call.base, call.path)
    if (entry === undefined || entry.tenant !== principal.tenant || !may(principal, 'read', entry.type))
      return undefined
    if (mediaType(call.header('accept')) !== SCIM_JSON) return undefined
    const condition = call.header('if-none-match')
    if (condition !== undefined && ifNoneMatch(condition, entry.version, principal.profile.allow.looseETags)) {
      return emptyAnswer(304, entry.endpoint, entry, call.base)
    }
    return resourceAnswer(200, entry.endpoint, entry, call.base, SCIM_JSON, entry.text)
  }

  function answer(call: Call, principal: Principal, revision: number): Answer | Promise<Answer> {
    if (/(^|&)access_token=/.test(call.search)) {
      // Given twice it is a bad request (RFC 6750 §3.1).
      throw new ScimError(
        400,
        'The access token stands in the URL as well as in the header; send it in the Authorization header only',
        {
          headers: { 'www-authenticate': 'Bearer realm="scim", error="invalid_request"' },
        },
      )
    }
    const catalog = directory.catalog(principal.tenant)
    const route = routeOf(call.method, call.path, catalog, principal.profile.allow.anyCaseEndpoints)
    const context: Context = { tenant: principal.tenant, actor: principal.actor, allow: principal.profile.allow }
    const turn: Turn = {
      call,
      directory,
      principal,
      catalog,
      context,
      features: features(principal.tenant),
      media: mediaType(call.header('accept')),
      delegate: delegate === undefined ? undefined : (bytes) => delegate(call, bytes),
      cursorKey,
      now,
      report,
      texts: {
        numbered: (number, type) => cache.numbered(number, principal.tenant, call.base, type),
        keep: (type, { tenant, id, version }, text, number) => {
          if (revision !== cache.revision() || !cache.wants(id)) return
          const { name, endpoint } = type
          cache.put({ id, number, tenant, base: call.base, endpoint, type: name, version, text })
        },
      },
      skipped: (type, paths) =>
        paths.length > 0 && options.skipped?.({ tenant: principal.tenant, actor: principal.actor, type, paths }),
    }
    switch (route.to) {
      case 'resource':
        if (route.action === 'get') return getResource(turn, route.type, route.id)
        if (route.action === 'replace') return replaceResource(turn, route.type, route.id)
        if (route.action === 'patch') return patchResource(turn, route.type, route.id)
        return deleteResource(turn, route.type, route.id)
      case 'type':
        if (route.action === 'create') return createResource(turn, route.type)
        if (route.action === 'search') return searchByPost(turn, [route.type])
        return list(turn, [route.type])
      case 'types':
        return route.action === 'search' ? searchByPost(turn, route.types) : list(turn, route.types)
      case 'bulk':
        if (!turn.features.bulk) throw notImplemented('Bulk is switched off for this tenant; send single requests')
        return bulk(turn)
      case 'me':
        return me(turn, route.action)
      case 'config':
        return config(call, principal.tenant, principal.profile.kind)
      case 'schemas':
        return schemas(turn, route.id)
      case 'resource-types':
        return resourceTypes(turn, route.id)
    }
  }

  /** Before anybody has come with a token: what the tenant offers may still have to be read. */
  async function publicConfig(call: Call): Promise<Answer> {
    const tenant = call.tenant ?? ''
    await options.ready?.(tenant)
    return config(call, tenant)
  }

  function config(call: Call, tenant: string, kind?: string): Answer {
    refuseFilter(call.search)
    return serviceProviderConfig(
      call.base,
      features(tenant),
      directory.catalog(tenant),
      mediaType(call.header('accept')),
      kind === undefined ? [] : ['Lockstep-Kind', kind],
    )
  }

  const basePath = readBasePath(options.basePath ?? '/scim/v2')
  const publicUrl = readPublicUrl(options.publicUrl)
  const fetch = async (request: Request): Promise<Response> => {
    const call = callOf(request, basePath, publicUrl)
    if (call === undefined) return responseOf(elsewhere(new URL(request.url).pathname, basePath), request.method)
    return responseOf(await handle(call), request.method)
  }
  return {
    fetch: Object.assign(fetch, { [DIRECT]: { handle, basePath, publicUrl, belowBase, elsewhere } }),
    handle,
  }
}

/** Under this symbol a `fetch` carries its own `handle`, so that a bridge may spare Request and Response. */
const DIRECT = Symbol.for('lockstep.direct')
