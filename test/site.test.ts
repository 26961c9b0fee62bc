// The documentation site holds together: links of its pages, its menu and its first page lead somewhere.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sitePages } from '../website/scripts/site-pages.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = sitePages()

/** The API has a page for each door of the package, written from doc comments: their headings are not known here. */
const { exports } = JSON.parse(read('package.json')) as { readonly exports: object }
const ofTheApi = new Set(
  Object.keys(exports).map((door) => `api/${door === '.' ? 'lockstep' : door.slice(2).replaceAll('/', '-')}`),
)

/** What the site makes of a heading, as GitHub does: later ones of the same words get a number. */
function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const anchors = new Set<string>(['_top'])
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#{2,6} (.+)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '')
    const anchor = words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    anchors.add(times === 0 ? anchor : `${anchor}-${times}`)
  }
  return anchors
}

const withoutCode = (text: string) =>
  text.replaceAll(/^( *)(```+)[\s\S]*?^\1\2 *$/gm, '').replaceAll(/`[^`\n]+`(?!\]\()/g, 'code')
const anchors = new Map([...pages].map(([route, text]) => [route, anchorsOf(text)]))

/** Whether there is such a page, and such a heading on it. */
function leads(path: string, hash: string | undefined, from: string): boolean {
  const route = path === '' ? from : path.replaceAll(/^\/|\/$/g, '')
  if (ofTheApi.has(route) || (route === '' && hash === undefined)) return true
  return anchors.get(route)?.has(hash ?? '_top') ?? false
}

test('links on the pages lead to pages and headings of the site', () => {
  const broken: string[] = []
  let links = 0
  for (const [route, text] of pages) {
    for (const [, target = ''] of withoutCode(text).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      links++
      const [path = '', hash] = target.split('#')
      if (!leads(path, hash, route)) broken.push(`${route}: ${target}`)
    }
  }
  expect(broken).toEqual([])
  expect(links).toBeGreaterThan(100)
})

test('the menu and the first page lead to pages', () => {
  const menu = read('website/astro.config.mjs')
  const names = /identityProviders = \[([^\]]+)\]/.exec(menu)?.[1] ?? ''
  const slugs = [
    ...[...menu.matchAll(/slug: '([^']+)'/g)].map(([, slug = '']) => slug),
    ...[...names.matchAll(/'([^']+)'/g)].map(([, name]) => `connect/${name}`),
    ...[...read('website/src/home.mdx').matchAll(/(?:link: |href=")\/([^\s"]+)\//g)].map(([, route = '']) => route),
  ]
  expect(slugs.length).toBeGreaterThan(14)
  expect(slugs.filter((slug) => !pages.has(slug) && !ofTheApi.has(slug))).toEqual([])
  const folders = [...menu.matchAll(/directory: '([^']+)'/g)].map(([, folder = '']) => folder)
  expect(
    folders.filter((folder) => ![...pages.keys(), ...ofTheApi].some((one) => one.startsWith(`${folder}/`))),
  ).toEqual([])
})

test('every page has a title and says what it is about', () => {
  const bare = [...pages].filter(([, text]) => !/^---\ntitle: "[^\n]{2,}"\n/.test(text)).map(([route]) => route)
  expect(bare).toEqual([])
})
