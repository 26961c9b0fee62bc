// What the parts of the directory share: on whose behalf a write is done, the hooks, and what each part needs.

import type { Environment } from '../environment.ts'
import {
  type Allowances,
  type Catalog,
  type Document,
  notFound,
  type ResourceType,
  typeByName,
  writable,
} from '../protocol/index.ts'
import type { LogDraft, PathChange, Ref, Store, WholeChange } from '../store/index.ts'
import type { Committed } from './committed.ts'
import type { UniquePaths } from './entries.ts'
import type { Queue } from './queue.ts'
import type { Rehearse } from './rehearsal.ts'
import { traitsOf } from './traits.ts'

/** On whose behalf a write is done, and how tolerant that connection is. */
export interface Context {
  readonly tenant: string
  /** What the log says did it: a connection's id, a command's name. */
  readonly actor: string
  readonly allow: Allowances
  /** The kind of the connection that asks, where one does: `okta`. */
  readonly kind?: string
  /** What the log lines of one request have in common; made where it is absent and a write has several. */
  readonly txn?: string
}

/** What a log line says of a write. */
export function draftOf({ actor, txn }: Context, op: LogDraft['op'], paths: readonly PathChange[]): LogDraft {
  return txn === undefined ? { op, actor, paths } : { op, actor, txn, paths }
}

/** Code of the host that runs at each write. */
export interface Hooks<Tx = unknown> {
  /**
   * Before the checks. May reject the request by throwing a ScimError, or return an adjusted document. That is validated like a client's,
   * except that it may also set attributes that clients can't write; id, schemas and meta remain the server's.
   */
  prepare?(draft: {
    readonly op: 'create' | 'replace' | 'patch'
    readonly tenant: string
    /** Name of the resource type. */
    readonly type: string
    readonly id: string
    readonly document: Document
    /** Present in a rehearsal: nothing will be written, so nothing outside may change. */
    readonly rehearsal?: true
  }): Document | undefined | Promise<Document | undefined>
  /**
   * Runs inside the transaction, once per log line. If it throws, the whole transaction is rolled back. `change.members.ids` names all
   * members that came and went, however many, where the log itself only counts beyond 500. BEGIN, COMMIT and ROLLBACK are not for
   * it. On SQLite it must be synchronous; on PostgreSQL a statement that may fail needs a savepoint around it.
   */
  commit?(change: WholeChange, tx: Tx): void | Promise<void>
  /**
   * Runs inside the transaction after `commit`, once for all log lines of a commit, with the documents before and after, and reads and
   * writes in the same transaction. The rules of `commit` apply.
   */
  transaction?(done: Committed, tx: Tx): void | Promise<void>
  /** Receives the plain-text password; the directory then stores nothing of it. */
  password?(ref: Ref, password: string): void | Promise<void>
}

/** What the parts of the door share. */
export interface DirectoryDeps<Tx = unknown> {
  readonly store: Store<Tx>
  readonly environment: Environment
  readonly catalog: (tenant: string) => Catalog
  readonly unique: (tenant: string) => UniquePaths
  /** Brings `catalog` and `unique` up to date with changes by other processes. */
  readonly refresh: (tenant: string) => void | Promise<void>
  /**
   * Called before an attribute that no schema has is left out: checks whether another process has added such a schema, which this
   * one would notice only later. Throws when the catalog has changed, and the write starts over.
   */
  readonly requireSameSchemas: (tenant: string, catalog: Catalog) => Promise<void>
  readonly hooks: Hooks<Tx>
  readonly hash: (tenant: string, password: string) => Promise<string>
  readonly queue: Queue
  readonly newId: () => string
  /** What the log lines of one request have in common: a UUIDv7 in base64url, 22 characters. */
  readonly newTxn: () => string
  /** A tenant is created with its first resource. */
  readonly openTenants: boolean
  /** In a rehearsal: nothing is written, and this is told what would have been. */
  readonly rehearse?: Rehearse
}

/** The resource type of that name in a tenant. 404 if there is none. */
export function requireType(catalog: Catalog, name: string): ResourceType {
  const type = typeByName(catalog, name)
  if (!type) throw notFound(`There is no resource type ${name} here; GET /ResourceTypes lists them`)
  return type
}

/**
 * The type as it is known now. Its indexes may have changed since the request began; entries computed from the old definition
 * would be missing from an index built since then (decision 19).
 */
export function typeNow<Tx>(deps: DirectoryDeps<Tx>, tenant: string, type: ResourceType): ResourceType {
  return typeByName(deps.catalog(tenant), type.name) ?? type
}

/** The type to write by: lists that clients only read are written by administrators, through other callers of the door. */
export function writableType(catalog: Catalog, name: string): ResourceType {
  const type = requireType(catalog, name)
  return traitsOf(type).readOnly ? writable(type) : type
}
