// The contract of a store: the functions that every database provides.

import type { ExportRow } from './export-row.ts'
import type { Change, WholeChange } from './log.ts'
import type { Candidate, Page, Query, Weight } from './query.ts'
import type { StoredRecord } from './record.ts'
import type { IndexEntry, Member, MemberList, Ref, Stored } from './resource.ts'
import type { Within } from './within.ts'
import type { Work } from './work.ts'
import type { Write, Written } from './write.ts'

/** What may look different from now on: a resource, all of a tenant, or everything. */
export type Affected =
  | { readonly tenant: string; readonly type: string; readonly id: string }
  | { readonly tenant: string; readonly all: true }
  | { readonly everything: true }
  /** A record that configures that tenant ("" for the whole database), or the tenant itself, was written. */
  | { readonly tenant: string; readonly records: true }

/**
 * Where resources are stored. It knows documents, index entries, members, records and the log, but neither HTTP nor SCIM rules.
 * All methods may be called concurrently; once `commit` has resolved, its writes are on disk.
 */
export interface Store<Tx = unknown> extends Work {
  get(ref: Ref, options?: { readonly groups?: boolean }): Promise<Stored | undefined>
  /** The hash of the password, if one is set. */
  secret(ref: Ref): Promise<string | undefined>
  find(query: Query): Promise<Page>
  weigh(query: Query): Weight
  /**
   * Resources of one type that a query's filter may match, in any order, found synchronously from indexes alone and as of one moment:
   * all that match and perhaps others; for a single comparison exactly those. Resources whose number is `known` are not read. Sort and
   * page are ignored. `undefined`: no index can answer, or there are more than `atMost`, or something has changed meanwhile. Only
   * stores in this process have it.
   */
  readonly lookUp?: (
    query: Query,
    atMost: number,
    known: (number: number) => boolean,
  ) => readonly Candidate[] | undefined
  /** Ids and displays of resources by id, whatever their type; unknown ids are left out. */
  names(tenant: string, ids: readonly string[]): Promise<readonly Member[]>
  /** All members of a group in a fixed order, as of one moment, in chunks of up to 1,000. */
  members(ref: Ref): AsyncIterable<readonly Member[]>
  /**
   * A page of the direct members of a group, in a fixed order, as of this moment. `after`: the `next` of the page before. The cost is
   * that of the page, however many members there are.
   */
  memberPage(ref: Ref, limit: number, after?: string): Promise<MemberList>
  /** The direct members of a group among these ids, in any order. The group's other members are not read. */
  membersAmong(ref: Ref, ids: readonly string[]): Promise<readonly Member[]>
  /** How many direct members a group has, counted up to `atMost`. */
  memberCount(ref: Ref, atMost: number): Promise<number>
  /** Ids of resources that have this index entry, in id order, after `after`. */
  holders(tenant: string, type: string, entry: IndexEntry, limit: number, after?: string): Promise<readonly string[]>
  /**
   * Carries out all writes or none, with their log lines. Throws {@link Conflict}.
   * `inside` runs in the same transaction; if it throws, everything is undone and the error is rethrown. If it ends the transaction
   * itself, or on PostgreSQL continues after an error of its own, the commit fails with a ConfigError.
   */
  commit(
    writes: readonly Write[],
    inside?: (tx: Tx, changes: readonly WholeChange[], within: Within) => void | Promise<void>,
  ): Promise<readonly Written[]>
  /**
   * Runs work while no other work that was passed to this function for the same resource runs, in any process. Other work is not held
   * up. When too much work runs in this way already, it runs without the exclusion. Only stores that processes share have it.
   */
  readonly runExclusive?: <T>(ref: Ref, work: () => Promise<T>) => Promise<T>
  /** The log after a place, oldest first. Throws {@link LogCut} when the next line was cut. A line never appears before all earlier ones are final. */
  changes(tenant: string, after: number, limit: number): Promise<readonly Change[]>
  records(
    tenant: string,
    kind: string,
    where?: { readonly tag?: string; readonly key?: string; readonly after?: string; readonly limit?: number },
  ): Promise<readonly StoredRecord[]>
  /**
   * Everything that a tenant holds, as of one moment, in the order of {@link ExportRow}, in chunks that fit in memory whatever the
   * size of the tenant. With `after` only what comes after that row. Nothing for a tenant that does not exist.
   *
   * On a database server: one `repeatable read, read only` transaction on a connection of its own, read by key (`collate "C"`) or
   * cursor, and released when the caller stops early.
   */
  exportTenant(tenant: string, after?: ExportRow): AsyncIterable<readonly ExportRow[]>
  /**
   * Kept counters of tenants, in the order of their names: resources by type, and the last place of each log. Reads every tenant
   * unless `where` asks for a page, whose cost is that of its rows.
   */
  tenants(where?: TenantPage): Promise<readonly TenantRow[]>
  /** The same of one tenant. */
  tenant(name: string): Promise<TenantRow | undefined>
  /**
   * When watchers are notified of what other processes commit: `immediate`, by the next `poll`; or `eventual`, within a second, and then
   * only of records and tenants. Representations of resources may be cached only where it is immediate.
   */
  readonly freshness: 'immediate' | 'eventual'
  /** Notifies the watchers, before it returns, of what was committed since the last time, by other processes too. Cheap: it reads at most once in a turn of the event loop. */
  poll(): void
  /** Notifies the watchers, before it resolves, of what others have committed of one tenant's records by now. Absent where `poll` does that. */
  readonly catchUp?: (tenant: string) => Promise<void>
  /**
   * Calls back, from within `poll` and after own commits, with what may look different. An error of a watcher is reported and affects
   * neither the write nor other watchers. Returns how to stop watching.
   */
  watch(watcher: (affected: readonly Affected[]) => void): () => void
  /**
   * Resolves when the database answers. On a cluster that is the node this process connects to: while the node of some tenants is down,
   * other tenants are served. Absent where any read shows that.
   */
  readonly ping?: () => Promise<void>
  /** Copies the whole database, as of one moment, to a new file while others read and write. */
  backup(file: string): Promise<void>
  close(): Promise<void>
}

/** A part of the list of tenants. */
export interface TenantPage {
  /** Only names that begin with this text. */
  readonly prefix?: string
  /** Only names after this one. */
  readonly after?: string
  readonly limit: number
}

/** A tenant and its kept counters. */
export interface TenantRow {
  readonly tenant: string
  readonly created: number
  /** The last place of its log. */
  readonly place: number
  /** The first place of its log that is still there, or will be the next one: 1 unless the log was cut. */
  readonly begins: number
  readonly resources: { readonly [type: string]: number }
}

/** The functions of a store that only read. */
export type ReadHalf = Pick<
  Store,
  | 'get'
  | 'secret'
  | 'find'
  | 'weigh'
  | 'names'
  | 'members'
  | 'memberPage'
  | 'membersAmong'
  | 'memberCount'
  | 'holders'
  | 'changes'
  | 'records'
  | 'exportTenant'
  | 'tenants'
  | 'tenant'
>
