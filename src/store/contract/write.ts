// The writes that a commit carries out, and their results.

import type { Json } from '../../protocol/index.ts'
import type { ExportRow } from './export-row.ts'
import type { Change, LogDraft } from './log.ts'
import type { RecordKey, StoredRecord } from './record.ts'
import type { IndexEntry, MemberEdit, Ref } from './resource.ts'
import type { WorkWrite } from './work.ts'

/** The content of a resource to be written. */
export interface Draft extends Ref {
  readonly text: string
  readonly display: string
  /** Hash of the password; null clears it, absent leaves it. */
  readonly secret?: string | null
}

/**
 * One write. A `commit` carries out a list of them in order, all or none, all of one tenant (or all of the whole database). In a tenant
 * that does not exist, every write except `tenant` new and the deletion of records fails with `Conflict` missing, `what` = `tenant`.
 *
 * - `create`: `index` are all its entries. `created` is when the resource came to be, if not `at`. `Conflict` exists | unique | member.
 * - `update`: `text` of the draft replaces the stored one; `unindex` and `index` are the entries to remove and to add.
 *   With `members` edits alone (`same: true`: text, display and index entries unchanged) the write costs the same in a group of any
 *   size. If `same` and no member really joined or left, nothing is written: no version, no log line, `changed: false`.
 *   `Conflict` missing | version | unique | member.
 * - `remove`: deletes the resource, its index entries and its memberships; each group it was a direct member of gets a new version and
 *   a log line of its own (op `patch`, path `members`). `Conflict` missing | version.
 */
export type Write =
  | WorkWrite
  | {
      readonly write: 'create'
      readonly draft: Draft
      readonly at: number
      readonly created?: number
      readonly index: readonly IndexEntry[]
      readonly members?: readonly MemberEdit[]
      readonly log: LogDraft
    }
  | {
      readonly write: 'update'
      readonly draft: Draft
      readonly at: number
      /** The version that it was computed from. Absent: any version will do (only with `same`). */
      readonly ifVersion?: number
      readonly same?: boolean
      readonly unindex: readonly IndexEntry[]
      readonly index: readonly IndexEntry[]
      readonly members?: readonly MemberEdit[]
      readonly log: LogDraft
    }
  | {
      readonly write: 'remove'
      readonly ref: Ref
      readonly at: number
      readonly ifVersion?: number
      readonly log: LogDraft
    }
  /**
   * Puts a record (a setting, a token, a key) or, with `undefined`, deletes it. Not logged. `ifAbsent`: `Conflict` exists if there is one.
   * `ifValue`: `Conflict` missing unless there is one with exactly this value, its members in this order.
   */
  | {
      readonly write: 'record'
      readonly record: RecordKey
      readonly tag?: string
      readonly value: Json | undefined
      readonly ifAbsent?: boolean
      readonly ifValue?: Json
    }
  /**
   * Puts records that no process keeps in memory, of any number of tenants: nothing else changes and no watcher is notified. Tenants
   * that do not exist are skipped. Alone in its commit.
   */
  | { readonly write: 'quiet'; readonly records: readonly StoredRecord[] }
  /**
   * A line in the log without a resource (op `note`, version 0): what an administrator did. `paths` has `verb` first, then facts; never
   * a secret. Readers that want resources skip it. The tenant "" is the whole database, whose log has only such lines.
   */
  | {
      readonly write: 'note'
      readonly ref: Ref
      readonly at: number
      readonly log: Omit<LogDraft, 'op'>
    }
  /**
   * Replaces paths and members of existing log lines; their places, times and actors stay. Adds no line. Soon after, what they said,
   * and whatever was deleted before, is in none of the store's files, as far as the store controls its files.
   */
  | {
      readonly write: 'amend'
      readonly tenant: string
      readonly lines: readonly Pick<Change, 'place' | 'paths' | 'members'>[]
    }
  /** Creates the tenant (`Conflict` exists) or removes it with all it holds (`Conflict` missing). Alone in its commit. */
  | { readonly write: 'tenant'; readonly tenant: string; readonly as: 'new' | 'gone'; readonly at: number }
  /**
   * Adds and removes index entries of a resource as it is, or stores another hash of the same password: no version, no log line. A path
   * that is seen for the first time here has values of some resources only; no query uses it until an `indexed` write says that it is
   * complete. `Conflict` missing | version | unique.
   */
  | {
      readonly write: 'reindex'
      readonly ref: Ref
      /** The version the entries were computed from. */
      readonly ifVersion?: number
      readonly unindex: readonly IndexEntry[]
      readonly index: readonly IndexEntry[]
      readonly secret?: string
    }
  /**
   * Sets the state of index paths, whether they have been seen before or not. `complete`: all resources of the type have their entries.
   * `incomplete`: queries must not rely on them; their entries stay and are kept up to date. `empty`: they have no entries and are not
   * complete, and the first entry does not change that. `gone`: they have no entries, as if they had never been seen.
   */
  | {
      readonly write: 'indexed'
      readonly tenant: string
      readonly type: string
      readonly paths: readonly string[]
      readonly as: 'complete' | 'incomplete' | 'empty' | 'gone'
    }
  /**
   * Stores rows from `exportTenant` of another store, in that order, unchanged: with their versions, times, hashes and log lines. No new
   * version, no new log line, no check of uniqueness. Counters are updated. `Conflict` exists (the id is taken), missing (a group is),
   * member (a member is missing), version (a log line's place is not the next one). An existing path or record is replaced. The caller
   * makes sure that nothing else reads or writes the tenant meanwhile.
   */
  | { readonly write: 'load'; readonly tenant: string; readonly rows: readonly ExportRow[] }

/** The result of one write, in the order of the list. */
export interface Written {
  /** False: there was nothing to do, and nothing was written. */
  readonly changed: boolean
  /** The version afterwards (0 for removes, records, tenants). */
  readonly version: number
  readonly created: number
  readonly modified: number
}
