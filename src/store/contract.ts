import type { BoundFilter, BoundSort, Json } from '../protocol/index.ts'

/** Names one resource. */
export interface Ref {
  readonly tenant: string
  /** Name of the resource type: `User`. */
  readonly type: string
  readonly id: string
}

/** A group as seen from one of its members. RFC 7643 §4.1.2, `groups`. */
export interface Membership {
  readonly id: string
  readonly display: string
  /** True for a direct membership, false for one through a nested group. */
  readonly direct: boolean
}

/** A member as seen from its group. RFC 7643 §4.2. */
export interface Member {
  readonly id: string
  /** Name of the member's resource type. */
  readonly type: string
  /** The member's `display` (see {@link Stored}). */
  readonly display: string
}

/** A resource as kept. Holds no derived value: no groups, members, meta, manager.displayName. */
export interface Stored extends Ref {
  /** 1 at creation, one more with each change. */
  readonly version: number
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** JSON text of the document, `schemas` and `id` first; without password, members, groups, meta. */
  readonly text: string
  /** The name others show it by: displayName, else userName, else "". */
  readonly display: string
  /** Only when asked for, and then always: the groups it is in, direct ones first, each group once. */
  readonly groups?: readonly Membership[]
}

/** One value by which a resource can be found without reading it. The value is already `comparable` (folded unless caseExact). */
export interface IndexEntry {
  /** Canonical attribute path: `userName`, `emails.value`. */
  readonly path: string
  readonly value: string
  /** No other resource of the tenant and type may have it under the same path. */
  readonly unique?: boolean
}

/** A change to the members of a group, carried out in order on rows; the group is never loaded. */
export type MemberEdit =
  | { readonly edit: 'add'; readonly members: readonly { readonly id: string; readonly type?: string }[] }
  | { readonly edit: 'remove'; readonly ids: readonly string[] }
  /** Removes the members that satisfy a filter whose targets are sub-attributes of `members` (value, type, display). */
  | { readonly edit: 'removeWhere'; readonly filter: BoundFilter }
  | { readonly edit: 'clear' }
  /** Exactly these, afterwards. */
  | { readonly edit: 'set'; readonly members: readonly { readonly id: string; readonly type?: string }[] }

/** One changed attribute in a log line: canonical path, value before and after. Never of `returned: never` attributes. */
export interface PathChange {
  readonly path: string
  readonly old?: Json
  readonly new?: Json
}

/** What a log line says besides what the store itself knows. */
export interface LogDraft {
  readonly op: 'create' | 'replace' | 'patch' | 'delete'
  /** Who did it: the connection's id or a command's name. */
  readonly actor: string
  readonly paths: readonly PathChange[]
}

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
      readonly log: Pick<LogDraft, 'actor' | 'paths'>
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
      readonly as: 'complete' | 'incomplete' | 'anew' | 'gone'
    }
  /**
   * Puts rows that `rows` of another store has given, in that order, as they are: with their versions, times, hashes and log
   * lines. Nothing new is made: no version, no log line, no check of what is unique. Counters are kept. `Conflict` exists (the
   * id is there), missing (a group is not), member (a member is not), version (a log line's place is not the next one). A path
   * or record that is there is replaced. Nobody reads or writes the tenant meanwhile: whoever loads sees to it.
   */
  | { readonly write: 'load'; readonly tenant: string; readonly rows: readonly KeptRow[] }

/**
 * A row of what a tenant holds, the same in every store, so that a tenant can move. `rows` gives them in this order, and each kind
 * in order of its keys as named here, texts by code point.
 *
 * - `path` (type, path): an index path. `unique`: every entry it has had was unique. `complete`: what an `indexed` write says,
 *   true from the start for a path first seen in a `create` or `update`.
 * - `record` (kind, key).
 * - `resource` (type, id): `secret` is the hash of the password, absent without one; `entries` are its index entries by path.
 * - `members` (type and id of the group, first member): direct members in order of id, 1,000 in a row, fewer only in a group's last.
 * - `change` (place): the log.
 */
export type KeptRow =
  | {
      readonly row: 'path'
      readonly type: string
      readonly path: string
      readonly unique: boolean
      readonly complete: boolean
    }
  | ({ readonly row: 'record' } & Omit<StoredRecord, 'tenant'>)
  | ({
      readonly row: 'resource'
      readonly secret?: string
      readonly entries: { readonly [path: string]: readonly string[] }
    } & Omit<Stored, 'tenant' | 'groups'>)
  | { readonly row: 'members'; readonly type: string; readonly id: string; readonly members: readonly string[] }
  | ({ readonly row: 'change' } & Omit<Change, 'tenant'>)

/** The kinds of rows in the order in which `rows` gives them. */
export const KEPT_KINDS: readonly KeptRow['row'][] = ['path', 'record', 'resource', 'members', 'change']

