// How what is checked is reached: a tenant's settings in an empty tenant, an app, a server by its URL.

import type { ProviderKind } from '../../conformance/index.ts'
import type { Environment } from '../../environment.ts'
import type { HubAdministration } from '../../hub/index.ts'
import { fetchThrough } from '../../provider/index.ts'
import type { Store } from '../../store/index.ts'
import { makeScratchTenant, scimPath, sweepScratchTenants, type Tenancy } from '../../tenancy/index.ts'
import type { Handle } from '../ask-scim.ts'
import { CHECK_LIMITS } from './check-run.ts'
import type { CheckDraft, CheckPass } from './checks.ts'

/** Which cases, and for whom. */
export interface Chosen {
  readonly for: readonly ProviderKind[]
  readonly only: readonly string[]
  /** Requests per second to a server that is not this one. */
  readonly rate?: number | undefined
  /** Removes what earlier checks have left there. */
  readonly clean?: boolean | undefined
}

/** What a check of a tenant's own settings works with. */
export interface OwnDeps {
  readonly store: Store
  readonly tenancy: Tenancy
  readonly environment: Environment
  /** The server's own provider: no network is in between. */
  readonly provider: Handle
}

/** The connection that keeps to the RFC to the letter. */
const STRICT = 'strict'

/**
 * The settings, schemas and types of a tenant in an empty one, so that nobody's people and no app is touched. The RFC is held against a
 * strict connection; what an identity provider needs, against a connection of its kind.
 */
export function ownTarget(
  { store, tenancy, environment, provider }: OwnDeps,
  tenant: string,
  { origin, actor }: { readonly origin: string; readonly actor: string },
  chosen: Chosen,
): CheckDraft['withTarget'] {
  return async (use, ending) => {
    const deps = { store, administration: tenancy.as(actor), environment }
    await sweepScratchTenants(deps)
    const scratch = await makeScratchTenant(deps, tenant, [STRICT, ...chosen.for])
    const base = `${origin}${scimPath(scratch.name)}`
    const path = new URL(base).pathname
    const locate = ({ path: whole }: { readonly path: string }) =>
      whole === path || whole.startsWith(`${path}/`)
        ? { path: whole.slice(path.length) || '/', base, tenant: scratch.name }
        : { status: 404, headers: [] }
    const fetch = (request: Request) => untilEnding(ending, () => fetchThrough({ handle: provider, locate }, request))
    const shared = { url: base, fetch, rate: CHECK_LIMITS.OWN_RATE }
    const only = onlyOf(chosen)
    const passes: readonly CheckPass[] = [
      { ...shared, ...only, ...withToken(scratch.tokens.get(STRICT)) },
      ...chosen.for.map((kind) => ({
        ...shared,
        ...withToken(scratch.tokens.get(kind)),
        for: [kind],
        noCases: true,
      })),
    ]
    try {
      await use({ passes, keep: scratch.keep })
    } finally {
      await scratch.remove()
    }
  }
}

/** An answer, unless the server stops meanwhile: then its threads may give none, and all that was made goes with the tenant. */
async function untilEnding(ending: AbortSignal, answer: () => Promise<Response>): Promise<Response> {
  ending.throwIfAborted()
  let stop = () => {}
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(ending.reason)
    ending.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([answer(), ended])
  } finally {
    ending.removeEventListener('abort', stop)
  }
}

/** An app of the hub, by its own credentials and where the hub may go. */
export function appTarget(
  hub: Pick<HubAdministration, 'withTarget'>,
  tenant: string,
  app: string,
  chosen: Chosen,
): CheckDraft['withTarget'] {
  return (use) =>
    hub.withTarget(tenant, app, ({ url, headers, fetch }) =>
      use({ passes: [{ url, headers, fetch: asFetch(fetch), ...elsewhere(chosen) }] }),
    )
}

/** The way out for one check, which stays open until what was made is removed. */
export type OpenOutbound = () => { readonly fetch: Environment['fetch']; readonly close: () => Promise<void> }

/** A server anywhere, by a URL and a token that are kept nowhere. */
export function serverTarget(
  open: OpenOutbound,
  { url, token }: { readonly url: string; readonly token?: string | undefined },
  chosen: Chosen,
): CheckDraft['withTarget'] {
  return async (use) => {
    const outbound = open()
    try {
      await use({ passes: [{ url, ...withToken(token), fetch: asFetch(outbound.fetch), ...elsewhere(chosen) }] })
    } finally {
      await outbound.close()
    }
  }
}

function elsewhere(chosen: Chosen) {
  const { for: kinds, rate = CHECK_LIMITS.RATE, clean = false } = chosen
  return { for: kinds, rate, clean, ...onlyOf(chosen) }
}

function onlyOf({ only }: Chosen) {
  return only.length === 0 ? {} : { only }
}

function withToken(token: string | undefined) {
  return token === undefined ? {} : { token }
}

/** A `fetch` of addresses as the checker calls it. */
function asFetch(fetch: Environment['fetch']): (request: Request) => Promise<Response> {
  return async (request) => {
    const bytes = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
    return fetch(request.url, {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      redirect: 'manual',
      signal: request.signal,
      ...(bytes === undefined ? {} : { body: bytes }),
    })
  }
}
