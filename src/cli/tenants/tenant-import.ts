import { stat } from 'node:fs/promises'
import { LockstepError } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import type { ExportRow } from '../../store/index.ts'
import type { ImportProgress } from '../../tenancy/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { fileError } from '../files/file-error.ts'
import { readLines } from '../files/lines.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { startProgress } from '../terminal/progress.ts'
import { checkFile, headLine, readRow, rowLine, startChecksum, type TenantFile } from './tenant-file.ts'

/** Rows, and characters of them, that one transaction takes in at most; members count one by one. */
const ROWS = 1_000
const CHARACTERS = 4_000_000

/** `lockstep tenant import`: puts an exported tenant into this database; it is served when it is whole and the same. */
export async function importTenant([file = '']: readonly string[], options: Options): Promise<void> {
  const { size } = await stat(file).catch((error) => {
    throw fileError(file, 'read', error)
  })
  const checking = startProgress(`Checking ${file}`, size, options)
  const from = await checkFile(file, checking.advance)
  checking.stop()
  const tenant = textOption(options, 'as') ?? from.tenant
  const use = async (local: Local) => {
    const { imports, tenants } = local.tenancy
    const { checksum, created, begin } = from
    const start = await imports.begin(tenant, { checksum, created, offset: begin, line: 1 })
    const loading = startProgress(`Importing ${tenant}`, from.end - begin, options)
    loading.advance(start.offset - begin)
    let at = start.offset
    for await (const batch of batchesOf(file, from, start)) {
      await imports.put(tenant, batch.rows, batch.now)
      loading.advance(batch.now.offset - at)
      at = batch.now.offset
    }
    loading.stop()
    const { resources: counts, place } = await tenants.show(tenant, { includeUnfinished: true })
    const resources = Object.values(counts).reduce((sum, count) => sum + count, 0)
    const comparing = startProgress(`Comparing ${tenant}`, resources + place, options)
    const found = await checksumOf(local, tenant, from, comparing.advance)
    if (found !== checksum) {
      throw new LockstepError(
        'ERR_INPUT',
        `What is in the database now has the checksum ${found}, the file ${checksum}: somebody has changed it meanwhile. It is not served; take it away with lockstep tenant delete ${tenant}, and import again`,
      )
    }
    await imports.finish(tenant)
    comparing.stop()
    if (flagOption(options, 'json')) {
      printJson({ tenant, from: from.tenant, resources, log: place, checksum })
      return
    }
    printLine(`Tenant "${tenant}" is here, and served: ${resources} resources, ${place} log lines.`)
    printLine(`Checksum ${checksum}, of the file and of what is in the database now.`)
    if (tenant === from.tenant) return
    printLine(
      `Its tokens name the tenant "${from.tenant}" and let nobody in here; make new ones with: ${commandName()} connection rotate`,
    )
  }
  await withLocal(options, use, { create: true })
}

interface Batch {
  readonly rows: readonly ExportRow[]
  readonly now: ImportProgress
}

/** The rows of a file from where an import has come to, in portions. */
async function* batchesOf(file: string, { checksum, end }: TenantFile, start: ImportProgress): AsyncIterable<Batch> {
  let rows: ExportRow[] = []
  let weight = 0
  let characters = 0
  for await (const { number, text, offset, length } of readLines(file, start)) {
    if (offset >= end) break
    const row = readRow(text)
    rows.push(row)
    weight += row.row === 'members' ? row.members.length : 1
    characters += length
    if (weight < ROWS && characters < CHARACTERS) continue
    yield { rows, now: { checksum, offset: offset + length + 1, line: number } }
    rows = []
    weight = 0
    characters = 0
  }
  if (rows.length > 0) yield { rows, now: { checksum, offset: end, line: 0 } }
}

/** The checksum of what is in the database, as the file counts it. */
async function checksumOf(
  { tenancy }: Local,
  tenant: string,
  from: TenantFile,
  advance: (rows: number) => void,
): Promise<string> {
  const { created, place } = await tenancy.tenants.show(tenant, { includeUnfinished: true })
  const checksum = startChecksum()
  checksum.add(headLine({ tenant: from.tenant, created, place }))
  for await (const chunk of tenancy.imports.rows(tenant)) {
    for (const row of chunk) checksum.add(rowLine(row))
    advance(chunk.length)
  }
  return checksum.text()
}