/** What came of one write, in the order of the list. */
export interface Written {
  /** False: nothing was to be done, and nothing was written. */
  readonly changed: boolean
  /** The version afterwards (0 for removes, records, tenants). */
  readonly version: number
  readonly created: number
  readonly modified: number
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
  /** Version of the resource afterwards; the last one it had for a delete; 0 for a note. */
  readonly version: number
  readonly paths: readonly PathChange[]
  /** For groups: who came and went, up to 500 ids together; beyond that only the counts. */
  readonly members?: {
    readonly added: number
    readonly removed: number
    readonly ids?: { readonly added: readonly string[]; readonly removed: readonly string[] }
  }
}

/** A log line as the transaction that writes it sees it: with the ids of all members that came and went, whatever their number. */
export interface WholeChange extends Change {
  readonly members?: Required<NonNullable<Change['members']>>
}

/** Names one record. `tenant` is "" for records of the whole database. */
export interface RecordKey {
  readonly tenant: string
  readonly kind: string
  readonly key: string
}

/** A record as kept. */
export interface StoredRecord extends RecordKey {
  readonly tag?: string
  readonly value: Json
}

/** A query over one or more resource types of a tenant. */
export interface Query {
  readonly tenant: string
  /** Per type its own filter, since names are bound per type. */
  readonly types: readonly { readonly type: string; readonly filter?: BoundFilter; readonly sort?: BoundSort }[]
  /** Put before `{endpoint}/{id}` to compare with meta.location: the base URL. */
  readonly base: string
  /** Endpoint of each type, for meta.location. */
  readonly endpoints: { readonly [type: string]: string }
  /** Index paging: how many to skip. Cursor paging: `after`. */
  readonly page:
    | { readonly offset: number; readonly limit: number }
    | { readonly after: Place | undefined; readonly limit: number }
  /** Whether `total` is wanted. */
  readonly total: boolean
  /** Whether `groups` of each resource are wanted. */
  readonly groups: boolean
}

/** Where a cursor page ended: the last resource's sort key (null: it had none; absent: unsorted) and id. */
export interface Place {
  readonly key?: string | number | boolean | null
  readonly id: string
}

/** One page. Unsorted pages are in id order; equal sort keys too. */
export interface Page {
  readonly resources: readonly Stored[]
  readonly total?: number
  /** Set when there is more after this page. */
  readonly next?: Place
}

/** A resource that a filter may mean. */
export interface Hit {
  /** Stands for the resource as it looks now, until a watcher hears that it looks different. */
  readonly number: number
  /** The resource with its groups; absent when whoever asks knows its number. */
  readonly stored?: Stored
}

/** How dear a query is: `light` is answered by an index and bounded by the page; `heavy` reads many rows. */
export type Weight = 'light' | 'heavy'

/** Tells that a resource, or all of a tenant, or everything, may look different from now on. */
export type Touched =
  | { readonly tenant: string; readonly type: string; readonly id: string }
  | { readonly tenant: string; readonly all: true }
  | { readonly everything: true }
  /** A record of that tenant ("" for the whole database), or the tenant itself, was written. */
  | { readonly tenant: string; readonly records: true }

/**
 * Where resources live. Knows documents, index entries, members, records and the log; neither HTTP nor SCIM rules.
 * All methods may be called at the same time; what `commit` has resolved is on disk.
 */
