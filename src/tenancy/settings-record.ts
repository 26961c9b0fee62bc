// A tenant's settings as they are stored, and how they are changed while others change them too.

import { isObject } from '../protocol/index.ts'
import { type Note, oneRecord, putIfSame, type Store, type StoredRecord, untilUnchanged } from '../store/index.ts'
import { RECORDS } from './model.ts'
import { changeSettings, changesOf, DEFAULT_SETTINGS, settingsJson, type TenantSettings } from './settings.ts'

/** The key of a tenant's settings. */
const SETTINGS_KEY = 'settings'

/** A tenant's settings as stored. */
export async function readSettings(store: Store, tenant: string): Promise<TenantSettings> {
  return settingsOf(await oneRecord(store, tenant, RECORDS.settings, SETTINGS_KEY))
}

/** Changes a tenant's settings, based on their state at the commit. */
export function editSettings(
  store: Store,
  tenant: string,
  note: Note,
  edit: (now: TenantSettings) => TenantSettings,
): Promise<{ readonly before: TenantSettings; readonly after: TenantSettings }> {
  return untilUnchanged(SETTINGS_KEY, async () => {
    const found = await oneRecord(store, tenant, RECORDS.settings, SETTINGS_KEY)
    const before = settingsOf(found)
    const after = edit(before)
    const value = settingsJson(after)
    const record = { tenant, kind: RECORDS.settings, key: SETTINGS_KEY }
    const facts = changesOf(before, after)
    // Nothing is written where nothing changes.
    if (Object.keys(facts).length === 0) return { before, after }
    await store.commit([
      found === undefined ? { write: 'record', record, value, ifAbsent: true } : putIfSame(found, value),
      note(tenant, 'Setting', SETTINGS_KEY, 'changed', facts),
    ])
    return { before, after }
  })
}

function settingsOf(record: StoredRecord | undefined): TenantSettings {
  if (record === undefined || !isObject(record.value)) return DEFAULT_SETTINGS
  return changeSettings(DEFAULT_SETTINGS, record.value)
}
