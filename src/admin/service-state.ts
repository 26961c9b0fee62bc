// How Lockstep itself is doing: the last hour's requests, what failed here, how fast it and its database answer.

import { environment } from '../environment.ts'
import { pointOf } from '../record/index.ts'
import type { Store } from '../store/index.ts'
import { isoTime } from '../tenancy/index.ts'
import type { RecordAccess } from './record-access.ts'

const HOUR_MS = 3_600_000

/** Reads how it is doing, of some tenants or (`undefined`) of all. What the record can't say at present is left out. */
export async function readService(
  { store, record }: { readonly store: Pick<Store, 'tenants'>; readonly record: RecordAccess | undefined },
  tenants: readonly string[] | undefined,
) {
  const [databaseMs, hour] = await Promise.all([answersIn(store), hourOf(record, tenants)])
  const failing = record?.failingSince()
  return {
    databaseMs,
    ...(hour === undefined ? {} : { hour }),
    ...(failing === undefined ? {} : { recordFailingSince: isoTime(failing) ?? '' }),
  }
}

/** How long one small read of the database takes now, in milliseconds. */
export async function answersIn(store: Pick<Store, 'tenants'>): Promise<number> {
  const began = environment.monotonic()
  await store.tenants({ limit: 1 })
  return Math.round((environment.monotonic() - began) * 100) / 100
}

async function hourOf(record: RecordAccess | undefined, tenants: readonly string[] | undefined) {
  const until = environment.now() + 1
  const counts = await record?.store
    .counts({ tenants, from: until - HOUR_MS, until, by: 'minute' })
    .catch(() => undefined)
  if (counts === undefined) return undefined
  const { outcomes, medianUs, p99Us } = pointOf(until, counts)
  const { answered, refused, failed } = outcomes
  return {
    requests: answered + refused + failed,
    refused,
    failed,
    ...(medianUs === undefined ? {} : { medianUs }),
    ...(p99Us === undefined ? {} : { p99Us }),
  }
}
