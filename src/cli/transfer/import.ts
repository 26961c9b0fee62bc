// `lockstep import`: reads resources from JSON lines or CSV, and imports each by itself.

import { appendFile, stat } from 'node:fs/promises'
import { profileOf } from '../../quirks/index.ts'
import {
  type Counts,
  collectNames,
  completeRecord,
  type Importer,
  importBatch,
  refusalOf,
  type SourceRecord,
} from '../../sources/index.ts'
import { localSettings, tenantOf, warnOfHooks, withLocal } from '../database/local.ts'
import { fileError } from '../files/file-error.ts'
import { withFileLock } from '../files/file-lock.ts'
import { inBatches, type LinePosition, readLineAt } from '../files/lines.ts'
import { flagOption, type Options, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { type Progress, startProgress } from '../terminal/progress.ts'
import { type CheckpointFile, openCheckpoint, type PendingLine } from './checkpoint-file.ts'
import { type Entry, type ImportFile, openImportFile } from './import-file.ts'

/** Lines that are imported at the same time, so that they share transactions. */
const BATCH = 256

/** A line that was rejected, or imported with something left out. */
interface Refused {
  readonly line: number
  readonly reason: string
  readonly text: string
}

/** `lockstep import`: SCIM resources as JSON lines, or as CSV with attributes as headers. Each is imported by itself. */
export async function importFile([file = '']: readonly string[], options: Options): Promise<void> {
  // The file is read twice, first for the names of all lines; and an interrupted run resumes at a position.
  if (file === '-')
    throw new UsageError('Import reads its input twice, which standard input does not allow; save it to a file')
  const stats = await stat(file).catch((error) => {
    throw fileError(file, 'read', error)
  })
  if (!stats.isFile()) {
    if (!stats.isDirectory())
      throw new UsageError(`Import reads its input twice, which ${file} does not allow; save it to a file`)
    throw new UsageError(`${file} is a folder; choose a file of JSON lines or CSV with one SCIM resource per line`)
  }
  await withFileLock(file, () => importLocked(file, stats.size, options))
}

/** One run of an import. */
interface Run {
  readonly file: string
  /** Bytes of the file. */
  readonly size: number
  /** The file that rejected lines are written to. */
  readonly rejected: string
  readonly source: ImportFile
  readonly importer: Importer
  readonly checkpoint: CheckpointFile
  /** Ids in the file, and the ids they have here. */
  readonly ids: Map<string, string>
  readonly pending: PendingLine[]
  readonly tally: { -readonly [what in keyof Counts]: number }
  readonly progress: Progress
}

async function importLocked(file: string, size: number, options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    await warnOfHooks(local, tenant, options)
    const source = await openImportFile(file, local.tenancy.catalog(tenant))
    const rejected = `${file}.rejected`
    const { database } = localSettings(options)
    const restart = flagOption(options, 'restart')
    const checkpoint = await openCheckpoint(file, rejected, { tenant, database }, { restart })
    const from = checkpoint.resumed ? { offset: checkpoint.offset, line: checkpoint.line } : source.start
    const ids = new Map(checkpoint.ids)
    const importer: Importer = {
      directory: await local.directory(),
      context: { tenant, actor: 'import', allow: profileOf('generic').allow },
      header: source.header,
      names: await readNames(source, from, startProgress(`Reading ${file}`, size, options)),
      taken: new Set(),
      find: (theirs) => ids.get(theirs),
    }
    const progress = startProgress(`Importing into ${tenant}`, size, options)
    const pending = [...checkpoint.pending]
    const tally = { ...checkpoint.counts }
    const run: Run = { file, size, rejected, source, importer, checkpoint, ids, pending, tally, progress }
    progress.advance(from.offset)
    await importLines(run, from)
    const left = await completePending(run)
    await checkpoint.remove()
    progress.stop()
    report({ tenant, counts: tally, left, rejectedFile: rejected, isCsv: source.header !== undefined }, options)
  })
}

/** The names of all lines; those before `from` were imported by an earlier run. */
async function readNames({ entries, read, start }: ImportFile, from: LinePosition, progress: Progress) {
  const { names, add } = collectNames()
  for await (const { text, offset, length } of entries(start)) {
    progress.advance(length + 1)
    try {
      add(read(text), { isDone: offset < from.offset })
    } catch {
      // It is rejected, with the reason, when its turn comes.
    }
  }
  progress.stop()
  return names
}

