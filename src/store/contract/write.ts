// The writes that a commit carries out, and what comes of each.

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
 * One write. A `commit` carries out a list of them in order, all or none, all of one tenant (or all of the whole database). In a tenant that does not exist every write but
 * `tenant` new, and taking records away, ends in `Conflict` missing with `what` = `tenant`.
 *
 * - `create`: `index` are all its entries. `Conflict` exists | unique | member.
 * - `update`: `text` of the draft replaces the stored one; `unindex`/`index` are the entries that go and come.
 *   With `members` edits alone (`same: true`: text, display and indexes unchanged) the write costs the same in a group of any
 *   size. If `same` and no member really changed, nothing is written: no version, no log line, and the result says so.
 *   `Conflict` missing | version | unique | member.
 * - `remove`: takes the resource, its index entries, and its rows in groups; each group it was a direct member of gets a new version and
 *   a log line of its own (op `patch`, path `members`). `Conflict` missing | version.
 */
export type Write =
  | WorkWrite
  | {
      readonly write: 'create'
      readonly draft: Draft
      readonly at: number
      readonly index: readonly IndexEntry[]
      readonly members?: readonly MemberEdit[]
      readonly log: LogDraft
    }
  | {
      readonly write: 'update'
      readonly draft: Draft
      readonly at: number
      /** The version it was computed from. Absent: whatever version it has (only with `same`). */
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
      /** Entries are found by the store itself from the row. */
      readonly log: LogDraft
    }
  /**
   * A record: settings, tokens, keys, places. Kept, not logged; `undefined` deletes. `ifAbsent`: `Conflict` exists when there is one.
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
   * Puts records that no process keeps in memory, of any number of tenants: nothing else changes and no watcher is called. Tenants that
   * do not exist are passed over. Alone in its commit.
   */
  | { readonly write: 'quiet'; readonly records: readonly StoredRecord[] }
  /**
   * A line in the log without a resource (op `note`, version 0): what an administrator did. `paths` has `verb` first, then facts; never
   * a secret. Readers of resources pass it over. The tenant "" is the whole database, which has a log of such lines alone.
   */
  | {
      readonly write: 'note'
      readonly ref: Ref
      readonly at: number
      readonly log: Omit<LogDraft, 'op'>
    }
  /**
   * Puts other paths and members into log lines that are there; their places, times and actors stay. No line of its own. What was there,
   * and what was deleted before, is in no file of the store soon after, as far as the store itself decides over its files.
   */
  | {
      readonly write: 'amend'
      readonly tenant: string
      readonly lines: readonly Pick<Change, 'place' | 'paths' | 'members'>[]
    }
  /** Makes the tenant (`Conflict` exists) or removes it with all it holds (`Conflict` missing). Alone in its commit. */
  | { readonly write: 'tenant'; readonly tenant: string; readonly as: 'new' | 'gone'; readonly at: number }
  /**
   * Adds and takes entries of a resource as it is, or puts another hash of the same password: no version, no log line. A path that is first seen here holds values for some
   * resources only; no query uses it until an `indexed` write says that it is complete. `Conflict` missing | version | unique.
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
   * Says something of index paths, whether they have been seen or not. `complete`: all resources of the type have their entries.
   * `incomplete`: no query is to rely on them; their entries stay and are kept up. `anew`: they have no entries yet and are not
   * complete, whoever writes the first one. `gone`: they have no entries any more, and are as if they had never been seen.
   */
  | {
      readonly write: 'indexed'
      readonly tenant: string
      readonly type: string
      readonly paths: readonly string[]
      readonly as: 'complete' | 'incomplete' | 'empty' | 'gone'
    }
  /**
   * Puts rows that `exportTenant` of another store has given, in that order, as they are: with their versions, times, hashes and log
   * lines. Nothing new is made: no version, no log line, no check of what is unique. Counters are kept. `Conflict` exists (the
   * id is there), missing (a group is not), member (a member is not), version (a log line's place is not the next one). A path
   * or record that is there is replaced. Nobody reads or writes the tenant meanwhile: whoever loads sees to it.
   */
  | { readonly write: 'load'; readonly tenant: string; readonly rows: readonly ExportRow[] }

/** What came of one write, in the order of the list. */
export interface Written {
  /** False: nothing was to be done, and nothing was written. */
  readonly changed: boolean
  /** The version afterwards (0 for removes, records, tenants). */
  readonly version: number
  readonly created: number
  readonly modified: number
}
