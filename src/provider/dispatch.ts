// Takes a request through authentication, the rate limit and the short cuts to the function that answers it.

import { type Features, noCredentials, type Principal } from '../access/index.ts'
import type { About, Answer, Call } from '../call.ts'
import type { Context } from '../directory/index.ts'
import { LIMITS, notImplemented, ScimError, tooManyRequests, uriTooLong } from '../protocol/index.ts'
import { type Authenticate, unknownCaller } from './authenticate.ts'
import { bulk } from './bulk.ts'
import { refuseFilter, resourceTypes, schemas, serviceProviderConfig } from './discovery.ts'
import { keptAnswer } from './fast/kept-answer.ts'
import type { KeptTexts } from './fast/kept-texts.ts'
import { textsForRequest } from './fast/short-cuts.ts'
import { me } from './me.ts'
import type { ProviderOptions } from './options.ts'
import type { RequestContext } from './request.ts'
import { createResource, deleteResource, getResource, patchResource, replaceResource } from './resources.ts'
import { errorAnswer, mediaType } from './respond.ts'
import { isPublic, type Route, routeOf } from './route.ts'
import { list, searchByPost } from './search.ts'
import { offered, vouchedPrincipal } from './vouched.ts'

/** What answering requests needs: the options of the provider, with their defaults filled in. */
export interface DispatchDeps {
  readonly directory: ProviderOptions['directory']
  readonly authenticate: ProviderOptions['authenticate']
  readonly features: (tenant: string) => Features
  readonly offload: ProviderOptions['offload']
  readonly throttle: ProviderOptions['throttle']
  readonly ready: ProviderOptions['ready']
  readonly skipped: ProviderOptions['skipped']
  readonly report: NonNullable<ProviderOptions['report']>
  readonly now: NonNullable<ProviderOptions['now']>
  /** Kept texts; absent where short cuts are switched off. */
  readonly texts: KeptTexts | undefined
  /** The key that cursors are signed with. */
  readonly cursorKey: () => Promise<Uint8Array>
}

/** The answer to a request. Never throws. */
export function dispatch(deps: DispatchDeps, call: Call): Answer | Promise<Answer> {
  // Whatever changes from here on, the catalog included, keeps the answer from being kept.
  const revision = deps.texts?.revision() ?? 0
  try {
    if (call.path.length + call.search.length > LIMITS.URL_LENGTH)
      throw uriTooLong(`The URL is longer than ${LIMITS.URL_LENGTH} characters; send the search by POST to /.search`)
    const principal = authenticated(deps, call)
    const answer =
      principal instanceof Promise
        ? principal.then((one) => admit(deps, call, one, revision))
        : admit(deps, call, principal, revision)
    return answer instanceof Promise ? answer.catch((error) => errorAnswer(error, call, deps.report)) : answer
  } catch (error) {
    return errorAnswer(error, call, deps.report)
  }
}

function authenticated({ authenticate, ready }: DispatchDeps, call: Call): ReturnType<Authenticate> {
  if (call.vouched !== undefined) return vouchedPrincipal(call.vouched, call, ready)
  try {
    const principal = authenticate(call)
    return principal instanceof Promise ? principal.catch(unknownCaller) : principal
  } catch (error) {
    return unknownCaller(error)
  }
}

function admit(
  deps: DispatchDeps,
  call: Call,
  principal: Principal | undefined,
  revision: number,
): Answer | Promise<Answer> {
  if (principal === undefined) {
    if (isPublic(call.path) && call.method === 'GET') return publicConfig(deps, call)
    throw noCredentials(call.header('authorization'))
  }
  const wait = deps.throttle?.(principal) ?? 0
  if (wait > 0) throw tooManyRequests(wait)
  deps.directory.poll()
  if (deps.texts !== undefined && call.method === 'GET' && call.search === '') {
    const kept = keptAnswer(deps.texts, call, principal)
    if (kept) return kept
  }
  return route(deps, call, principal, revision)
}

function route(deps: DispatchDeps, call: Call, principal: Principal, revision: number): Answer | Promise<Answer> {
  if (/(^|&)access_token=/.test(call.search)) {
    // Given twice it is a bad request (RFC 6750 §3.1).
    throw new ScimError(
      400,
      'The access token is in the URL as well as in the header; send it in the Authorization header only',
      {
        headers: { 'www-authenticate': 'Bearer realm="scim", error="invalid_request"' },
      },
    )
  }
  const catalog = deps.directory.catalog(principal.tenant)
  const to = routeOf(call.method, call.path, catalog, principal.profile.allow.anyCaseEndpoints)
  if (call.about !== undefined) noteRoute(call.about, to)
  const { offload } = deps
  const { tenant, actor } = principal
  const { allow, kind } = principal.profile
  const { txn } = call
  const context: Context = txn === undefined ? { tenant, actor, allow, kind } : { tenant, actor, allow, kind, txn }
  const request: RequestContext = {
    call,
    directory: deps.directory,
    principal,
    catalog,
    context,
    features: offered(call, deps.features(principal.tenant)),
    media: mediaType(call.header('accept')),
    offload: offload === undefined ? undefined : (bytes) => offload(call, bytes),
    cursorKey: deps.cursorKey,
    now: deps.now,
    report: deps.report,
    texts: textsForRequest(deps.texts, call, principal.tenant, revision),
    skipped: (type, paths) => {
      if (paths.length === 0) return
      if (call.about !== undefined) call.about.left = [...new Set([...(call.about.left ?? []), ...paths])]
      deps.skipped?.({ tenant: principal.tenant, actor: principal.actor, type, paths })
    },
  }
  return answer(deps, request, to)
}

function noteRoute(about: About, to: Route): void {
  if (to.to === 'type' || to.to === 'resource') about.type = to.type.name
  if (to.to === 'resource') about.id = to.id
}

function answer(deps: DispatchDeps, request: RequestContext, route: Route): Answer | Promise<Answer> {
  switch (route.to) {
    case 'resource':
      if (route.action === 'get') return getResource(request, route.type, route.id)
      if (route.action === 'replace') return replaceResource(request, route.type, route.id)
      if (route.action === 'patch') return patchResource(request, route.type, route.id)
      return deleteResource(request, route.type, route.id)
    case 'type':
      if (route.action === 'create') return createResource(request, route.type)
      if (route.action === 'search') return searchByPost(request, [route.type])
      return list(request, [route.type])
    case 'types':
      return route.action === 'search' ? searchByPost(request, route.types) : list(request, route.types)
    case 'bulk':
      if (!request.features.bulk) throw notImplemented('Bulk is switched off for this tenant; send single requests')
      return bulk(request)
    case 'me':
      return me(request, route.action)
    case 'config':
      return config(deps, request.call, request.principal.tenant, request.principal.profile.kind)
    case 'schemas':
      return schemas(request, route.id)
    case 'resource-types':
      return resourceTypes(request, route.id)
  }
}

/** ServiceProviderConfig without credentials: the tenant's features may not have been read yet. RFC 7644 §4. */
async function publicConfig(deps: DispatchDeps, call: Call): Promise<Answer> {
  const tenant = call.tenant ?? ''
  await deps.ready?.(tenant)
  return config(deps, call, tenant)
}

function config({ directory, features }: DispatchDeps, call: Call, tenant: string, kind?: string): Answer {
  refuseFilter(call.search)
  return serviceProviderConfig(
    call.base,
    features(tenant),
    directory.catalog(tenant),
    mediaType(call.header('accept')),
    kind === undefined ? [] : ['Lockstep-Kind', kind],
  )
}
