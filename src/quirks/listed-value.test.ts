import { expect, test } from 'vitest'
import { after, patch } from '../../test/quirks/messages.ts'
import type { Json } from '../protocol/index.ts'
import { listedValue } from './listed-value.ts'

test.each<[string, Json, Json]>([
  ['displayName', [{ $ref: null, value: 'Ada' }], 'Ada'],
  ['displayName', { value: 'Ada' }, 'Ada'],
  ['active', [{ value: 'False' }], 'False'],
  ['name.givenName', ['Ada'], 'Ada'],
  ['emails[type eq "work"].value', { value: 'a@example.com' }, 'a@example.com'],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', [{ value: 'R&D' }], 'R&D'],
])('%s ← %j', (path, value, inner) => {
  expect(after(listedValue, patch({ op: 'replace', path, value }))).toEqual(
    patch({ op: 'replace', path, value: inner }),
  )
})

test.each<[string, Json, string]>([
  ['displayName', 'Ada', 'plain'],
  ['emails', [{ value: 'x' }], 'a list'],
  ['emails[type eq "work"]', { value: 'x' }, 'an element'],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager', [{ value: '1' }], 'complex'],
  ['displayName', [{ value: 'a' }, { value: 'b' }], 'two values'],
  ['displayName', [], 'none'],
  ['displayName', { display: 'a' }, 'nothing called value'],
  ['unheardOf', [{ value: 'a' }], 'unknown'],
])('%s ← %j is left alone (%s)', (path, value, _case) => {
  const message = patch({ op: 'replace', path, value })
  expect(after(listedValue, message)).toBe(message)
})
