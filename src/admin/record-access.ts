// The record of requests as routes reach it.

import type { RecordStore } from '../record/index.ts'
import { Refused } from './refusals.ts'

/** The record of requests. */
export interface RecordAccess {
  readonly store: RecordStore
  /** Since when nothing could be kept, milliseconds since 1970; undefined: all is well. */
  readonly failingSince: () => number | undefined
}

/** The record; 404 where none is kept. */
export function requireRecord(record: RecordAccess | undefined): RecordAccess {
  if (record !== undefined) return record
  throw new Refused(404, 'ERR_NOT_RECORDED', 'Requests are not recorded here; start the server with --record beside')
}
