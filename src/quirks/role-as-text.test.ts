import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { roleAsText } from './role-as-text.ts'

const TEXT = '{"id":"18d1","value":"Admin","displayName":"Administrators"}'
const ROLE = { value: 'Admin', display: 'Administrators' }

test.each([
  [{ value: TEXT }, ROLE],
  [TEXT, ROLE],
  [
    { primary: 'True', value: TEXT },
    { primary: 'True', ...ROLE },
  ],
  [{ value: '{"value":"Admin"}' }, { value: 'Admin' }],
])('%j is %j', (sent, role) => {
  expect(after(roleAsText, create({ roles: [sent] })).body).toEqual({ roles: [role] })
  expect(after(roleAsText, patch({ op: 'add', path: 'roles', value: [sent] }))).toEqual(
    patch({ op: 'add', path: 'roles', value: [role] }),
  )
})

test.each([
  [create({ roles: [{ value: 'Admin' }] }), 'plain'],
  [create({ roles: [{ value: '{not JSON' }] }), 'not JSON'],
  [create({ roles: [{ value: '{"value":7}' }] }), 'no text inside'],
  [create({ emails: [{ value: TEXT }] }), 'elsewhere'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(roleAsText, message)).toBe(message)
})
