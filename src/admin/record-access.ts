// The record of requests as routes reach it.

import type { RecordStore } from '../record/index.ts'
import { Refused } from './refusals.ts'

/** The record of requests. */
export interface RecordAccess {
  readonly store: RecordStore
  /** Since when nothing could be kept, milliseconds since 1970; undefined: all is well. */
  readonly failingSince: () => number | undefined
  /** What it keeps at most; days: unless somebody has set them since the start. */
  readonly most: { readonly days: number; readonly lines: number; readonly bytes: number }
}

/** The record; 404 where none is kept. */
export function requireRecord(record: RecordAccess | undefined): RecordAccess {
  if (record !== undefined) return record
  throw new Refused(404, 'ERR_NOT_RECORDED', 'Requests are not recorded here; start the server with --record beside')
}

/** Reads the record. 503 while its database does not answer: requests are answered all the same, and nothing is kept. */
export async function readRecord<T>(record: RecordAccess | undefined, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const since = record?.failingSince()
    const told = since === undefined ? '' : `; nothing has been kept since ${new Date(since).toISOString()}`
    throw new Refused(503, 'ERR_UNAVAILABLE', `The record of requests can't be read: ${reason}${told}`)
  }
}
