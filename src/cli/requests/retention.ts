// `lockstep retention`: shows how long recorded requests are kept, and sets it for every process of the database.

import { environment } from '../../environment.ts'
import type { RecordStore } from '../../record/index.ts'
import { isoTime, RECORD_DAYS, readRetention, setRetention } from '../../tenancy/index.ts'
import { confirm } from '../terminal/confirmation.ts'
import { flagOption, numberOption, type Options, UsageError } from '../terminal/options.ts'
import { formatTime, printFacts, printJson, printLine } from '../terminal/print.ts'
import { withRecordIfThere } from './open-record.ts'

const DAY_MS = 86_400_000
/** Most requests that are counted of those that would go. */
const MOST = 1_000_000
/** What a server keeps them for, unless it was started with another time. */
const AS_STARTED = 'as the server was started with (--record-days, 14 unless stated)'

/** `lockstep retention show`. */
export async function showRetention(options: Options): Promise<void> {
  const days = numberOption(options, 'days', RECORD_DAYS.least)
  await withRecordIfThere(options, async (record, { store }) => {
    const { recordDays } = await readRetention(store)
    const size = await record?.size()
    const goes = days === undefined ? undefined : await olderThan(record, days)
    if (flagOption(options, 'json')) {
      const { lines = 0, bytes, oldest } = size ?? {}
      return printJson({ recordDays: recordDays ?? null, lines, bytes, oldest: isoTime(oldest), goes })
    }
    printFacts([
      ['Requests are kept for', recordDays === undefined ? AS_STARTED : dayCount(recordDays)],
      ['Recorded requests', size?.lines ?? 0],
      ...(size?.bytes === undefined ? [] : [['Bytes on disk', size.bytes] as const]),
      ...(size?.oldest === undefined ? [] : [['Oldest', formatTime(size.oldest)] as const]),
      ...(days === undefined ? [] : [[`Removed with ${dayCount(days)}`, counted(goes ?? 0)] as const]),
    ])
  })
}

/** `lockstep retention set`: asks for confirmation where requests would go, or needs `--yes`. */
export async function changeRetention([given = '']: readonly string[], options: Options): Promise<void> {
  const recordDays = daysIn(given)
  await withRecordIfThere(options, async (record, { store, told }) => {
    const goes = recordDays === null ? 0 : await olderThan(record, recordDays)
    if (goes > 0) {
      const question = () => `Keep requests for ${given} days? ${counted(goes)} older ones are removed within minutes`
      await confirm(options, question, 'Nothing was changed', `${counted(goes)} recorded requests are older, and `)
    }
    await setRetention(store, environment, { recordDays }, { actor: 'cli', role: 'owner', tenants: undefined, told })
    if (flagOption(options, 'json')) printJson({ recordDays, goes })
    else printLine(`Requests are kept for ${recordDays === null ? AS_STARTED : dayCount(recordDays)}.`)
  })
}

/** The days that were given; null: `default`. */
function daysIn(given: string): number | null {
  if (given === 'default') return null
  const { least, most } = RECORD_DAYS
  const days = Number(given)
  if (given.trim() !== '' && Number.isInteger(days) && days >= least && days <= most) return days
  throw new UsageError(`Give whole days from ${least} to ${most}, or default; "${given}" is neither`)
}

async function olderThan(record: RecordStore | undefined, days: number): Promise<number> {
  return (await record?.older(environment.now() - days * DAY_MS, MOST)) ?? 0
}

function counted(lines: number): string {
  return lines < MOST ? String(lines) : `${MOST} or more`
}

function dayCount(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}
