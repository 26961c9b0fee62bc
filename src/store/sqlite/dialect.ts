import type { Attribute } from '../../protocol/index.ts'

/** What SQLite and PostgreSQL say differently. Unless told otherwise, each function gives a piece of SQL. */
export interface Dialect {
  /** The n-th parameter, from 1, for a value of this kind. */
  readonly parameter: (n: number, value: string | number | boolean | null) => string
  /** A value as the driver takes it. */
  readonly value: (value: string | number | boolean | null) => string | number | boolean | null
  /** Conditions that always hold, and never. */
  readonly yes: string
  readonly no: string
  /** A condition that is null where there is nothing to compare, as one that is never null. */
  readonly holds: (condition: string) => string
  /** A key of a type as a literal. */
  readonly literal: (key: string | number) => string
  /** The whole name of a table. */
  readonly table: (name: string) => string
  /** Joins in the order in which the tables stand, where that has to be said. */
  readonly join: string
  /** `{row}t = {t} and `, for tables that hold rows of many tenants. */
  readonly scope: (row: string, t: string) => string
  /** That a row is some resource of the tenant, whatever its type. */
  readonly anyType: (row: string, t: string) => string
  /** The name of a row's type. */
  readonly typeName: (row: string) => string
  /** No resource at all: a select whose column is `k`. */
  readonly nobody: string
  /** A value within a JSON text, as text (SQLite: text, number, 0 or 1); null when there is none. */
  readonly at: (json: string, path: readonly string[]) => string
  /** The first value of a list in a column of entries. */
  readonly first: (entries: string, name: string) => string
  /** A value within an element of a list. */
  readonly within: (element: string, name: string) => string
  /** An element that is a value itself. */
  readonly atom: (element: string) => string
  /** The elements of a list in a JSON text: a table `e` whose `value` is one of them and whose `key` tells their order. */
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
  /** Milliseconds since 1970 of a date as text; null when it is none. */
  readonly instant: (x: string) => string
  /** A resource's id or display, folded. */
  readonly folded: (row: string, column: 'id' | 'display') => string
  /** All values of a group of rows (numbers) in one text, with commas between; null when there are none. */
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
  /** Whether the two are faster than what compares exactly. */
  readonly likes: boolean
  /** Not SQL: a value as it stands in the index, cut where the index takes no longer ones. */
  readonly entry: (value: string) => string
  /** A condition on each value `v` of the path `a` in the index, where the index may hold only the start of it. */
  readonly walked: (t: string, a: string, condition: (v: string) => string) => string
  readonly limit: (parameter: string) => string
  readonly offset: (parameter: string) => string
  /** Equal, where null equals null. */
  readonly same: (a: string, b: string) => string
  /** Not equal, where null equals null. */
  readonly different: (a: string, b: string) => string
}

/** SQLite's way. */
export const sqlite = {
  parameter: (n: number): string => `?${n}`,
  value: (value) => (typeof value === 'boolean' ? Number(value) : value),
  yes: '1',
  no: '0',
  holds: (condition) => `coalesce(${condition}, 0)`,
  literal: (key) => String(key),
  table: (name) => `lockstep_${name}`,
  join: 'cross join',
  scope: () => '',
  anyType: (row, t) => `${row}.t = ${t} and ${row}.y in (select y from lockstep_counter where t = ${t})`,
  typeName: (row) => `(select n.name from lockstep_type n where n.y = ${row}.y)`,
  nobody: 'select null as k where 0',
  at: (json, path) => `${json} ->> '${pathText(path)}'`,
  first: (entries, name) => `${entries} ->> '${pathText([name])}[0]'`,
  within: (element, name) => `${element} ->> '${pathText([name])}'`,
  atom: (element) => element,
  elements: (json, path) => `json_each(${json}, '${pathText(path)}') e`,
  twin: (json, path, name) =>
    `${json} ->> ('${pathText(path)}[' || e.key || ']${name === undefined ? '' : pathText([name]).slice(1)}')`,
  anyValue: (json, path) =>
    `exists (select 1 from json_tree(${json}, '${pathText(path)}') j where j.atom is not null and j.atom <> '')`,
  truth: (x) => `coalesce(${x}, 0)`,
  scalar: (x) => x,
  text: (x) => x,
  lower: (x) => `lower(${x})`,
  squeeze: (x) => `lockstep_squeeze(${x})`,
  instant: (x) => `lockstep_instant(${x})`,
  folded: (row, column) => `lockstep_fold(${row}.${column})`,
  list: (x: string): string => `group_concat(${x})`,
  position: (text, part) => `instr(${text}, ${part})`,
  starts: (text, part, value) => `substr(${text}, 1, ${[...value].length}) = ${part}`,
  ends: (text, part, value) => `substr(${text}, ${-[...value].length}) = ${part}`,
  // A pattern that is put together, unlike a bare parameter, is not looked at while SQLite plans, so that no call plans anew.
  containing: (text, part) => `${text} like '%' || ${part} || '%'`,
  ending: (text, part) => `${text} like '%' || ${part}`,
  likes: true,
  entry: (value) => value,
  walked: (_t, _a, condition) => condition('v'),
  // The sum keeps SQLite from looking at the parameter while it plans, which would make it plan anew on every call.
  limit: (parameter: string): string => ` limit ${parameter} + 0`,
  offset: (parameter: string): string => ` offset ${parameter} + 0`,
  same: (a, b) => `${a} is ${b}`,
  different: (a, b) => `${a} is not ${b}`,
} as const satisfies Dialect

// Dictionary come from schemas, which allow neither quotes nor backslashes; quoted so that dots and colons of URNs are plain.
function pathText(path: readonly string[]): string {
  return `$${path.map((name) => `."${name.replaceAll("'", "''").replaceAll('"', '')}"`).join('')}`
}
