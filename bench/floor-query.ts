// The floor's few filters and its pages: a prepared statement each, and lists made by joining stored texts.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

const FORMS: readonly (readonly [
  form: RegExp,
  where: string,
  values: (found: readonly string[]) => SQLInputValue[],
])[] = [
  [/^userName eq "([^"]*)"$/, 'userName = ?', ([a = '']) => [a.toLowerCase()]],
  [/^externalId eq "([^"]*)"$/, 'externalId = ?', ([a = '']) => [a]],
  [
    /^userName eq "([^"]*)" and active eq (true|false)$/,
    'userName = ? AND active = ?',
    ([a = '', b]) => [a.toLowerCase(), b === 'true' ? 1 : 0],
  ],
  [
    /^\(userName eq "([^"]*)" or externalId eq "([^"]*)"\) and active eq (true|false)$/,
    '(userName = ? OR externalId = ?) AND active = ?',
    ([a = '', b = '', c]) => [a.toLowerCase(), b, c === 'true' ? 1 : 0],
  ],
  [
    /^emails\[type eq "(\w+)"\]\.value eq "([^"]*)"$/,
    'n IN (SELECT user FROM email WHERE value = ? AND type = ?)',
    ([a = '', b = '']) => [b.toLowerCase(), a],
  ],
  [
    /^emails\[type eq "(\w+)" and value eq "([^"]*)"\]$/,
    'n IN (SELECT user FROM email WHERE value = ? AND type = ?)',
    ([a = '', b = '']) => [b.toLowerCase(), a],
  ],
  [
    /^userName sw "([^"]*)"$/,
    'userName >= ? AND userName < ?',
    ([a = '']) => [a.toLowerCase(), `${a.toLowerCase()}\u{10ffff}`],
  ],
  [/^userName co "([^"]*)"$/, "userName LIKE '%' || ? || '%'", ([a = '']) => [a]],
  [/^displayName co "([^"]*)"$/, "json_extract(text, '$.displayName') LIKE '%' || ? || '%'", ([a = '']) => [a]],
  [
    /^urn:ietf:params:scim:schemas:extension:enterprise:2\.0:User:costCenter eq "([^"]*)"$/,
    `json_extract(text, '$."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".costCenter') = ?`,
    ([a = '']) => [a],
  ],
]

const LIST = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":'

/** The parameters of a query string. */
export interface Asked {
  readonly filter?: string | undefined
  readonly startIndex: number
  readonly count: number
  readonly cursor?: string | undefined
}

/** Creates the function that returns the text of a list for a query, or undefined for an unknown filter. */
export function createQuery(database: DatabaseSync): (asked: Asked) => string | undefined {
  const total = database.prepare("SELECT count FROM counter WHERE name = 'user'")
  const after = database.prepare('SELECT n, text FROM user WHERE n > ? ORDER BY n LIMIT ?')
  const skip = database.prepare('SELECT n, text FROM user WHERE n IN (SELECT n FROM user ORDER BY n LIMIT ? OFFSET ?)')
  const filtered = new Map<string, StatementSync>()

  function filter(text: string): string | undefined {
    for (const [form, where, values] of FORMS) {
      const found = form.exec(text)
      if (found === null) continue
      let statement = filtered.get(where)
      if (statement === undefined) {
        statement = database.prepare(`SELECT text FROM user WHERE ${where}`)
        filtered.set(where, statement)
      }
      const rows = statement.all(...values(found.slice(1)))
      const texts = rows.map((row) => row.text)
      return `${LIST}${texts.length},"itemsPerPage":${texts.length},"startIndex":1,"Resources":[${texts.join(',')}]}`
    }
    return undefined
  }

  return ({ filter: asked, startIndex, count, cursor }) => {
    if (asked !== undefined) return filter(asked)
    const all = Number(total.get()?.count)
    if (cursor === undefined) {
      const rows = startIndex === 1 ? after.all(0, count) : skip.all(count, startIndex - 1)
      return `${LIST}${all},"itemsPerPage":${rows.length},"startIndex":${startIndex},"Resources":[${rows.map((row) => row.text).join(',')}]}`
    }
    const rows = after.all(Number(cursor), count)
    const last = rows.length === count ? rows.at(-1)?.n : undefined
    const next = last === undefined ? '' : `"nextCursor":"${last}",`
    return `${LIST}${all},"itemsPerPage":${rows.length},${next}"Resources":[${rows.map((row) => row.text).join(',')}]}`
  }
}
