// SQLite's dialect for the query compiler.

import type { Dialect } from '../sql/dialect.ts'

/** SQLite's dialect. */
export const sqlite = {
  parameter: (n: number): string => `?${n}`,
  value: (value) => (typeof value === 'boolean' ? Number(value) : value),
  yes: '1',
  no: '0',
  holds: (condition) => `coalesce(${condition}, 0)`,
  literal: (key) => String(key),
  table: (name) => `lockstep_${name}`,
  cutSince: (tenant, at) => `exists (select 1 from lockstep_cut z where z.t = ${tenant} and z.at >= ${at})`,
  rarely: (select) => select,
  join: 'cross join',
  ofTenant: () => '',
  anyType: (row, tenant) => `${row}.t = ${tenant} and ${row}.y in (select y from lockstep_counter where t = ${tenant})`,
  typeName: (row) => `(select n.name from lockstep_type n where n.y = ${row}.y)`,
  noResource: 'select null as k where 0',
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
  // SQLite reads a bare parameter while planning and plans again for each value; it does not read a concatenated pattern.
  containing: (text, part) => `${text} like '%' || ${part} || '%'`,
  ending: (text, part) => `${text} like '%' || ${part}`,
  likes: true,
  entry: (value) => value,
  walked: (_tenant, _pathNo, condition) => condition('v'),
  // Because of the sum SQLite does not read the parameter while planning, which would make it plan again for each value.
  limit: (parameter: string): string => ` limit ${parameter} + 0`,
  offset: (parameter: string): string => ` offset ${parameter} + 0`,
  same: (a, b) => `${a} is ${b}`,
  different: (a, b) => `${a} is not ${b}`,
} as const satisfies Dialect

// Names come from schemas, which allow neither quotes nor backslashes; quoted so that dots and colons of URNs are plain.
function pathText(path: readonly string[]): string {
  return `$${path.map((name) => `."${name.replaceAll("'", "''").replaceAll('"', '')}"`).join('')}`
}
