import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  CheckError,
  type CheckOptions,
  checkServer,
  countVerdicts,
  isGood,
  PROVIDER_KINDS,
  type ProviderKind,
  type Report,
  type Result,
  tellCount,
  tellProvider,
  type Verdict,
  writeBadge,
  writeHtml,
  writeJunit,
} from '../../conformance/index.ts'
import { commandName } from '../../server/index.ts'
import { complain, type Part, paint } from '../../terminal.ts'
import { fileError } from '../files/file-error.ts'
import { flagOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { type Progress, startProgress } from '../terminal/progress.ts'

/** What the exit code says. */
const EXIT = { fine: 0, failed: 1, impossible: 2 } as const

/** Signals after which what was made is still removed: Ctrl-C, a polite kill, a terminal that was closed. */
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `lockstep check`: judges any SCIM server. */
export async function check([url = '']: readonly string[], options: Options): Promise<void> {
  const stop = new AbortController()
  let bar: Progress | undefined
  const interrupt = (signal: NodeJS.Signals) => {
    // A terminal that is closed often says so twice; that nothing can be written to it must not end the removal.
    if (signal === 'SIGHUP') {
      process.stdout.on('error', () => undefined)
      process.stderr.on('error', () => undefined)
    }
    if (stop.signal.aborted && signal === 'SIGHUP') return
    if (stop.signal.aborted) process.exit(EXIT.impossible)
    const line = 'stopping; what the check made is being removed (once more to leave it)'
    if (bar === undefined) complain(line)
    else bar.say(line)
    stop.abort(new Error('stopped'))
  }
  for (const signal of STOPPING) process.on(signal, interrupt)
  try {
    await tryFiles(options)
    const report = await checkServer({
      url,
      ...readOptions(options),
      signal: stop.signal,
      onResult(_result, total) {
        bar ??= startProgress(`checking ${url}`, total, options)
        bar.advance(1)
      },
    })
    bar?.stop()
    await tell(report, options)
    process.exitCode = report.stopped
      ? EXIT.impossible
      : isGood(report, flagOption(options, 'strict'))
        ? EXIT.fine
        : EXIT.failed
  } catch (error) {
    bar?.stop()
    if (error instanceof CheckError) throw new UsageError(error.message)
    throw error
  } finally {
    for (const signal of STOPPING) process.off(signal, interrupt)
  }
}

type Chosen = Omit<CheckOptions, 'url' | 'signal' | 'onResult' | 'fetch'>

function readOptions(options: Options): Chosen {
  const variable = textOption(options, 'tokenEnv')
  const token = textOption(options, 'token') ?? (variable === undefined ? undefined : process.env[variable])
  if (variable !== undefined && token === undefined) throw new UsageError(`The environment has no ${variable}`)
  const basic = textOption(options, 'basic')
  const only = list(options, 'only')
  const skip = list(options, 'skip')
  const rate = numberOption(options, 'rate', 1)
  const concurrency = numberOption(options, 'concurrency', 1)
  const seconds = numberOption(options, 'timeout', 1)
  return {
    ...(token === undefined ? {} : { token }),
    ...(basic === undefined ? {} : { basic }),
    headers: readHeaders(options.header),
    ...(only === undefined ? {} : { only }),
    ...(skip === undefined ? {} : { skip }),
    for: readProviders(list(options, 'for') ?? []),
    ...(rate === undefined ? {} : { rate }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }),
    clean: flagOption(options, 'clean'),
    destructive: flagOption(options, 'destructive'),
  }
}

function list(options: Options, name: string): readonly string[] | undefined {
  const words = textOption(options, name)
    ?.split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  return words === undefined || words.length === 0 ? undefined : words
}

/** Headers given as `Name: value`, several apart by line breaks or given several times. */
function readHeaders(given: unknown): { readonly [name: string]: string } {
  const lines = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? [given] : []
  return Object.fromEntries(
    lines.map((line) => {
      const match = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/s.exec(line)
      if (match?.[1] === undefined || match[2] === undefined)
        throw new UsageError(`--header must be like "X-Api-Key: abc", not "${line.replace(/:.*/, ': …')}"`)
      return [match[1], match[2].trim()]
    }),
  )
}

function readProviders(words: readonly string[]): readonly ProviderKind[] {
  if (words.length === 1 && words[0] === 'all') return PROVIDER_KINDS
  return words.map((word) => {
    const kind = PROVIDER_KINDS.find((one) => one === word.toLowerCase())
    if (kind === undefined) throw new UsageError(`--for takes ${PROVIDER_KINDS.join(', ')}, or all; not "${word}"`)
    return kind
  })
}

