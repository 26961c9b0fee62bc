// The tokens of administrators: made with a role and tenants, listed, revoked, checked.

import {
  type Administrator,
  hashToken,
  isAdminToken,
  isExpired,
  isRole,
  makeAdminToken,
  needsTenants,
  ROLES,
  type Role,
  readBearer,
  sameHash,
  tokenId,
} from '../access/index.ts'
import type { Environment } from '../environment.ts'
import {
  allRecords,
  factsOf,
  type ListPage,
  type ListRequest,
  type Note,
  numberOf,
  oneRecord,
  pageOfRecords,
  putIfSame,
  type Store,
  type StoredRecord,
  textOf,
  untilUnchanged,
  type Write,
} from '../store/index.ts'
import type { TokenFacts } from './connection-record.ts'
import { TOKEN_LIFETIME_MS } from './connections.ts'
import { invalid, missing } from './errors.ts'
import { isoTime } from './iso-time.ts'
import { isTenantName } from './tenants.ts'
import { lastUses, useRecord } from './token-use.ts'

const ADMIN_TOKEN = 'admin-token'
/** How far behind the last use of a token may be, as it is kept. */
const USE_MS = 60_000
/** Most tenants that one token is limited to. */
const TENANTS = 100

/** A token for the admin API, as far as it is known. */
export interface AdminToken extends TokenFacts {
  readonly label: string
  readonly role: Role
  /** Names of the tenants it is limited to; absent: all, and the database as a whole. */
  readonly tenants?: readonly string[]
}

/** What a new token is to be. */
export interface AdminTokenDraft {
  readonly label?: string
  /** null: no end; absent: a year. */
  readonly lifetimeMs?: number | null
  /** Absent: owner. */
  readonly role?: string
  /** Absent: all. */
  readonly tenants?: readonly string[]
}

/** Who administers, or why no one is let in; `none`: no token has been made yet. RFC 6750 §3.1. */
export type AdminAuthenticated =
  | { readonly administrator: Administrator }
  | { readonly reason: 'missing' | 'malformed' | 'invalid' | 'expired' | 'none' }

/** The tokens for the admin API. Until one is made, no one is let in. */
export interface AdminTokens {
  readonly create: (draft?: AdminTokenDraft) => Promise<{ readonly admin: AdminToken; readonly token: string }>
  /** All, oldest first. */
  readonly list: () => Promise<readonly AdminToken[]>
  /** A page, in the order of their ids; `search` looks at ids and labels. */
  readonly page: (request: ListRequest) => Promise<ListPage<AdminToken>>
  readonly revoke: (id: string) => Promise<void>
  readonly authenticate: (header: string | undefined | null) => Promise<AdminAuthenticated>
  /** A token by its hash, as long as it lets anybody in. */
  readonly find: (hash: string) => Promise<AdminToken | undefined>
}

/** Creates the admin tokens part of tenancy. Each call reads the store: the admin API is not a hot path. */
export function createAdminTokens(store: Store, environment: Environment, note: Note): AdminTokens {
  const used = new Map<string, number>()
  const noteUse = (hash: string) => {
    const now = environment.now()
    if (now - (used.get(hash) ?? 0) < USE_MS) return
    used.set(hash, now)
    // If it can't be written (disk full), the request must not fail; the next minute tries again.
    store.commit([{ write: 'quiet', records: [{ ...useRecord('', hash), value: now }] }]).catch(() => undefined)
  }
  return {
    create: async (draft = {}) => {
      const { label, lifetimeMs, role, tenants } = checkDraft(draft)
      const token = makeAdminToken(environment)
      const key = hashToken(token)
      const created = environment.now()
      const expires: { expires?: number } = lifetimeMs === null ? {} : { expires: created + lifetimeMs }
      const scope = tenants === undefined ? {} : { tenants }
      const record = { tenant: '', kind: ADMIN_TOKEN, key }
      const facts = { label, role, ...scope }
      const made = note('', 'AdminToken', tokenId(key), 'created', { ...facts, expires: isoTime(expires.expires) })
      await store.commit([{ write: 'record', record, value: { ...facts, created, ...expires } }, made])
      return { admin: { id: tokenId(key), ...facts, created, ...expires }, token }
    },
    list: async () => {
      const uses = await lastUses(store, '')
      const tokens = (await allRecords(store, '', ADMIN_TOKEN)).map((record) => withUse(record, uses))
      return tokens.sort((a, b) => a.created - b.created)
    },
    page: async (request) => {
      // The id is the beginning of the key, and hashes are hexadecimal, so "g" sorts after every key with that prefix.
      const after = request.after === undefined ? {} : { after: `${request.after}g` }
      const { items, next } = await pageOfRecords(store, '', ADMIN_TOKEN, { ...request, ...after }, (record) => [
        tokenId(record.key),
        textOf(factsOf(record).label) ?? '',
      ])
      const uses = await lastUses(store, '')
      return {
        items: items.map((record) => withUse(record, uses)),
        ...(next === undefined ? {} : { next: tokenId(next) }),
      }
    },
    revoke: async (id) => {
      const meant = (await allRecords(store, '', ADMIN_TOKEN)).filter((record) => tokenId(record.key) === id)
      if (meant.length === 0)
        throw missing(`There is no admin token "${id}"; see them with: lockstep admin token --list`)
      await store.commit([
        ...meant.flatMap(({ key }): readonly Write[] => [
          { write: 'record', record: { tenant: '', kind: ADMIN_TOKEN, key }, value: undefined },
          { write: 'record', record: useRecord('', key), value: undefined },
        ]),
        note('', 'AdminToken', id, 'revoked'),
      ])
    },
    authenticate: (header) => authenticate(store, environment, header, noteUse),
    find: async (hash) => {
      const record = await oneRecord(store, '', ADMIN_TOKEN, hash)
      const token = record === undefined ? undefined : toAdminToken(record)
      return token === undefined || isExpired(token.expires, environment.now()) ? undefined : token
    },
  }
}

