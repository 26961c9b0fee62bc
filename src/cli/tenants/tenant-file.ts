// The format of the file that holds a whole tenant.

import { createHash } from 'node:crypto'
import { isObject, type Json, LockstepError } from '../../protocol/index.ts'
import type { ExportRow } from '../../store/index.ts'
import { readLines } from '../files/lines.ts'

/** The version of the format that docs/reference/tenant-file.md describes. Version 1 had no work and no cut log. */
const VERSION = 2

/** The first line of a tenant's file. */
export interface Head {
  readonly tenant: string
  /** When the tenant was created. Milliseconds since 1970. */
  readonly created: number
  /** The last place of its log. */
  readonly place: number
}

/** A complete tenant file, verified by its checksum. */
export interface TenantFile extends Head {
  /** Of the format. */
  readonly version: number
  readonly checksum: string
  /** Positions of the first row, and of the end line. */
  readonly begin: number
  readonly end: number
}

/** A SHA-256 over lines, including their line ends. */
export interface Checksum {
  readonly add: (line: string) => void
  readonly text: () => string
}

/** Starts a checksum. */
export function startChecksum(): Checksum {
  const hash = createHash('sha256')
  return { add: (line) => void hash.update(line).update('\n'), text: () => hash.digest('hex') }
}

/** The first line. */
export function headLine({ tenant, created, place }: Head, version: number = VERSION): string {
  return JSON.stringify({ lockstep: 'tenant', version, tenant, created, place })
}

/** A row as a line: the same text for the same row, whichever store it comes from. */
export function rowLine(row: ExportRow): string {
  const { row: kind, ...rest } = row
  const line = ordered(rest as Json) as object
  // The value of an item is compared as text.
  const kept = row.row === 'item' ? { ...line, value: row.value } : line
  return JSON.stringify({ row: kind, ...kept })
}

/** The last line. */
export function endLine(checksum: string): string {
  return JSON.stringify({ end: true, checksum })
}

/** The row that a line holds. The whole file has been verified, so the row is one that a store exported. */
export function readRow(line: string): ExportRow {
  return JSON.parse(line)
}

/**
 * Reads a file to its end line. Throws ERR_INPUT when it is truncated, altered, or not a tenant file. `advance` gets the number of
 * bytes read.
 */
export async function checkFile(file: string, advance: (bytes: number) => void): Promise<TenantFile> {
  const checksum = startChecksum()
  let head: (Head & { readonly version: number }) | undefined
  let begin = 0
  let end: { readonly checksum: Json | undefined; readonly offset: number } | undefined
  for await (const { number, text, offset, length } of readLines(file, { offset: 0, line: 0 })) {
    advance(length + 1)
    if (end !== undefined) throw refused(`${file} continues after its end line, at line ${number}`)
    if (head === undefined) {
      head = readHead(file, text)
      begin = offset + length + 1
    } else if (text.startsWith('{"end":')) {
      end = { checksum: objectOf(text)?.checksum, offset }
      continue
    }
    checksum.add(text)
  }
  if (head === undefined) throw refused(`${file} is empty; export the tenant again with lockstep tenant export`)
  if (end === undefined) {
    throw refused(`${file} is truncated: it has no end line. Export the tenant again, or copy the file again`)
  }
  const counted = checksum.text()
  if (end.checksum !== counted) {
    throw refused(
      `${file} was altered: its lines have the checksum ${counted}, but its end line says ${String(end.checksum)}. Export the tenant again, or copy the file again`,
    )
  }
  return { ...head, checksum: counted, begin, end: end.offset }
}

function readHead(file: string, line: string): Head & { readonly version: number } {
  const head = objectOf(line)
  if (head?.lockstep !== 'tenant') {
    throw refused(
      `${file} is not a tenant file. Create one with lockstep tenant export; to import SCIM resources as JSON lines, use lockstep import`,
    )
  }
  const { version, tenant, created, place } = head
  if (version !== 1 && version !== VERSION) {
    throw refused(
      `${file} has format version ${String(version)}, but this release reads versions 1 to ${VERSION}; import it with the release that exported it, or a later one`,
    )
  }
  if (typeof tenant !== 'string' || typeof created !== 'number' || typeof place !== 'number') {
    throw refused(`The first line of ${file} lacks the tenant, its creation time, or the last place of its log`)
  }
  return { version, tenant, created, place }
}

function objectOf(line: string) {
  try {
    const value: Json = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function refused(message: string): LockstepError {
  return new LockstepError('ERR_INPUT', message)
}

/** The same value with the members of all objects sorted: databases don't keep their order. */
function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered)
  if (!isObject(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, one]) => [name, ordered(one)]))
}
