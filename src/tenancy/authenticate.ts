// Checks tokens: known headers at once from memory, others by a look into the store.

import {
  claimOf,
  hashToken,
  isExpired,
  type Principal,
  readAuthorization,
  readBearer,
  sameHash,
  type TokenClaim,
  tenantOfToken,
  tokenId,
} from '../access/index.ts'
import type { Caller } from '../call.ts'
import type { Environment } from '../environment.ts'
import type { Store } from '../store/index.ts'
import { findToken } from './connection-record.ts'
import { revokedAt } from './revoked-tokens.ts'
import { createTokenUses, type TokenUses, type UsedToken } from './token-use.ts'

/** Most Authorization headers kept; those unused for longest are dropped. */
const KEPT_HEADERS = 10_000

/**
 * Who calls, or why no one is let in. `malformed` is 400 `invalid_request`, `paused` is 503, the others are 401. RFC 6750 §3.1.
 */
export type Authenticated =
  | { readonly principal: Principal; readonly caller: Caller }
  | {
      readonly reason: 'missing' | 'malformed' | 'invalid' | 'expired' | 'paused'
      /** For whoever runs the server: what an invalid token claims to be, and its short name where it is in the tenant's own form. */
      readonly claim?: TokenClaim
      readonly token?: string
      /** When the token expired or was revoked, milliseconds since 1970. */
      readonly at?: number
      /** Who called, where only a pause of people keeps it out. */
      readonly caller?: Caller
    }

/** Finds out who calls by the Authorization header. */
export interface Authenticator {
  /** At once if the header is known, else after a look into the store. RFC 7644 §2, RFC 6750. */
  readonly authenticate: (tenant: string, header: string | undefined | null) => Authenticated | Promise<Authenticated>
  /** Forgets the tokens of one tenant, or all. */
  readonly forget: (tenant?: string) => void
  /** Writes when tokens were last used, as far as that is not written yet. */
  readonly flush: () => Promise<void>
  /** The tokens that have let a client in and are still known. */
  readonly inUse: () => readonly TokenInUse[]
}

/** A token that lets a client in. */
export interface TokenInUse {
  readonly tenant: string
  /** The id of its connection. */
  readonly connection: string
  /** Its short name. */
  readonly id: string
  /** When it expires, milliseconds since 1970; absent: never. */
  readonly expires?: number
}

/** A header that has let a client in. */
interface Known extends UsedToken {
  readonly answer: { readonly principal: Principal; readonly caller: Caller }
  readonly expires: number | undefined
  /** When it was first kept, or last spared from being dropped because it had been used. */
  spared: number
}

/** What the checks work with. */
interface AuthenticatorDeps {
  readonly store: Store
  readonly environment: Environment
  readonly ready: (tenant: string) => void | Promise<void>
  readonly uses: TokenUses
  readonly known: Map<string, Known>
  /** The known headers of each tenant. */
  readonly headers: Map<string, Set<string>>
  /** Rises with each forgetting, so that nothing read before it is kept after it. */
  epoch: number
}

const MISSING: Authenticated = { reason: 'missing' }
const MALFORMED: Authenticated = { reason: 'malformed' }

/**
 * Creates the check of tokens. `ready` reads the tenant's own schemas and settings before the first request is let in, so that
 * everything after it finds them in memory.
 */
export function createAuthenticator(
  store: Store,
  environment: Environment,
  ready: (tenant: string) => void | Promise<void>,
): Authenticator {
  const uses = createTokenUses(store)
  const known = new Map<string, Known>()
  const headers = new Map<string, Set<string>>()
  const deps: AuthenticatorDeps = { store, environment, ready, uses, known, headers, epoch: 0 }
  return {
    authenticate: (tenant, header) => {
      // Another process may have made or revoked a token.
      store.poll()
      if (header === undefined || header === null) return MISSING
      const entry = known.get(header)
      return entry !== undefined && entry.tenant === tenant ? letIn(deps, entry) : lookUp(deps, tenant, header)
    },
    forget: (tenant) => {
      deps.epoch++
      if (tenant === undefined) {
        known.clear()
        headers.clear()
        return
      }
      for (const header of headers.get(tenant) ?? []) known.delete(header)
      headers.delete(tenant)
    },
    flush: uses.flush,
    inUse: () =>
      [...known.values()].map(({ tenant, answer: { principal }, hash, expires }) => ({
        tenant,
        connection: principal.actor,
        id: tokenId(hash),
        ...(expires === undefined ? {} : { expires }),
      })),
  }
}

