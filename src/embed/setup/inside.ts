// What the setup page needs of an embedded Lockstep beyond what apps see of it.

import type { Answer, Call } from '../../call.ts'
import type { Environment } from '../../environment.ts'
import type { Catalog, ResourceType } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'

/** Under this symbol an embedded Lockstep carries {@link Inside}. */
export const INSIDE: unique symbol = Symbol.for('lockstep.inside')

/** An embedded Lockstep from inside. */
export interface Inside {
  readonly environment: Environment
  readonly trustProxy: boolean
  readonly open: () => Promise<{ readonly store: Store }>
  readonly types: (tenant: string) => Promise<readonly ResourceType[]>
  readonly catalog: (tenant: string) => Promise<Catalog>
  /** The base URL of a tenant, or its path where `url` is one. */
  readonly base: (tenant: string) => string
  /** The option that keeps credentials elsewhere, if one was given. */
  readonly elsewhere: 'credentials' | 'authenticate' | undefined
  readonly report: (error: unknown) => void
  /** Calls back with each answered call. */
  readonly observe: (seen: (call: Call, answer: Answer) => void) => void
}
