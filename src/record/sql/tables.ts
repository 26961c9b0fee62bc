// The tables of the record, the same on SQLite and PostgreSQL but for how numbers are given out.

import { BUCKETS } from '../counts.ts'

/** The columns of the buckets: b0, b1 …. */
export const BUCKET_COLUMNS: readonly string[] = Array.from({ length: BUCKETS }, (_, at) => `b${at}`)

/** The form of the tables; a later form has a higher number. */
export const TABLES_VERSION = 1

/**
 * The statements that make the tables. `numbered`: how a column gives out numbers in the order of rows; `keyed`: what ends a table whose
 * rows are nothing but their key, where the database can keep them once.
 */
export function tableStatements(prefix: string, numbered: string, keyed = ''): readonly string[] {
  const counts = (name: string) => `create table if not exists ${prefix}${name} (
    t bigint not null, minute bigint not null, connection text not null, asks text not null, outcome text not null,
    n bigint not null, us bigint not null, last bigint not null,
    ${BUCKET_COLUMNS.map((column) => `${column} bigint not null`).join(', ')},
    primary key (t, minute, connection, asks, outcome))`
  const line = `${prefix}record_line`
  return [
    `create table if not exists ${prefix}record_tenant (t ${numbered}, name text not null unique, lines bigint not null)`,
    `create table if not exists ${line} (
      n ${numbered}, t bigint not null, at bigint not null, id text not null, status integer not null, connection text,
      print text, resource text, body text, sent text, line text not null)`,
    `create table if not exists ${prefix}record_about (
      t bigint not null, hash text not null, n bigint not null, primary key (t, hash, n))${keyed}`,
    counts('record_minute'),
    counts('record_hour'),
    `create index if not exists record_line_t on ${line} (t, n)`,
    `create index if not exists record_line_at on ${line} (at)`,
    `create index if not exists record_line_id on ${line} (id)`,
    `create index if not exists record_line_failed on ${line} (t, n) where status >= 400`,
    `create index if not exists record_line_print on ${line} (t, print, n) where print is not null`,
    `create index if not exists record_line_resource on ${line} (t, resource, n) where resource is not null`,
    `create index if not exists record_line_values on ${line} (at) where body = 'values'`,
    `create index if not exists record_about_n on ${prefix}record_about (n)`,
  ]
}
