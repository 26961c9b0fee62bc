// The repository checks its own shape: floors, comments, names, regular expressions.

import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { parse, type Token } from 'acorn'
import { describe, expect, test } from 'vitest'
import { drawMap } from '../scripts/map.ts'
import { longFunctions } from './function-length.ts'
import { circlesIn, importsOf } from './imports.ts'
import { superlinear } from './linear.ts'

/** The floors: what each room may import from, besides itself and the files on the ground floor. docs/map.md describes them. */
const FLOORS: { readonly [room: string]: readonly string[] } = {
  protocol: [],
  store: ['protocol'],
  quirks: ['protocol'],
  directory: ['store', 'protocol'],
  access: ['quirks', 'protocol'],
  jobs: ['store', 'protocol'],
  record: ['store', 'protocol'],
  tenancy: ['access', 'directory', 'store', 'quirks', 'protocol'],
  setup: ['access', 'store', 'quirks', 'protocol'],
  client: ['quirks', 'protocol'],
  provider: ['access', 'directory', 'quirks', 'protocol'],
  sources: ['directory', 'quirks', 'protocol'],
  conformance: ['protocol'],
  simulate: ['protocol'],
  outbound: ['protocol'],
  testing: [],
  explain: ['protocol'],
  hub: ['jobs', 'client', 'directory', 'access', 'store', 'quirks', 'protocol'],
  embed: [
    'setup',
    'provider',
    'tenancy',
    'sources',
    'directory',
    'access',
    'jobs',
    'client',
    'store',
    'quirks',
    'protocol',
  ],
  admin: [
    'setup',
    'hub',
    'conformance',
    'provider',
    'access',
    'record',
    'directory',
    'tenancy',
    'store',
    'quirks',
    'explain',
    'protocol',
  ],
  site: [
    'setup',
    'hub',
    'outbound',
    'provider',
    'access',
    'record',
    'directory',
    'tenancy',
    'store',
    'quirks',
    'protocol',
  ],
  server: [
    'setup',
    'site',
    'admin',
    'hub',
    'outbound',
    'provider',
    'access',
    'record',
    'directory',
    'tenancy',
    'jobs',
    'store',
    'quirks',
    'protocol',
  ],
  cli: [
    'setup',
    'server',
    'site',
    'admin',
    'embed',
    'conformance',
    'simulate',
    'hub',
    'outbound',
    'testing',
    'provider',
    'sources',
    'client',
    'directory',
    'tenancy',
    'jobs',
    'record',
    'access',
    'store',
    'quirks',
    'explain',
    'protocol',
  ],
}

/** Folders inside the store: what each may import of it, besides itself. Files beside the folders ('') are for all stores. */
const STORE_FLOORS: { readonly [folder: string]: readonly string[] } = {
  contract: [],
  '': ['contract', 'memory'],
  sql: ['contract'],
  sqlite: ['contract', '', 'sql'],
  postgres: ['contract', '', 'sql'],
  memory: ['contract', ''],
  testing: [''],
}

/** Rooms that must run anywhere: nothing of Node in them. */
const PURE = ['protocol', 'quirks', 'explain', 'client', 'testing', 'simulate']

/** The files of pure rooms that load a part of Node: one when it is asked to listen, the other where there is Node. */
const LOADS_NODE = ['testing/listen.ts', 'simulate/wire/send.ts']

/** Files on the ground: anyone may import them, they import only each other. */
const GROUND = [
  'base64url.ts',
  'call.ts',
  'command.ts',
  'node-body.ts',
  'node-crypto.ts',
  'node-bridge.ts',
  'node-listen.ts',
  'node-send.ts',
  'node.ts',
  'packages.ts',
  'per-turn.ts',
  'terminal.ts',
  'turns.ts',
  'url.ts',
  'environment.ts',
  'whole-answer.ts',
]

