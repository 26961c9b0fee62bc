// Opens the record of requests where the settings say it is kept.

import { existsSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { memoryRecord, type RecordStore } from '../record/index.ts'
import type { Settings } from './settings.ts'

/** Opens the record. It is not touched before the first request is written, and never keeps a server from starting. */
export async function openRecord({
  record,
  database,
  postgres,
}: Pick<Settings, 'record' | 'database' | 'postgres'>): Promise<RecordStore | undefined> {
  if (record === undefined) return undefined
  if (record.place === 'postgres' || (record.place === 'beside' && postgres !== undefined)) {
    const { postgresRecord } = await import('../record/postgres/postgres.ts')
    const url = record.place === 'postgres' ? record.url : (postgres?.url ?? '')
    // The password of the directory's database is not another one's.
    return postgresRecord({ url, ...(record.place === 'beside' ? { passwordFile: postgres?.passwordFile } : {}) })
  }
  if (record.place === 'beside' && database === ':memory:') return memoryRecord()
  const { sqliteRecord } = await import('../record/sqlite/sqlite.ts')
  return sqliteRecord(record.place === 'file' ? record.file : besideOf(database))
}

/** The file of the record; undefined where it is not in a file. */
export function recordFile({
  record,
  database,
  postgres,
}: Pick<Settings, 'record' | 'database' | 'postgres'>): string | undefined {
  if (record?.place === 'file') return record.file
  return record?.place === 'beside' && postgres === undefined && database !== ':memory:'
    ? besideOf(database)
    : undefined
}

/** Copies the record, where it is in a file, to the place beside a copy of the database. Returns that place; undefined: nothing was recorded. */
export async function copyRecordBeside(from: string, database: string): Promise<string | undefined> {
  if (!existsSync(from)) return undefined
  const { copyRecord } = await import('../record/sqlite/sqlite.ts')
  const to = besideOf(database)
  await copyRecord(from, to)
  return to
}

/** The file beside that of the directory: `lockstep.record.db` beside `lockstep.db`. */
export function besideOf(file: string): string {
  const extension = extname(file)
  return join(dirname(file), `${basename(file, extension)}.record${extension === '' ? '.db' : extension}`)
}
