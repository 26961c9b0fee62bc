import { hashToken, isAdminToken, isExpired, makeAdminToken, readBearer, sameHash, tokenId } from '../access/index.ts'
import type { Environment } from '../environment.ts'
import type { Store, Write } from '../store/index.ts'
import { TOKEN_LIFETIME_MS, type TokenFacts } from './connections.ts'
import { missing } from './errors.ts'
import { isoTime } from './iso-time.ts'
import type { Note } from './notes.ts'
import { allRecords, factsOf, numberOf, oneRecord, textOf } from './records.ts'

const ADMIN_TOKEN = 'admin-token'

/** A token for the admin API, as far as it is known. */
export interface AdminToken extends TokenFacts {
  readonly label: string
}

/** The tokens for the admin API. Until one is made, nobody gets in. */
export interface AdminTokens {
  readonly create: (options?: {
    readonly label?: string
    readonly lifetimeMs?: number | null
  }) => Promise<{ readonly admin: AdminToken; readonly token: string }>
  readonly list: () => Promise<readonly AdminToken[]>
  readonly revoke: (id: string) => Promise<void>
  /** Who calls, or why nobody does; `none`: no token has been made yet. RFC 6750 §3.1. */
  readonly authenticate: (
    header: string | undefined | null,
  ) => Promise<
    { readonly admin: AdminToken } | { readonly reason: 'missing' | 'malformed' | 'invalid' | 'expired' | 'none' }
  >
}

/** Makes the room's part for admin tokens. Each call reads the store: the admin API is not a hot path. */
export function createAdminTokens(store: Store, environment: Environment, note: Note): AdminTokens {
  return {
    create: async ({ label = 'admin', lifetimeMs = TOKEN_LIFETIME_MS } = {}) => {
      const token = makeAdminToken(environment)
      const key = hashToken(token)
      const created = environment.now()
      const expires: { expires?: number } = lifetimeMs === null ? {} : { expires: created + lifetimeMs }
      const record = { tenant: '', kind: ADMIN_TOKEN, key }
      const made = note('', 'AdminToken', tokenId(key), 'created', { label, expires: isoTime(expires.expires) })
      await store.commit([{ write: 'record', record, value: { label, created, ...expires } }, made])
      return { admin: { id: tokenId(key), label, created, ...expires }, token }
    },
    list: async () =>
      (await allRecords(store, '', ADMIN_TOKEN)).map(toAdminToken).sort((a, b) => a.created - b.created),
    revoke: async (id) => {
      const meant = (await allRecords(store, '', ADMIN_TOKEN)).filter((record) => tokenId(record.key) === id)
      if (meant.length === 0)
        throw missing(`there is no admin token "${id}"; see them with: lockstep admin token --list`)
      await store.commit([
        ...meant.map(
          ({ key }): Write => ({ write: 'record', record: { tenant: '', kind: ADMIN_TOKEN, key }, value: undefined }),
        ),
        note('', 'AdminToken', id, 'revoked'),
      ])
    },
    authenticate: async (header) => {
      const bearer = readBearer(header)
      if ('reason' in bearer || !isAdminToken(bearer.token)) {
        if ((await store.records('', ADMIN_TOKEN, { limit: 1 })).length === 0) return { reason: 'none' }
        return 'reason' in bearer ? bearer : { reason: 'invalid' }
      }
      const hash = hashToken(bearer.token)
      const record = await oneRecord(store, '', ADMIN_TOKEN, hash)
      if (record === undefined || !sameHash(record.key, hash)) return { reason: 'invalid' }
      const admin = toAdminToken(record)
      return isExpired(admin.expires, environment.now()) ? { reason: 'expired' } : { admin }
    },
  }
}

function toAdminToken(record: Parameters<typeof factsOf>[0]): AdminToken {
  const facts = factsOf(record)
  const expires = numberOf(facts.expires)
  return {
    id: tokenId(record.key),
    label: textOf(facts.label) ?? '',
    created: numberOf(facts.created) ?? 0,
    ...(expires === undefined ? {} : { expires }),
  }
}
