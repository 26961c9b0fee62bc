// Says the page's texts in a language, with values put in, numbers and times as people there write them.

import { de } from './de.ts'
import { en } from './en.ts'

/** The languages of the page, each with its own name for itself. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
/** One of {@link LANGUAGES}. */
export type Language = keyof typeof LANGUAGES
/** The name of a text. */
export type Key = keyof typeof en

const WORDS: { readonly [language in Language]: { readonly [key in Key]: string } } = { en, de }

/** Says texts in one language. */
export interface Say {
  readonly language: Language
  (key: Key, values?: { readonly [name: string]: string | number }): string
  /** A text by its singular or plural. */
  readonly count: (key: 'people.count' | 'people.groups', count: number) => string
  readonly number: (value: number) => string
  readonly date: (at: number) => string
  readonly time: (at: number) => string
  /** How long something took. */
  readonly took: (ms: number) => string
}

/** Says texts in a language. A text that is none gives its name, so that nothing breaks. */
export function sayIn(language: Language): Say {
  const words = WORDS[language]
  const say = (key: Key, values: { readonly [name: string]: string | number } = {}) =>
    (words[key] ?? key).replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  // English is written in several ways: as the browser's own English, if it is one.
  const locale = localeFor(language)
  const plural = new Intl.PluralRules(language)
  const number = (value: number) => value.toLocaleString(locale)
  return Object.assign(say, {
    language,
    count: (key: 'people.count' | 'people.groups', count: number) =>
      say(`${key}_${plural.select(count) === 'one' ? 'one' : 'other'}`, { count: number(count) }),
    number,
    date: (at: number) => new Date(at).toLocaleDateString(locale, { day: 'numeric', month: 'long', year: 'numeric' }),
    time: (at: number) => new Date(at).toLocaleTimeString(locale),
    took: (ms: number) => {
      if (ms < 60_000)
        return say('took.s', { n: (Math.max(0, ms) / 1_000).toLocaleString(language, { maximumFractionDigits: 1 }) })
      if (ms < 7_200_000) return say('took.min', { n: number(Math.round(ms / 60_000)) })
      return say('took.h', { n: (ms / 3_600_000).toLocaleString(language, { maximumFractionDigits: 1 }) })
    },
  })
}

function localeFor(language: Language): string {
  const own = typeof navigator === 'undefined' ? [] : navigator.languages
  // Some browsers name what is no language.
  return own.find((one) => /^[a-z]{2}-[A-Z]{2}$/.test(one) && one.startsWith(language)) ?? language
}

/** The language to begin with: the one chosen before, or the browser's, of those that are offered. */
export function firstLanguage(
  chosen: string | null,
  preferred: readonly string[],
  offered: readonly string[],
): Language {
  const all = [chosen ?? '', ...preferred.map((one) => one.slice(0, 2).toLowerCase())]
  const found = all.find((one) => Object.hasOwn(LANGUAGES, one) && offered.includes(one))
  return (found ?? offered[0] ?? 'en') as Language
}
