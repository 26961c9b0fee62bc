// The sessions of browsers: 256 random bits in a cookie, of which only the hash is kept.

import { hashToken, tokenId } from '../../access/index.ts'
import { toBase64url } from '../../base64url.ts'
import type { Environment } from '../../environment.ts'
import {
  allRecords,
  Conflict,
  factsOf,
  numberOf,
  oneRecord,
  putIfSame,
  type Store,
  type StoredRecord,
  textOf,
  type Write,
} from '../../store/index.ts'
import { type Holder, holderJson, idOf, readHolder } from './holder.ts'

const SESSION = 'session'
const SECRET_BYTES = 32
/** 32 bytes as base64url, without padding. */
const SECRET = /^[A-Za-z0-9_-]{43}$/
/** How far behind the time of the last request may be, as it is kept. */
const SEEN_MS = 60_000
/** Most sessions of one holder; those that were used least recently end. */
const PER_HOLDER = 20
/** Longest text kept of a browser's name for itself. */
const AGENT_LENGTH = 200

/** How long sessions last: at most. */
export const IDLE_MS = 8 * 3_600_000
/** From sign-in to the end, whatever is done: at most. */
export const LONGEST_MS = 24 * 3_600_000

/** How long sessions last. */
export interface Lifetimes {
  readonly idleMs: number
  readonly longestMs: number
}

/** A session, as far as it may be known. */
export interface Session {
  /** Its short name: the beginning of the hash. Not a secret. */
  readonly id: string
  readonly holder: Holder
  /** When it began, and when a request last came, in milliseconds since 1970. The latter may be a minute behind. */
  readonly since: number
  readonly seen: number
  /** When it ends if nothing more is done, and at the latest. */
  readonly ends: number
  /** From where it began. */
  readonly address: string
  readonly agent: string
}

/** From where somebody signs in. */
export interface Origin {
  readonly address: string
  readonly agent: string
}

/** The sessions of an installation. */
export interface Sessions {
  /** Begins a session; returns the secret for the cookie. `also` is committed with it, or nothing is. */
  readonly begin: (
    holder: Holder,
    from: Origin,
    also?: readonly Write[],
  ) => Promise<{ readonly secret: string; readonly session: Session }>
  /** The session of a secret that is still going on; notes that it is used. */
  readonly find: (secret: string) => Promise<Session | undefined>
  /** All that are going on, the one used last first. */
  readonly list: () => Promise<readonly Session[]>
  /** Ends those of these ids; returns how many. */
  readonly end: (ids: readonly string[]) => Promise<number>
}

/** Creates the sessions. `lifetimes` is asked each time, since owners change them. */
export function createSessions(store: Store, environment: Environment, lifetimes: () => Promise<Lifetimes>): Sessions {
  const going = async () => {
    const limits = await lifetimes()
    const now = environment.now()
    const read = (record: StoredRecord) => {
      const session = toSession(record, limits)
      return session === undefined || isOver(session, limits, now) ? { record } : { record, session }
    }
    return (await allRecords(store, '', SESSION)).map(read)
  }
  const end = async (records: readonly StoredRecord[]) => {
    if (records.length === 0) return
    await store.commit(
      records.map(
        ({ key }): Write => ({ write: 'record', record: { tenant: '', kind: SESSION, key }, value: undefined }),
      ),
    )
  }
  return {
    async begin(holder, { address, agent }, also = []) {
      // Those that are over are removed when somebody signs in: there is no other moment at which their number grows.
      const all = await going()
      const own = all
        .filter(({ session }) => session !== undefined && idOf(session.holder) === idOf(holder))
        .sort((a, b) => (b.session?.seen ?? 0) - (a.session?.seen ?? 0))
      await end(
        [...all.filter(({ session }) => session === undefined), ...own.slice(PER_HOLDER - 1)].map(
          ({ record }) => record,
        ),
      )
      const secret = toBase64url(environment.random(new Uint8Array(SECRET_BYTES)))
      const key = hashToken(secret)
      const now = environment.now()
      const facts = { holder: holderJson(holder), since: now, seen: now, address, agent: agent.slice(0, AGENT_LENGTH) }
      const record = { tenant: '', kind: SESSION, key }
      await store.commit([...also, { write: 'record', record, value: facts, ifAbsent: true }])
      const session = toSession({ ...record, value: facts }, await lifetimes())
      if (session === undefined) throw new Error('A session that was just made could not be read')
      return { secret, session }
    },
    async find(secret) {
      if (!SECRET.test(secret)) return undefined
      const record = await oneRecord(store, '', SESSION, hashToken(secret))
      if (record === undefined) return undefined
      const [limits, now] = [await lifetimes(), environment.now()]
      const session = toSession(record, limits)
      if (session === undefined || isOver(session, limits, now)) return undefined
      if (now - session.seen >= SEEN_MS) await touch(store, record, now)
      return session
    },
    list: async () =>
      (await going())
        .flatMap(({ session }) => (session === undefined ? [] : [session]))
        .sort((a, b) => b.seen - a.seen),
    async end(ids) {
      const meant = (await allRecords(store, '', SESSION)).filter(({ key }) => ids.includes(tokenId(key)))
      await end(meant)
      return meant.length
    },
  }
}

/** Notes a use, unless the session has ended meanwhile: that must not bring it back. */
async function touch(store: Store, record: StoredRecord, now: number): Promise<void> {
  try {
    await store.commit([putIfSame(record, { ...factsOf(record), seen: now })])
  } catch (error) {
    // Another request of the session has noted its use, or the session has ended.
    if (!(error instanceof Conflict)) throw error
  }
}

function isOver({ seen, since }: Session, { idleMs, longestMs }: Lifetimes, now: number): boolean {
  return now - seen > idleMs || now - since > longestMs
}

function toSession(record: StoredRecord, { idleMs, longestMs }: Lifetimes): Session | undefined {
  const facts = factsOf(record)
  const holder = readHolder(facts.holder)
  const [since, seen] = [numberOf(facts.since), numberOf(facts.seen)]
  if (holder === undefined || since === undefined || seen === undefined) return undefined
  return {
    id: tokenId(record.key),
    holder,
    since,
    seen,
    ends: Math.min(seen + idleMs, since + longestMs),
    address: textOf(facts.address) ?? '',
    agent: textOf(facts.agent) ?? '',
  }
}
