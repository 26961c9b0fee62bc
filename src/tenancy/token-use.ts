// The book of when tokens were last used: kept in memory, written once a minute for all tenants together.

import { allRecords, numberOf, oneRecord, type RecordKey, type Store, type Write } from '../store/index.ts'

const TOKEN_USE = 'token-use'
/** Most uses in one commit. */
const USES = 1_000
/** How often uses are written, at most. */
const WRITE_EVERY_MS = 60_000

/** A token that has let a client in. */
export interface UsedToken {
  readonly tenant: string
  readonly hash: string
  /** When it last did, in milliseconds since 1970. */
  used: number
}

/** The uses of tokens that are still to be written. */
export interface TokenUses {
  /** Notes a use, and has the uses written if a minute has passed. */
  readonly note: (token: UsedToken, now: number) => void
  /** Writes what is still to be written. */
  readonly flush: () => Promise<void>
}

/** Opens the book. */
export function createTokenUses(store: Store): TokenUses {
  let waiting = new Set<UsedToken>()
  let written = Number.NEGATIVE_INFINITY
  const write = async () => {
    const batch = [...waiting]
    waiting = new Set()
    for (let at = 0; at < batch.length; at += USES) {
      try {
        await store.commit([writeOf(batch.slice(at, at + USES))])
      } catch (error) {
        // They are written with the next ones.
        for (const token of batch.slice(at)) waiting.add(token)
        throw error
      }
    }
  }
  let writing: Promise<void> = Promise.resolve()
  // One after the other, so that waiting for the last one is waiting for all.
  const flush = () => {
    writing = writing.then(write, write)
    return writing
  }
  return {
    note: (token, now) => {
      token.used = now
      waiting.add(token)
      if (now - written < WRITE_EVERY_MS) return
      written = now
      // If a use can't be written (disk full), the request must not fail; the next minute tries again.
      flush().catch(() => undefined)
    },
    flush,
  }
}

/** Uses are no change of a tenant: no process forgets anything because of them. */
function writeOf(tokens: readonly UsedToken[]): Write {
  return {
    write: 'quiet',
    records: tokens.map(({ tenant, hash, used }) => ({ tenant, kind: TOKEN_USE, key: hash, value: used })),
  }
}

/** The record of when a token was last used. It is kept apart from the token, so that writing it can't bring a revoked token back. */
export function useRecord(tenant: string, hash: string): RecordKey {
  return { tenant, kind: TOKEN_USE, key: hash }
}

/** When a token was last used, at most a minute behind. Milliseconds since 1970; undefined: never. */
export async function lastUse(store: Store, tenant: string, hash: string): Promise<number | undefined> {
  return numberOf((await oneRecord(store, tenant, TOKEN_USE, hash))?.value)
}

/** When each token of a tenant was last used, by its hash. */
export async function lastUses(store: Store, tenant: string): Promise<ReadonlyMap<string, number | undefined>> {
  return new Map((await allRecords(store, tenant, TOKEN_USE)).map(({ key, value }) => [key, numberOf(value)]))
}