/** Front doors besides `index.ts`: the stores are exports of their own, so that an app takes only the one it uses. */
const DOORS: { readonly [room: string]: readonly string[] } = {
  record: ['index.ts', 'sqlite/sqlite.ts', 'postgres/postgres.ts'],
  store: ['index.ts', 'sqlite/sqlite.ts', 'postgres/postgres.ts', 'memory/memory.ts', 'testing/index.ts'],
}

/** Packages that the core loads by name, each in one place, and only when they are asked for (docs/decisions/0013, 0040, 0041). */
const LOADED: { readonly [path: string]: readonly string[] } = {
  'store/postgres/driver.ts': ["await import('pg')"],
  'hub/map/cel-package.ts': ["require('@bufbuild/cel')", "require('@bufbuild/cel/ext')"],
  'hub/proof/jose.ts': ["await import('jose')"],
}

/** Where the program and apps begin. */
const BEGINNINGS = [
  'cli/main.ts',
  'command.ts',
  'index.ts',
  'store/memory/memory.ts',
  'store/sqlite/sqlite.ts',
  // Begun through store/sqlite/thread-file.ts.
  'store/sqlite/backup-thread.ts',
  'store/postgres/postgres.ts',
  'store/testing/index.ts',
  // The rooms that use it are built next: events, sources, sign-on.
  'jobs/index.ts',
  'hub/index.ts',
  'testing/index.ts',
  'embed/setup/setup-page.ts',
  'hub/testing.ts',
]

/** Exports that nothing in the repository uses: for apps, for stores, and for the rooms that are built next. */
const OFFERED = ['formatPath', 'NOTE_TYPES', 'sameDocument', 'startReader', 'startWorker']

/** Names that fit everything and so find nothing. */
const NO_NAMES = /(^|[-/])(utils?|helpers?|common|shared|misc|core|lib|service|handler|entity|info)(\.|$)/

/** Tests that hold such marks as text. */
const SPEAK_OF_MARKS = /(tidy|rfc-table)\.test\.ts$/

const root = join(import.meta.dirname, '..')
const src = join(root, 'src')

interface Source {
  /** Path below src. */
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(src, path), 'utf8')
    return { path, text, imports: importsOf(text) }
  })
const product = sources.filter(({ path }) => !path.endsWith('.test.ts'))

function roomOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : ''
}

function target(source: Source, name: string): string {
  return relative(src, join(src, dirname(source.path), name))
}

