// `lockstep check`: runs the conformance checker and prints its report.

import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  CheckError,
  type CheckOptions,
  checkServer,
  isGood,
  PROVIDER_KINDS,
  type ProviderKind,
  type Report,
  writeBadge,
  writeHtml,
  writeJunit,
} from '../../conformance/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { fileError } from '../files/file-error.ts'
import { onInterruption } from '../terminal/interruption.ts'
import { flagOption, listOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson } from '../terminal/print.ts'
import { type Progress, startProgress } from '../terminal/progress.ts'
import { headersOption, tokenOption } from '../terminal/server-options.ts'
import { printReport } from './print-report.ts'

/** Exit codes: all MUSTs pass, some fail, the server can't be checked. */
const EXIT = { fine: 0, failed: 1, impossible: 2 } as const

/** `lockstep check`: checks any SCIM server against the RFCs. */
export async function check([url = '']: readonly string[], options: Options): Promise<void> {
  let bar: Progress | undefined
  const interruption = onInterruption(() => {
    const line = 'Stopping: deleting the resources of the check (repeat to quit without deleting)'
    if (bar === undefined) printErrorLine(line)
    else bar.say(line)
  }, EXIT.impossible)
  try {
    await tryFiles(options)
    const report = await checkServer({
      url,
      ...readOptions(options),
      signal: interruption.signal,
      onResult(_result, total) {
        bar ??= startProgress(`Checking ${url}`, total, options)
        bar.advance(1)
      },
    })
    bar?.stop()
    await outputReport(report, options)
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
    interruption.release()
  }
}

type Chosen = Omit<CheckOptions, 'url' | 'signal' | 'onResult' | 'fetch'>

function readOptions(options: Options): Chosen {
  const token = tokenOption(options)
  const basic = textOption(options, 'basic')
  const only = listOption(options, 'only')
  const skip = listOption(options, 'skip')
  const rate = numberOption(options, 'rate', 1)
  const concurrency = numberOption(options, 'concurrency', 1)
  const seconds = numberOption(options, 'timeout', 1)
  return {
    ...(token === undefined ? {} : { token }),
    ...(basic === undefined ? {} : { basic }),
    headers: headersOption(options),
    ...(only.length === 0 ? {} : { only }),
    ...(skip.length === 0 ? {} : { skip }),
    for: readProviders(listOption(options, 'for')),
    ...(rate === undefined ? {} : { rate }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }),
    clean: flagOption(options, 'clean'),
    destructive: flagOption(options, 'destructive'),
  }
}

function readProviders(words: readonly string[]): readonly ProviderKind[] {
  if (words.length === 1 && words[0] === 'all') return PROVIDER_KINDS
  return words.map((word) => {
    const kind = PROVIDER_KINDS.find((one) => one === word.toLowerCase())
    if (kind === undefined) throw new UsageError(`--for must be ${PROVIDER_KINDS.join(', ')}, or all, not "${word}"`)
    return kind
  })
}

/** The options that name an output file. */
const FILES = ['junit', 'html', 'badge'] as const

/** Refuses output files that can't be written now, rather than after minutes of checking. */
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

/** Prints the report, and writes the output files. */
async function outputReport(report: Report, options: Options): Promise<void> {
  if (flagOption(options, 'json')) printJson(report)
  else printReport(report, flagOption(options, 'verbose'))
  const strict = flagOption(options, 'strict')
  const write = { junit: (one: Report) => writeJunit(one, { strict }), html: writeHtml, badge: writeBadge }
  for (const name of FILES) {
    const file = textOption(options, name)
    if (file !== undefined) await writeFile(file, write[name](report))
  }
}
