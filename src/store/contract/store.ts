// The contract of a store: every database offers these functions and nothing else is asked of it.

import type { ExportRow } from './export-row.ts'
import type { Change, WholeChange } from './log.ts'
import type { Candidate, Page, Query, Weight } from './query.ts'
import type { StoredRecord } from './record.ts'
import type { IndexEntry, Member, Ref, Stored } from './resource.ts'
import type { Work } from './work.ts'
import type { Write, Written } from './write.ts'

/** Tells that a resource, or all of a tenant, or everything, may look different from now on. */
export type Affected =
  | { readonly tenant: string; readonly type: string; readonly id: string }
  | { readonly tenant: string; readonly all: true }
  | { readonly everything: true }
  /** A record of that tenant ("" for the whole database), or the tenant itself, was written. */
  | { readonly tenant: string; readonly records: true }

/**
 * Where resources live. Knows documents, index entries, members, records and the log; neither HTTP nor SCIM rules.
 * All methods may be called at the same time; what `commit` has resolved is on disk.
 */
export interface Store<Tx = unknown> extends Work {
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
  readonly lookUp?: (
    query: Query,
    atMost: number,
    known: (number: number) => boolean,
  ) => readonly Candidate[] | undefined
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
  readonly runExclusive?: <T>(ref: Ref, work: () => Promise<T>) => Promise<T>
  /** The log after a place, oldest first. Throws {@link LogCut} when the next line was cut. Never shows a line before an earlier one is final. */
  changes(tenant: string, after: number, limit: number): Promise<readonly Change[]>
  records(
    tenant: string,
    kind: string,
    where?: { readonly tag?: string; readonly key?: string; readonly after?: string; readonly limit?: number },
  ): Promise<readonly StoredRecord[]>
  /**
   * Everything that a tenant holds, as of one moment, in the order of {@link ExportRow}, in chunks that fit in memory whatever the
   * size of the tenant. With `after` only what comes behind that row. Nothing for a tenant that is not there.
   *
   * For a database server: one `repeatable read, read only` transaction on a connection of its own, read by key (`collate "C"`)
   * or cursor, given back when the caller stops early.
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
   * When the watchers hear of what other processes commit: `at once`, by the next `poll`; or `soon`, within a second, and then
   * only of records and tenants. What a resource looks like may be kept only where it is at once.
   */
  readonly freshness: 'immediate' | 'eventual'
  /** Looks whether anybody (another process too) has committed; calls the watchers before it returns. Cheap: at most one look a turn of the event loop. */
  poll(): void
  /** Looks what others have committed of one tenant's records by now; calls the watchers before it resolves. Absent where `poll` does. */
  readonly catchUp?: (tenant: string) => Promise<void>
  /**
   * Calls back from within `poll`, and after own commits once their callers are answered, with what may look different. What
   * a watcher throws is reported, and neither the write nor other watchers are the worse for it. Returns how to stop.
   */
  watch(watcher: (affected: readonly Affected[]) => void): () => void
  /**
   * Resolves when the database answers. On a cluster that is the node asked, which stands for all: a node of some tenants that is
   * down takes nothing from the others. Absent where any read tells.
   */
  readonly ping?: () => Promise<void>
  /** A consistent copy of the whole database in a new file, while others read and write. */
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
