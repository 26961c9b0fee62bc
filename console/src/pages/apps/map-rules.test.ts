// The rules of a map survive being shown as a form.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linesOf, mapOf } from './map-rules.ts'

const rule = fc.oneof(
  fc.record({ from: fc.string({ minLength: 1 }).filter((one) => one.trim() !== '') }),
  fc.record({ cel: fc.constantFrom('user.title', 'user.name.givenName + "x"'), whenMissing: fc.constant('clear') }),
  fc.record({ const: fc.oneof(fc.boolean(), fc.integer(), fc.string(), fc.array(fc.string())) }),
  fc.record({ ref: fc.constant('manager'), to: fc.array(fc.constantFrom('trim', 'lower')) }),
)

test('a map is the same after a form has shown it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z:.]{1,12}$/), rule), (map) => {
      const { map: back, wrong } = mapOf(linesOf(map))
      expect(wrong.size).toBe(0)
      expect(back).toEqual({ ...map })
    }),
  )
})

test('a line that cannot be read is named', () => {
  const line = { target: 'userName', origin: 'from', source: 'userName', more: '' } as const
  const lines = [
    line,
    line,
    { ...line, target: 'a', more: '"to":' },
    { ...line, target: 'b', origin: 'const', source: '{' } as const,
  ]
  expect([...mapOf(lines).wrong]).toEqual([
    [1, 'twice'],
    [2, 'more'],
    [3, 'source'],
  ])
})
