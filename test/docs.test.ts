// The documentation is true: links, examples, file names and generated pages.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { referencePages } from '../scripts/reference.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
]

describe('the documents are true', () => {
  test.each(Object.entries(referencePages()))('docs/reference/%s is what `npm run reference` writes', (file, text) => {
    expect(read(`docs/reference/${file}`)).toBe(text)
  })

  test('an example in a page is the file that it names, which is compiled and run', () => {
    const wrong: string[] = []
    for (const page of pages) {
      for (const [, file, code] of read(page).matchAll(/<!-- (examples\/\S+) -->\n```ts\n([\s\S]*?)```/g)) {
        if (file !== undefined && read(file) !== code) wrong.push(`${page}: ${file}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('TypeScript in a page comes from a file in examples/', () => {
    const loose = pages.filter((page) => /(?<!<!-- examples\/\S+ -->\n)```ts\n/.test(read(page)))
    expect(loose).toEqual([])
  })

  test('links inside the repository lead somewhere', () => {
    const broken: string[] = []
    for (const page of pages) {
      for (const [, link] of read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)/g)) {
        const path = join(root, page, '..', link ?? '')
        try {
          readdirSync(join(path, '..')).includes(path.split('/').at(-1) ?? '') || broken.push(`${page}: ${link}`)
        } catch {
          broken.push(`${page}: ${link}`)
        }
      }
    }
    expect(broken).toEqual([])
  })

  test('files that a page names exist', () => {
    const rooms = readdirSync(join(root, 'src')).join('|').replaceAll('.', '\\.')
    const named = new RegExp(
      `(?<![\\w./{}:-])(?:(?:src|test|scripts|bench|conformance|examples|docs|deploy)/|(?=(?:${rooms})/))[\\w./-]*[\\w/]`,
      'g',
    )
    const missing: string[] = []
    for (const page of pages) {
      for (const [, code] of read(page).matchAll(/`([^`\n]+)`/g)) {
        for (const [path] of code?.matchAll(named) ?? []) {
          if (!existsSync(join(root, path)) && !existsSync(join(root, 'src', path))) missing.push(`${page}: ${path}`)
        }
      }
    }
    expect(missing).toEqual([])
  })

  test('the README shows the two commands', () => {
    expect(read('README.md')).toContain('npm ci && npm start')
    expect(read('README.md')).toContain('npm ci && npm test')
  })
})
