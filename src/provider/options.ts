// The options of a provider.

import type { Features, Principal } from '../access/index.ts'
import type { Answer, Call } from '../call.ts'
import type { Directory } from '../directory/index.ts'
import type { Authenticate } from './authenticate.ts'
import type { Report } from './respond.ts'

/** Options of `createProvider`. */
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
  /** What a tenant offers; what is left out is on: `() => ({ bulk: false })`. Default: everything. */
  readonly features?: ((tenant: string) => Partial<Features>) | undefined
  /**
   * Carries a request out on another thread: scans, big pages, large bodies and groups. The body is passed along when it
   * has been read already.
   */
  readonly offload?: ((call: Call, body: Uint8Array | undefined) => Promise<Answer>) | undefined
  /** Seconds to wait when a principal has used up its rate, else 0. */
  readonly throttle?: ((principal: Principal) => number) | undefined
  /** Characters of finished texts that are kept. Default 64 MiB. */
  readonly cacheBytes?: number | undefined
  /** Called with each internal error. Default: prints a line and the stack to standard error. */
  readonly report?: Report | undefined
  /** Called with attributes that no schema has and that were left out: type and attribute paths, never values. */
  readonly skipped?:
    | ((note: {
        readonly tenant: string
        readonly actor: string
        readonly type: string
        readonly paths: readonly string[]
      }) => void)
    | undefined
  /** Loads a tenant's catalog and features; called for requests without credentials, and for those that the host vouches for. */
  readonly ready?: ((tenant: string) => void | Promise<void>) | undefined
  readonly now?: (() => number) | undefined
}
