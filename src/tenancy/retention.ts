// How long requests are kept, where somebody has set it after the start.

import type { Environment } from '../environment.ts'
import {
  createNote,
  factsOf,
  numberOf,
  oneRecord,
  type Store,
  type StoredRecord,
  untilUnchanged,
} from '../store/index.ts'
import { invalid } from './errors.ts'
import type { Giver } from './operators.ts'

const RECORD = { tenant: '', kind: 'retention', key: 'settings' } as const
/** The least and the most days that requests are kept. */
export const RECORD_DAYS = { least: 1, most: 90 } as const

/** What is set of retention. */
export interface RetentionSettings {
  /** Days that requests are kept; absent: as the server was started with. */
  readonly recordDays?: number
}

/** Reads what is set. What this version can't read counts as not set. */
export async function readRetention(store: Pick<Store, 'records'>): Promise<RetentionSettings> {
  return settingsOf(await oneRecord(store, '', RECORD.kind, RECORD.key))
}

function settingsOf(record: StoredRecord | undefined): RetentionSettings {
  const recordDays = record === undefined ? undefined : numberOf(factsOf(record).recordDays)
  return recordDays !== undefined && isDays(recordDays) ? { recordDays } : {}
}

/** Sets it, for every process of the database; null: as the server was started with. Throws {@link TenancyError}. */
export async function setRetention(
  store: Store,
  environment: Environment,
  { recordDays }: { readonly recordDays: number | null },
  giver: Giver,
): Promise<void> {
  const { least, most } = RECORD_DAYS
  if (recordDays !== null && !isDays(recordDays))
    throw invalid(`Requests are kept for ${least} to ${most} whole days`, 'recordDays')
  const note = createNote(environment, giver.actor, giver.told)
  await untilUnchanged(RECORD.key, async () => {
    const now = await oneRecord(store, '', RECORD.kind, RECORD.key)
    const was = settingsOf(now).recordDays ?? 'as started'
    await store.commit([
      {
        write: 'record',
        record: RECORD,
        value: recordDays === null ? {} : { recordDays },
        ...(now === undefined ? { ifAbsent: true } : { ifValue: now.value }),
      },
      note('', 'Setting', 'retention', 'changed', { recordDays: { was, is: recordDays ?? 'as started' } }),
    ])
  })
}

function isDays(days: number): boolean {
  return Number.isInteger(days) && days >= RECORD_DAYS.least && days <= RECORD_DAYS.most
}
