// Sessions of the setup page: a link, and its code if it has one, become a cookie that opens nothing else.

import { type Buckets, createBuckets, hashToken, sameHash, tokenId } from '../../access/index.ts'
import type { Environment } from '../../environment.ts'
import { isObject } from '../../protocol/index.ts'
import { createNote, factsOf, oneRecord, putIfSame, type Store, textOf, untilUnchanged } from '../../store/index.ts'
import { cutAddress } from './address.ts'
import { hashCode, isOpen, type KeptLink, makeSetupKey, readSetupKey, SETUP_LINK, toLink } from './link.ts'
import { changeProgress, MOST } from './progress.ts'
import { noLink, noSession, Refused } from './refused.ts'

/** The queue of sessions, by the hash of their secret. */
const SESSIONS = 'setup-sessions'
/** How long a session lasts, unless its link ends earlier. */
const SESSION_MS = 12 * 3_600_000
/** Wrong codes after which a link is closed. */
export const CODE_TRIES = 5
/** Wrong links from one address: ten at once, then five a minute. */
const WRONG = { perSecond: 5 / 60, burst: 10 }
/** Wrong links from all addresses together. */
const WRONG_ALL = { perSecond: 50, burst: 50 }
/** Sessions of one link: thirty at once, then one every ten seconds; each is a line in the log. */
const BEGUN = { perSecond: 1 / 10, burst: 30 }

/** What sessions work with. */
export interface SessionDeps {
  readonly store: Store
  readonly environment: Environment
}

/** Sessions. */
export interface SetupSessions {
  /** Begins a session by the secret of a link. Opening uses nothing up. Throws {@link Refused}. */
  readonly begin: (
    key: string,
    options: { readonly code?: string | undefined; readonly remote: string },
  ) => Promise<{ readonly kept: KeptLink; readonly secret: string; readonly seconds: number }>
  /** The link of a session, as it is now. Throws {@link Refused} when there is none, or its link is over. */
  readonly of: (secret: string | undefined) => Promise<KeptLink>
}

/** Creates the sessions of a database. */
export function createSetupSessions(deps: SessionDeps): SetupSessions {
  const { store, environment } = deps
  const now = environment.monotonic
  const wrong = createBuckets({ ...WRONG, now })
  const wrongAll = createBuckets({ ...WRONG_ALL, now })
  const begun = createBuckets({ ...BEGUN, now })
  return {
    async begin(key, { code, remote }) {
      const kept = await linkOf(deps, key)
      if (kept === undefined) {
        limit(wrong, remote)
        limit(wrongAll, '')
        throw noLink()
      }
      limit(begun, kept.record.key)
      await requireCode(deps, kept, code, remote)
      return start(deps, kept, remote)
    },
    async of(secret) {
      const read = secret === undefined ? undefined : readSetupKey(secret)
      if (read === undefined) throw noSession()
      const [item] = await store.items(read.tenant, SESSIONS, { keys: [read.hash] })
      const facts = isObject(item?.value) ? item.value : {}
      const record = await oneRecord(store, read.tenant, SETUP_LINK, textOf(facts.link) ?? '')
      const kept = item === undefined || record === undefined ? undefined : toLink(record)
      if (kept === undefined || !isOpen(kept.link, environment.now())) throw noSession()
      return kept
    },
  }
}

function limit(buckets: Buckets, key: string): void {
  const seconds = buckets.take(key)
  if (seconds === 0) return
  throw new Refused({
    status: 429,
    code: 'ERR_LIMIT',
    message: `Too many attempts; try again in ${seconds} s`,
    headers: [['Retry-After', String(seconds)]],
  })
}

/** The open link of a secret. Whether there never was one, or it is over, takes the same look. */
async function linkOf({ store, environment }: SessionDeps, key: string): Promise<KeptLink | undefined> {
  const read = readSetupKey(key)
  if (read === undefined) return undefined
  const record = await oneRecord(store, read.tenant, SETUP_LINK, read.hash)
  if (record === undefined || !sameHash(record.key, read.hash)) return undefined
  const kept = toLink(record)
  return isOpen(kept.link, environment.now()) ? kept : undefined
}

async function requireCode(
  deps: SessionDeps,
  { link, record, code: wanted }: KeptLink,
  given: string | undefined,
  remote: string,
): Promise<void> {
  if (wanted === undefined) return
  if (given === undefined) {
    throw new Refused({
      status: 403,
      code: 'ERR_CODE',
      message: 'This link asks for the six digits that you were told',
    })
  }
  const { store, environment } = deps
  // Counted before it is compared, so that tries at the same time count too.
  const { wrongCodes } = await changeProgress(store, link, (now) => ({ ...now, wrongCodes: now.wrongCodes + 1 }))
  const isRight = sameHash(hashCode(record.key, given.replaceAll(/[\s-]/g, '')), wanted)
  if (wrongCodes <= CODE_TRIES && isRight) {
    await changeProgress(store, link, (now) => ({ ...now, wrongCodes: 0 }))
    return
  }
  const note = createNote(environment, `setup:${link.id}`)
  const refused = note(link.tenant, 'SetupLink', link.id, 'codeRefused', { from: cutAddress(remote) })
  if (wrongCodes < CODE_TRIES) {
    await store.commit([refused])
    const left = CODE_TRIES - wrongCodes
    throw new Refused({ status: 403, code: 'ERR_CODE', message: `This is not the code; ${left} tries are left` })
  }
  await untilUnchanged(record.key, async () => {
    const found = await oneRecord(store, link.tenant, SETUP_LINK, record.key)
    if (found === undefined || toLink(found).link.ended !== undefined) return
    const closed = { ...factsOf(found), ended: { at: environment.now(), why: 'guessed' } }
    await store.commit([putIfSame(found, closed), refused, note(link.tenant, 'SetupLink', link.id, 'closed')])
  })
  throw noLink()
}

async function start({ store, environment }: SessionDeps, kept: KeptLink, remote: string) {
  const { link, record } = kept
  const at = environment.now()
  const from = cutAddress(remote)
  const secret = makeSetupKey(link.tenant, environment)
  const expires = Math.min(at + SESSION_MS, link.expires)
  await store.commit([
    {
      write: 'item',
      item: { tenant: link.tenant, queue: SESSIONS, key: hashToken(secret) },
      set: { tag: tokenId(record.key), value: { link: record.key }, expires },
    },
    createNote(environment, `setup:${link.id}`)(link.tenant, 'SetupLink', link.id, 'opened', { from }),
  ])
  await changeProgress(store, link, (now) => ({
    ...now,
    opened: { times: now.opened.times + 1, last: [...now.opened.last, { at, from }].slice(-MOST.OPENINGS) },
  }))
  return { kept, secret, seconds: Math.max(1, Math.floor((expires - at) / 1_000)) }
}
