// Reads a file of people in the browser: CSV with a heading, or lines of JSON.

import { parse } from 'csv-parse/browser/esm/sync'
import { Hint } from '../parts/hint.ts'

/** A file that was read. */
export interface FileRows {
  readonly name: string
  readonly headings: readonly string[]
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[]
}

/** Longest file: it is read on the page itself, since the policy lets no worker begin. */
const BYTES = 64 * 1024 * 1024

/** What is said of a file that cannot be read. */
export interface FileWords {
  readonly tooLong: (mebibytes: number) => string
  readonly noRows: string
  readonly notRead: (why: string) => string
}

/**
 * Reads a file.
 *
 * @throws {Hint} with a sentence when it is none that can be read
 */
export async function readFile(file: File, words: FileWords): Promise<FileRows> {
  if (file.size > BYTES) throw new Hint(words.tooLong(BYTES / 1024 / 1024))
  const text = await file.text()
  const [headings, ...rest] = rowsOf(text, words)
  if (headings === undefined || rest.length === 0) throw new Hint(words.noRows)
  return { name: file.name, headings, rows: rest.map((cells, at) => ({ line: at + 2, cells })) }
}

function rowsOf(text: string, words: FileWords): readonly (readonly string[])[] {
  try {
    return /^\s*\{/.test(text) ? fromJson(text) : fromCsv(text)
  } catch (failure) {
    throw new Hint(words.notRead(failure instanceof Error ? failure.message : String(failure)))
  }
}

function fromCsv(text: string): readonly (readonly string[])[] {
  // A semicolon or a tab is what spreadsheets write in some countries.
  const first = text.slice(0, text.search(/\r?\n|$/))
  const delimiter = [',', ';', '\t'].sort((a, b) => first.split(b).length - first.split(a).length)[0] ?? ','
  return parse(text, {
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  })
}

/** Lines of JSON as rows: the heading is every name there is, parts of names with dots. */
function fromJson(text: string): readonly (readonly string[])[] {
  const objects = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => flat(JSON.parse(line)))
  const headings = [...new Set(objects.flatMap((one) => [...one.keys()]))]
  return [headings, ...objects.map((one) => headings.map((name) => one.get(name) ?? ''))]
}

function flat(value: unknown, path = '', found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (Array.isArray(value)) {
    const [first] = value
    return flat(typeof first === 'object' && first !== null && 'value' in first ? first.value : first, path, found)
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value))
      flat(inner, path === '' || name.startsWith('urn:') ? (path === '' ? name : path) : `${path}.${name}`, found)
    return found
  }
  if (value !== undefined && value !== null) found.set(path, String(value))
  return found
}
