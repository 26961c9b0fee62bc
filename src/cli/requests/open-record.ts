// Opens the record of requests for a command.

import { existsSync } from 'node:fs'
import { presentStore } from '../../admin/index.ts'
import { ConfigError } from '../../protocol/index.ts'
import type { RecordStore } from '../../record/index.ts'
import { openRecord, recordFile, SETTINGS } from '../../site/index.ts'
import { type Local, localSettings, withLocal } from '../database/local.ts'
import type { Options } from '../terminal/options.ts'

/** Opens the record that the options name, without what is of deleted tenants, and closes it afterwards. Throws {@link ConfigError} where nothing has been recorded. */
export async function withRecord<T>(options: Options, use: (record: RecordStore) => Promise<T>): Promise<T> {
  const settings = localSettings(options)
  const file = recordFile(settings)
  if (file !== undefined && !existsSync(file))
    throw new ConfigError(SETTINGS.record.flag, `Nothing has been recorded yet: there is no file ${file}`)
  return withRecordIfThere(options, (record) => {
    if (record === undefined) throw new ConfigError(SETTINGS.record.flag, 'no requests are recorded where it is off')
    return use(record)
  })
}

/** The same with the database, and without a record where there is none. */
export async function withRecordIfThere<T>(
  options: Options,
  use: (record: RecordStore | undefined, local: Local) => Promise<T>,
): Promise<T> {
  const settings = localSettings(options)
  const file = recordFile(settings)
  const record = file !== undefined && !existsSync(file) ? undefined : await openRecord(settings)
  try {
    return await withLocal(options, (local) =>
      use(record === undefined ? undefined : presentStore(record, local.store), local),
    )
  } finally {
    await record?.close()
  }
}
