import { type Features, invalidToken, type Principal } from '../access/index.ts'
import { createDirectory, type Directory } from '../directory/index.ts'
import {
  type Answer,
  type Authenticate,
  type Call,
  createProvider,
  type Provider,
  type Report,
} from '../provider/index.ts'
import type { Store } from '../store/index.ts'
import type { Authenticated, Tenancy } from '../tenancy/index.ts'

/** What joins the rooms into one service provider for many tenants. */
export interface ScimOptions {
  readonly directory: Directory
  readonly tenancy: Tenancy
  readonly offload?: (call: Call, body: Uint8Array | undefined) => Promise<Answer>
  readonly throttle?: (principal: Principal) => number
  readonly report: Report
  readonly refused?: (reason: string, call: Call) => void
  /** Told of each call that a token has let in, and of the connection's id. */
  readonly admitted?: (call: Call, connection: string) => void
  readonly cacheBytes?: number
  readonly skipped?: (note: Skipped) => void
}

/** Which attributes of a body no schema knows: type and attribute paths, never values. */
export interface Skipped {
  readonly tenant: string
  readonly actor: string
  readonly type: string
  readonly paths: readonly string[]
}

/** The door of a store whose tenants have their own schemas and settings. `check`: what it throws ends long work. */
export function openDirectory(store: Store, tenancy: Tenancy, check?: () => void): Directory {
  const { catalog, uniquePaths: unique, ready } = tenancy
  const options = { store, catalog, unique, ready, openTenants: false }
  return createDirectory({ ...options, ...(check === undefined ? {} : { check }) })
}

/** The provider of the standalone server: the tenant stands in the URL, tokens belong to connections. */
export function createScim(options: ScimOptions): Provider {
  const { directory, tenancy } = options
  const features = new WeakMap<object, Features>()
  return createProvider({
    directory,
    authenticate: authenticator(options),
    features: (tenant) => {
      const settings = tenancy.settings(tenant)
      let found = features.get(settings)
      if (found === undefined) {
        found = { ...settings.features, sensitive: settings.sensitiveFilters, selfService: settings.selfService }
        features.set(settings, found)
      }
      return found
    },
    ready: tenancy.ready,
    report: options.report,
    ...(options.offload === undefined ? {} : { offload: options.offload }),
    ...(options.throttle === undefined ? {} : { throttle: options.throttle }),
    ...(options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes }),
    ...(options.skipped === undefined ? {} : { skipped: options.skipped }),
  })
}

function authenticator({ tenancy, refused, admitted }: ScimOptions): Authenticate {
  const decide = (found: Authenticated, call: Call): Principal | undefined => {
    if ('principal' in found) {
      admitted?.(call, found.principal.actor)
      return found.principal
    }
    refused?.(found.reason, call)
    // A header of another form than bearer counts as no credentials (RFC 6750 §3.1).
    if (found.reason === 'missing' || found.reason === 'malformed') return undefined
    throw invalidToken()
  }
  return (call) => {
    const found = tenancy.authenticate(call.tenant ?? '', call.header('authorization'))
    return found instanceof Promise ? found.then((one) => decide(one, call)) : decide(found, call)
  }
}
