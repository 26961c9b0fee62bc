// Who calls: the one shape that every way of signing in gives and every check reads.

import type { Profile } from '../quirks/index.ts'
import type { Rights } from './rights.ts'

/** Who calls. RFC 7644 §2. */
export interface Principal {
  readonly tenant: string
  /** The name in the change log: the id of a connection, or what an app calls its client. */
  readonly actor: string
  /** How far the provider adapts to this client. */
  readonly profile: Profile
  readonly rights: Rights
  /** Id of the user that the client acts for, which /Me refers to. RFC 7644 §3.11. */
  readonly subject?: string
}
