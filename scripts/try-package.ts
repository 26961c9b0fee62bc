// Packs what is published, installs it in an empty project as apps do, and tries it on every supported runtime.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../test/postgres.ts'
import { bundle, measureBundles } from './package/bundles.ts'
import { lintPackages } from './package/lint.ts'
import { install, makeProject, type Packed, pack } from './package/pack.ts'
import { BUNDLED, EMBEDDED, onPostgres, PORTABLE } from './package/programs.ts'
import { type Runtime, runtimes } from './package/runtimes.ts'
import { tryWeek } from './package/week.ts'
import { runInWorkerd } from './package/workerd.ts'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'lockstep-package-'))
const app = makeProject(join(folder, 'app'))
/** The TypeScript that apps have which are not on the newest yet. */
const EARLIER_TYPESCRIPT = '5.9.3'
/** The program of both packages: where npm links it. */
const COMMAND = join(app, 'node_modules/.bin/lockstep')

/** Runs a program in the app; returns what it printed. */
const run = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
const put = (name: string, text: string) => writeFileSync(join(app, name), text)
const expect = (said: string, what: string) => {
  if (!said.includes(what)) throw new Error(`Expected "${what}", but this was printed: ${said}`)
}

try {
  const packed = pack(folder)
  const doors = tryLibrary(packed.library)
  await lintPackages(root, packed.library)
  await tryBundles()
  const programs = runtimes()
  await tryRuntimes(programs)
  tryPnpm(programs.pnpm, packed)
  install(app, packed.server)
  await tryCommands(programs)
  tryWeek(app)
  const size = Math.round(statSync(packed.library).size / 1024)
  console.log(`The package (${size} KB) installs alone, loads through ${doors.length} entry points, and answers`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The package that apps embed, by itself: it brings nothing, every entry point loads, types check, and the program says what it lacks. */
function tryLibrary(file: string): readonly string[] {
  install(app, file)
  const installed = readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.'))
  if (installed.join() !== 'lockstep') throw new Error(`npm install lockstep brought ${installed.join(', ')}`)
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object }
  const doors = Object.keys(exports).map((path) => `lockstep${path.slice(1)}`)
  put(
    'doors.js',
    doors
      .map((door) => `if (Object.keys(await import('${door}')).length === 0) throw new Error('${door} is empty')`)
      .join('\n'),
  )
  // Node 20 has no SQLite.
  put('doors20.js', readFileSync(join(app, 'doors.js'), 'utf8').replace(/^.*lockstep\/sqlite'.*\n/m, ''))
  run(process.execPath, 'doors.js')
  put('embed.js', EMBEDDED)
  checkTypes()
  const lacking = spawnSync(process.execPath, [COMMAND, 'check'], { cwd: app, encoding: 'utf8' })
  expect(lacking.stderr, 'need the package lockstep-server. Run npm install lockstep-server@')
  if (lacking.status !== 1) throw new Error(`Without lockstep-server, the program ended with ${lacking.status}`)
  return doors
}

/** Our declarations compile in an app that has none of our dependencies, and checks libraries too. */
function checkTypes(): void {
  put('typed.ts', `${EMBEDDED}\nconst status: number = created.status\nconsole.log(status)\n`)
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2024', ...types]
  run(join(root, 'node_modules/.bin/tsc'), ...flags, '--module', 'nodenext', 'typed.ts')
  // The type tests of the repository, by the declarations that are published: with this TypeScript and the one before.
  cpSync(join(root, 'test/types'), join(app, 'types'), { recursive: true })
  const tests = readdirSync(join(app, 'types')).map((name) => `types/${name}`)
  const strict = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--exactOptionalPropertyTypes',
    '--noUncheckedIndexedAccess',
  ]
  const rules = [
    ...strict,
    '--allowImportingTsExtensions',
    '--target',
    'es2024',
    '--module',
    'nodenext',
    ...types,
    ...tests,
  ]
  run(join(root, 'node_modules/.bin/tsc'), ...rules)
  run('npx', '--yes', '--package', `typescript@${EARLIER_TYPESCRIPT}`, 'tsc', ...rules)
}

async function tryRuntimes(programs: { readonly [name in Runtime]: string }): Promise<void> {
  const everything = [process.execPath, programs.node22, programs.node26, programs.bun, programs.deno]
  for (const program of everything) {
    rmSync(join(app, 'trial.db'), { force: true })
    const flags = program === programs.deno ? ['run', '--allow-all', '--quiet'] : []
    expect(run(program, ...flags, 'embed.js'), '201 ada')
    run(program, ...flags, 'doors.js')
  }
  put('portable.mjs', PORTABLE)
  put('portable-here.js', "import { trial } from './portable.mjs'\nconsole.log(await trial())")
  expect(run(programs.node20, 'portable-here.js'), '201 ada')
  run(programs.node20, 'doors20.js')
  await runInWorkerd(programs.workerd, app, './portable.mjs', '201 ada')
}

/** Bundles stay within their budgets, and a server in one file does what it can and refuses the rest in words. */
async function tryBundles(): Promise<void> {
  for (const line of await measureBundles(app)) console.log(line)
  put('bundled-source.js', BUNDLED)
  for (const format of ['esm', 'cjs'] as const) {
    rmSync(join(app, 'bundled-copy.db'), { force: true })
    const file = `bundled.${format === 'esm' ? 'mjs' : 'cjs'}`
    await bundle(app, format, 'bundled-source.js', file)
    expect(run(process.execPath, file), 'copied refused')
  }
}

/** pnpm, where a package finds only what it declares: the library with the driver of PostgreSQL, and the commands. */
function tryPnpm(pnpm: string, packed: Packed): void {
  const strict = makeProject(join(folder, 'strict'))
  const inside = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, { cwd: strict, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  // Nothing is hoisted to where undeclared packages could be found. That both packages are files is ours alone, and so is the override.
  writeFileSync(join(strict, 'pnpm-workspace.yaml'), `hoist: false\noverrides:\n  lockstep: file:${packed.library}\n`)
  inside(pnpm, 'add', '--prefer-offline', '--ignore-scripts', packed.library, packed.server, 'pg')
  expect(inside(join(strict, 'node_modules/.bin/lockstep'), '--help'), 'serve')
  const program = `import { postgresStore } from 'lockstep/postgres'
const error = await postgresStore({ url: 'postgres://127.0.0.1:1/none', connectTimeoutMs: 2000 }).catch((error) => error)
console.log(error.name)`
  writeFileSync(join(strict, 'pg.mjs'), program)
  expect(inside(process.execPath, 'pg.mjs'), 'StoreUnavailable')
}

/** The commands, from the package with the server beside the app's: on this Node, and on those that `engines` allows. */
async function tryCommands(programs: { readonly [name in Runtime]: string }): Promise<void> {
  const { node18, node20, node22 } = programs
  const database = (file: string) => ['--database', `sqlite:${file}`]
  expect(run('npx', '--offline', 'lockstep', '--help'), 'serve')
  // Whichever of the two programs npm linked, the other one runs too.
  const ours = join(app, 'node_modules/lockstep/dist/command.js')
  const theirs = join(app, 'node_modules/lockstep-server/dist/cli/main.js')
  for (const file of [ours, theirs]) expect(run(process.execPath, file, '--help'), 'serve')
  run(process.execPath, 'doors.js')
  const postgres = await startPostgres()
  try {
    const { url } = await postgres.database()
    put('postgres.js', onPostgres(url))
    expect(run(node20, 'postgres.js'), '201 ada 1')
    expect(run(node20, COMMAND, 'tenant', 'create', 'beta', '--database', url, '--json'), '"token"')
    expect(run(node20, COMMAND, 'query', 'User', '--tenant', 'acme', '--database', url), '1 of 1')
  } finally {
    await postgres.stop()
  }
  const said = (program: string, ...args: readonly string[]) =>
    spawnSync(program, [COMMAND, ...args], { cwd: app, encoding: 'utf8' }).stderr
  expect(said(node20, 'tenant', 'create', 'acme', ...database('old.db')), 'has no SQLite; with Node 22.16 or newer')
  expect(said(node18, 'tenant', 'list'), 'lockstep: Lockstep needs Node ≥ 20, this is 18.')
  expect(run(node22, COMMAND, 'tenant', 'create', 'acme', '--json', ...database('new.db')), '"token"')
}
