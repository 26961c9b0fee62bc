import { existsSync } from 'node:fs'
import { chmod, rename, stat, truncate } from 'node:fs/promises'
import type { ExportRow } from '../../store/index.ts'
import type { Tenant } from '../../tenancy/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { withFileLock } from '../files/file-lock.ts'
import { readLines } from '../files/lines.ts'
import { openOut } from '../files/out-file.ts'
import { flagOption, type Options, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { startProgress } from '../terminal/progress.ts'
import { type Checksum, endLine, headLine, readRow, rowLine, startChecksum } from './tenant-file.ts'

/** How often the rows are asked for anew when the tenant is written to just as they begin. */
const TRIES = 100

/** What a file that is not whole yet holds. */
interface Part {
  readonly checksum: Checksum
  readonly bytes: number
  readonly rows: number
  readonly last: ExportRow | undefined
}

/** `lockstep tenant export`: a tenant with all it holds, as of one moment, in a file for `lockstep tenant import`. */
export async function exportTenant([name = '', file = '']: readonly string[], options: Options): Promise<void> {
  await withFileLock(file, () => exportClaimed(name, file, options))
}

async function exportClaimed(name: string, file: string, options: Options): Promise<void> {
  if (existsSync(file)) throw new UsageError(`${file} exists already; name a new file`)
  const part = `${file}.part`
  await withLocal(options, async (local) => {
    let tenant = await local.tenancy.tenants.show(name)
    const left = flagOption(options, 'restart') ? undefined : await readPart(local, tenant, part)
    if (left !== undefined) await truncate(part, left.bytes)
    const { checksum, last } = left ?? { checksum: startChecksum(), last: undefined }
    const opened = await openRows(local, tenant, last)
    tenant = opened.tenant
    const out = await openOut(part, { goOn: left !== undefined })
    await chmod(part, 0o600)
    const write = async (line: string) => {
      checksum.add(line)
      await out.write(`${line}\n`)
    }
    const resources = Object.values(tenant.resources).reduce((sum, count) => sum + count, 0)
    const progress = startProgress(`Exporting ${name}`, resources + tenant.place, options)
    let rows = left?.rows ?? 0
    progress.advance(rows)
    if (left === undefined) await write(headLine({ ...tenant, tenant: name }))
    for await (const chunk of opened.rows) {
      for (const row of chunk) await write(rowLine(row))
      rows += chunk.length
      progress.advance(chunk.length)
    }
    const sum = checksum.text()
    await out.write(`${endLine(sum)}\n`)
    await out.end()
    await rename(part, file)
    progress.stop()
    if (flagOption(options, 'json')) {
      printJson({ tenant: name, file, rows, resources, log: tenant.place, checksum: sum })
      return
    }
    printLine(`Tenant "${name}" is in ${file}: ${resources} resources, ${tenant.place} log lines.`)
    printLine(`Checksum ${sum}`)
    printLine('The file holds hashes of passwords and tokens, and personal data: keep it as you keep the database.')
  })
}

/**
 * The rows behind `last`, and the tenant as of the very moment that they show: it is looked at before and after their reading
 * has begun, until nothing was written between.
 */
async function openRows({ store, tenancy }: Local, known: Tenant, last: ExportRow | undefined) {
  let before = known
  for (let tries = 1; ; tries++) {
    const iterator = store.exportTenant(known.name, last)[Symbol.asyncIterator]()
    const first = await iterator.next()
    const tenant = await tenancy.tenants.show(known.name)
    if (tenant.place === before.place && tenant.created === before.created) {
      return { tenant, rows: rest(first, iterator) }
    }
    await iterator.return?.()
    if (last !== undefined || tries === TRIES) {
      throw new UsageError(`Tenant "${known.name}" is being written to; pause its identity providers and try again`)
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
 * What an interrupted export has left, when the tenant is still as it was then: nothing in the log since, and the same
 * connections, tokens, schemas and settings.
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
      // The last line may have been cut short, or be an end that was not reached.
      if (offset + length + 1 > size || text.startsWith('{"end":')) break
      if (number === 1 && text !== head) return undefined
      if (number > 1) {
        // What leaves no line in the log is compared itself.
        const isRecord = text.startsWith('{"row":"path"') || text.startsWith('{"row":"record"')
        if (isRecord ? (await records.next()).value !== text : !behind && !(await records.next()).done) return undefined
        behind = !isRecord
        rows++
        last = text
      }
      checksum.add(text)
      bytes = offset + length + 1
    }
  } finally {
    // Gives the connection back.
    await records.return(undefined)
  }
  return bytes === 0 ? undefined : { checksum, bytes, rows, last: last === undefined ? undefined : readRow(last) }
}

async function* recordsOf(chunks: AsyncIterable<readonly ExportRow[]>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    for (const row of chunk) {
      if (row.row !== 'path' && row.row !== 'record') return
      yield rowLine(row)
    }
  }
}
