// The catalogues are complete: every key has a text in every language, with the same blanks and the plural forms of that language.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROUTES } from '../../../src/admin/routes.ts'

const HERE = import.meta.dirname
const ROOT = join(HERE, '../..')
const LANGUAGES = readdirSync(HERE, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []))
const PLURAL = /_(?:one|two|few|many|other)$/

type Catalogue = ReadonlyMap<string, string>

function catalogue(file: string): Catalogue {
  const texts = new Map<string, string>()
  const walk = (path: string, value: unknown) => {
    if (typeof value === 'string') texts.set(path, value)
    else for (const [key, inner] of Object.entries(value as object)) walk(path === '' ? key : `${path}.${key}`, inner)
  }
  walk('', JSON.parse(readFileSync(file, 'utf8')))
  return texts
}

const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map(([, name]) => name).sort()

describe.each(['src/words'])('%s', (folder) => {
  const at = join(ROOT, folder)
  const areas = readdirSync(join(at, 'en'))

  test.each(LANGUAGES)('%s has every area', (language) => {
    expect(readdirSync(join(at, language))).toEqual(areas)
  })

  test.each(areas.flatMap((area) => LANGUAGES.map((language) => [area, language] as const)))(
    '%s in %s has every key',
    (area, language) => {
      const english = catalogue(join(at, 'en', area))
      const own = catalogue(join(at, language, area))
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
      const wanted = new Set<string>()
      for (const key of english.keys()) {
        if (!PLURAL.test(key)) wanted.add(key)
        else for (const form of forms) wanted.add(key.replace(PLURAL, `_${form}`))
      }
      expect([...own.keys()].sort()).toEqual([...wanted].sort())
      for (const [key, text] of own) {
        expect(text.trim(), key).not.toBe('')
        // A count may be left out where the form says it: one person.
        const model = english.get(key)
        if (model !== undefined && !PLURAL.test(key)) expect(blanks(text), key).toEqual(blanks(model))
      }
    },
  )
})

test('whatever the audit writes down is said in words', () => {
  const said = catalogue(join(HERE, 'en/ways.json'))
  const written = ROUTES.filter(({ audited, method }) => audited ?? method !== 'get').map(({ id }) => id)
  expect(written.filter((id) => !said.has(`audit.actions.${id}`))).toEqual([])
})

test('every area that is typed has a file, and every file is typed', () => {
  const typed = [...readFileSync(join(HERE, 'areas.d.ts'), 'utf8').matchAll(/'\.\/en\/([\w-]+)\.json'/g)].map(
    ([, area]) => `${area}.json`,
  )
  expect(typed.sort()).toEqual(readdirSync(join(HERE, 'en')).sort())
})
