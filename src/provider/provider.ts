// The service provider: SCIM requests in, answers out. RFC 7644.

import { ALL_FEATURES, type Features, type Principal } from '../access/index.ts'
import { type Answer, type Call, DIRECT, type Direct } from '../call.ts'
import type { Directory } from '../directory/index.ts'
import { reportError } from '../terminal.ts'
import type { Authenticate } from './authenticate.ts'
import { belowBase, elsewhere, readBasePath, readPublicUrl } from './base.ts'
import { type DispatchDeps, dispatch } from './dispatch.ts'
import { openKeptTexts } from './fast/short-cuts.ts'
import { callOf, responseOf } from './fetch.ts'
import type { Report } from './respond.ts'

/** Options of {@link createProvider}. */
export interface ProviderOptions {
  readonly directory: Directory
  readonly authenticate: Authenticate
  /** Path that `fetch` is mounted at, as requests show it. Default `/scim/v2`. Throws {@link ConfigError} if it is not a path. */
  readonly basePath?: string | undefined
  /**
   * Absolute URL that clients use, in place of the origin of the request: behind a proxy the request does not show it, and clients
   * can send any Host. With a path only if a framework cuts that path off before it hands the request over. Throws
   * {@link ConfigError} if it is not such a URL.
   */
  readonly publicUrl?: string | undefined
  /** What a tenant offers. Default: everything. */
  readonly features?: (tenant: string) => Features
  /**
   * Carries a request out on another thread: scans, big pages, large bodies and groups. The body is passed along when it
   * has been read already.
   */
  readonly offload?: (call: Call, body: Uint8Array | undefined) => Promise<Answer>
  /** Seconds to wait when a principal has used up its rate, else 0. */
  readonly throttle?: (principal: Principal) => number
  /** Characters of finished texts that are kept. Default 64 MiB. */
  readonly cacheBytes?: number
  /** Called with each internal error. Default: prints a line and the stack to standard error. */
  readonly report?: Report
  /** Called with attributes that no schema has and that were left out: type and attribute paths, never values. */
  readonly skipped?: (note: {
    readonly tenant: string
    readonly actor: string
    readonly type: string
    readonly paths: readonly string[]
  }) => void
  /** Loads a tenant's catalog and features; only called for requests without credentials. */
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

/** Creates a service provider in front of a directory. */
export function createProvider(options: ProviderOptions): Provider {
  const { directory, authenticate, offload, throttle, ready, skipped } = options
  const deps: DispatchDeps = {
    directory,
    authenticate,
    offload,
    throttle,
    ready,
    skipped,
    features: options.features ?? (() => ALL_FEATURES),
    now: options.now ?? Date.now,
    report: options.report ?? (({ id, error }) => reportError(`lockstep: internal error ${id}`, error)),
    texts: openKeptTexts(directory, options.cacheBytes),
    cursorKey: createCursorKey(directory),
  }
  const handle = (call: Call) => dispatch(deps, call)
  const basePath = readBasePath(options.basePath ?? '/scim/v2')
  const publicUrl = readPublicUrl(options.publicUrl)
  const fetch = async (request: Request): Promise<Response> => {
    const call = callOf(request, basePath, publicUrl)
    if (call === undefined) return responseOf(elsewhere(new URL(request.url).pathname, basePath), request.method)
    return responseOf(await handle(call), request.method)
  }
  const direct: Direct = { handle, basePath, publicUrl, belowBase, elsewhere }
  return {
    fetch: Object.assign(fetch, { [DIRECT]: direct }),
    handle,
  }
}

/** Reads the key that cursors are signed with once it is needed; a database that was busy then is asked again. */
function createCursorKey(directory: Directory): () => Promise<Uint8Array> {
  let key: Promise<Uint8Array> | undefined
  return () => {
    key ??= directory.secretKey('cursor').catch((error) => {
      key = undefined
      throw error
    })
    return key
  }
}