/** First pass: imports every line from a position on, and writes a checkpoint after each batch. */
async function importLines(run: Run, from: LinePosition): Promise<void> {
  const { importer, source, ids, pending, tally, progress, checkpoint } = run
  let next = from
  for await (const batch of inBatches(source.entries(from), BATCH)) {
    const results = await importBatch(
      importer,
      batch.map((entry) => () => readEntry(source, entry)),
    )
    const added: PendingLine[] = []
    const known: [string, string][] = []
    const refused: Refused[] = []
    for (const [at, { number, offset, length, text }] of batch.entries()) {
      const { imported, reason = '' } = results[at] ?? {}
      if (imported === undefined) {
        tally.rejected++
        refused.push({ line: number, reason, text: text.trim() })
        continue
      }
      const { type, id, theirs, did, unknown } = imported
      if (did !== 'later') tally[did]++
      if (theirs !== undefined) known.push([theirs, id])
      if (unknown.length > 0) added.push({ type, id, line: number, offset, length, made: did === 'created' })
    }
    for (const [theirs, ours] of known) ids.set(theirs, ours)
    pending.push(...added)
    await writeRejected(run, refused)
    const last = batch.at(-1)
    if (last === undefined) continue
    const offset = Math.min(run.size, last.offset + last.length + 1)
    progress.advance(offset - next.offset)
    next = { offset, line: last.number + last.lines - 1 }
    const rejectedBytes = await sizeOf(run.rejected)
    await checkpoint.add({ ...next, counts: { ...tally }, ids: known, pending: added, rejectedBytes })
  }
}

/** Second pass: every line is imported, so references to later ones can be set. Counts the resources that still lack some. */
async function completePending(run: Run): Promise<Done['left']> {
  const { pending, tally } = run
  const left = { created: 0, updated: 0 }
  for (let at = 0; at < pending.length; at += BATCH) {
    const some = await Promise.all(pending.slice(at, at + BATCH).map((one) => completeLine(run, one)))
    for (const { made, changed, refused } of some) {
      if (!made) tally[changed ? 'updated' : 'unchanged']++
      if (refused !== undefined) left[made ? 'created' : 'updated']++
    }
    await writeRejected(
      run,
      some.flatMap(({ refused }) => refused ?? []),
    )
  }
  return left
}

async function writeRejected({ rejected }: Run, refused: readonly Refused[]): Promise<void> {
  if (refused.length === 0) return
  const lines = refused.map((one) => `${JSON.stringify(one)}\n`).join('')
  await appendFile(rejected, lines, { mode: 0o600 }).catch((error: unknown) => {
    throw fileError(rejected, 'written', error)
  })
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}

function readEntry({ read }: ImportFile, { text, utf8, broken }: Entry): SourceRecord {
  if (broken !== undefined) throw new UsageError(broken)
  // Names would silently lose the bytes that can't be read.
  if (!utf8) throw new UsageError('The line is not UTF-8; save the file as UTF-8')
  return read(text)
}

/** The second pass for one line; `refused` when something was left out. */
interface Second {
  readonly made: boolean
  readonly changed: boolean
  readonly refused?: Refused
}

async function completeLine({ file, source, importer }: Run, one: PendingLine): Promise<Second> {
  const { id, line, made } = one
  const text = (await readLineAt(file, one)).trim()
  try {
    const { changed, unknown, what } = await completeRecord(importer, id, source.read(text))
    if (unknown.length === 0) return { made, changed }
    const did = made ? 'created' : changed ? 'updated' : 'unchanged'
    return { made, changed, refused: { line, reason: `${did} as ${id}, but ${leftOut(unknown, what)}`, text } }
  } catch (error) {
    const reason = `${made ? 'created' : 'left'} as ${id}, but without its references: ${refusalOf(error)}`
    return { made, changed: false, refused: { line, reason, text } }
  }
}

function leftOut(unknown: readonly string[], what: string): string {
  const some = unknown.slice(0, 10).join(', ')
  if (unknown.length === 1) return `1 ${what} was left out because it does not exist here: ${some}`
  return `${unknown.length} ${what}s were left out because they do not exist here: ${some}${unknown.length > 10 ? ', …' : ''}`
}

interface Done {
  readonly tenant: string
  readonly counts: Counts
  /** How many were created, or already existed, with something left out. */
  readonly left: { readonly created: number; readonly updated: number }
  readonly rejectedFile: string
  readonly isCsv: boolean
}

/** Prints the result. The exit code is 1 when something was rejected or left out, so that scripts notice. */
function report({ tenant, counts, left, rejectedFile, isCsv }: Done, options: Options): void {
  const { created, updated, unchanged, rejected } = counts
  const read = created + updated + unchanged + rejected
  const incomplete = left.created + left.updated
  if (rejected + incomplete > 0) process.exitCode = 1
  if (flagOption(options, 'json')) {
    const file = rejected + incomplete > 0 ? { rejectedFile } : {}
    printJson({
      tenant,
      read,
      created,
      updated,
      unchanged,
      rejected,
      ...(incomplete > 0 ? { incomplete } : {}),
      ...file,
    })
    return
  }
  const what = isCsv ? 'row' : 'line'
  printLine(
    `${read} ${read === 1 ? what : `${what}s`} read: ${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected.`,
  )
  if (left.created > 0) printLine(`${left.created} created with something left out.`)
  if (left.updated > 0) printLine(`${left.updated} already here, with something left out.`)
  if (rejected + incomplete > 0) printLine(`See ${rejectedFile} for what was rejected or left out, and why.`)
}
