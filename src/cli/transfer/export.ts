// `lockstep export`: writes all resources of a tenant as JSON lines.

import { chmod, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import {
  type Context,
  type Directory,
  documentOf,
  type PagePosition,
  type Stored,
  traitsOf,
} from '../../directory/index.ts'
import { entryOf, formatETag, isObject, LIMITS, type ResourceType, readQuery } from '../../protocol/index.ts'
import { profileOf } from '../../quirks/index.ts'
import { writeJsonPart } from '../../terminal.ts'
import { localSettings, tenantOf, withLocal } from '../database/local.ts'
import { withFileLock } from '../files/file-lock.ts'
import { type OutFile, openOut } from '../files/out-file.ts'
import { pickType } from '../targets/attribute-names.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { startProgress } from '../terminal/progress.ts'

/** How far an export has come; stored beside the file. */
interface ExportCheckpoint {
  readonly head: string
  /** Name of the type, and the last id in the file. */
  readonly type: string
  readonly after: string
  readonly bytes: number
  readonly count: number
}

/** `lockstep export`: all resources as JSON lines, to a file or standard output. Type by type, ordered by id. */
export async function exportFile([name]: readonly string[], options: Options): Promise<void> {
  const file = name === '-' ? undefined : name
  const destination: Destination = { file, resumes: file !== undefined && (await isPlain(file)) }
  // A pipe or a device needs no lock, and can't be resumed.
  if (file === undefined || !destination.resumes) await exportTo(destination, options)
  else await withFileLock(file, () => exportTo(destination, options))
}

/** Where an export goes; standard output without a file. */
interface Destination {
  readonly file: string | undefined
  readonly resumes: boolean
}

/** Whether a path is a regular file, or doesn't exist yet. */
function isPlain(file: string): Promise<boolean> {
  return stat(file).then(
    (stats) => stats.isFile(),
    () => true,
  )
}

async function exportTo({ file, resumes }: Destination, options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const word = textOption(options, 'type')
    const types =
      word === undefined
        ? local.tenancy.catalog(tenant).types
        : [pickType(local.tenancy.catalog(tenant).types, word, `tenant "${tenant}"`)]
    const { database } = localSettings(options)
    const head = JSON.stringify({ tenant, database, types: types.map(({ name }) => name) })
    const restart = flagOption(options, 'restart')
    const before = file === undefined || !resumes || restart ? undefined : await readCheckpoint(file, head)

    const { resources } = await local.tenancy.tenants.show(tenant)
    const total = types.reduce((sum, { name }) => sum + (entryOf(resources, name) ?? 0), 0)
    const progress = file === undefined ? undefined : startProgress(`Exporting ${tenant}`, total, options)
    if (file !== undefined && before !== undefined) await truncate(file, before.bytes)
    const out = file === undefined ? undefined : await openOut(file, { append: before !== undefined })
    if (file !== undefined && resumes) await chmod(file, 0o600).catch(() => undefined)
    let count = before?.count ?? 0
    let bytes = before?.bytes ?? 0
    progress?.advance(count)
    const directory = await local.directory()
    const context: Context = { tenant, actor: 'export', allow: profileOf('generic').allow }
    const first = Math.max(
      0,
      types.findIndex(({ name }) => name === before?.type),
    )
    for (const [at, type] of types.slice(first).entries()) {
      const after = at === 0 && before !== undefined ? { id: before.after } : undefined
      for await (const page of pagesOf(directory, context, type, after)) {
        for (const stored of page) bytes += await write(out?.write ?? writeJsonPart, stored, type, directory)
        count += page.length
        progress?.advance(page.length)
        const last = page.at(-1)
        if (out !== undefined && resumes && last !== undefined) {
          await out.flush()
          await writeCheckpoint(`${file}.place`, { head, type: type.name, after: last.id, bytes, count })
        }
      }
    }
    if (out === undefined) return
    await out.end()
    if (resumes) await rm(`${file}.place`, { force: true })
    progress?.stop()
    if (flagOption(options, 'json')) printJson({ tenant, file, exported: count })
    else printLine(`Exported ${count} ${count === 1 ? 'resource' : 'resources'} of tenant "${tenant}" to ${file}.`)
  })
}

async function* pagesOf(
  directory: Directory,
  context: Context,
  type: ResourceType,
  from: PagePosition | undefined,
): AsyncIterable<readonly Stored[]> {
  const search = readQuery({ count: String(LIMITS.PAGE_MAX), cursor: '' })
  let after = from
  do {
    const options = { groups: false, total: false, ...(after === undefined ? {} : { after }) }
    const plan = directory.plan(context, [type], search, '', options)
    const page = await directory.find(plan)
    yield page.resources
    after = page.next
  } while (after !== undefined)
}

/** Writes one resource as a line, streaming its members; returns the bytes written. RFC 7643 §3. */
async function write(out: OutFile['write'], stored: Stored, type: ResourceType, directory: Directory): Promise<number> {
  const meta = {
    resourceType: type.name,
    created: new Date(stored.created).toISOString(),
    lastModified: new Date(stored.modified).toISOString(),
    version: formatETag(stored.version),
  }
  let bytes = 0
  const put = async (text: string) => {
    bytes += Buffer.byteLength(text)
    await out(text)
  }
  const text = JSON.stringify(withoutSecrets(stored, type))
  await put(text.slice(0, -1))
  if (traitsOf(type).rows) {
    let separator = ',"members":['
    for await (const members of directory.members(stored)) {
      const list = members.map((member) =>
        JSON.stringify({ value: member.id, type: member.type, display: member.display }),
      )
      if (list.length === 0) continue
      await put(separator + list.join(','))
      separator = ','
    }
    if (separator === ',') await put(']')
  }
  await put(`,"meta":${JSON.stringify(meta)}}\n`)
  return bytes
}

/** The document without attributes that are never returned. RFC 7643 §7. */
function withoutSecrets(stored: Stored, type: ResourceType) {
  const document = documentOf(stored)
  const secret = (attributes: ResourceType['schema']['attributes']) =>
    new Set(attributes.filter(({ returned }) => returned === 'never').map(({ name }) => name))
  const keep = (held: typeof document, names: ReadonlySet<string>) =>
    names.size === 0 ? held : Object.fromEntries(Object.entries(held).filter(([name]) => !names.has(name)))
  let shown = keep(document, secret(type.schema.attributes))
  for (const { schema } of type.extensions) {
    const held = shown[schema.id]
    if (isObject(held)) shown = { ...shown, [schema.id]: keep(held, secret(schema.attributes)) }
  }
  return shown
}

async function writeCheckpoint(path: string, checkpoint: ExportCheckpoint): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(checkpoint), { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** The checkpoint of an earlier export of the same resources, if the file still holds what it had written. */
async function readCheckpoint(file: string, head: string): Promise<ExportCheckpoint | undefined> {
  try {
    const checkpoint: ExportCheckpoint = JSON.parse(await readFile(`${file}.place`, 'utf8'))
    return checkpoint.head === head && (await stat(file)).size >= checkpoint.bytes ? checkpoint : undefined
  } catch {
    return undefined
  }
}