/** The options that name a file to write. */
const FILES = ['junit', 'html', 'badge'] as const

/** Refuses files that can't be written: now, and not after minutes of checking. */
async function tryFiles(options: Options): Promise<void> {
  for (const name of FILES) {
    const file = textOption(options, name)
    if (file === undefined) continue
    const there = await stat(file).catch(() => undefined)
    if (there?.isDirectory()) throw new UsageError(`${file} can't be written: it is a folder`)
    await access(there === undefined ? dirname(file) : file, constants.W_OK).catch((error) => {
      throw fileError(file, 'written', error)
    })
  }
}

/** Prints the report and writes the files that were asked for. */
async function tell(report: Report, options: Options): Promise<void> {
  if (flagOption(options, 'json')) printJson(report)
  else print(report, flagOption(options, 'verbose'))
  const strict = flagOption(options, 'strict')
  const write = { junit: (one: Report) => writeJunit(one, { strict }), html: writeHtml, badge: writeBadge }
  for (const name of FILES) {
    const file = textOption(options, name)
    if (file !== undefined) await writeFile(file, write[name](report))
  }
}

const SIGNS = { works: paint(32, '+'), fails: paint(31, '-'), untested: paint(35, '?') } as const
const ORDER: readonly Verdict[] = ['must', 'should', 'differs', 'untested', 'unadvertised']

/** The report for people: what failed in full, the rest in a line each. */
function print(report: Report, verbose: boolean): void {
  const colour: { readonly [verdict in Verdict]: number } = {
    must: 31,
    should: 33,
    differs: 36,
    untested: 35,
    unadvertised: 90,
    passed: 32,
  }
  for (const verdict of ORDER) {
    const results = report.results.filter((one) => one.verdict === verdict)
    if (results.length === 0) continue
    printLine()
    printLine(paint(colour[verdict], tellCount(verdict, results.length)))
    for (const one of results) {
      const full = verdict === 'must' || verdict === 'should'
      if (full) printLine()
      printLine('  ', paint(colour[verdict], one.id), `  ${one.title}`)
      if (one.reason !== undefined) printLine(`    ${one.reason}`)
      if (one.expected !== undefined) printLine(`    expected  ${one.expected}`)
      if (full) printLine(`    ${one.section}`)
      if (one.fix !== undefined && one.expected !== undefined) printLine(`    likely fix  ${one.fix}`)
      if (full || verbose) printExchanges(one.exchanges ?? [])
    }
  }
  for (const provider of report.providers) {
    printLine()
    printLine(paint(provider.works ? 32 : 31, `${provider.name} ${tellProvider(provider)}`))
    for (const need of provider.needs) {
      printLine('  ', SIGNS[need.verdict], ` ${need.title}${need.optional === true ? ' (only in some set-ups)' : ''}`)
      if (need.verdict === 'works') continue
      if (need.reason !== undefined) printLine(`      ${need.reason}`)
      if (need.fix !== undefined) printLine(`      likely fix  ${need.fix}`)
      printExchanges(need.exchanges ?? [], '      ')
    }
  }
  const counts = countVerdicts(report.results)
  printLine()
  printLine(
    `${report.url}: ${report.results.length} cases, ${report.requests} requests, ${(report.ms / 1000).toFixed(1)} s${report.stopped ? ', stopped before the end' : ''}`,
  )
  printLine(
    ...(['passed', ...ORDER] as const).flatMap((verdict, at): readonly Part[] => [
      at === 0 ? '' : ', ',
      paint(colour[verdict], tellCount(verdict, counts[verdict])),
    ]),
  )
  if (report.note !== undefined) {
    printLine()
    printLine(report.note.replace('lockstep connection', `${commandName()} connection`))
  }
  for (const url of report.left) printLine(`could not be removed: ${url}`)
  for (const endpoint of report.unread)
    printLine(
      `the list of ${endpoint} could not be read whole, so resources of a check may be there that were not found`,
    )
  if (report.leftovers.length > 0)
    printLine(
      `${report.leftovers.length} resources of an earlier check are still there (--clean removes them), the first: ${report.leftovers[0]}`,
    )
}

function printExchanges(exchanges: NonNullable<Result['exchanges']>, indent = '    '): void {
  for (const { request, answer } of exchanges) {
    for (const line of request.split('\n')) printLine(`${indent}> ${line}`)
    for (const line of answer.split('\n')) printLine(`${indent}< ${line}`)
  }
}
