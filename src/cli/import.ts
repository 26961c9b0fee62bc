import { appendFile, stat } from 'node:fs/promises'
import { profileOf } from '../quirks/index.ts'
import { completeResource, type Importer, importResource, reasonOf } from './import-line.ts'
import { type Counts, openPlace, type Pending } from './import-place.ts'
import { inBatches, type Line, readLineAt, readLines } from './lines.ts'
import { localSettings, tenantOf, withLocal } from './local.ts'
import { printJson, printLine } from './print.ts'
import { startProgress } from './progress.ts'
import { flagOption, type Options, UsageError } from './usage.ts'

/** Lines that are taken in at the same time, so that they share transactions. */
const BATCH = 256

/** `lockstep import`: JSON lines of SCIM resources, each taken in by itself. */
export async function importFile([file = '']: readonly string[], options: Options): Promise<void> {
  const size = await stat(file).then(
    (stats) => stats.size,
    () => undefined,
  )
  if (size === undefined)
    throw new UsageError(`${file} can't be read; name a file of JSON lines, one SCIM resource each`)
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const rejected = `${file}.rejected`
    const { database } = localSettings(options)
    const place = await openPlace(file, rejected, { tenant, database }, { restart: flagOption(options, 'restart') })
    const ids = new Map(place.ids)
    const pending: Pending[] = [...place.pending]
    const importer: Importer = {
      directory: await local.directory(),
      context: { tenant, actor: 'import', allow: profileOf('generic').allow },
      catalog: local.tenancy.catalog(tenant),
      find: (theirs) => ids.get(theirs),
    }
    const tally = { ...place.counts }
    const progress = startProgress(`Importing into ${tenant}`, size, options)
    progress.advance(place.offset)

    const reject = async (
      refused: readonly { readonly line: number; readonly reason: string; readonly text: string }[],
    ) => {
      tally.rejected += refused.length
      if (refused.length > 0) await appendFile(rejected, refused.map((one) => `${JSON.stringify(one)}\n`).join(''))
    }

    let next = { offset: place.offset, line: place.line }
    for await (const batch of inBatches(readLines(file, next), BATCH)) {
      const results = await Promise.all(batch.map((line) => importLine(importer, line)))
      const added: Pending[] = []
      const known: [string, string][] = []
      for (const result of results) {
        if (result.imported === undefined) continue
        const { type, id, theirs, did, unknown } = result.imported
        tally[did]++
        if (theirs !== undefined) known.push([theirs, id])
        const { number, offset, length } = result.line
        if (unknown.length > 0) added.push({ type, id, line: number, offset, length })
      }
      for (const [theirs, ours] of known) ids.set(theirs, ours)
      pending.push(...added)
      await reject(
        results.flatMap(({ line, reason }) =>
          reason === undefined ? [] : { line: line.number, reason, text: line.text },
        ),
      )
      const last = batch.at(-1)
      if (last === undefined) continue
      const offset = Math.min(size, last.offset + last.length + 1)
      progress.advance(offset - next.offset)
      next = { offset, line: last.number }
      const rejectedBytes = await stat(rejected).then(
        (stats) => stats.size,
        () => 0,
      )
      await place.note({ ...next, counts: { ...tally }, ids: known, pending: added, rejectedBytes })
    }

    // Everybody is here now: references to those who came later can be set.
    for (let at = 0; at < pending.length; at += BATCH) {
      const refused = await Promise.all(pending.slice(at, at + BATCH).map((one) => completeLine(importer, file, one)))
      await reject(refused.filter((one) => one !== undefined))
    }
    await place.done()
    progress.stop()
    report(tenant, next.line, tally, rejected, options)
  })
}

interface LineResult {
  readonly line: Line
  readonly imported?: Awaited<ReturnType<typeof importResource>>
  readonly reason?: string
}

async function importLine(importer: Importer, line: Line): Promise<LineResult> {
  // Taken in, names would silently lose what could not be read.
  if (!line.utf8) return { line, reason: 'the line is not UTF-8; save the file as UTF-8' }
  try {
    return { line, imported: await importResource(importer, line.text) }
  } catch (error) {
    return { line, reason: reasonOf(error) }
  }
}

async function completeLine(importer: Importer, file: string, { type, id, line, ...place }: Pending) {
  const text = (await readLineAt(file, place)).trim()
  try {
    const unknown = await completeResource(importer, type, id, text)
    if (unknown.length === 0) return undefined
    const some = unknown.slice(0, 10).join(', ')
    return {
      line,
      reason: `taken in as ${id}, but without ${unknown.length} references to nobody known here: ${some}`,
      text,
    }
  } catch (error) {
    return { line, reason: `taken in as ${id}, but without its references: ${reasonOf(error)}`, text }
  }
}

/** Says what was done; exit code 1 when a line was rejected, so that scripts notice. */
function report(tenant: string, read: number, counts: Counts, rejectedFile: string, options: Options): void {
  const { created, updated, unchanged, rejected } = counts
  if (rejected > 0) process.exitCode = 1
  if (flagOption(options, 'json')) {
    printJson({ tenant, read, created, updated, unchanged, rejected, ...(rejected > 0 ? { rejectedFile } : {}) })
    return
  }
  printLine(
    `${read} lines read: ${created} created, ${updated} updated, ${unchanged} as they were, ${rejected} rejected.`,
  )
  if (rejected > 0) printLine(`What was rejected is in ${rejectedFile}, each line with its reason.`)
}
