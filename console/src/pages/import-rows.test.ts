// Rows of files as people.

import { expect, test } from 'vitest'
import { csvOf, editsOf, fieldsOf, guess, resourceOf } from './import-rows.ts'

test.each([
  ['User Name', 'userName'],
  ['e-mail', 'emails'],
  ['name.givenName', 'name.givenName'],
  ['Abteilung', 'department'],
  ['shoe size', ''],
])('%s is %s', (heading, path) => {
  expect(guess(heading)).toBe(path)
})

const columns = ['userName', 'emails', 'active', 'name.givenName', '', 'department']

test('a row is a person, with the extension where it needs it', () => {
  expect(resourceOf(fieldsOf(['ann', ' ann@x ', 'no', 'Ann', 'ignored', 'Sales'], columns))).toEqual({
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    ],
    userName: 'ann',
    emails: [{ value: 'ann@x', type: 'work', primary: true }],
    active: false,
    name: { givenName: 'Ann' },
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Sales' },
  })
})

test('only what is different is changed, and other addresses stay', () => {
  const present = { id: '1', userName: 'ann', active: true, emails: [{ value: 'home@x', type: 'home' }] }
  expect(editsOf(fieldsOf(['ann', 'ann@x', 'yes', '', '', ''], columns), present)).toEqual([
    { op: 'add', path: 'emails', value: [{ value: 'ann@x', type: 'work' }], before: undefined },
  ])
  const later = { ...present, emails: [{ value: 'ann@x', type: 'work' }] }
  expect(editsOf(fieldsOf(['ann', 'ann@x', 'yes', '', '', ''], columns), later)).toEqual([])
  expect(editsOf(fieldsOf(['ann', 'new@x', 'off', '', '', ''], columns), later)).toEqual([
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'new@x', before: 'ann@x' },
    { op: 'replace', path: 'active', value: false, before: true },
  ])
})

test('a cell never becomes a formula', () => {
  expect(csvOf([['=1+1', 'a "b"']])).toBe(`"'=1+1","a ""b"""`)
})
