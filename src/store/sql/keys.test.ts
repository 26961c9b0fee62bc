// Which index each kind of comparison uses, on both databases.

import { expect, test } from 'vitest'
import { bindFilter, defineSchema, LENIENT, parseFilter, User } from '../../protocol/index.ts'
import { postgres } from '../postgres/dialect.ts'
import { sqlite } from '../sqlite/dialect.ts'
import { createBindings } from './bindings.ts'
import { keysFor } from './keys.ts'
import type { SqlScope } from './scope.ts'

const STAFF = 'urn:example:staff'
const Staff = User.extend(
  defineSchema({
    id: STAFF,
    name: 'Staff',
    attributes: {
      level: { type: 'integer' },
      share: { type: 'decimal' },
      since: { type: 'dateTime' },
      codes: { type: 'integer', multiValued: true },
    },
  }),
)

/** What an index on every path of the type gives for a filter. */
function keysOf(filter: string, dialect: typeof postgres | typeof sqlite) {
  const bindings = createBindings(dialect)
  const scope: SqlScope = {
    tenant: '$t',
    type: '$y',
    typeName: 'User',
    base: '',
    endpoints: {},
    path: (path) => ({ pathNo: 7, path, unique: false, ready: true }),
    typeKey: () => 'User',
  }
  const keys = keysFor(bindFilter(parseFilter(filter, LENIENT), Staff, LENIENT), scope)
  return keys && { ...keys, sql: keys.sql(bindings).replaceAll(/\s+/g, ' '), values: bindings.values }
}

const DAY = '"2026-01-31T09:00:00Z"'

test.each([
  ['active eq false', '=', 'false'],
  [`${STAFF}:level eq 5`, '=', 'c014000000000000'],
  [`${STAFF}:level gt 5`, '>', 'c014000000000000'],
  [`${STAFF}:level le -5`, '<=', '3febffffffffffff'],
  [`${STAFF}:share ge 0.5`, '>=', 'bfe0000000000000'],
  [`${STAFF}:since lt ${DAY}`, '<', 'c279c1347d280000'],
  [`${STAFF}:codes eq 5`, '=', 'c014000000000000'],
])('%s is found by an index of its own, on both databases', (filter, sign, value) => {
  for (const dialect of [sqlite, postgres]) {
    const keys = keysOf(filter, dialect)
    expect(keys?.exact).toBe(true)
    expect(keys?.sql).toMatch(
      new RegExp(`select (distinct )?k from (lockstep[._])?value_index where t = .* v ${sign} `),
    )
    expect(keys?.values).toContain(value)
  }
})

test.each(['active ne false', `${STAFF}:level pr`, `${STAFF}:level ne 5`])('%s is not', (filter) => {
  expect(keysOf(filter, sqlite)).toBeUndefined()
})

test.each([
  ['eq', 'userName eq "#"'],
  ['sw', 'userName sw "#"'],
  ['co', 'userName co "#"'],
  ['ew', 'emails.value ew "#"'],
])('many comparisons by %s are one look-up on PostgreSQL, and one for each value on SQLite', (_op, term) => {
  const words = ['a', 'b"', 'c\\', 'd,e', '{f}', 'null', 'a']
  const filter = words.map((word) => term.replace('#', word.replaceAll(/[\\"]/g, '\\$&'))).join(' or ')
  const together = keysOf(filter, postgres)
  expect(together?.sql.match(/\bu\d/g)).toEqual(['u0'])
  expect(together?.values).toContain('{"a","b\\"","c\\\\","d,e","{f}","null"}')
  expect(keysOf(filter, sqlite)?.sql.match(/\bu\d/g)).toHaveLength(words.length)
  expect(keysOf(`${term} or ${term}`, postgres)?.sql).not.toContain('[]')
})