export interface Store<Tx = unknown> {
  get(ref: Ref, options?: { readonly groups?: boolean }): Promise<Stored | undefined>
  /** The hash of the password, if one is set. */
  secret(ref: Ref): Promise<string | undefined>
  find(query: Query): Promise<Page>
  weigh(query: Query): Weight
  /**
   * Whom the filter of a query over one type can mean, in any order, found at once from indexes alone and as of one moment:
   * everyone who satisfies it and perhaps others; for one comparison exactly those. Those whose number is `known` are not read.
   * `undefined`: no index tells, or more than `atMost`, or something changed meanwhile. Sort and page don't count. Only stores in
   * the same process have it.
   */
  readonly hits?: (query: Query, atMost: number, known: (number: number) => boolean) => readonly Hit[] | undefined
  /** Ids and displays of resources by id, whatever their type; unknown ids are left out. */
  names(tenant: string, ids: readonly string[]): Promise<readonly Member[]>
  /** All members of a group in a fixed order, as of one moment, in chunks of up to 1,000. */
  members(ref: Ref): AsyncIterable<readonly Member[]>
  /** The direct members of a group among these ids, in any order. The others of the group are not looked at. */
  membersAmong(ref: Ref, ids: readonly string[]): Promise<readonly Member[]>
  /** How many direct members a group has, counted up to `atMost`. */
  memberCount(ref: Ref, atMost: number): Promise<number>
  /** Ids of resources that have this index entry, in id order, after `after`. */
  holders(tenant: string, type: string, entry: IndexEntry, limit: number, after?: string): Promise<readonly string[]>
  /**
   * Carries out all writes or none, with their log lines. Throws {@link Conflict}.
   * `inside` runs in the same transaction; what it throws undoes everything and is rethrown. When it has ended the transaction
   * itself, or on PostgreSQL gone on after an error of its own, the commit fails with a ConfigError.
   */
  commit(
    writes: readonly Write[],
    inside?: (tx: Tx, changes: readonly WholeChange[]) => void | Promise<void>,
  ): Promise<readonly Written[]>
  /**
   * Runs work while nobody else, in another process too, runs any that asked for a turn with the same resource. Work that asked for none
   * is not held up. Without a turn after all when too many have one already. Only stores that processes share have it.
   */
  readonly turn?: <T>(ref: Ref, work: () => Promise<T>) => Promise<T>
  /** The log after a place, oldest first. Never shows a line before an earlier one is final. */
  changes(tenant: string, after: number, limit: number): Promise<readonly Change[]>
  records(
    tenant: string,
    kind: string,
    where?: { readonly tag?: string; readonly key?: string; readonly after?: string; readonly limit?: number },
  ): Promise<readonly StoredRecord[]>
  /**
   * Everything that a tenant holds, as of one moment, in the order of {@link KeptRow}, in chunks that fit in memory whatever the
   * size of the tenant. With `after` only what comes behind that row. Nothing for a tenant that is not there.
   *
   * For a database server: one `repeatable read, read only` transaction on a connection of its own, read by key (`collate "C"`)
   * or cursor, given back when the caller stops early.
   */
  rows(tenant: string, after?: KeptRow): AsyncIterable<readonly KeptRow[]>
  /** Kept counters: resources per tenant and type, and the last place of each log. Reads every tenant: for lists of them alone. */
  tenants(): Promise<readonly TenantRow[]>
  /** The same of one tenant. */
  tenant(name: string): Promise<TenantRow | undefined>
  /**
   * When the watchers hear of what other processes commit: `at once`, by the next `pulse`; or `soon`, within a second, and then
   * only of records and tenants. What a resource looks like may be kept only where it is at once.
   */
  readonly tells: 'at once' | 'soon'
  /** Looks whether anybody (another process too) has committed; calls the watchers before it returns. Cheap: at most one look a turn of the event loop. */
  pulse(): void
  /** Looks what others have committed of one tenant's records by now; calls the watchers before it resolves. Absent where `pulse` does. */
  readonly catchUp?: (tenant: string) => Promise<void>
  /**
   * Calls back from within `pulse`, and after own commits once their callers are answered, with what may look different. What
   * a watcher throws is reported, and neither the write nor other watchers are the worse for it. Returns how to stop.
   */
  watch(watcher: (touched: readonly Touched[]) => void): () => void
  /**
   * Resolves when the database answers. On a cluster that is the node asked, which stands for all: a node of some tenants that is
   * down takes nothing from the others. Absent where any read tells.
   */
  readonly ping?: () => Promise<void>
  /** A consistent copy of the whole database in a new file, while others read and write. */
  backup(file: string): Promise<void>
  close(): Promise<void>
}

/** The database can't take or answer anything at the moment: disk full, locked for too long, writer gone. Nothing was written. */
export class StoreUnavailable extends Error {
  /** After how long trying again makes sense. */
  readonly retryAfterMs: number
  /** The database is well: too much is asked of it at the same time, or others were quicker again and again. */
  readonly busy: boolean
  /** The database is well but for a node of its cluster: other tenants' requests are answered. */
  readonly partial: boolean
  constructor(
    message: string,
    retryAfterMs: number,
    options?: {
      readonly cause?: unknown
      readonly busy?: boolean | undefined
      readonly partial?: boolean | undefined
    },
  ) {
    super(message, options)
    this.name = 'StoreUnavailable'
    this.retryAfterMs = retryAfterMs
    this.busy = options?.busy === true
    this.partial = options?.partial === true
  }
}

/** A query that the database gave up, since it took longer than one may: the next try would take as long. */
export class QueryTooLong extends Error {
  constructor(options: { readonly cause: unknown }) {
    super('the query takes longer than the database may work on one', options)
    this.name = 'QueryTooLong'
  }
}

/** A tenant and its kept counters. */
export interface TenantRow {
  readonly tenant: string
  readonly created: number
  /** The last place of its log. */
  readonly place: number
  readonly resources: { readonly [type: string]: number }
}

/** What `commit` found in the way. Never leaves the door. */
export class Conflict extends Error {
  /** exists: the id, record or tenant is there already; missing: it is not; version: it has another; unique: the value is taken; member: no such resource, or of another type. */
  readonly reason: 'exists' | 'missing' | 'version' | 'unique' | 'member'
  /** Position of the write in the list. */
  readonly at: number
  /** The index path (unique), or the member's id (member). */
  readonly what: string
  /** For `member`: the type it really has, or undefined when there is no such resource. */
  readonly found: string | undefined
  constructor(reason: Conflict['reason'], at: number, what = '', found?: string) {
    super(`${reason} ${what}`.trim())
    this.name = 'Conflict'
    this.reason = reason
    this.at = at
    this.what = what
    this.found = found
  }
}
