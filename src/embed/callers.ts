// Who calls: by the app's own check, its table of tokens, or the tokens in the store; wrong ones are slowed down.

import {
  createBuckets,
  type Grant,
  invalidToken,
  type Principal,
  principalOf,
  readAuthorization,
  tenantOfToken,
} from '../access/index.ts'
import type { Call } from '../call.ts'
import type { Environment } from '../environment.ts'
import { ConfigError, ScimError, tooManyRequests } from '../protocol/index.ts'
import type { Authenticate } from '../provider/index.ts'
import type { Store } from '../store/index.ts'
import { type Authenticated, createAuthenticator } from '../tenancy/index.ts'
import type { CredentialsOption } from './credentials/option.ts'
import { createTableCheck } from './credentials/own-table.ts'
import type { AuthenticateOption } from './options.ts'
import type { Report } from './report.ts'
import type { TenantTypes } from './tenant-types.ts'
import { isTenant } from './url.ts'

/**
 * How many wrong credentials one address may send to a tenant before it is told to wait: 300 at once, then 5 a second. A right one is let
 * in all the same.
 */
const WRONG = { perSecond: 5, burst: 300 }

/** Longest address that is told apart: behind a proxy, clients can send any text as theirs. */
const ADDRESS_LENGTH = 64

/** Who calls. */
export interface Callers {
  readonly authenticate: Authenticate
  /** Writes when tokens were last used, and stops watching the store. */
  readonly close: () => Promise<void>
}

/** What the check of callers works with. */
export interface CallerDeps {
  readonly store: Store
  readonly environment: Environment
  readonly report: Report
  readonly types: TenantTypes
}

type Found = Principal | Grant | undefined | null

/** Creates the check of who calls, after which the tenant's types are loaded. */
export function createCallers<Ctx>(
  options: {
    readonly authenticate?: AuthenticateOption<Ctx> | undefined
    readonly credentials?: CredentialsOption | undefined
  },
  deps: CallerDeps,
): Callers {
  const { environment, types } = deps
  const { find, close } = finderOf(options, deps)
  const wrong = createBuckets({ ...WRONG, now: environment.monotonic })

  const admit = (found: Found, call: Call): Principal | undefined | Promise<Principal | undefined> => {
    if (found === undefined || found === null) return undefined
    requireNamed(found)
    const principal = 'profile' in found ? found : principalOf(found)
    // Says nothing of whether there is such a tenant.
    if (call.tenant !== undefined && call.tenant !== principal.tenant) throw invalidToken()
    const loading = types.ready(principal.tenant)
    if (!(loading instanceof Promise)) return principal
    return loading.then(() => principal, typesMissing)
  }

  const slowDown = (error: unknown, call: Call): never => {
    if (error instanceof ScimError && error.status === 401) {
      const wait = wrong.take(`${call.tenant ?? ''} ${call.remote?.slice(0, ADDRESS_LENGTH) ?? ''}`)
      if (wait > 0) throw tooManyRequests(wait)
    }
    throw error
  }

  return {
    authenticate(call) {
      try {
        const found = find(call)
        if (found instanceof Promise) {
          return found.then((one) => admit(one, call)).catch((error: unknown) => slowDown(error, call))
        }
        return admit(found, call)
      } catch (error) {
        return slowDown(error, call)
      }
    },
    close,
  }
}

function finderOf<Ctx>(
  { authenticate, credentials }: Parameters<typeof createCallers<Ctx>>[0],
  deps: CallerDeps,
): { readonly find: (call: Call) => Found | Promise<Found>; readonly close: () => Promise<void> } {
  const nothing = async () => undefined
  if (authenticate !== undefined) {
    return { find: (call) => authenticate(call, call.context as Ctx), close: nothing }
  }
  if (credentials !== undefined) return { find: createTableCheck(credentials, deps), close: nothing }
  return inStore(deps)
}

/** Tokens that are kept in the store. */
function inStore({ store, environment, report }: CallerDeps) {
  // The types are loaded afterwards, as for everybody who calls.
  const { authenticate, forget, flush } = createAuthenticator(store, environment, () => undefined)
  const unwatch = store.watch((affected) => {
    for (const one of affected) {
      if ('everything' in one) forget()
      else if ('records' in one) forget(one.tenant)
    }
  })
  return {
    find: (call: Call) => {
      const header = call.header('authorization')
      const found = authenticate(call.tenant ?? tenantOf(header), header)
      return found instanceof Promise ? found.then(principalOrNone) : principalOrNone(found)
    },
    close: async () => {
      unwatch()
      // A database that is gone must not prevent the end; all that is lost is when tokens were last used.
      await flush().catch((error) => report({ error }))
    },
  }
}

/** Refuses what the app's own check or table gives without a tenant or an actor: what is written would belong to nobody. */
function requireNamed(found: Principal | Grant): void {
  const { tenant, actor } = found
  const fault = !isTenant(tenant)
    ? 'a tenant: a name of 1 to 200 characters without slashes and control characters'
    : typeof actor !== 'string' || actor === ''
      ? 'an actor: who is written into the log'
      : undefined
  if (fault !== undefined) throw new ConfigError('authenticate, credentials.find', `must give a caller ${fault}`)
}

/** The tenant that the token itself names, where the URL names none. */
function tenantOf(header: string | undefined): string {
  const sent = readAuthorization(header)
  return (sent === undefined ? undefined : tenantOfToken(sent.token)) ?? ''
}

function principalOrNone(found: Authenticated): Principal | undefined {
  if ('principal' in found) return found.principal
  // A header in another form than bearer counts as no credentials (RFC 6750 §3.1).
  if (found.reason === 'missing' || found.reason === 'malformed') return undefined
  throw invalidToken()
}

/** The app could not load the types: nothing may be read or written by others. */
function typesMissing(cause: unknown): never {
  throw Object.assign(new Error("The tenant's types could not be loaded", { cause }), { retryAfterMs: 1_000 })
}
