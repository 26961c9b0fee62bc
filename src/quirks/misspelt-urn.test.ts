// Misspelt URNs.

import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { misspeltUrn } from './misspelt-urn.ts'

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

test.each([
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0User', ENT],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0.User', ENT],
  ['urn:ietf:params:scim:schemas:extension:enterprise2.0:User', ENT],
])('%s is %s', (slip, urn) => {
  expect(after(misspeltUrn, create({ [slip]: { department: 'd' } })).body).toEqual({ [urn]: { department: 'd' } })
  expect(after(misspeltUrn, patch({ op: 'add', path: `${slip}:department`, value: 'd' }))).toEqual(
    patch({ op: 'add', path: `${urn}:department`, value: 'd' }),
  )
})

test.each([ENT, ENT.toUpperCase(), `${ENT}:department`, `${ENT}.department`, 'urn:example:other', 'department'])(
  '%s is left alone',
  (name) => {
    const message = create({ [name]: { department: 'd' } })
    expect(after(misspeltUrn, message)).toBe(message)
  },
)
