// Finds which files load which: the tests that reach a source file, and what a program loads as it starts.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Imports and re-exports of values: those of types are gone when the program runs. */
const IMPORT = /^(?:(?:import|export) (?!type )[^'";]*from |import )'([^']+)'|\bimport\('([^']+)'\)/gm

/** Test files that import a source file, directly or through others, in the order of their paths. Paths are relative to the repository. */
export function testsReaching(source: string): readonly string[] {
  const entries = entryPoints()
  const known = new Map<string, readonly string[]>()
  const importsOf = (file: string) => {
    const found = known.get(file) ?? readImports(file, entries)
    known.set(file, found)
    return found
  }
  return ['src', 'test']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
    )
    .filter((path) => path.endsWith('.test.ts') && reaches(path, source, importsOf))
    .sort()
}

/** Source files that are loaded when a source file is, before it runs: not those that it loads when it needs them. */
export function loadedWith(source: string): readonly string[] {
  const entries = entryPoints()
  return [...reachedFrom(source, (file) => readImports(file, entries, 'at once'))]
}

function reaches(from: string, to: string, importsOf: (file: string) => readonly string[]): boolean {
  return reachedFrom(from, importsOf).has(to)
}

function reachedFrom(from: string, importsOf: (file: string) => readonly string[]): ReadonlySet<string> {
  // A set is walked in the order of insertion, what is added meanwhile included.
  const seen = new Set([from])
  for (const file of seen) for (const one of importsOf(file)) seen.add(one)
  return seen
}

function readImports(
  file: string,
  entries: ReadonlyMap<string, string>,
  which: 'all' | 'at once' = 'all',
): readonly string[] {
  if (!file.endsWith('.ts')) return []
  const found: string[] = []
  for (const [, named = '', loaded = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)) {
    if (named === '' && which === 'at once') continue
    const specifier = named === '' ? loaded : named
    const path = specifier.startsWith('.') ? join(dirname(file), specifier) : entries.get(specifier)
    if (path !== undefined && existsSync(join(ROOT, path))) found.push(path)
  }
  return found
}

/** The package's entry points: `lockstep/client` and where its source is. */
function entryPoints(): ReadonlyMap<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly exports: { readonly [path: string]: { readonly '@lockstep/source': string } }
  }
  return new Map(Object.entries(exports).map(([path, to]) => [join(name, path), join(to['@lockstep/source'])]))
}
