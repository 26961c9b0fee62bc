// What a line of a tenant's log says.

import type { Json } from '../../protocol/index.ts'
import type { Ref } from './resource.ts'

/** One changed attribute in a log line: canonical path, value before and after. Never of `returned: never` attributes. */
export interface PathChange {
  readonly path: string
  readonly old?: Json
  readonly new?: Json
}

/** What a log line says, besides what the store adds itself. */
export interface LogDraft {
  readonly op: 'create' | 'replace' | 'patch' | 'delete'
  /** Who did it: the connection's id or a command's name. */
  readonly actor: string
  /** What lines of one request have in common; absent where a request has but one line. */
  readonly txn?: string
  readonly paths: readonly PathChange[]
}

/** Types of the notes that administration leaves in the log; no tenant can give a resource type of its own such a name. */
export const NOTE_TYPES = [
  'Tenant',
  'Connection',
  'AdminToken',
  'Setting',
  'Schema',
  'ResourceType',
  'Index',
  'App',
  'Source',
  'Endpoint',
  'SignIn',
  'SignInLink',
  'SignInSettings',
  'Operator',
  'Session',
  'SetupLink',
  'AccessReview',
] as const

/** One line of a tenant's log. */
export interface Change extends Ref {
  /** 1, 2, 3 … without gaps, in commit order, per tenant. */
  readonly place: number
  /** Milliseconds since 1970. */
  readonly at: number
  /** `note`: an administrator's doing, which is no change of a resource. */
  readonly op: LogDraft['op'] | 'note'
  readonly actor: string
  readonly txn?: string
  /** Version of the resource afterwards; the last one it had for a delete; 0 for a note. */
  readonly version: number
  readonly paths: readonly PathChange[]
  /** For groups: members that joined and left, up to 500 ids together; beyond that only the counts. */
  readonly members?: {
    readonly added: number
    readonly removed: number
    readonly ids?: { readonly added: readonly string[]; readonly removed: readonly string[] }
  }
}

/**
 * A log line as the transaction that writes it sees it: with the ids of all members that joined and left, however many. The line of a
 * deleted group has those who were its members, which the log does not say.
 */
export interface WholeChange extends Change {
  readonly members?: Required<NonNullable<Change['members']>>
}