function letIn({ environment, uses }: AuthenticatorDeps, entry: Known): Authenticated {
  const now = environment.now()
  if (isExpired(entry.expires, now)) return expired(entry.hash, entry.expires)
  uses.note(entry, now)
  return entry.answer
}

function expired(hash: string, at: number | undefined): Authenticated {
  return { reason: 'expired', token: tokenId(hash), ...(at === undefined ? {} : { at }) }
}

/** A token in the form of a tenant's that is none of those it has. */
async function unknown(store: Store, tenant: string, hash: string): Promise<Authenticated> {
  const at = await revokedAt(store, tenant, hash)
  return { reason: 'invalid', claim: { is: 'own' }, token: tokenId(hash), ...(at === undefined ? {} : { at }) }
}

async function lookUp(deps: AuthenticatorDeps, tenant: string, header: string): Promise<Authenticated> {
  const { store, environment } = deps
  const sent = readAuthorization(header)
  // Without the word Bearer anything looks like a token; what isn't in the form of ours counts as another scheme.
  const loose = sent?.bearers !== 1
  if (sent === undefined || (loose && tenantOfToken(sent.token) === undefined)) {
    const bearer = readBearer(header)
    return 'reason' in bearer && bearer.reason === 'missing' ? MISSING : MALFORMED
  }
  // A token of another tenant is not valid here, whether that tenant exists or not (P-046, A-67).
  if (tenantOfToken(sent.token) !== tenant) return { reason: 'invalid', claim: claimOf(sent.token, tenant) }
  const before = deps.epoch
  const hash = hashToken(sent.token)
  const found = await findToken(store, tenant, hash)
  if (found === undefined || !sameHash(found.hash, hash)) return unknown(store, tenant, hash)
  if (loose && !found.principal.profile.allow.looseBearer) return MALFORMED
  // Not kept: the first request after the pause is let in.
  const { principal, kind, valuesUntil } = found
  const caller: Caller = { actor: principal.actor, kind, token: tokenId(hash), valuesUntil }
  if (found.paused)
    return isExpired(found.expires, environment.now()) ? expired(hash, found.expires) : { reason: 'paused', caller }
  await deps.ready(tenant)
  const answer = { principal, caller }
  const entry: Known = { tenant, answer, hash, expires: found.expires, used: 0, spared: environment.now() }
  // Failed attempts are never kept: guessing fills no memory.
  if (before === deps.epoch) keep(deps, header, entry)
  return letIn(deps, entry)
}

function keep(deps: AuthenticatorDeps, header: string, entry: Known): void {
  const { known, headers } = deps
  if (known.size >= KEPT_HEADERS) makeRoom(deps)
  known.set(header, entry)
  const own = headers.get(entry.tenant)
  if (own === undefined) headers.set(entry.tenant, new Set([header]))
  else own.add(header)
}

/** Drops one header that was not used since it was kept or spared. Used ones move to the end, so that a use itself moves nothing. */
function makeRoom(deps: AuthenticatorDeps): void {
  const { known } = deps
  for (const [header, entry] of known) {
    if (entry.used <= entry.spared) {
      drop(deps, header, entry)
      return
    }
    entry.spared = entry.used
    known.delete(header)
    known.set(header, entry)
  }
}

function drop({ known, headers }: AuthenticatorDeps, header: string, { tenant }: Known): void {
  known.delete(header)
  const own = headers.get(tenant)
  own?.delete(header)
  if (own?.size === 0) headers.delete(tenant)
}
