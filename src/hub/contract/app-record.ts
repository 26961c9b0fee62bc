// The apps of a tenant as they are stored: one record per app.

import type { Json } from '../../protocol/index.ts'
import { allRecords, oneRecord, type Store, type StoredRecord } from '../../store/index.ts'
import { APP_RECORD, type AppSettings } from './app-settings.ts'

/** The settings of an app; undefined when there is no such app. */
export async function readApp(
  store: Pick<Store, 'records'>,
  tenant: string,
  id: string,
): Promise<AppSettings | undefined> {
  const record = await oneRecord(store, tenant, APP_RECORD, id)
  return record === undefined ? undefined : settingsOf(record)
}

/** The settings of all apps of a tenant, in the order of their ids. */
export async function readApps(store: Pick<Store, 'records'>, tenant: string): Promise<readonly AppSettings[]> {
  return (await allRecords(store, tenant, APP_RECORD)).map(settingsOf)
}

/** The settings that a record holds. They were checked when they were written. */
export function settingsOf(record: StoredRecord): AppSettings {
  return { ...(record.value as unknown as AppSettings), id: record.key }
}

/** Settings as a record holds them. */
export function settingsJson({ id: _id, ...settings }: AppSettings): Json {
  return settings as unknown as Json
}