/** Takes a tenant off the tokens that are limited to it: they must not reach a later tenant of the same name. */
export async function dropFromAdminTokens(store: Store, tenant: string): Promise<void> {
  for (const { key } of await allRecords(store, '', ADMIN_TOKEN)) {
    await untilUnchanged(key, async () => {
      const record = await oneRecord(store, '', ADMIN_TOKEN, key)
      const tenants = record === undefined ? undefined : toAdminToken(record).tenants
      if (record === undefined || !tenants?.includes(tenant)) return
      const left = tenants.filter((name) => name !== tenant)
      await store.commit([putIfSame(record, { ...factsOf(record), tenants: left })])
    })
  }
}

async function authenticate(
  store: Store,
  environment: Environment,
  header: string | undefined | null,
  noteUse: (hash: string) => void,
): Promise<AdminAuthenticated> {
  const bearer = readBearer(header)
  if ('reason' in bearer || !isAdminToken(bearer.token)) {
    if ((await store.records('', ADMIN_TOKEN, { limit: 1 })).length === 0) return { reason: 'none' }
    return 'reason' in bearer ? bearer : { reason: 'invalid' }
  }
  const hash = hashToken(bearer.token)
  const record = await oneRecord(store, '', ADMIN_TOKEN, hash)
  if (record === undefined || !sameHash(record.key, hash)) return { reason: 'invalid' }
  const { id, role, tenants, expires } = toAdminToken(record)
  if (isExpired(expires, environment.now())) return { reason: 'expired' }
  noteUse(hash)
  return { administrator: { actor: `admin:${id}`, role, tenants, signedIn: 'token' } }
}

function withUse(record: StoredRecord, uses: ReadonlyMap<string, number | undefined>): AdminToken {
  const used = uses.get(record.key)
  return { ...toAdminToken(record), ...(used === undefined ? {} : { lastUsed: used }) }
}

function checkDraft({ label = 'admin', lifetimeMs = TOKEN_LIFETIME_MS, role = 'owner', tenants }: AdminTokenDraft) {
  if (!isRole(role)) {
    throw invalid(`"${role}" is not a role; the roles are ${Object.keys(ROLES).join(', ')}`, 'role')
  }
  if (tenants === undefined && needsTenants(role)) {
    throw invalid(`The role ${role} is for tenants that are named; name them, or use the role operator`, 'tenants')
  }
  if (tenants !== undefined && (tenants.length === 0 || tenants.length > TENANTS)) {
    throw invalid(`An admin token is limited to 1 to ${TENANTS} tenants, or to none`, 'tenants')
  }
  const wrong = tenants?.find((name) => !isTenantName(name))
  if (wrong !== undefined) throw invalid(`"${wrong}" can't name a tenant`, 'tenants')
  return { label, lifetimeMs, role, tenants }
}

function toAdminToken(record: StoredRecord): AdminToken {
  const facts = factsOf(record)
  const expires = numberOf(facts.expires)
  const { tenants } = facts
  return {
    id: tokenId(record.key),
    label: textOf(facts.label) ?? '',
    role: readRole(textOf(facts.role)),
    ...(Array.isArray(tenants) ? { tenants: tenants.filter((name) => typeof name === 'string') } : {}),
    created: numberOf(facts.created) ?? 0,
    ...(expires === undefined ? {} : { expires }),
  }
}

/** Tokens made before there were roles are owners. A role that this version doesn't know (the database is newer) may only look. */
function readRole(role: string | undefined): Role {
  if (role === undefined) return 'owner'
  return isRole(role) ? role : 'support'
}
