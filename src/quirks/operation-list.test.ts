// Lists of operations in other shapes.

import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { PATCH_OP } from '../protocol/index.ts'
import { operationList } from './operation-list.ts'

const ONE = { op: 'add', path: 'title', value: 'x' }

test('a lone operation becomes a list of one', () => {
  const sent = { ...patch(), body: { operations: ONE } }
  expect(after(operationList, sent).body).toEqual({ operations: [ONE] })
})

test('the list alone becomes a message', () => {
  const body = after(operationList, { ...patch(), body: [ONE] }).body
  expect(body).toEqual({ schemas: [PATCH_OP], Operations: [ONE] })
})

test('the name of a client class is read as Operations', () => {
  const sent = { ...patch(), body: { patchOperationList: [ONE], schemas: [] } }
  expect(after(operationList, sent).body).toEqual({ schemas: [], Operations: [ONE] })
})

test.each([
  [patch(ONE), 'a list'],
  [{ ...patch(), body: { Operations: [ONE], patchOperationList: [] } }, 'both names'],
  [{ ...patch(), body: 'x' }, 'no object'],
  [create({ Operations: ONE }), 'a create'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(operationList, message)).toBe(message)
})
