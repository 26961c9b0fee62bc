// Imports a batch of records concurrently, keeping records of the same name in order.

import { type Imported, type Importer, importRecord, refusalOf } from './import-record.ts'
import type { SourceRecord } from './record.ts'
import { recordKey } from './record-names.ts'

/** What was done with a record, or why it was refused. */
export interface RecordResult {
  readonly imported?: Imported
  readonly reason?: string
}

/**
 * Imports the records of a batch at the same time, so that they share transactions; those of one name one after the other.
 * Each function reads one record, and throws why it can't be read.
 */
export async function importBatch(
  importer: Importer,
  reads: readonly (() => SourceRecord)[],
): Promise<readonly RecordResult[]> {
  const last = new Map<string, Promise<unknown>>()
  return Promise.all(
    reads.map(async (read): Promise<RecordResult> => {
      try {
        const record = read()
        const key = recordKey(record)
        const ordinal = importer.names.next(record)
        const before = last.get(key) ?? Promise.resolve()
        const imported = before.then(() => importRecord(importer, record, ordinal))
        last.set(
          key,
          imported.catch(() => undefined),
        )
        return { imported: await imported }
      } catch (error) {
        return { reason: refusalOf(error) }
      }
    }),
  )
}
