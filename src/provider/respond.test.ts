// Which status an error is answered with.

import { expect, test } from 'vitest'
import type { Call } from '../call.ts'
import { notFound, unavailable } from '../protocol/index.ts'
import { errorOf, mediaType } from './respond.ts'

const SCIM = 'application/scim+json'
const JSON_TYPE = 'application/json'

test.each([
  [undefined, SCIM, 'no header'],
  ['', SCIM, 'an empty header'],
  ['*/*', SCIM, 'anything'],
  ['application/*', SCIM, 'anything of the kind'],
  ['application/scim+json', SCIM, 'SCIM’s own'],
  ['application/json', JSON_TYPE, 'JSON alone'],
  ['text/json', JSON_TYPE, 'JSON by its other name'],
  ['Application/JSON; charset=utf-8', JSON_TYPE, 'case and parameters'],
  ['application/json, text/plain, */*', JSON_TYPE, 'JSON by name, the rest by asterisk'],
  ['application/json, application/scim+json', SCIM, 'both alike'],
  ['application/json, application/scim+json;q=0.9', JSON_TYPE, 'JSON rather'],
  ['application/json;q=0.5, application/scim+json', SCIM, 'SCIM’s rather'],
  ['application/scim+json;q=0, application/json', JSON_TYPE, 'all but SCIM’s'],
  ['text/html, */*;q=0.1', SCIM, 'anything, if it must be'],
])('P-003 Accept: %s → %s (%s)', (accept, expected, _case) => {
  expect(mediaType(accept)).toBe(expected)
})

test.each(['text/html', 'application/scim+json;q=0', 'application/json;q=0.0', 'image/*', '*/*;q=0'])(
  'P-004 Accept: %s → 406',
  (accept) => {
    expect(() => mediaType(accept)).toThrow(expect.objectContaining({ status: 406 }))
  },
)

test('a client is never asked to retry without a report', () => {
  const told: unknown[] = []
  const call: Pick<Call, 'method'> = { method: 'PUT' }
  const answered = (error: unknown) => errorOf(error, call as Call, ({ error }) => told.push(error)).status
  const later = unavailable(1)
  expect([answered(later), answered(notFound('no'))]).toEqual([503, 404])
  expect(told).toEqual([later])
})
