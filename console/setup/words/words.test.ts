// Both languages of the setup page say the same, with the same values in it.

import { expect, test } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'
import { firstLanguage, sayIn } from './say.ts'

const valuesIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([value]) => value).sort()

test('every text is there in both languages, with the same values', () => {
  expect(Object.keys(de)).toEqual(Object.keys(en))
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect(de[key], key).not.toBe('')
    // How singular and plural are told apart is the language's own.
    expect(valuesIn(de[key]), key).toEqual(valuesIn(en[key]))
  }
})

test('a language is the one chosen, the browser’s, or the first that is offered', () => {
  expect(firstLanguage('de', ['en-GB'], ['en', 'de'])).toBe('de')
  expect(firstLanguage(null, ['de-AT', 'en'], ['en', 'de'])).toBe('de')
  expect(firstLanguage(null, ['fr-FR'], ['de'])).toBe('de')
  expect(firstLanguage('de', ['de'], ['en'])).toBe('en')
})

test('how long something took is said in the unit that fits', () => {
  const say = sayIn('en')
  expect([say.took(412), say.took(38 * 60_000), say.took(3 * 3_600_000)]).toEqual(['0.4 s', '38 min', '3 h'])
})
