import {
  hashToken,
  isExpired,
  type Principal,
  readAuthorization,
  readBearer,
  sameHash,
  tenantOfToken,
  tokenId,
} from '../access/index.ts'
import type { Environment } from '../environment.ts'
import type { Store } from '../store/index.ts'
import { findToken, noteUses, type TokenUse } from './connections.ts'

/** Most Authorization headers kept; the ones not used for longest make room. */
const KEPT_HEADERS = 10_000
/** Notes in one commit. */
const NOTES = 1_000
/** When tokens were used is written at most so often. */
const NOTE_EVERY_MS = 60_000

/** Who calls, or why nobody does. `malformed` is 400 `invalid_request`, the others are 401. RFC 6750 §3.1. */
export type Authenticated =
  | { readonly principal: Principal }
  | { readonly reason: 'missing' | 'malformed' | 'invalid' | 'expired' }

/** Tells who calls by the Authorization header. */
export interface Authenticator {
  /** At once when the header is known, else after a look into the store. RFC 7644 §2, RFC 6750. */
  readonly authenticate: (tenant: string, header: string | undefined | null) => Authenticated | Promise<Authenticated>
  /** Forgets what is known of one tenant's tokens, or of all. */
  readonly forget: (tenant?: string) => void
  /** Writes when tokens were last used, as far as it is not written yet. */
  readonly flush: () => Promise<void>
  /** The tokens that have let somebody in and are still known. */
  readonly inUse: () => readonly TokenInUse[]
}

/** A token that lets somebody in. */
export interface TokenInUse {
  readonly tenant: string
  /** The id of its connection. */
  readonly connection: string
  /** Its short name. */
  readonly id: string
  /** When it ends, milliseconds since 1970; absent: never. */
  readonly expires?: number
}

/** A header that let somebody in. */
interface Known {
  readonly answer: { readonly principal: Principal }
  readonly hash: string
  readonly expires: number | undefined
  /** When it last did. */
  used: number
  /** When it came, or was last passed over for having been used instead of making room. */
  spared: number
}

const MISSING: Authenticated = { reason: 'missing' }
const MALFORMED: Authenticated = { reason: 'malformed' }
const INVALID: Authenticated = { reason: 'invalid' }
const EXPIRED: Authenticated = { reason: 'expired' }

/**
 * Makes the check of tokens. `ready` has the tenant's own schemas and settings read before the first request that is
 * let in, so that everything after it finds them in memory.
 */
export function createAuthenticator(
  store: Store,
  environment: Environment,
  ready: (tenant: string) => void | Promise<void>,
): Authenticator {
  const known = new Map<string, Known>()
  /** The headers known of each tenant. */
  const headers = new Map<string, Set<string>>()
  /** Used since the last note. */
  let used = new Set<Known>()
  let noted = Number.NEGATIVE_INFINITY
  /** Rises with each forgetting, so that what was read before it is not kept after it. */
  let epoch = 0

  const write = async () => {
    const batch = [...used]
    used = new Set()
    for (let at = 0; at < batch.length; at += NOTES) {
      try {
        await store.commit([noteUses(batch.slice(at, at + NOTES).map(useOf))])
      } catch (error) {
        // Not lost: they go along with the next ones.
        for (const entry of batch.slice(at)) used.add(entry)
        throw error
      }
    }
  }
  let writing: Promise<void> = Promise.resolve()
  /** One after the other, so that whoever waits for the last one has waited for all. */
  const flush = () => {
    writing = writing.then(write, write)
    return writing
  }

  const letIn = (entry: Known): Authenticated => {
    const now = environment.now()
    if (isExpired(entry.expires, now)) return EXPIRED
    entry.used = now
    used.add(entry)
    if (now - noted >= NOTE_EVERY_MS) {
      noted = now
      // When a use can't be noted (disk full), the request itself must not suffer; the next minute tries again.
      flush().catch(() => undefined)
    }
    return entry.answer
  }

  const lookUp = async (tenant: string, header: string | undefined | null): Promise<Authenticated> => {
    const sent = readAuthorization(header)
    // Without the word Bearer anything looks like a token; those that are none count as another scheme.
    const loose = sent?.bearers !== 1
    if (sent === undefined || (loose && tenantOfToken(sent.token) === undefined)) {
      const bearer = readBearer(header)
      return 'reason' in bearer && bearer.reason === 'missing' ? MISSING : MALFORMED
    }
    // A token of another tenant is as good as none here, whether that tenant exists or not (P-046, A-67).
    if (tenantOfToken(sent.token) !== tenant) return INVALID
    const before = epoch
    const hash = hashToken(sent.token)
    const found = await findToken(store, tenant, hash)
    if (found === undefined || !sameHash(found.hash, hash)) return INVALID
    if (loose && !found.principal.profile.allow.looseBearer) return MALFORMED
    await ready(tenant)
    const entry: Known = {
      answer: { principal: found.principal },
      hash,
      expires: found.expires,
      used: 0,
      spared: environment.now(),
    }
    // Failed tries are never kept: whoever guesses fills no memory.
    if (before === epoch && typeof header === 'string') keep(header, entry)
    return letIn(entry)
  }

  const keep = (header: string, entry: Known) => {
    if (known.size >= KEPT_HEADERS) makeRoom()
    known.set(header, entry)
    const { tenant } = entry.answer.principal
    const own = headers.get(tenant)
    if (own === undefined) headers.set(tenant, new Set([header]))
    else own.add(header)
  }

  const dismiss = (header: string, { answer }: Known) => {
    known.delete(header)
    const own = headers.get(answer.principal.tenant)
    own?.delete(header)
    if (own?.size === 0) headers.delete(answer.principal.tenant)
  }

  /** Takes out one that was not used again since it came or was passed over. Those that were go to the end, so that a use itself moves nothing. */
  const makeRoom = () => {
    for (const [header, entry] of known) {
      if (entry.used <= entry.spared) return dismiss(header, entry)
      entry.spared = entry.used
      known.delete(header)
      known.set(header, entry)
    }
  }

  return {
    authenticate: (tenant, header) => {
      // Another process may have made or revoked a token since.
      store.poll()
      if (header === undefined || header === null) return MISSING
      const entry = known.get(header)
      return entry !== undefined && entry.answer.principal.tenant === tenant ? letIn(entry) : lookUp(tenant, header)
    },
    forget: (tenant) => {
      epoch++
      if (tenant === undefined) {
        known.clear()
        headers.clear()
        return
      }
      for (const header of headers.get(tenant) ?? []) known.delete(header)
      headers.delete(tenant)
    },
    flush,
    inUse: () =>
      [...known.values()].map(({ answer: { principal }, hash, expires }) => ({
        tenant: principal.tenant,
        connection: principal.actor,
        id: tokenId(hash),
        ...(expires === undefined ? {} : { expires }),
      })),
  }
}

function useOf({ answer, hash, used }: Known): TokenUse {
  return { tenant: answer.principal.tenant, hash, at: used }
}
