// What browsers have to load stays within budgets: brotli, in KB.

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildConsole } from '../../scripts/console.ts'

const DIST = join(import.meta.dirname, '../../console/dist')

/** KB of script and style; fonts as they are. */
const BUDGETS = { firstLoad: 204, page: 50, editor: 115, setup: 95, fonts: 95, all: 900 }
/** Pages and parts that load the editors, or draw. */
const EDITORS = /json-(?:editor|merge)/

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
  readonly css?: readonly string[]
}

let chunks: { readonly [name: string]: Chunk }
beforeAll(async () => {
  buildConsole()
  chunks = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'))
})

/** The files that are loaded with a chunk, its imports included. */
function filesOf(name: string, found = new Set<string>(), seen = new Set<string>()): ReadonlySet<string> {
  const chunk = chunks[name]
  if (chunk === undefined || seen.has(name)) return found
  seen.add(name)
  found.add(chunk.file)
  for (const file of chunk.css ?? []) found.add(file)
  for (const other of chunk.imports ?? []) filesOf(other, found, seen)
  return found
}

/** Kilobytes as they are sent. */
function size(files: Iterable<string>): number {
  let bytes = 0
  for (const file of files) bytes += statSync(join(DIST, /\.(?:js|css|svg)$/.test(file) ? `${file}.br` : file)).size
  return Math.round(bytes / 100) / 10
}

function list(files: Iterable<string>): string {
  return [...files].map((file) => `${file} ${size([file])}`).join('\n')
}

describe('what browsers load', () => {
  test('the first load of the console: script, style and the words of one language', () => {
    const words = Object.keys(chunks).filter((name) => /^src\/words\/de\/(?:common|parts)\.json$/.test(name))
    const files = new Set([...filesOf('index.html'), ...words.flatMap((name) => [...filesOf(name)])])
    expect(size(files), list(files)).toBeLessThanOrEqual(BUDGETS.firstLoad)
  })

  test('each page, with what only it loads', () => {
    const first = filesOf('index.html')
    for (const name of Object.keys(chunks).filter((one) => /^src\/(?:pages|parts)\/.+\.tsx$/.test(one))) {
      const own = [...filesOf(name)].filter((file) => !first.has(file))
      expect(size(own), `${name}\n${list(own)}`).toBeLessThanOrEqual(EDITORS.test(name) ? BUDGETS.editor : BUDGETS.page)
    }
  })

  test('the setup page, all of it', () => {
    const files = filesOf('setup.html')
    expect(size(files), list(files)).toBeLessThanOrEqual(BUDGETS.setup)
  })

  test('fonts of a page in English or German, and everything together', () => {
    const files = new Set(Object.values(chunks).flatMap(({ file, css = [] }) => [file, ...css]))
    const fonts = [...files].filter((file) => file.endsWith('.woff2'))
    expect(size(fonts.filter((file) => !file.includes('latin-ext'))), list(fonts)).toBeLessThanOrEqual(BUDGETS.fonts)
    expect(size(files)).toBeLessThanOrEqual(BUDGETS.all)
  })
})
