import { appendFile, stat } from 'node:fs/promises'
import { profileOf } from '../quirks/index.ts'
import { withClaim } from './claim.ts'
import { fileError } from './file-error.ts'
import { completeResource, type Imported, type Importer, importResource, refusalOf } from './import-line.ts'
import { lineKey, scanNames } from './import-match.ts'
import { type Counts, openPlace, type Pending } from './import-place.ts'
import { type Entry, type Given, openSource } from './import-source.ts'
import { inBatches, readLineAt } from './lines.ts'
import { localSettings, tenantOf, warnOfHooks, withLocal } from './local.ts'
import { printJson, printLine } from './print.ts'
import { startProgress } from './progress.ts'
import { flagOption, type Options, UsageError } from './usage.ts'

/** Lines that are taken in at the same time, so that they share transactions. */
const BATCH = 256

/** A line that was refused, or taken in with something left out. */
interface Refused {
  readonly line: number
  readonly reason: string
  readonly text: string
}

/** `lockstep import`: SCIM resources, as JSON lines or in a CSV file whose header names attributes, each taken in by itself. */
export async function importFile([file = '']: readonly string[], options: Options): Promise<void> {
  // Its names are collected first, and a run that was cut short goes on at a byte.
  if (file === '-')
    throw new UsageError('Import reads a file twice, and standard input only comes once; save it and name the file')
  const stats = await stat(file).catch((error) => {
    throw fileError(file, 'read', error)
  })
  if (!stats.isFile()) {
    if (!stats.isDirectory())
      throw new UsageError(`${file} can't be read twice, as import does; save what comes from it and name the file`)
    throw new UsageError(`${file} is a folder; name a file of JSON lines or CSV, with one SCIM resource on each line`)
  }
  await withClaim(file, () => importClaimed(file, stats.size, options))
}

async function importClaimed(file: string, size: number, options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    await warnOfHooks(local, tenant, options)
    const source = await openSource(file, local.tenancy.catalog(tenant))
    const rejected = `${file}.rejected`
    const { database } = localSettings(options)
    const place = await openPlace(file, rejected, { tenant, database }, { restart: flagOption(options, 'restart') })
    const ids = new Map(place.ids)
    const pending: Pending[] = [...place.pending]
    let next = place.resumed ? { offset: place.offset, line: place.line } : source.start
    const reading = startProgress(`Reading ${file}`, size, options)
    const names = await scanNames(source, next, ({ length }) => reading.advance(length + 1))
    reading.stop()
    const importer: Importer = {
      directory: await local.directory(),
      context: { tenant, actor: 'import', allow: profileOf('generic').allow },
      source,
      names,
      taken: new Set(),
      find: (theirs) => ids.get(theirs),
    }
    const tally = { ...place.counts }
    const progress = startProgress(`Importing into ${tenant}`, size, options)
    progress.advance(next.offset)
    const write = async (refused: readonly Refused[]) => {
      const lines = refused.map((one) => `${JSON.stringify(one)}\n`).join('')
      if (lines !== '')
        await appendFile(rejected, lines, { mode: 0o600 }).catch((error: unknown) => {
          throw fileError(rejected, 'written', error)
        })
    }

    for await (const batch of inBatches(source.entries(next), BATCH)) {
      const results = await importBatch(importer, batch)
      const added: Pending[] = []
      const known: [string, string][] = []
      for (const { entry, imported } of results) {
        if (imported === undefined) {
          tally.rejected++
          continue
        }
        const { type, id, theirs, did, unknown } = imported
        if (did !== 'later') tally[did]++
        if (theirs !== undefined) known.push([theirs, id])
        const { number, offset, length } = entry
        if (unknown.length > 0) added.push({ type, id, line: number, offset, length, made: did === 'created' })
      }
      for (const [theirs, ours] of known) ids.set(theirs, ours)
      pending.push(...added)
      await write(
        results.flatMap(({ entry, reason }) =>
          reason === undefined ? [] : { line: entry.number, reason, text: entry.text.trim() },
        ),
      )
      const last = batch.at(-1)
      if (last === undefined) continue
      const offset = Math.min(size, last.offset + last.length + 1)
      progress.advance(offset - next.offset)
      next = { offset, line: last.number + last.lines - 1 }
      const rejectedBytes = await stat(rejected).then(
        (stats) => stats.size,
        () => 0,
      )
      await place.note({ ...next, counts: { ...tally }, ids: known, pending: added, rejectedBytes })
    }

    // Everybody is here now: references to those who came later can be set.
    const left = { created: 0, updated: 0 }
    for (let at = 0; at < pending.length; at += BATCH) {
      const some = await Promise.all(pending.slice(at, at + BATCH).map((one) => completeLine(importer, file, one)))
      for (const { made, changed, refused } of some) {
        if (!made) tally[changed ? 'updated' : 'unchanged']++
        if (refused !== undefined) left[made ? 'created' : 'updated']++
      }
      await write(some.flatMap(({ refused }) => refused ?? []))
    }
    await place.done()
    progress.stop()
    report({ tenant, counts: tally, left, rejectedFile: rejected, isCsv: source.header !== undefined }, options)
  })
}

interface Result {
  readonly entry: Entry
  readonly imported?: Imported
  readonly reason?: string
}

/** Takes in the lines of a batch at the same time, those of one name one after the other. */
async function importBatch(importer: Importer, batch: readonly Entry[]): Promise<readonly Result[]> {
  const last = new Map<string, Promise<unknown>>()
  return Promise.all(
    batch.map(async (entry): Promise<Result> => {
      try {
        const given = readEntry(importer, entry)
        const key = lineKey(given.type, given.json)
        const ordinal = importer.names.next(given.type, given.json)
        const before = last.get(key) ?? Promise.resolve()
        const imported = before.then(() => importResource(importer, given, ordinal))
        last.set(
          key,
          imported.catch(() => undefined),
        )
        return { entry, imported: await imported }
      } catch (error) {
        return { entry, reason: refusalOf(error) }
      }
    }),
  )
}

function readEntry({ source }: Importer, { text, utf8, broken }: Entry): Given {
  if (broken !== undefined) throw new UsageError(broken)
  // Taken in, names would silently lose what could not be read.
  if (!utf8) throw new UsageError('The line is not UTF-8; save the file as UTF-8')
  return source.read(text)
}

/** What a second look came to; `refused` when something was left out. */
interface Second {
  readonly made: boolean
  readonly changed: boolean
  readonly refused?: Refused
}

async function completeLine(importer: Importer, file: string, one: Pending): Promise<Second> {
  const { id, line, made } = one
  const text = (await readLineAt(file, one)).trim()
  try {
    const { changed, unknown, what } = await completeResource(importer, id, importer.source.read(text))
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
  if (unknown.length === 1) return `1 ${what} was left out, because it isn't here: ${some}`
  return `${unknown.length} ${what}s were left out, because they aren't here: ${some}${unknown.length > 10 ? ', …' : ''}`
}

interface Done {
  readonly tenant: string
  readonly counts: Counts
  /** How many were created, or were here already, with something left out. */
  readonly left: { readonly created: number; readonly updated: number }
  readonly rejectedFile: string
  readonly isCsv: boolean
}

/** Says what was done; exit code 1 when something was refused or left out, so that scripts notice. */
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
  if (left.updated > 0)
    printLine(`${left.updated} that ${left.updated === 1 ? 'was' : 'were'} here already, with something left out.`)
  if (rejected + incomplete > 0)
    printLine(`What was rejected or left out is in ${rejectedFile}, each line with its reason.`)
}
