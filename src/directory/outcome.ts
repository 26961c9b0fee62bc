// What a write is asked for, and what it returns.

import type { ResourceType } from '../protocol/index.ts'
import type { Stored, Write } from '../store/index.ts'
import type { HeavyWrite } from './heavy-write.ts'

/** What may be committed along with the write of a resource: records, notes and work of the same tenant. */
export type AlongWrite = Extract<Write, { write: 'record' | 'note' | 'item' | 'mark' | 'cursor' | 'fence' }>

/** What came of a write. */
export interface Outcome {
  readonly type: ResourceType
  /** The resource as it is now, with the groups it is in. */
  readonly stored: Stored
  /** False: everything was as asked for already; version and lastModified stay. */
  readonly changed: boolean
  /** Attributes the client named, for `returned: request`. */
  readonly requested: readonly string[]
  /** Attribute paths of a PATCH that no schema knows and that were left out. */
  readonly skipped: readonly string[]
}

/** What the creation of a resource may be given besides its body. */
export interface CreateOptions extends Pick<WriteOptions, 'light' | 'along' | 'silent'> {
  /** The host's own id for it, unique in the tenant; made here unless given. Throws ConfigError for what is no id ({@link requireId}). */
  readonly id?: string | undefined
  /** When it came to be, in milliseconds since 1970, if before now. */
  readonly created?: number | undefined
  /** The host had it before. The line in the log says so by the path `id`, which others don't have ({@link isKnown}). */
  readonly known?: boolean | undefined
}

/** Conditions of a write. */
export interface WriteOptions {
  /** The If-Match header: 412 when it names another version. RFC 7644 §3.14. */
  readonly ifMatch?: string | undefined
  /**
   * Which attributes may be touched, by name, in an extension after its URN and a colon; 403 for a PATCH that names another, and for
   * a PUT that would change one. Checked against the version that is written, so that nothing comes between. Absent: all.
   */
  readonly mayChange?: ((attribute: string) => boolean) | undefined
  /**
   * What is committed together with the write, or by itself if nothing changes; called with the resource's id, again if the write is
   * computed again. A conflict of these writes ends in {@link AlongConflict}.
   */
  readonly along?: ((id: string) => readonly AlongWrite[]) | undefined
  /** Throws {@link HeavyWrite} instead of taking long, before anything is written. */
  readonly light?: boolean | undefined
  /** The host's hooks are not called. */
  readonly silent?: boolean | undefined
}
