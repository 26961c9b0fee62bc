// docs/rfc.md is current, and every requirement has a test.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  filesOf,
  findTests,
  formatPage,
  idsIn,
  isRequired,
  readFiles,
  readRequirements,
  testsOf,
} from '../scripts/rfc-table.ts'

const root = join(import.meta.dirname, '..')
const requirements = readRequirements()

test('every required id has a test, or a file where it can only be inspected', () => {
  const named = new Set(findTests().flatMap(({ ids }) => ids))
  const files = readFiles()
  const bare = requirements
    .filter(isRequired)
    .filter(({ id, inspect }) => !named.has(id) && !(inspect && filesOf(id, files).length > 0))
    .map(({ id, title }) => `${id} ${title}`)
  expect(bare).toEqual([])
})

test('every required id has a file', () => {
  const files = readFiles()
  expect(
    requirements.filter((one) => isRequired(one) && filesOf(one.id, files).length === 0).map(({ id }) => id),
  ).toEqual([])
})

test('no test names an id that does not exist', () => {
  const known = new Set(requirements.map(({ id }) => id))
  const unknown = findTests().flatMap(({ file, ids }) =>
    ids.filter((id) => !known.has(id)).map((id) => `${file}: ${id}`),
  )
  expect(unknown).toEqual([])
})

test('every file of the map exists, and every range holds an id', () => {
  const known = new Set(requirements.map(({ id }) => id))
  for (const [range, files] of Object.entries(readFiles())) {
    expect(
      idsIn(range).some((id) => known.has(id)),
      range,
    ).toBe(true)
    for (const file of files) expect(existsSync(join(root, file)), `${range}: ${file}`).toBe(true)
  }
})

test('docs/rfc.md is up to date; regenerate it with: node scripts/rfc-table.ts', () => {
  const page = readFileSync(join(root, 'docs/rfc.md'), 'utf8').split('\n')
  const stale = formatPage()
    .split('\n')
    .filter((line, at) => line !== page[at])
  expect(stale.slice(0, 3)).toEqual([])
  expect(page.join('\n')).toBe(formatPage())
})

test('test names are found in every form, and skipped tests are not', () => {
  const text = `
    test('P-001 plain', () => {})
    it("P-002 double", async () => {})
    test.concurrent('P-003 P-004 two', () => {})
    test.each([
      ['a (b)', 1],
    ])('P-005 %s', () => {})
    test.each(rows)(\`P-006 %s\`, () => {})
    test('P-007..009 it\\'s a range', () => {})
    test.skip('P-010 skipped', () => {})
    test.todo('P-011 later')
    describe('P-012 a group', () => {})`
  const found = testsOf('x.test.ts', text).flatMap(({ ids }) => ids)
  expect(found.sort()).toEqual(['P-001', 'P-002', 'P-003', 'P-004', 'P-005', 'P-006', 'P-007', 'P-008', 'P-009'])
})
