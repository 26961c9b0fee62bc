// Tests how settings are changed and taken back.

import { expect, test } from 'vitest'
import { changeSettings, DEFAULT_SETTINGS } from './settings.ts'

test('what is left out stays', () => {
  const changed = changeSettings(DEFAULT_SETTINGS, { features: { bulk: false }, sensitiveFilters: ['emails.value'] })
  expect(changed.features).toEqual({ ...DEFAULT_SETTINGS.features, bulk: false })
  expect(changed.sensitiveFilters).toEqual(['emails.value'])
  expect(changeSettings(changed, { uniqueEmails: true })).toEqual({ ...changed, uniqueEmails: true })
})

test.each([
  [{ colour: 'red' }, /no setting "colour"; there are uniqueGroupNames/],
  [{ features: { teleport: true } }, /no feature "teleport"/],
  [{ features: { bulk: 'no' } }, /features.bulk must be true or false, not "no"/],
  [{ features: true }, /features must be an object/],
  [{ uniqueEmails: 1 }, /uniqueEmails must be true or false/],
  [{ sensitiveFilters: 'emails' }, /must be a list/],
  [{ sensitiveFilters: ['a b'] }, /not "a b"/],
])('%j is refused', (change, message) => {
  expect(() => changeSettings(DEFAULT_SETTINGS, change)).toThrow(message)
})
