// Opens the record of requests for a command.

import { existsSync } from 'node:fs'
import { presentStore } from '../../admin/index.ts'
import { ConfigError } from '../../protocol/index.ts'
import type { RecordStore } from '../../record/index.ts'
import { openRecord, recordFile, SETTINGS } from '../../site/index.ts'
import { localSettings, withLocal } from '../database/local.ts'
import type { Options } from '../terminal/options.ts'

/** Opens the record that the options name, without what is of deleted tenants, and closes it afterwards. Throws {@link ConfigError} where nothing has been recorded. */
export async function withRecord<T>(options: Options, use: (record: RecordStore) => Promise<T>): Promise<T> {
  const settings = localSettings(options)
  const file = recordFile(settings)
  if (file !== undefined && !existsSync(file))
    throw new ConfigError(SETTINGS.record.flag, `Nothing has been recorded yet: there is no file ${file}`)
  const record = await openRecord(settings)
  if (record === undefined) throw new ConfigError(SETTINGS.record.flag, 'no requests are recorded where it is off')
  try {
    return await withLocal(options, ({ store }) => use(presentStore(record, store)))
  } finally {
    await record.close()
  }
}
