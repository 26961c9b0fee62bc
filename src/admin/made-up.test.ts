// Made-up requests have the form of those that were kept, and say why they can't be sent again.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCatalog, Group, type Json, User } from '../protocol/index.ts'
import { bodyText, type RequestLine, vocabularyOf } from '../record/index.ts'
import { wholeOf } from './made-up.ts'

const vocabulary = vocabularyOf(createCatalog([User, Group], 0))
const LINE: RequestLine = {
  id: 'r_01k7m2p9x3ab4',
  at: 0,
  tenant: 'acme',
  connection: 'entra-1',
  kind: 'entra',
  method: 'POST',
  route: '/Users',
  asks: 'create',
  path: '/Users',
  status: 201,
  us: 1,
  bytesIn: 1,
  bytesOut: 1,
  process: 'p',
}

describe('a shape', () => {
  test('is filled with values of its forms', () => {
    const sent = JSON.stringify({
      userName: '‹address 20›',
      title: '‹text 5›',
      active: true,
      employeeNumber: '‹digits 4›',
      password: '***',
      count: '‹number›',
    })
    const whole = wholeOf({ ...LINE, sent, body: 'shape' })
    expect(whole).toMatchObject({ madeUp: true, request: { method: 'POST', path: '/Users' } })
    expect(whole).toMatchObject({
      request: { body: { userName: `${'x'.repeat(18)}@x`, active: true, employeeNumber: '1111', count: 1 } },
    })
  })

  test('comes out as the very same shape again', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.emailAddress(),
      fc.uuid(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    )
    const leaf: fc.Arbitrary<Json> = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))
    const body = fc.record({
      userName: text,
      name: fc.record({ givenName: leaf, familyName: leaf }),
      emails: fc.array(fc.record({ value: text, type: fc.constantFrom('work', 'home') }), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(body, (sent) => {
        const shape = bodyText(sent, vocabulary, 'shape')
        const whole = wholeOf({ ...LINE, sent: shape, body: 'shape' })
        if (typeof whole === 'string') throw new Error(whole)
        expect(bodyText(whole.request.body, vocabulary, 'shape')).toBe(shape)
      }),
    )
  })

  test('in a path becomes a path that can be sent', () => {
    const path = '/Users?filter=userName eq "‹address 9›"&startIndex=1'
    const whole = wholeOf({ ...LINE, method: 'GET', asks: 'search', path })
    expect(whole).toEqual({
      madeUp: true,
      request: { method: 'GET', path: '/Users?filter=userName%20eq%20%22xxxxxxx%40x%22&startIndex=1', body: undefined },
    })
  })
})

test('what was kept whole is sent as it was', () => {
  const sent = { schemas: [User.schema.id], userName: 'ada' }
  expect(wholeOf({ ...LINE, sent: JSON.stringify(sent), body: 'values' })).toEqual({
    madeUp: false,
    request: { method: 'POST', path: '/Users', body: sent },
  })
})

test.each([
  ['door', { asks: 'door' }],
  ['alike', { unkept: 7 }],
  ['bulk', { asks: 'bulk', sent: '{}' }],
  ['cut', { path: `/Users?filter=${'x'.repeat(1_000)}` }],
  ['cut', { sent: '{"members":["‹id›","‹7 more›"]}' }],
  ['cut', { sent: '{"userName":"‹text 3›","‹more›":4}' }],
  ['no-body', {}],
  ['secret-path', { method: 'GET', path: '/‹text 7›' }],
] as const)('says %s of what cannot be sent again', (why, more) => {
  expect(wholeOf({ ...LINE, ...more } as RequestLine)).toBe(why)
})
