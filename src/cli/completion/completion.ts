// `lockstep completion` and `complete`: completes words in the shell.

import { APPS } from '../../client/index.ts'
import { attributePaths } from '../../protocol/index.ts'
import { printLines } from '../../terminal.ts'
import { findRemote, readRemotes } from '../targets/remotes-file.ts'
import { cachedTypes, cacheTypes, type KnownType } from '../targets/schema-cache.ts'
import { clientOf, withNamedTarget } from '../targets/target.ts'
import type { CommandEntry } from '../terminal/command-entry.ts'
import { type Options, UsageError } from '../terminal/options.ts'
import { printLine } from '../terminal/print.ts'
import { SHELLS } from './shell-scripts.ts'

/** `lockstep completion`: prints the script that enables completion in a shell. */
export async function completion([shell = '']: readonly string[]): Promise<void> {
  const script = SHELLS[shell]
  if (script === undefined)
    throw new UsageError(`Completion supports ${Object.keys(SHELLS).join(', ')}, not "${shell}"`)
  printLines(script)
}

/** `lockstep complete`: prints the completions of the last word, one per line. Prints nothing when something fails. */
export async function complete(
  commands: readonly CommandEntry[],
  words: readonly string[],
  options: Options,
): Promise<void> {
  const prefix = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const found = await candidates(commands, before, prefix, options).catch(() => [])
  for (const each of new Set(found)) if (each.toLowerCase().startsWith(prefix.toLowerCase())) printLine(each)
}

async function candidates(
  commands: readonly CommandEntry[],
  before: readonly string[],
  prefix: string,
  options: Options,
): Promise<readonly string[]> {
  const shown = commands.filter(({ hidden }) => hidden !== true)
  const entry = shown
    .filter(({ name }) => name.split(' ').every((word, at) => before[at] === word))
    .sort((a, b) => b.name.length - a.name.length)[0]
  if (entry === undefined) {
    const depth = before.length
    return shown
      .filter(({ name }) => before.every((word, at) => name.split(' ')[at] === word))
      .flatMap(({ name }) => name.split(' ')[depth] ?? [])
  }
  const own = before.slice(entry.name.split(' ').length)
  const previous = own.at(-1) ?? ''
  if (entry.name === 'simulate' && previous === '--only')
    return listOf(prefix, (await import('../../simulate/index.ts')).ACTS)
  if (previous.startsWith('--') && takesValue(entry, previous)) return valuesOf(previous, own, prefix, options)
  if (prefix.startsWith('-')) return flagsOf(entry).filter((flag) => !own.includes(flag))
  return argumentsOf(entry, own, prefix, options)
}

function flagsOf({ options = [] }: CommandEntry): readonly string[] {
  return [...options.map(([flags]) => flags.split(' ')[0] ?? ''), '--json', '--help']
}

function takesValue({ options = [] }: CommandEntry, flag: string): boolean {
  return options.some(([flags]) => flags.startsWith(`${flag} <`))
}

async function valuesOf(
  flag: string,
  own: readonly string[],
  prefix: string,
  options: Options,
): Promise<readonly string[]> {
  switch (flag) {
    case '--remote':
      return [...(await readRemotes()).keys()]
    case '--for':
      return listOf(prefix, [...(await import('../../conformance/index.ts')).PROVIDER_KINDS, 'all'])
    case '--only':
    case '--skip':
      return listOf(
        prefix,
        (await import('../../conformance/index.ts')).CASE_GROUPS.map(({ name }) => name),
      )
    case '--app':
      return Object.keys(APPS)
    case '--type':
      return listOf(
        prefix,
        (await typesFor(own, options)).map(({ name }) => name),
      )
    case '--attributes':
    case '--excluded-attributes':
    case '--ignore':
      return listOf(prefix, await pathsFor(own, options))
    case '--sort-by':
    case '--key':
      return pathsFor(own, options)
    case '--filter':
      return (await pathsFor(own, options)).map((path) => `${path} `)
    case '--sort-order':
      return ['ascending', 'descending']
    default:
      return []
  }
}

/** Completions of the last entry of a comma-separated list. */
function listOf(prefix: string, names: readonly string[]): readonly string[] {
  const before = prefix.slice(0, prefix.lastIndexOf(',') + 1)
  return names.map((name) => before + name)
}

const ON_TYPES: ReadonlySet<string> = new Set([
  'get',
  'query',
  'create',
  'patch',
  'delete',
  'index put',
  'index delete',
])

async function argumentsOf(
  entry: CommandEntry,
  own: readonly string[],
  prefix: string,
  options: Options,
): Promise<readonly string[]> {
  const given = own.filter((word, at) => !word.startsWith('-') && !takesValue(entry, own[at - 1] ?? ''))
  if (entry.name === 'completion') return given.length === 0 ? Object.keys(SHELLS) : []
  if (entry.name === 'simulate')
    return given.length === 0 ? Object.keys((await import('../../simulate/index.ts')).SCENARIOS) : []
  if (entry.name === 'remote show' || entry.name === 'remote remove') return [...(await readRemotes()).keys()]
  if (entry.name === 'diff' || entry.name === 'copy') {
    return given.length < 2 ? [...(await readRemotes()).keys(), 'local:'].filter((name) => name !== given[0]) : []
  }
  if (!ON_TYPES.has(entry.name)) return []
  if (given.length === 0) return (await typesFor(own, options)).map(({ name }) => name)
  if (entry.name.startsWith('index ')) return pathsFor(own, options)
  if (entry.name !== 'patch' || given.length < 2) return []
  const op = /^(add|replace|remove) /i.exec(prefix)?.[0]
  if (op === undefined) return ['add ', 'replace ', 'remove ']
  return (await pathsFor(own, options)).map((path) => op + path)
}

/** The types of the server that the words name: cached, or fetched with a short timeout. */
async function typesFor(own: readonly string[], options: Options): Promise<readonly KnownType[]> {
  const remote = valueAfter(own, '--remote') ?? own.find((word) => !word.startsWith('-') && !word.startsWith('local'))
  const tenant = valueAfter(own, '--tenant')
  if (valueAfter(own, '--remote') === undefined && !(await readRemotes()).has(remote ?? '')) {
    return withNamedTarget(
      `local:${tenant ?? ''}`,
      { ...options, database: valueAfter(own, '--database') },
      async ({ types }) => (await types()).map((type) => ({ name: type.name, paths: attributePaths(type) })),
    )
  }
  const name = remote ?? ''
  const found = await findRemote(name)
  const kept = await cachedTypes(name, found.url)
  if (kept !== undefined) return kept
  const client = await clientOf(found, { attempts: 1, timeoutMs: 2_000 })
  const types = await client.discovery.types()
  await cacheTypes(name, found.url, types)
  return types.map((type) => ({ name: type.name, paths: attributePaths(type) }))
}

async function pathsFor(own: readonly string[], options: Options): Promise<readonly string[]> {
  const types = await typesFor(own, options)
  const named = types.find(({ name }) => own.some((word) => word.toLowerCase() === name.toLowerCase()))
  return named === undefined ? types.flatMap(({ paths }) => paths) : named.paths
}

function valueAfter(words: readonly string[], flag: string): string | undefined {
  const at = words.indexOf(flag)
  return at < 0 ? undefined : words[at + 1]
}
