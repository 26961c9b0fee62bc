// What SQLite and PostgreSQL say differently: the pieces of SQL that a dialect provides.

import type { Attribute } from '../../protocol/index.ts'

/** What SQLite and PostgreSQL say differently. Each function returns a piece of SQL unless its comment says otherwise. */
export interface Dialect {
  /** The n-th parameter, from 1, for a value of this kind. */
  readonly parameter: (n: number, value: string | number | boolean | null) => string
  /** A value as the driver takes it. */
  readonly value: (value: string | number | boolean | null) => string | number | boolean | null
  /** Conditions that always hold, and never. */
  readonly yes: string
  readonly no: string
  /** Makes a condition that is null where there is nothing to compare into one that is never null. */
  readonly holds: (condition: string) => string
  /** A key of a type as a literal. */
  readonly literal: (key: string | number) => string
  /** The whole name of a table. */
  readonly table: (name: string) => string
  /** That lines of a tenant's log were cut of this time, in milliseconds since 1970, or later. */
  readonly cutSince: (tenant: string, at: string) => string
  /** A select of `k` that is hardly ever carried out, so that the database must not plan for as many rows as it could give. */
  readonly rarely: (select: string) => string
  /** A join that keeps the order of the tables, where the database would choose another one. */
  readonly join: string
  /** `{row}.t = {tenant} and `, for tables that hold rows of many tenants. */
  readonly ofTenant: (row: string, tenant: string) => string
  /** That a row is some resource of the tenant, whatever its type. */
  readonly anyType: (row: string, tenant: string) => string
  /** The name of a row's type. */
  readonly typeName: (row: string) => string
  /** No resource at all: a select whose column is `k`. */
  readonly noResource: string
  /** The numbers of all groups of a row, kept at hand: a table `x (g, d)` as derived-rows.ts makes it. Undefined: to be found each time. */
  readonly groupsAtHand?: (row: string) => string | undefined
  /** A value within a JSON text, as text (SQLite: text, number, 0 or 1); null when there is none. */
  readonly at: (json: string, path: readonly string[]) => string
  /** The first value of a list in a column of entries. */
  readonly first: (entries: string, name: string) => string
  /** A value within an element of a list. */
  readonly within: (element: string, name: string) => string
  /** An element that is a value itself. */
  readonly atom: (element: string) => string
  /** The elements of a list in a JSON text: a table `e` whose `value` is one of them and whose `key` is their order. */
  readonly elements: (json: string, path: readonly string[]) => string
  /** The value within an element of a list of another text, at the position of the element `e`. */
  readonly twin: (json: string, path: readonly string[], name: string | undefined) => string
  /** Whether there is a value other than "" anywhere at or below a path. */
  readonly anyValue: (json: string, path: readonly string[]) => string
  /** A boolean within JSON that may be missing, to sort by. */
  readonly truth: (x: string) => string
  /** A value of a type that isn't text, as `at`, `within` and `atom` give it, to be compared. */
  readonly scalar: (x: string, type: Attribute['type']) => string
  /** Text that is compared by code points. */
  readonly text: (x: string) => string
  /** Text with ASCII letters folded. */
  readonly lower: (x: string) => string
  /** Text whose runs of spaces count as one. */
  readonly squeeze: (x: string) => string
  /** Milliseconds since 1970 of a date as text; null for other texts. */
  readonly instant: (x: string) => string
  /** A resource's id or display, folded. */
  readonly folded: (row: string, column: 'id' | 'display') => string
  /** All values of a group of rows (numbers) in one text, separated by commas; null when there are none. */
  readonly list: (x: string) => string
  /** Position of one text in another, 0 if it is not in it. */
  readonly position: (text: string, part: string) => string
  /** That a text begins, or ends, with a part, whose value is known. */
  readonly starts: (text: string, part: string, value: string) => string
  readonly ends: (text: string, part: string, value: string) => string
  /** Whether a text contains a part without LIKE's wildcards, in whatever case of ASCII letters. */
  readonly containing: (text: string, part: string) => string
  /** The same for the end of a text. */
  readonly ending: (text: string, part: string) => string
  /** Whether `containing` and `ending` are faster than an exact comparison. */
  readonly likes: boolean
  /** Many texts as one parameter. Undefined where a condition for each of them costs no more. */
  readonly texts?: {
    /** Not SQL: its value. */
    readonly list: (texts: readonly string[]) => string
    /** A table `p` of one or more such parameters, with these names of its columns. */
    readonly rows: (lists: readonly string[], columns: readonly string[]) => string
    /** That a text is one of them. */
    readonly among: (text: string, list: string) => string
  }
  /** Not SQL: a value as it is stored in the index, which may cut long ones. */
  readonly entry: (value: string) => string
  /** A condition on each value `v` of the path with that number in the index, where the index may hold only the start of it. */
  readonly walked: (tenant: string, pathNo: string, condition: (v: string) => string) => string
  readonly limit: (parameter: string) => string
  readonly offset: (parameter: string) => string
  /** Equal, where null equals null. */
  readonly same: (a: string, b: string) => string
  /** Not equal, where null equals null. */
  readonly different: (a: string, b: string) => string
}
