// Renders docs/rfc.md: each requirement with the files that implement it and the tests that prove it.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// test/rfc-table.test.ts fails if the page is stale, a requirement has no test, or a test names no requirement.

/** One line of test/rfc/requirements.json. */
export interface Requirement {
  readonly id: string
  readonly level: 'MUST' | 'SHOULD' | 'MAY' | 'OWN'
  /** Which side it binds: the service provider, the client, or both. */
  readonly who: 'S' | 'C' | 'B'
  readonly title: string
  /** Not observable from outside: the page names files instead of a test. */
  readonly inspect?: boolean
}

/** A test that names requirements. */
export interface NamedTest {
  readonly file: string
  readonly name: string
  readonly ids: readonly string[]
}

/** From a range of ids to the files that implement it. */
export type FileMap = { readonly [range: string]: readonly string[] }

const ROOT = join(import.meta.dirname, '..')
const PAGE = 'docs/rfc.md'

/** All requirements, in order. */
export function readRequirements(): readonly Requirement[] {
  return JSON.parse(readFileSync(join(ROOT, 'test/rfc/requirements.json'), 'utf8'))
}

/** Which files implement which requirements. */
export function readFiles(): FileMap {
  return JSON.parse(readFileSync(join(ROOT, 'test/rfc/files.json'), 'utf8'))
}

/** Whether the service provider must meet it now: MUST, SHOULD and OWN of the blocks S, P, C and of D.3. */
export function isRequired({ id, level, who }: Requirement): boolean {
  return who !== 'C' && level !== 'MAY' && (/^[SPC]-/.test(id) || /^D-04[0-2]$/.test(id))
}

/** Every test in src/ and test/ whose name contains a requirement's id. Skipped ones don't count. */
export function findTests(): readonly NamedTest[] {
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(test|contract)\.ts$/.test(name) && name !== 'rfc-table.test.ts')
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  )
  return files.sort().flatMap((file) => testsOf(file, readFileSync(join(ROOT, file), 'utf8')))
}

/** The tests of one file that name requirements, including names after `.each(…)`. */
export function testsOf(file: string, text: string): readonly NamedTest[] {
  const called = /\b(?:test|it)(?:\.(?:concurrent|sequential|fails))*\s*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g
  const each = /\]\s*(?:as const\s*)?,?\s*\)\s*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g
  const named = /\.(?:each|for)\s*\(\s*[A-Za-z]\w*\s*\)\s*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g
  return [called, each, named].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, , quoted = '']) => {
      const name = quoted.replaceAll(/\\(.)/g, '$1')
      const ids = idsIn(name)
      return ids.length === 0 ? [] : [{ file, name, ids }]
    }),
  )
}

/** The requirement ids in a text, with ranges such as `P-380..P-382` and `P-380..382` expanded. */
export function idsIn(text: string): readonly string[] {
  const ids = [...text.matchAll(/\b([SPCED])-(\d{3})(?:\.\.(?:\1-)?(\d{3}))?(?!\d)/g)].flatMap(([, block, from, to]) =>
    range(`${block}-${from}`, `${block}-${to ?? from}`),
  )
  return [...new Set(ids)]
}

function range(from: string, to: string): readonly string[] {
  const [first, last] = [Number(from.slice(2)), Number(to.slice(2))]
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, i) => `${from.slice(0, 2)}${String(first + i).padStart(3, '0')}`,
  )
}

/** The files of one requirement, from the narrowest range that contains it. */
export function filesOf(id: string, map: FileMap): readonly string[] {
  const found = Object.entries(map)
    .map(([key, files]) => ({ ids: idsIn(key), files }))
    .filter(({ ids }) => ids.includes(id))
    .sort((a, b) => a.ids.length - b.ids.length)
  return found[0]?.files ?? []
}

const SECTIONS: readonly (readonly [string, string, string])[] = [
  ['S-001', 'S-999', 'Schema and data model (RFC 7643)'],
  ['P-001', 'P-999', 'Protocol (RFC 7644)'],
  ['C-001', 'C-999', 'Cursor paging (RFC 9865)'],
  ['D-040', 'D-042', 'Roles and entitlements (draft)'],
]

/** The text of docs/rfc.md. */
export function formatPage(): string {
  const map = readFiles()
  const tests = findTests()
  const sections = SECTIONS.map(([from, to, title]) => {
    const rows = readRequirements()
      .filter(({ id }) => id >= from && id <= to)
      .filter((requirement) => isRequired(requirement) || tests.some(({ ids }) => ids.includes(requirement.id)))
      .map((requirement) => row(requirement, map, tests))
    return `## ${title}\n\n| id | level | requirement | files | tests |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`
  })
  return `# Requirements, files, tests

<!-- Written by \`node scripts/rfc-table.ts\`; don't edit. -->

Each MUST, SHOULD and binding choice of our own (OWN) that concerns the service provider, with the files that implement it and
the tests that prove it. A MAY is listed if a test shows what Lockstep does. The id is part of each test's name. Requirements
that cannot be observed from outside (\`inspect\`) name at least the file to read.

${sections.join('\n')}`
}

function row(requirement: Requirement, map: FileMap, tests: readonly NamedTest[]): string {
  const { id, level, title, inspect } = requirement
  const files = filesOf(id, map).map((file) => `[${file.replace(/^src\//, '')}](../${file})`)
  const proofs = [...new Set(tests.filter(({ ids }) => ids.includes(id)).map(({ file }) => file))]
  const shown = proofs.map((file) => `[${file.replace(/^.*\//, '').replace(/\.test\.ts$/, '')}](../${file})`)
  return `| ${id} | ${level}${inspect ? ', inspect' : ''} | ${title} | ${files.join(', ')} | ${shown.join(', ')} |`
}

if (import.meta.main) writeFileSync(join(ROOT, PAGE), formatPage())
