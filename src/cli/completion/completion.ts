import { APPS } from '../../client/index.ts'
import { attributePaths } from '../../protocol/index.ts'
import { printLines } from '../../terminal.ts'
import { findRemote, readRemotes } from '../targets/remotes-file.ts'
import { type KnownType, keepTypes, keptTypes } from '../targets/schema-cache.ts'
import { clientOf, withNamedPlace } from '../targets/target.ts'
import type { CommandEntry } from '../terminal/command-entry.ts'
import { type Options, UsageError } from '../terminal/options.ts'
import { printLine } from '../terminal/print.ts'

const SHELLS: { readonly [shell: string]: string } = {
  bash: `_lockstep() {
  local IFS=$'\\n' cur
  cur="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(lockstep complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  # Bash takes a colon for the end of a word; what stands before it is there already.
  if [[ "$cur" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
    local before="\${cur%"\${cur##*:}"}" at
    for at in "\${!COMPREPLY[@]}"; do COMPREPLY[at]="\${COMPREPLY[at]#"$before"}"; done
  fi
  [[ "\${COMPREPLY[0]}" == *, || "\${COMPREPLY[0]}" == *' ' ]] && compopt -o nospace
}
complete -o default -F _lockstep lockstep`,
  zsh: `#compdef lockstep
_lockstep() {
  local -a found
  found=("\${(@f)$(lockstep complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "$found[1]" ]] && compadd -Q -- "\${(@)found}" || _files
}
compdef _lockstep lockstep`,
  fish: `function __lockstep
  set -l words (commandline -opc) (commandline -ct)
  lockstep complete -- $words[2..-1] 2>/dev/null
end
complete -c lockstep -a '(__lockstep)'`,
}

/** `lockstep completion`: what a shell has to read once, so that it completes lockstep's words. */
export async function completion([shell = '']: readonly string[]): Promise<void> {
  const script = SHELLS[shell]
  if (script === undefined)
    throw new UsageError(`There is completion for ${Object.keys(SHELLS).join(', ')}, not for "${shell}"`)
  printLines(script)
}

/** `lockstep complete`: what the last of the words may become, one a line. Whatever goes wrong, it says nothing. */
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

/** The last of a list with commas, with what stands before it. */
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

/** The types of the server that the words name: those that were kept, else as it shows them within a moment. */
async function typesFor(own: readonly string[], options: Options): Promise<readonly KnownType[]> {
  const remote = valueAfter(own, '--remote') ?? own.find((word) => !word.startsWith('-') && !word.startsWith('local'))
  const tenant = valueAfter(own, '--tenant')
  if (valueAfter(own, '--remote') === undefined && !(await readRemotes()).has(remote ?? '')) {
    return withNamedPlace(
      `local:${tenant ?? ''}`,
      { ...options, database: valueAfter(own, '--database') },
      async ({ types }) => (await types()).map((type) => ({ name: type.name, paths: attributePaths(type) })),
    )
  }
  const name = remote ?? ''
  const found = await findRemote(name)
  const kept = await keptTypes(name, found.url)
  if (kept !== undefined) return kept
  const client = await clientOf(found, { attempts: 1, timeoutMs: 2_000 })
  const types = await client.discovery.types()
  await keepTypes(name, found.url, types)
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
