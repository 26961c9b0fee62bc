// Differences between documents.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differences, type Json, same } from './diff.ts'

test('attributes are told one by one, and lists by what is in them', () => {
  const before: Json = {
    active: true,
    name: { givenName: 'Bab' },
    emails: [
      { value: 'a@x', type: 'work' },
      { value: 'b@x', type: 'home' },
    ],
  }
  const after: Json = {
    active: false,
    name: { givenName: 'Barbara' },
    title: 'Lead',
    emails: [
      { value: 'c@x', type: 'home' },
      { value: 'a@x', type: 'work', primary: true },
    ],
  }
  expect(differences(before, after)).toEqual([
    { path: 'active', kind: 'changed', before: true, after: false },
    { path: 'emails', kind: 'removed', before: { value: 'b@x', type: 'home' } },
    { path: 'emails', kind: 'added', after: { value: 'c@x', type: 'home' } },
    { path: 'emails[work].primary', kind: 'added', after: true },
    { path: 'name.givenName', kind: 'changed', before: 'Bab', after: 'Barbara' },
    { path: 'title', kind: 'added', after: 'Lead' },
  ])
})

test('a document is the same as itself, and different from any other', () => {
  const document = fc.dictionary(fc.string(), fc.jsonValue())
  fc.assert(
    fc.property(document, document, (a, b) => {
      expect(differences(a as Json, structuredClone(a) as Json)).toEqual([])
      expect(differences(a as Json, b as Json).length === 0).toBe(same(a as Json, b as Json))
    }),
  )
})

test('the order of a list is no difference, and the same value twice is two', () => {
  expect(differences(['a', 'b'], ['b', 'a'])).toEqual([])
  expect(differences(['a', 'a'], ['a'])).toEqual([{ path: '', kind: 'removed', before: 'a' }])
})
