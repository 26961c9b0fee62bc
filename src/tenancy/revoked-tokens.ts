// Short names of revoked tokens, kept for some time, so that one that still comes is told from a wrong one.

import { tokenId } from '../access/index.ts'
import { allRecords, factsOf, numberOf, oneRecord, type Store, type Write } from '../store/index.ts'

/** Kind of the records of revoked tokens, by short name. */
const REVOKED_TOKEN = 'revoked-token'
const KEPT_MS = 30 * 24 * 3_600_000
/** Most that are forgotten at once. */
const STEP = 100

/** Keeps that a token was revoked, and forgets those of more than 30 days ago. */
export async function revokedWrites(
  store: Store,
  tenant: string,
  hashes: readonly string[],
  now: number,
): Promise<readonly Write[]> {
  const before = await allRecords(store, tenant, REVOKED_TOKEN)
  const over = before.filter((record) => (numberOf(factsOf(record).at) ?? 0) < now - KEPT_MS).slice(0, STEP)
  const recordOf = (key: string) => ({ tenant, kind: REVOKED_TOKEN, key })
  return [
    ...over.map(({ key }): Write => ({ write: 'record', record: recordOf(key), value: undefined })),
    ...hashes.map((hash): Write => ({ write: 'record', record: recordOf(tokenId(hash)), value: { at: now } })),
  ]
}

/** When a token was revoked, in milliseconds since 1970; undefined: not within 30 days. */
export async function revokedAt(store: Store, tenant: string, hash: string): Promise<number | undefined> {
  const record = await oneRecord(store, tenant, REVOKED_TOKEN, tokenId(hash))
  return record === undefined ? undefined : numberOf(factsOf(record).at)
}
