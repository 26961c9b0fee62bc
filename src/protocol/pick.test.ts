// Members picked from JSON text.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pickMembers } from './pick.ts'

const name = fc.constantFrom('active', 'emails', 'urn:a:b:User', 'x', 'a"b', 'c\\', '', 'é')

describe('some members of a JSON object', () => {
  test('are what JSON.parse finds, whatever stands around them', () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.jsonValue(), { noNullPrototype: true }),
        fc.uniqueArray(name, { maxLength: 4 }),
        (object, wanted) => {
          const names = new Set(wanted)
          const whole = JSON.parse(JSON.stringify(object)) as Record<string, unknown>
          const found = pickMembers(JSON.stringify(object), names) as Record<string, unknown>
          for (const one of names) {
            // A name that JSON has to escape stands in no schema: it may be missing.
            if (JSON.stringify(one) === `"${one}"`) expect(found[one]).toEqual(whole[one])
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['{}', {}],
    ['{"x":1}', { x: 1 }],
    ['{"x":-1.5e3,"active":true}', { x: -1500, active: true }],
    ['{"a":"}\\"{","active":false}', { active: false }],
    ['{"a":[{"active":true}],"active":false}', { active: false }],
    ['{"a":"\\\\","active":null}', { active: null }],
    [' { "x" : [ 1 ] , "active" : true } ', { x: [1], active: true }],
  ])('%s', (text, expected) => {
    expect(pickMembers(text, new Set(['active', 'x']))).toEqual(expected)
  })

  test.each(['', '[]', '"x"', '{"x":', '{"x":1', '{"x" 1}', '{"y":"'])('what is no object is an error: %s', (text) => {
    expect(() => pickMembers(text, new Set(['x']))).toThrow(SyntaxError)
  })
})
