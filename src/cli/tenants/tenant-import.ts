// `lockstep tenant import`: restores a whole tenant from its file.

import { stat } from 'node:fs/promises'
import { environment } from '../../environment.ts'
import { LockstepError } from '../../protocol/index.ts'
import { commandName, hasEnded, PROCESS_NAME } from '../../server/index.ts'
import type { ExportRow } from '../../store/index.ts'
import type { ImportProgress } from '../../tenancy/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { fileError } from '../files/file-error.ts'
import { readLines } from '../files/lines.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { startProgress } from '../terminal/progress.ts'
import { checkFile, headLine, readRow, rowLine, startChecksum, type TenantFile } from './tenant-file.ts'

/** Maximum rows and characters per transaction; every member counts as a row. */
const ROWS = 1_000
const CHARACTERS = 4_000_000

/** `lockstep tenant import`: imports an exported tenant. It goes live once the import is complete and verified. */
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
    const start = await imports.begin(
      tenant,
      { checksum, created, offset: begin, line: 1 },
      { name: PROCESS_NAME, hasEnded },
    )
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
    const verifying = startProgress(`Verifying ${tenant}`, resources + place, options)
    const found = await checksumOf(local, tenant, from, verifying.advance)
    if (found !== checksum) {
      throw new LockstepError(
        'ERR_INPUT',
        `The imported tenant has the checksum ${found}, but the file has ${checksum}: it was changed during the import. It is not served; delete it with lockstep tenant delete ${tenant}, and import again`,
      )
    }
    // The database that it comes from may still send, and what is remembered here of the apps ends where it was exported.
    const { reviewWrites } = await import('../../hub/index.ts')
    const reviewed = await reviewWrites({ store: local.store, environment, actor: 'cli' }, tenant, 'imported')
    await imports.finish(tenant, reviewed)
    verifying.stop()
    if (flagOption(options, 'json')) {
      const apps = { ...(reviewed.length === 0 ? {} : { appsInReview: reviewed.length / 2 }) }
      printJson({ tenant, from: from.tenant, resources, log: place, checksum, ...apps })
      return
    }
    printLine(`Tenant "${tenant}" is live: ${resources} resources, ${place} log lines.`)
    printLine(`Checksum ${checksum}, the same in the file and in the database.`)
    if (reviewed.length > 0) {
      printLine(
        `Its apps are paused: first make sure that the installation it comes from no longer sends, then resume each with ${commandName()} app resume NAME --tenant ${tenant}`,
      )
    }
    if (tenant === from.tenant) return
    printLine(
      `Its tokens are for the tenant "${from.tenant}" and don't work here; issue new ones with ${commandName()} connection rotate`,
    )
  }
  await withLocal(options, use, { create: true })
}

interface Batch {
  readonly rows: readonly ExportRow[]
  readonly now: ImportProgress
}

/** The rows of a file from a position on, in batches for one transaction each. */
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

/** The checksum of the imported tenant, computed as for the file. */
async function checksumOf(
  { tenancy }: Local,
  tenant: string,
  from: TenantFile,
  advance: (rows: number) => void,
): Promise<string> {
  const { created, place } = await tenancy.tenants.show(tenant, { includeUnfinished: true })
  const checksum = startChecksum()
  checksum.add(headLine({ tenant: from.tenant, created, place }, from.version))
  for await (const chunk of tenancy.imports.rows(tenant)) {
    for (const row of chunk) checksum.add(rowLine(row))
    advance(chunk.length)
  }
  return checksum.text()
}
