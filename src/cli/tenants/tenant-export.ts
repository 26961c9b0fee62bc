// `lockstep tenant export`: writes a whole tenant to a file.

import { existsSync } from 'node:fs'
import { chmod, rename, stat, truncate } from 'node:fs/promises'
import type { ExportRow } from '../../store/index.ts'
import type { Tenant } from '../../tenancy/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { withFileLock } from '../files/file-lock.ts'
import { readLines } from '../files/lines.ts'
import { type OutFile, openOut } from '../files/out-file.ts'
import { flagOption, type Options, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { startProgress } from '../terminal/progress.ts'
import { type Checksum, endLine, headLine, readRow, rowLine, startChecksum } from './tenant-file.ts'

/** How often to retry when the tenant is written to just as the reading begins. */
const TRIES = 100

/** Rows that change without leaving a line in the log; they come before all others. */
const UNLOGGED: readonly ExportRow['row'][] = ['path', 'record', 'item', 'cursor', 'cut']

/** A partial file of an earlier run, up to its last whole line. */
interface Part {
  readonly checksum: Checksum
  readonly bytes: number
  readonly rows: number
  readonly last: ExportRow | undefined
}

/** An export under way: the rows that remain, and what is known of those already written. */
interface Remaining {
  /** As of the moment that all rows show. */
  readonly tenant: Tenant
  readonly chunks: AsyncIterable<readonly ExportRow[]>
  readonly checksum: Checksum
  /** Rows that an earlier run wrote, and whether it wrote the head. */
  readonly rows: number
  readonly hasHead: boolean
}

/** `lockstep tenant export`: a whole tenant, as of one moment, in a file for `lockstep tenant import`; `-` is standard output. */
export async function exportTenant([name = '', file = '']: readonly string[], options: Options): Promise<void> {
  if (file === '-') await exportToOutput(name, options)
  else await withFileLock(file, () => exportToFile(name, file, options))
}

/** Exports to standard output, which can't be resumed. Prints nothing else there: the checksum is in the last line. */
async function exportToOutput(name: string, options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await local.tenancy.tenants.show(name)
    const opened = await openRows(local, tenant, undefined)
    const out = await openOut('-', { append: false })
    await writeRows(out, { ...opened, checksum: startChecksum(), rows: 0, hasHead: false }, () => undefined)
    await out.end()
  })
}

async function exportToFile(name: string, file: string, options: Options): Promise<void> {
  if (existsSync(file)) throw new UsageError(`${file} already exists; choose a new file`)
  const part = `${file}.part`
  await withLocal(options, async (local) => {
    const before = await local.tenancy.tenants.show(name)
    const left = flagOption(options, 'restart') ? undefined : await readPart(local, before, part)
    if (left !== undefined) await truncate(part, left.bytes)
    const { checksum, last, rows } = left ?? { checksum: startChecksum(), last: undefined, rows: 0 }
    const opened = await openRows(local, before, last)
    const { tenant } = opened
    const out = await openOut(part, { append: left !== undefined })
    await chmod(part, 0o600)
    const resources = Object.values(tenant.resources).reduce((sum, count) => sum + count, 0)
    const progress = startProgress(`Exporting ${name}`, resources + tenant.place, options)
    progress.advance(rows)
    const written = await writeRows(out, { ...opened, checksum, rows, hasHead: left !== undefined }, progress.advance)
    await out.end()
    await rename(part, file)
    progress.stop()
    if (flagOption(options, 'json')) {
      printJson({ tenant: name, file, rows: written.rows, resources, log: tenant.place, checksum: written.checksum })
      return
    }
    printLine(`Exported tenant "${name}" to ${file}: ${resources} resources, ${tenant.place} log lines.`)
    printLine(`Checksum ${written.checksum}`)
    printLine('The file contains personal data and hashes of passwords and tokens; protect it like the database.')
  })
}

/** Writes the head unless an earlier run did, the remaining rows, and the end line; returns how many rows the file has. */
async function writeRows(
  out: OutFile,
  { tenant, chunks, checksum, rows, hasHead }: Remaining,
  advance: (rows: number) => void,
): Promise<{ readonly rows: number; readonly checksum: string }> {
  const write = async (line: string) => {
    checksum.add(line)
    await out.write(`${line}\n`)
  }
  let count = rows
  if (!hasHead) await write(headLine({ ...tenant, tenant: tenant.name }))
  for await (const chunk of chunks) {
    for (const row of chunk) await write(rowLine(row))
    count += chunk.length
    advance(chunk.length)
  }
  const sum = checksum.text()
  await out.write(`${endLine(sum)}\n`)
  return { rows: count, checksum: sum }
}

/**
 * The rows after `last`, and the tenant as of the same moment: it is read before and after the rows are opened, until nothing was
 * written in between.
 */
async function openRows({ store, tenancy }: Local, known: Tenant, last: ExportRow | undefined) {
  let before = known
  for (let tries = 1; ; tries++) {
    const iterator = store.exportTenant(known.name, last)[Symbol.asyncIterator]()
    const first = await iterator.next()
    const tenant = await tenancy.tenants.show(known.name)
    if (tenant.place === before.place && tenant.created === before.created) {
      return { tenant, chunks: rest(first, iterator) }
    }
    await iterator.return?.()
    if (last !== undefined || tries === TRIES) {
      throw new UsageError(`Tenant "${known.name}" is being written to; pause its identity providers, and try again`)
    }
    before = tenant
  }
}

async function* rest<T>(first: IteratorResult<T>, iterator: AsyncIterator<T>): AsyncIterable<T> {
  try {
    for (let next = first; next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

/**
 * The partial file of an interrupted export, if the tenant hasn't changed since: nothing new in the log, and the same connections,
 * tokens, schemas and settings.
 */
async function readPart({ store }: Local, tenant: Tenant, part: string): Promise<Part | undefined> {
  const size = await stat(part).then(
    (stats) => stats.size,
    () => 0,
  )
  if (size === 0) return undefined
  const head = headLine({ ...tenant, tenant: tenant.name })
  const records = recordsOf(store.exportTenant(tenant.name))[Symbol.asyncIterator]()
  const checksum = startChecksum()
  let bytes = 0
  let rows = 0
  let last: string | undefined
  let behind = false
  try {
    for await (const { number, text, offset, length } of readLines(part, { offset: 0, line: 0 })) {
      // The last line may be cut short, or an end line whose file was never renamed.
      if (offset + length + 1 > size || text.startsWith('{"end":')) break
      if (number === 1 && text !== head) return undefined
      if (number > 1) {
        // What leaves no line in the log is compared itself.
        const isRecord = UNLOGGED.some((kind) => text.startsWith(`{"row":"${kind}"`))
        if (isRecord ? (await records.next()).value !== text : !behind && !(await records.next()).done) return undefined
        behind = !isRecord
        rows++
        last = text
      }
      checksum.add(text)
      bytes = offset + length + 1
    }
  } finally {
    // Releases the connection.
    await records.return(undefined)
  }
  return bytes === 0 ? undefined : { checksum, bytes, rows, last: last === undefined ? undefined : readRow(last) }
}

async function* recordsOf(chunks: AsyncIterable<readonly ExportRow[]>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    for (const row of chunk) {
      if (!UNLOGGED.includes(row.row)) return
      yield rowLine(row)
    }
  }
}
