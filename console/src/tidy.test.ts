// The console keeps to the strict policy: styles come as files, nothing comes from elsewhere, nothing makes markup of text.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { circlesIn, importsOf } from '../../test/imports.ts'
import { PAGES } from './pages.ts'

const ROOT = join(import.meta.dirname, '..')
const MANTINE = join(ROOT, '../node_modules/@mantine/core')

interface Source {
  readonly path: string
  readonly text: string
}

const sources: readonly Source[] = globSync('{src,setup}/**/*.{ts,tsx,css,svg}', { cwd: ROOT })
  .filter((path) => !path.endsWith('.test.ts') && !path.endsWith('operations.ts'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
const code = sources.filter(({ path }) => /\.tsx?$/.test(path))

/** Components whose styles are made at run time, as style elements. */
const NO_COMPONENTS = ['AppShell', 'Grid', 'SimpleGrid', 'ColorSchemeScript']
/** Names that addresses may begin with in code: what they name is not fetched. */
const NO_PLACES = /^https?:\/\/(?:www\.w3\.org|.*\.example)\b/

/** The components of Mantine that a text imports. */
function componentsIn(text: string): readonly string[] {
  return [...text.matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type .*/, ''))
      .filter((name) => /^[A-Z]/.test(name)),
  )
}

/** The components that a component of Mantine is made of, itself included, as its own files import them. */
function madeOf(component: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(component)) return found
  found.add(component)
  for (const file of globSync(`esm/components/${component}/**/*.mjs`, { cwd: MANTINE })) {
    const text = readFileSync(join(MANTINE, file), 'utf8')
    for (const [, other = ''] of text.matchAll(/from "(?:\.\.\/)+([A-Z]\w+)\/\1\.mjs"/g))
      if (!other.endsWith('Card')) madeOf(other, found)
  }
  return found
}

describe('the console is tidy', () => {
  test('each file begins with one sentence that says what it is', () => {
    const bare = sources.filter(
      ({ path, text }) => !/\.svg$/.test(path) && !/^(?:\/\/ .+\.|\/\* .+\. \*\/)\n/.test(text),
    )
    expect(bare.map(({ path }) => path)).toEqual([])
  })

  test('imports go round in no circle', () => {
    const edges = new Map(
      code.map(({ path, text }) => [
        path,
        importsOf(text)
          .filter((name) => name.startsWith('.'))
          .map((name) => join(dirname(path), name)),
      ]),
    )
    expect(circlesIn(edges)).toEqual([])
  })

  test('what is loaded later does not wait for what React waits for', () => {
    const lazy = code.filter(({ text }) => /\blazy\b[^\n]*from 'react'/.test(text))
    expect(lazy.map(({ path }) => path)).toEqual([])
    expect(code.filter(({ text }) => text.includes('= later(')).length).toBeGreaterThan(5)
  })

  test('every link leads to a page of the table', () => {
    const known = new Set([...PAGES.map(({ path }) => path), '/sign-in', '/first'])
    const led = code.flatMap(({ path, text }) =>
      [...text.matchAll(/\bto(?:=|: )["']([^"']+)["']/g)].map(([, to = '']) => ({ path, to })),
    )
    expect(led.length).toBeGreaterThan(50)
    expect(led.filter(({ to }) => to.startsWith('/') && !known.has(to))).toEqual([])
  })

  test('each file is used by another', () => {
    const begins = ['src/main.tsx', 'src/scheme.ts', 'setup/main.tsx']
    const named = new Set(
      code.flatMap(({ text }) => [...text.matchAll(/['"][^'"]*?([\w-]+\.tsx?)['"]/g)].map(([, name]) => name)),
    )
    const unused = code.filter(({ path }) => !path.endsWith('.d.ts') && !begins.includes(path))
    expect(unused.map(({ path }) => path).filter((path) => !named.has(path.slice(path.lastIndexOf('/') + 1)))).toEqual(
      [],
    )
  })

  test('each exported name has a doc comment', () => {
    const bare = code.flatMap(({ path, text }) => {
      const lines = text.split('\n')
      return lines.flatMap((line, at) =>
        /^export (?:async )?(?:function|const|class|interface|type) [A-Za-z_]/.test(line) &&
        !(lines[at - 1] ?? '').trim().endsWith('*/')
          ? [`${path}:${at + 1}`]
          : [],
      )
    })
    expect(bare).toEqual([])
  })

  test('nothing names an address elsewhere', () => {
    const found = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/\bhttps?:\/\/[\w.-]+/g)].flatMap(([url]) => (NO_PLACES.test(url) ? [] : [`${path}: ${url}`])),
    )
    expect(found.filter((one) => !one.includes('scim.example'))).toEqual([])
  })

  test('no style is made at run time, and no markup of text', () => {
    const responsive =
      /\s(?:w|h|p|m|px|py|mx|my|gap|fz|ta|maw|mah|display|cols|span|hiddenFrom|visibleFrom)=(?:\{\{|"[^"]*"\s*\/\* responsive)|\s(?:hiddenFrom|visibleFrom)=/
    const wrong = code.flatMap(({ path, text }) => [
      ...(/dangerouslySetInnerHTML|\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write\b/.test(text)
        ? [`${path}: markup of text`]
        : []),
      ...(responsive.test(text) ? [`${path}: a responsive prop`] : []),
      ...(/lockScroll(?!=\{false\}|: false)/.test(text.replaceAll(/^\s*\/\/.*$/gm, '')) ? [`${path}: lockScroll`] : []),
      ...componentsIn(text)
        .filter((name) => NO_COMPONENTS.includes(name))
        .map((name) => `${path}: ${name}`),
    ])
    expect(wrong).toEqual([])
  })

  test.each(['src', 'setup'])(
    '%s: the style files of Mantine are those of the components used, and of what they are made of',
    (folder) => {
      const own = code.filter(({ path }) => path.startsWith(`${folder}/`))
      if (!own.some(({ text }) => text.includes("'@mantine/core'"))) return
      const imported = new Set(
        own.flatMap(({ text }) =>
          [...text.matchAll(/'@mantine\/core\/styles\/(\w+)\.css'/g)].map(([, name = '']) => name),
        ),
      )
      const used = new Set(own.flatMap(({ text }) => componentsIn(text)))
      const wanted = new Set([...used].flatMap((name) => [...madeOf(name)]))
      const styled = new Set(
        globSync('styles/*.css', { cwd: MANTINE }).map((file) => file.replace(/^styles\/|\.css$/g, '')),
      )
      const missing = [...wanted].filter((name) => styled.has(name) && !imported.has(name))
      expect(missing.sort()).toEqual([])
    },
  )

  test('a file imports the styles of what it uses, and of what that is made of, unless every page has them', () => {
    const stylesIn = (text: string) =>
      [...text.matchAll(/'@mantine\/core\/styles\/(\w+)\.css'/g)].map(([, name = '']) => name)
    const ofAll = stylesIn(readFileSync(join(ROOT, 'src/styles.ts'), 'utf8'))
    const styled = globSync('styles/*.css', { cwd: MANTINE }).map((file) => file.replace(/^styles\/|\.css$/g, ''))
    const wrong = code
      .filter(({ path }) => path.startsWith('src/'))
      .flatMap(({ path, text }) =>
        [...new Set(componentsIn(text).flatMap((name) => [...madeOf(name)]))]
          .filter((name) => styled.includes(name) && ![...ofAll, ...stylesIn(text)].includes(name))
          .map((name) => `${path}: ${name}`),
      )
    expect(wrong).toEqual([])
  })
})
