// Copies the record to another file while servers write to it.

import { closeSync, openSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** How long it waits for another process, in milliseconds. */
const BUSY_MS = 5_000

/** Copies the record as of one moment, for its owner alone. The copy appears under its name complete, or not at all. */
export function copyRecordFile(file: string, to: string): void {
  const partial = `${to}.${process.pid}.partial`
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    rmSync(partial, { force: true })
    // SQLite keeps the access rights of an empty file.
    closeSync(openSync(partial, 'wx', 0o600))
    db.exec(`pragma busy_timeout = ${BUSY_MS}`)
    db.prepare('vacuum into ?').run(partial)
    renameSync(partial, to)
  } finally {
    db.close()
    rmSync(partial, { force: true })
  }
}
