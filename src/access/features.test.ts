// What a host leaves out of its features is on.

import { expect, test } from 'vitest'
import { ALL_FEATURES, featuresOf } from './features.ts'

test('what is left out is on, and the same answer is not put together twice', () => {
  const some = { bulk: false }
  const features = featuresOf((tenant) => (tenant === 'acme' ? some : {}))
  expect(features('acme')).toEqual({ ...ALL_FEATURES, bulk: false })
  expect(features('acme')).toBe(features('acme'))
  expect(features('beta')).toEqual(ALL_FEATURES)
  expect(featuresOf(undefined)('acme')).toBe(ALL_FEATURES)
})
