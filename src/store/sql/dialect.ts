/** The places where SQLite and other databases say the same thing differently. Each function gives a piece of SQL. */
export const sqlite = {
  /** The n-th parameter, from 1. */
  parameter: (n: number): string => `?${n}`,
  /** A value within a JSON text, as SQL text, number, 0 or 1; null when there is none. */
  at: (json: string, path: readonly string[]): string => `${json} ->> '${pathText(path)}'`,
  /** The first value of a list in a JSON text. */
  first: (json: string, path: readonly string[]): string => `${json} ->> '${pathText(path)}[0]'`,
  /** A value within an element (a JSON text itself) of a list. */
  within: (json: string, name: string): string => `${json} ->> '${pathText([name])}'`,
  /** The elements of a list in a JSON text: a table whose `value` is one of them and whose `key` is its position. */
  elements: (json: string, path: readonly string[]): string => `json_each(${json}, '${pathText(path)}')`,
  /** The value within an element of a list of another text, at the position of the element `position`. */
  twin: (json: string, path: readonly string[], position: string, name: string | undefined): string =>
    `${json} ->> ('${pathText(path)}[' || ${position} || ']${name === undefined ? '' : pathText([name]).slice(1)}')`,
  /** Whether there is a value other than "" anywhere at or below a path. */
  anyValue: (json: string, path: readonly string[]): string =>
    `exists (select 1 from json_tree(${json}, '${pathText(path)}') j where j.atom is not null and j.atom <> '')`,
  /** All values of a group of rows (numbers) in one text, with commas between; null when there are none. */
  list: (x: string): string => `group_concat(${x})`,
  /** Position of one text in another, 0 if it is not in it. */
  position: (text: string, part: string): string => `instr(${text}, ${part})`,
  /**
   * Whether a text contains a part without LIKE's wildcards, in whatever case of ASCII letters. A pattern that is put
   * together, unlike a bare parameter, is not looked at while SQLite plans, so that no call plans anew.
   */
  containing: (text: string, part: string): string => `${text} like '%' || ${part} || '%'`,
  /** The same for the end of a text. */
  ending: (text: string, part: string): string => `${text} like '%' || ${part}`,
  // The sum keeps SQLite from looking at the parameter while it plans, which would make it plan anew on every call.
  limit: (parameter: string): string => ` limit ${parameter} + 0`,
  offset: (parameter: string): string => ` offset ${parameter} + 0`,
  /** Equal, where null equals null. */
  same: (a: string, b: string): string => `${a} is ${b}`,
  /** Not equal, where null equals null. */
  different: (a: string, b: string): string => `${a} is not ${b}`,
} as const

// Names come from schemas, which allow neither quotes nor backslashes; quoted so that dots and colons of URNs are plain.
function pathText(path: readonly string[]): string {
  return `$${path.map((name) => `."${name.replaceAll("'", "''").replaceAll('"', '')}"`).join('')}`
}
