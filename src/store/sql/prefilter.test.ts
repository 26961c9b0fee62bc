// Tests that one text in several attributes is looked for in the document first.

import { expect, test } from 'vitest'
import { bindFilter, LENIENT, parseFilter, User } from '../../protocol/index.ts'
import { sqlite } from '../sqlite/dialect.ts'
import { createBindings } from './bindings.ts'
import { compileFilter } from './filter.ts'
import type { SqlScope } from './scope.ts'

/** A type whose userName has an index. */
const scope: SqlScope = {
  tenant: '$t',
  type: '$y',
  typeName: 'User',
  base: '',
  endpoints: {},
  path: (path) => (path === 'userName' ? { pathNo: 7, path, unique: true, ready: true } : undefined),
  typeKey: () => 'User',
}

function compiled(filter: string): { readonly text: string; readonly values: readonly unknown[] } {
  const bindings = createBindings(sqlite)
  return {
    text: compileFilter(bindFilter(parseFilter(filter, LENIENT), User, LENIENT), scope, bindings),
    values: bindings.values,
  }
}

const WHOLE_TEXT =
  /^\(\((?:\(r\.text like [^)]+ or \(r\.folded is not null and r\.folded like [^)]+\)\)(?: or )?)+\) and \(/

test.each([
  ['userName co "son7" or nickName co "son7" or emails.value co "son7"', 1],
  ['userName sw "ada" or nickName ew "bob"', 2],
])('%s looks for %i texts before anything else', (filter, pieces) => {
  const { text, values } = compiled(filter)
  expect(text).toMatch(WHOLE_TEXT)
  expect(values.slice(0, pieces)).toEqual([...new Set(filter.match(/(?<=")\w+(?=")/g))])
})

test.each([
  ['what is in no document', 'id co "son7" or nickName co "son7"'],
  ['the name of somebody else', 'groups.display co "son7" or nickName co "son7"'],
  ['what need not be there', 'nickName ne "son7" or userName co "son7"'],
  ['what JSON escapes', 'userName co "s\\"7" or nickName co "s\\"7"'],
])('%s is not looked for there', (_what, filter) => {
  expect(compiled(filter).text).not.toMatch(WHOLE_TEXT)
})
