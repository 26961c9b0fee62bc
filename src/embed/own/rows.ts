// What an app says of a resource type that it keeps in a table of its own.

import type { BoundFilter, BoundSort, Document, JsonObject, ResourceType } from '../../protocol/index.ts'
import type { PagePosition, Query } from '../../store/index.ts'

/** A value, or the promise of one: on SQLite everything is there at once, and must be. */
export type Soon<T> = T | Promise<T>

/** A row of the app's table as a resource. */
export interface OwnRow {
  /** The SCIM id: 1 to 128 letters, digits and `-._~@:`. */
  readonly id: string
  /** When the row came to be, in milliseconds since 1970; used when the resource is first seen. */
  readonly created?: number | undefined
  /**
   * The document that the row stands for. `rest` is the document as it was last known: what the row says nothing of is taken from there.
   * Must depend on nothing else, for the same row and rest gives the same document.
   */
  readonly document: (rest: Document) => JsonObject
}

/** A list that is asked of the app's table alone. */
export interface RowSearch {
  /** Names looked up, values in the form that is compared: text in lower case where the attribute ignores case. */
  readonly filter?: BoundFilter | undefined
  /** No value comes last ascending and first descending; equal ones in order of ids, which always ascends. */
  readonly sort?: BoundSort | undefined
  readonly page: Query['page']
  /** Whether it is asked how many match in all. */
  readonly total: boolean
}

/** What the app's table says to a search. */
export interface RowsFound {
  /** The page, each id with its sort key. One more than the limit says that there is more. */
  readonly rows: readonly PagePosition[]
  readonly total?: number | undefined
}

/**
 * A resource type in the app's own table. `db` is the transaction's connection inside a commit, and the app's own outside. Inside a
 * commit on SQLite, no function may return a promise.
 */
export interface OwnRows<Db> {
  /** Its documents; the extensions that it names are part of them. */
  readonly type: ResourceType
  /**
   * Rows by id, in any order; unknown ids are left out. `locked`: the rows are about to be written in this transaction, so that on
   * PostgreSQL the query needs `for update`.
   */
  readonly rows: (db: Db, tenant: string, ids: readonly string[], locked: boolean) => Soon<readonly OwnRow[]>
  /** Rows of a tenant in order of their ids as text by code point, after an id ("" from the start). */
  readonly page: (db: Db, tenant: string, after: string, limit: number) => Soon<readonly OwnRow[]>
  /**
   * Ids of rows whose value at a path (`userName`, `emails.value`) equals this one, for an index lookup. The value is in lower case where
   * the attribute ignores case. `[]`: no row has it, or rows say nothing of the path. `undefined`: there is no column to look at.
   */
  readonly find?: (db: Db, tenant: string, path: string, value: string) => Soon<readonly string[] | undefined>
  /**
   * A page of a list by the app's columns: a filter, an order and a count in SQL. `undefined`: the columns don't say that, and Lockstep
   * compares all rows and answers from its own indexes.
   */
  readonly search?: (db: Db, tenant: string, search: RowSearch) => Soon<RowsFound | undefined>
  /** Writes the row of a document, new or there already. What it throws undoes the commit; a ScimError reaches the client in its words. */
  readonly save: (db: Db, tenant: string, id: string, document: Document) => Soon<unknown>
  readonly remove: (db: Db, tenant: string, id: string) => Soon<unknown>
  /** Removes the rows of a tenant that is removed with all it holds; absent: they stay. */
  readonly clear?: (db: Db, tenant: string) => Soon<unknown>
  /**
   * A value that differs whenever a row of the tenant may have changed, as a counter that triggers raise does. The latest time of a change
   * is none: a transaction that ends late writes an earlier one. Lists that no search answers compare all rows with what is known of them
   * unless it says that nothing has changed.
   */
  readonly stamp?: (db: Db, tenant: string) => Soon<string | number>
}
