// What is remembered of a sign-in while the browser is at the identity provider: ten minutes, and used once.

import { hashToken } from '../../access/index.ts'
import { toBase64url } from '../../base64url.ts'
import type { Environment } from '../../environment.ts'
import type { JsonObject } from '../../protocol/index.ts'
import {
  allRecords,
  Conflict,
  factsOf,
  numberOf,
  oneRecord,
  putIfSame,
  type Store,
  type Write,
} from '../../store/index.ts'

const FLOW = 'sign-in-flow'
const SECRET_BYTES = 32
/** How long it is kept. */
export const FLOW_MS = 600_000
/** Most at once; the oldest give way. */
const FLOWS = 2_000

/** The flows under way, or results that wait to be read. */
export interface Flows {
  /** Remembers; returns the secret under which it can be had again. */
  readonly begin: (facts: JsonObject) => Promise<string>
  /** What was remembered, once: then it is forgotten. Undefined if there is none, or it is over. */
  readonly take: (secret: string) => Promise<JsonObject | undefined>
}

/** Creates the memory of flows. */
export function createFlows(store: Store, environment: Environment): Flows {
  const recordOf = (key: string) => ({ tenant: '', kind: FLOW, key })
  return {
    async begin(facts) {
      const now = environment.now()
      const all = (await allRecords(store, '', FLOW)).map((record) => ({
        key: record.key,
        made: numberOf(factsOf(record).made) ?? 0,
      }))
      const kept = all
        .filter(({ made }) => now - made <= FLOW_MS)
        .sort((a, b) => b.made - a.made)
        .slice(0, FLOWS - 1)
      const keys = new Set(kept.map(({ key }) => key))
      const gone = all.filter(({ key }) => !keys.has(key))
      const secret = toBase64url(environment.random(new Uint8Array(SECRET_BYTES)))
      await store.commit([
        ...gone.map(({ key }): Write => ({ write: 'record', record: recordOf(key), value: undefined })),
        { write: 'record', record: recordOf(hashToken(secret)), value: { ...facts, made: now }, ifAbsent: true },
      ])
      return secret
    },
    async take(secret) {
      const record = await oneRecord(store, '', FLOW, hashToken(secret))
      if (record === undefined) return undefined
      try {
        await store.commit([putIfSame(record, undefined)])
      } catch (error) {
        // Somebody else has taken it meanwhile.
        if (error instanceof Conflict) return undefined
        throw error
      }
      const facts = factsOf(record)
      return environment.now() - (numberOf(facts.made) ?? 0) > FLOW_MS ? undefined : facts
    },
  }
}
