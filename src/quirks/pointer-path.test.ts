// JSON Pointers as paths.

import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { pointerPath } from './pointer-path.ts'

test.each([
  ['/active', 'active'],
  ['/name/givenName', 'name.givenName'],
  ['/emails/-', 'emails'],
  [
    '/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
  ],
  [
    '/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager/value',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value',
  ],
  [
    '/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  ],
])('%s is %s', (path, name) => {
  expect(after(pointerPath, patch({ op: 'add', path, value: 'x' }))).toEqual(
    patch({ op: 'add', path: name, value: 'x' }),
  )
})

test.each(['/emails/0', '/emails/0/value', '/', '/a/b/c', 'active'])('%s is left alone', (path) => {
  const message = patch({ op: 'add', path, value: 'x' })
  expect(after(pointerPath, message)).toBe(message)
})

test('keys of a path-less value too, members of a create not', () => {
  expect(after(pointerPath, patch({ op: 'add', value: { '/title': 'x' } }))).toEqual(
    patch({ op: 'add', value: { title: 'x' } }),
  )
  const message = create({ '/title': 'x' })
  expect(after(pointerPath, message)).toBe(message)
})