describe('the house is tidy', () => {
  test('a room imports only rooms on lower floors, and only by their front door', () => {
    const wrong: string[] = []
    for (const source of product) {
      const room = roomOf(source.path)
      for (const name of source.imports.filter((one) => one.startsWith('.'))) {
        const to = target(source, name)
        const other = roomOf(to)
        if (other === room && room !== '') continue
        if (GROUND.includes(to) || source.path === 'index.ts') continue
        const floors = FLOORS[room]
        const door = (DOORS[other] ?? ['index.ts']).some((one) => to === `${other}/${one}`)
        if (floors === undefined || !floors.includes(other) || !door) wrong.push(`src/${source.path} -> ${to}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('inside the store, databases share the contract and the query compiler, and know nothing of each other', () => {
    const folderOf = (path: string) => (path.split('/').length > 2 ? (path.split('/')[1] ?? '') : '')
    const wrong: string[] = []
    for (const source of product.filter(({ path }) => roomOf(path) === 'store')) {
      const folder = folderOf(source.path)
      for (const name of source.imports.filter((one) => one.startsWith('.'))) {
        const to = target(source, name)
        if (roomOf(to) !== 'store' || folderOf(to) === folder) continue
        if (!STORE_FLOORS[folder]?.includes(folderOf(to))) wrong.push(`src/${source.path} -> ${to}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('stores, and what stands on them, take time, chance and timers from the environment, so that they can be simulated', () => {
    const own = /\bDate\.now\b|\bMath\.random\b|(?<!\.)\b(setImmediate|setTimeout|setInterval)\(|\brandomBytes\b/
    const wrong = product.filter(
      ({ path, text }) =>
        /^(store|jobs|directory|tenancy|setup)\//.test(path) &&
        // The salts of password hashes.
        path !== 'directory/scrypt.ts' &&
        own.test(withoutComments(text)),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('the ground imports nothing of ours but itself', () => {
    for (const source of product.filter(({ path }) => GROUND.includes(path))) {
      expect(
        source.imports.filter((name) => !name.startsWith('node:') && !GROUND.includes(target(source, name))),
        source.path,
      ).toEqual([])
    }
  })

  test('imports go round in no circle', () => {
    const edges = new Map(
      product.map((source) => [
        source.path,
        source.imports.filter((name) => name.startsWith('.')).map((name) => target(source, name)),
      ]),
    )
    expect(circlesIn(edges)).toEqual([])
  })

  test('folders within a room import each other in one direction', () => {
    // Every folder is a node; a file directly in its room is one by itself.
    const folderOf = (path: string) => (path.split('/').length > 2 ? dirname(path) : path)
    const edges = new Map<string, Set<string>>()
    for (const source of product) {
      const from = folderOf(source.path)
      const to = source.imports
        .filter((name) => name.startsWith('.'))
        .map((name) => target(source, name))
        .filter((path) => roomOf(path) === roomOf(source.path))
        .map(folderOf)
        .filter((folder) => folder !== from)
      edges.set(from, new Set([...(edges.get(from) ?? []), ...to]))
    }
    expect(circlesIn(edges)).toEqual([])
  })

  test('pure rooms import nothing of Node, and the embeddable core no package', () => {
    const wrong: string[] = []
    for (const source of product) {
      const room = roomOf(source.path)
      for (const name of source.imports) {
        if (PURE.includes(room) && name.startsWith('node:') && !LOADS_NODE.includes(source.path))
          wrong.push(`${source.path}: ${name}`)
        const core = !['admin', 'server', 'cli', 'outbound'].includes(room)
        if (LOADED[source.path]?.some((load) => load.includes(`('${name}')`) && source.text.includes(load))) continue
        if (core && !name.startsWith('.') && !name.startsWith('node:')) wrong.push(`${source.path}: ${name}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('nothing writes to a terminal but through the one exit that escapes', () => {
    const writes =
      /\bconsole\.(?!ts')|\.(stdout|stderr)\s*\.\s*write\b|\{[^}]*\b(stdout|stderr)\b[^}]*\} = process|process\.(stdout|stderr)(?!\.(isTTY|on|once)\b)/
    const wrong = product.filter(
      ({ path, text }) =>
        // The suite of stores keeps what they report from the console.
        !['terminal.ts', 'cli/main.ts', 'command.ts', 'store/testing/fixture.ts'].includes(path) &&
        writes.test(withoutComments(text)),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('nothing is used that Node 20 lacks: there the core, the client and PostgreSQL run', () => {
    const newer =
      /\b(URL\.parse|(Map|Object)\.groupBy|Promise\.(withResolvers|try)|Array\.fromAsync|RegExp\.escape|Iterator\.from|Error\.isError)\b|import\.meta\.main|import \{[^}]*CompileCache/
    expect(product.filter(({ text }) => newer.test(withoutComments(text))).map(({ path }) => path)).toEqual([])
  })

  test('each exported name has a doc comment', () => {
    const bare: string[] = []
    for (const { path, text } of product) {
      const lines = text.split('\n')
      for (const [at, line] of lines.entries()) {
        if (!/^export (async )?(function|const|class|interface|type) [A-Za-z_]/.test(line)) continue
        const before = lines[at - 1] ?? ''
        if (!before.trim().endsWith('*/') && !before.startsWith('export function'))
          bare.push(`${path}:${at + 1} ${line.slice(0, 60)}`)
      }
    }
    expect(bare).toEqual([])
  })

  test('each exported function and constant is used, and not by tests alone', () => {
    const elsewhere = ['scripts', 'bench', 'examples'].flatMap((folder) => textsIn(folder))
    const uses = new Map<string, number>()
    const count = (text: string) => {
      const code = text.replaceAll(/\/\*\*(?:(?!\*\/)[\s\S])*\*\//g, '')
      for (const [word] of withoutComments(code).matchAll(/[A-Za-z_$][\w$]*/g))
        uses.set(word, (uses.get(word) ?? 0) + 1)
    }
    // A front door only passes on.
    for (const { path, text } of product) if (!path.endsWith('index.ts')) count(text)
    for (const text of elsewhere) count(text)
    const doors = [
      'index.ts',
      'client/index.ts',
      'conformance/index.ts',
      'hub/index.ts',
      'hub/testing.ts',
      'hub/contract/index.ts',
      'testing/index.ts',
      'simulate/index.ts',
      'embed/setup/setup-page.ts',
      ...Object.values(DOORS)
        .flat()
        .map((door) => `store/${door}`),
      'node.ts',
      'packages.ts',
    ]
    const offered = new Set([
      ...OFFERED,
      ...sources.flatMap(({ path, text }) => (doors.includes(path) ? wordsOf(text) : [])),
    ])
    const dead = product.flatMap(({ path, text }) =>
      [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) ([A-Za-z_$][\w$]*)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => (uses.get(name) ?? 0) < 2 && !offered.has(name))
        .map((name) => `${path}: ${name}`),
    )
    expect(dead).toEqual([])
  })

  test('each file is imported, or is where a program, a thread or an app begins', () => {
    const imported = new Set(product.flatMap((one) => one.imports.map((name) => target(one, name))))
    const begun = new Set(
      product.flatMap((one) =>
        [...one.text.matchAll(/[`'](\.\/[\w-]+)\.(?:\$\{|js|ts)[^`']*[`'], import\.meta\.url/g)].map(
          ([, name = '']) => `${target(one, name)}.ts`,
        ),
      ),
    )
    const lost = product.filter(({ path }) => !imported.has(path) && !begun.has(path) && !BEGINNINGS.includes(path))
    expect(lost.map(({ path }) => path)).toEqual([])
  })

  test('no function is longer than a reader can hold in the head', () => {
    const long = product.flatMap(({ path, text }) =>
      longFunctions(text).map(({ name, line, lines }) => `src/${path}:${line} ${name}: ${lines} lines`),
    )
    expect(long).toEqual([])
  })

  test('no file has a name that fits everything', () => {
    expect(sources.map(({ path }) => path).filter((path) => NO_NAMES.test(path))).toEqual([])
  })

  test('no test is switched off, and a TODO has an issue number', () => {
    const marks = /^\s*(test|it|describe)\.(skip|only|todo)\b|\b(TODO|FIXME)\b(?! ?\(?#\d+)/m
    const files = [...sources, ...testFiles()].filter(({ path }) => !SPEAK_OF_MARKS.test(path))
    expect(files.filter(({ text }) => marks.test(text)).map(({ path }) => path)).toEqual([])
  })
})

/** Regular expressions that may take their time: on text that is bounded and our own. With the reason, none so far. */
const PATIENT: ReadonlySet<string> = new Set()

describe('no text takes more than linear time to be matched', () => {
  test('no regular expression begins again at each character, or takes text back', () => {
    const slow: string[] = []
    for (const { path, text } of product) {
      for (const { pattern, flags, line } of expressionsIn(text)) {
        const why = superlinear(pattern, flags)
        if (why !== undefined && !PATIENT.has(`/${pattern}/${flags}`))
          slow.push(`src/${path}:${line} /${pattern}/${flags} ${why}`)
      }
    }
    expect(slow, 'scan by hand (indexOf), begin with ^, or let a character that no repeat takes come first').toEqual([])
  })

  test('no regular expression is put together, so that all of them can be looked at', () => {
    expect(product.filter(({ text }) => /\bRegExp\(/.test(text)).map(({ path }) => path)).toEqual([])
  })

  test.each([
    ['\\[.*\\]', 's', 'one that walks on from each bracket'],
    ['\\s+$', '', 'one that is anchored at its end alone'],
    ['"(?:[^"\\\\]|\\\\.)*"', 'g', 'a string that may never be closed'],
    ['^(?:a+)+$', '', 'one repeat inside another'],
    ['^a*b?a*$', '', 'two repeats of the same'],
    ['(eq|ne)\\s+“([^”]*)”', 'g', 'one whose repeat takes its beginning again'],
  ])('/%s/%s is found: %s', (pattern, flags) => {
    expect(superlinear(pattern, flags)).toBeDefined()
  })

  test.each([
    ['^[a-z]+:(.*)$', 's'],
    ['"[^"]*"', 'g'],
    ['\\s+', 'g'],
    ['(?:^|,)\\s*q=1', ''],
    ['x{1,5}$', ''],
    ['(?<!\\\\)(?:\\\\\\\\)*u', ''],
  ])('/%s/%s is let pass', (pattern, flags) => {
    expect(superlinear(pattern, flags)).toBeUndefined()
  })
})

/** Every regular expression of a source file, with its line. */
function expressionsIn(
  text: string,
): readonly { readonly pattern: string; readonly flags: string; readonly line: number }[] {
  const found: { readonly pattern: string; readonly flags: string; readonly line: number }[] = []
  const onToken = ({ type, loc, ...token }: Token) => {
    if (type.label !== 'regexp') return
    const { pattern, flags } = (token as unknown as { value: { pattern: string; flags: string } }).value
    found.push({ pattern, flags, line: loc?.start.line ?? 0 })
  }
  parse(stripTypeScriptTypes(text), { ecmaVersion: 'latest', sourceType: 'module', locations: true, onToken })
  return found
}

describe('the map', () => {
  test('every file says what it is', () => {
    expect(
      drawMap(root)
        .split('\n')
        .filter((line) => /^\| `.*` \|\s*\|$/.test(line)),
    ).toEqual([])
  })

  test('every folder within a room says what it holds', () => {
    const bare = [...drawMap(root).matchAll(/^### (.*)\n\n\| file/gm)].map(([, folder]) => folder)
    expect(bare, 'add it to FOLDERS in scripts/map.ts').toEqual([])
  })

  test('every file begins with one sentence that says what it is', () => {
    const folders = ['bench', 'conformance', 'examples', 'guides', 'scripts', 'src', 'test']
    const wrong = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => `${folder}/${path}`)
        .filter((path) => !/^(?:#![^\n]*\n)?\/\/ \S[^\n]{8,110}\.\n\n/.test(readFileSync(join(root, path), 'utf8'))),
    )
    expect(wrong).toEqual([])
  })

  test('CONTRIBUTING.md lists the floors', () => {
    const lines = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').matchAll(
      /^\| (\d+) \| (`[^|]+`) \| ([^|]+) \|$/gm,
    )
    const listed = [...lines].flatMap(([, floor = '', names = '', imports = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, room = '']) => [room, { floor: Number(floor), imports }] as const),
    )
    const expected = Object.entries(FLOORS).map(([room, below]) => {
      const floor = 1 + Math.max(-1, ...below.map((name) => Object.fromEntries(listed)[name]?.floor ?? Number.NaN))
      const all = below.length === Object.keys(FLOORS).length - 1
      return [
        room,
        { floor, imports: all ? 'all' : below.length === 0 ? 'nothing, not even `node:`' : below.join(', ') },
      ]
    })
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(expected))
  })

  test('docs/map.md is what `npm run map` writes', () => {
    const map = readFileSync(join(root, 'docs/map.md'), 'utf8')
    expect(map).toBe(drawMap(root))
  })
})

/** Code without its comments, as far as they stand on lines of their own. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(\/\*\*|\*|\/\/).*$/gm, '')
}

function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/[A-Za-z_$][\w$]*/g)].map(([word]) => word)
}

function textsIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'))
}

function testFiles(): readonly { readonly path: string; readonly text: string }[] {
  const folder = join(root, 'test')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: `test/${path}`, text: readFileSync(join(folder, path), 'utf8') }))
}
