// What an app says of its table: which column holds which attribute, and where the rest goes.

import type { Document, FilterPath, Json } from '../../../protocol/index.ts'
import type { SqlValue } from './connection.ts'

/** A column whose values have another form than the attribute: a number for a word, a date for `active`. */
export interface ColumnForm {
  readonly column: string
  /** The attribute's value; undefined: it has none. Only the column decides, so no clock and no look-up. */
  readonly read: (value: unknown) => Json | undefined
  /** The column's value. A column that may not be null refuses here, with a ScimError. */
  readonly write: (value: Json | undefined) => SqlValue
}

/** A value in a list, named by what it is: `emails[type eq "work"].value`. */
type ElementPath = `${string}[${string}].${string}`

/** Which column holds which attribute: by the column's name, or with two functions that convert. */
export type Columns<T> = { readonly [P in FilterPath<T> | ElementPath]?: string | ColumnForm | undefined }

/**
 * Where attributes without a column go: `keep` leaves them in Lockstep's own tables, `{ column }` writes them as one JSON object into a
 * column (text, json or jsonb), and `refuse` answers 400 to whoever sends one.
 */
export type Rest = 'keep' | 'refuse' | { readonly column: string }

/** A resource type in a table of the app. All names are SQL names as they are in the database, without quotes. */
export interface OwnTableOptions<T> {
  /** The table, also as `schema.table`. */
  readonly table: string
  /** The column that says whose row it is. */
  readonly tenant: string
  /** The column of the SCIM id: text, or a UUID. Lockstep makes ids, so no number. */
  readonly id: string
  /** On PostgreSQL, the type of the id's column. Default `text`. */
  readonly idType?: 'text' | 'uuid' | undefined
  /** Attributes by their columns. Attributes that the schema requires need one. */
  readonly columns: Columns<T>
  /** Default `keep`. */
  readonly rest?: Rest | undefined
  /** The column that says when a row came to be: a time, milliseconds since 1970, or text in ISO 8601. */
  readonly created?: string | undefined
  /** Other columns of a new row, where the table wants them. */
  readonly defaults?:
    | ((of: { readonly tenant: string; readonly id: string; readonly document: Document }) => {
        readonly [column: string]: SqlValue
      })
    | undefined
  /**
   * A condition in SQL that rows must satisfy to be shown: `deleted_at is null`. It is part of every statement as it stands here: write
   * nothing into it that comes from outside.
   */
  readonly where?: string | undefined
}
