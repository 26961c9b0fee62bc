// URNs of SCIM 1.

import { expect, test } from 'vitest'
import { after, create, list, patch, search } from '../../test/quirks/messages.ts'
import { Group } from '../protocol/group.ts'
import { legacyUrn } from './legacy-urn.ts'

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

test.each([
  ['urn:scim:schemas:extension:enterprise:1.0', ENT],
  ['urn:scim:schemas:extension:enterprise:1.0:User', ENT],
  ['urn:scim:schemas:extension:enterprise:2.0:User', ENT],
  ['urn:scim:schemas:extension:user:enterprise:1.0', 'urn:scim:schemas:extension:user:enterprise:1.0'],
  ['urn:scim:schemas:core:1.0', USER],
  ['urn:scim:schemas:core:2.0', USER],
  ['urn:scim:schemas:core:user:1.0', USER],
])('%s as a member is %s', (old, name) => {
  expect(after(legacyUrn, create({ [old]: { department: 'd' } })).body).toEqual({ [name]: { department: 'd' } })
})

test('in a group the core URN means the group', () => {
  const message = create({ 'urn:scim:schemas:core:1.0': {} }, Group)
  expect(after(legacyUrn, message).body).toEqual({ 'urn:ietf:params:scim:schemas:core:2.0:Group': {} })
})

test.each([
  ['urn:scim:schemas:extension:enterprise:1.0:department', `${ENT}:department`],
  ['urn:scim:schemas:core:1.0:userName', `${USER}:userName`],
  ['urn:scim:schemas:core:2.0:User:userName', `${USER}:userName`],
])('%s as a path is %s', (old, name) => {
  expect(after(legacyUrn, patch({ op: 'add', path: old, value: 'd' }))).toEqual(
    patch({ op: 'add', path: name, value: 'd' }),
  )
  expect(after(legacyUrn, patch({ op: 'add', value: { [old]: 'd' } }))).toEqual(
    patch({ op: 'add', value: { [name]: 'd' } }),
  )
  expect(after(legacyUrn, list({ filter: `${old} eq "x"` })).query.filter).toBe(`${name} eq "x"`)
  expect(after(legacyUrn, search({ filter: `${old} eq "x"` })).body).toEqual({ filter: `${name} eq "x"` })
})

test('a value is left alone', () => {
  const message = list({ filter: 'externalId eq "urn:scim:schemas:core:1.0:x"' })
  expect(after(legacyUrn, message)).toBe(message)
})
