// The service provider: SCIM requests in, answers out. RFC 7644.

import { featuresOf } from '../access/index.ts'
import { type Answer, type Call, DIRECT, type Direct, originOf, type Target } from '../call.ts'
import type { Directory } from '../directory/index.ts'
import { reportError } from '../terminal.ts'
import { belowBase, elsewhere, readBasePath, readPublicUrl } from './base.ts'
import { type DispatchDeps, dispatch } from './dispatch.ts'
import { openKeptTexts } from './fast/short-cuts.ts'
import { fetchThrough } from './fetch.ts'
import type { ProviderOptions } from './options.ts'

/** A SCIM service provider. RFC 7644. */
export interface Provider {
  /** The whole provider as a function from Request to Response. */
  readonly fetch: (request: Request) => Promise<Response>
  /** The same without Request and Response, for servers that take finished text. Never throws. */
  readonly handle: (call: Call) => Answer | Promise<Answer>
}

/**
 * Creates a service provider in front of a directory.
 * @example
 * const { fetch } = createProvider({ directory, authenticate: bearer({ [token]: { tenant: 'acme', actor: 'okta' } }) })
 */
export function createProvider(options: ProviderOptions): Provider {
  const { directory, authenticate, offload, throttle, ready, skipped } = options
  const deps: DispatchDeps = {
    directory,
    authenticate,
    offload,
    throttle,
    ready,
    skipped,
    features: featuresOf(options.features),
    now: options.now ?? Date.now,
    report: options.report ?? (({ id, error }) => reportError(`lockstep: internal error ${id}`, error)),
    texts: openKeptTexts(directory, options.cacheBytes),
    cursorKey: createCursorKey(directory),
  }
  const handle = (call: Call) => dispatch(deps, call)
  const basePath = readBasePath(options.basePath ?? '/scim/v2')
  const publicUrl = readPublicUrl(options.publicUrl)
  const locate = ({ path: whole, mount, ...target }: Target) => {
    let at = basePath
    let path = belowBase(whole, at)
    if (path === undefined && mount) {
      // Express says where it is mounted, which then needs no telling.
      at = mount
      path = belowBase(whole, at)
    }
    return path === undefined ? elsewhere(whole, basePath) : { path, base: `${publicUrl ?? originOf(target)}${at}` }
  }
  const direct: Direct = { handle, locate }
  return {
    fetch: Object.assign((request: Request) => fetchThrough(direct, request), { [DIRECT]: direct }),
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
