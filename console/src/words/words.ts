// Languages: a catalogue for each area and language, loaded when a page needs it.

import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'

/** The languages there are, each by its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
/** One of {@link LANGUAGES}. */
export type Language = keyof typeof LANGUAGES

const KEY = 'lockstep-language'
const FILES = import.meta.glob<{ readonly default: object }>('./*/*.json')

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: async (language: string, area: string) => {
    const load = FILES[`./${language}/${area}.json`]
    if (load === undefined) throw new Error(`There is no catalogue ${language}/${area}.json`)
    return { ...(await load()).default }
  },
}

/** Loads the words that every page has, in the language chosen, or the browser's. */
export async function startWords(): Promise<void> {
  const language = initialLanguage()
  document.documentElement.lang = language
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      ns: ['common', 'parts'],
      defaultNS: 'common',
      // React escapes what it shows.
      interpolation: { escapeValue: false },
      returnNull: false,
      // A word that is missing would be shown as its key: it is said, and every test of a page fails of it.
      saveMissing: true,
      missingKeyHandler: (_languages, area, key, _shown, _updates, options) => {
        if (options?.defaultValue === undefined) console.error(`There is no word ${area}:${key}`)
      },
      react: { useSuspense: true },
    })
}

/** Changes the language, for this browser. */
export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

/** The language of the page. */
export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'en'
}

function initialLanguage(): Language {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages].map((one) => one.slice(0, 2))
  return wanted.find(isLanguage) ?? 'en'
}

function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text)
}
