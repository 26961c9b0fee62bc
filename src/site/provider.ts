// The provider of an installation: the tenant comes from the URL, tokens belong to connections.

import { type Features, invalidToken, type Principal } from '../access/index.ts'
import type { Directory } from '../directory/index.ts'
import { ScimError } from '../protocol/index.ts'
import {
  type Answer,
  type Authenticate,
  type Call,
  createProvider,
  type Provider,
  type Report,
} from '../provider/index.ts'
import type { Authenticated, Tenancy } from '../tenancy/index.ts'
import { refusedText } from './refused-token.ts'

/** What the provider is connected to besides its directory. */
export interface ProviderHooks {
  /** Runs a heavy request in a thread. */
  readonly offload?: (call: Call, body: Uint8Array | undefined) => Promise<Answer>
  /** Seconds to wait when a principal has used up its rate, else 0. */
  readonly throttle?: (principal: Principal) => number
  /** Receives each error that is ours. */
  readonly report: Report
  /** Receives each call that no token lets in, and why. */
  readonly refused?: (reason: string, call: Call) => void
  /** Receives each call that a token lets in, and the id of its connection. */
  readonly admitted?: (call: Call, connection: string) => void
  /** Characters of finished texts to keep. */
  readonly cacheBytes?: number
  /** Receives which attributes of a body were left out. */
  readonly skipped?: (note: Skipped) => void
}

/** Attributes of a body that no schema defines: type and attribute paths, never values. */
export interface Skipped {
  readonly tenant: string
  readonly actor: string
  readonly type: string
  readonly paths: readonly string[]
}

/** Creates the provider for many tenants. */
export function createSiteProvider(directory: Directory, tenancy: Tenancy, hooks: ProviderHooks): Provider {
  const { refused: _refused, admitted: _admitted, ...others } = hooks
  return createProvider({
    directory,
    authenticate: authenticator(tenancy, hooks),
    features: featuresOf(tenancy),
    ready: tenancy.ready,
    ...others,
  })
}

/** Features by tenant, made once for each state of its settings. */
function featuresOf(tenancy: Tenancy): (tenant: string) => Features {
  const features = new WeakMap<object, Features>()
  return (tenant) => {
    const settings = tenancy.settings(tenant)
    let found = features.get(settings)
    if (found === undefined) {
      found = { ...settings.features, sensitive: settings.sensitiveFilters, selfService: settings.selfService }
      features.set(settings, found)
    }
    return found
  }
}

const PAUSED_TEXT = 'An administrator has paused this connection; try again later'
/** A client that is refused for good may give up; one that is told to wait comes again. */
const PAUSED = new ScimError(503, PAUSED_TEXT, {
  headers: { 'retry-after': '300' },
})

function authenticator(tenancy: Tenancy, { refused, admitted }: ProviderHooks): Authenticate {
  const decide = (found: Authenticated, call: Call): Principal | undefined => {
    if ('principal' in found) {
      admitted?.(call, found.principal.actor)
      if (call.about !== undefined) call.about.caller = found.caller
      return found.principal
    }
    if (found.reason === 'paused') {
      if (call.about !== undefined) {
        call.about.caller = found.caller
        call.about.refused = PAUSED_TEXT
      }
      throw PAUSED
    }
    refused?.(found.reason, call)
    if (call.about !== undefined) {
      call.about.refused = refusedText(found)
      call.about.token = found.token
    }
    // A header in another form than bearer counts as no credentials (RFC 6750 §3.1).
    if (found.reason === 'missing' || found.reason === 'malformed') return undefined
    throw invalidToken()
  }
  return (call) => {
    const found = tenancy.authenticate(call.tenant ?? '', call.header('authorization'))
    return found instanceof Promise ? found.then((one) => decide(one, call)) : decide(found, call)
  }
}
