// Connections and their tokens as they are stored, and the principal that a token stands for.

import { type Access, type Principal, type Rights, tokenId } from '../access/index.ts'
import { isObject, type Json } from '../protocol/index.ts'
import { type AllowanceChoice, adjusted, isKind, type Kind, profileOf } from '../quirks/index.ts'
import { allRecords, factsOf, numberOf, oneRecord, type Store, type StoredRecord, textOf } from '../store/index.ts'
import { keptAllowances } from './allowances.ts'
import { lastUse, lastUses } from './token-use.ts'

/** Kind of the records of connections. */
export const CONNECTION = 'connection'
/** Kind of the records of tokens, by hash, tagged with the id of their connection. */
export const TOKEN = 'token'

/** What is known of a token. The token itself is not stored. */
export interface TokenFacts {
  /** Its short name in lists and commands. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970; absent: never. */
  readonly expires?: number
  /** When it last let a client in, at most a minute behind. Milliseconds since 1970. */
  readonly lastUsed?: number
}

/** One identity provider's access to a tenant. */
export interface Connection extends AllowanceChoice {
  readonly tenant: string
  readonly id: string
  readonly label: string
  readonly kind: Kind
  /** How far the provider adapts, if that differs from its kind. */
  readonly profile?: Kind
  readonly rights: Rights
  /** Id of the user that `/Me` refers to. RFC 7644 §3.11. */
  readonly subject?: string
  /** Until when bodies of its requests are recorded with their values, milliseconds since 1970. Absent: as shapes. */
  readonly valuesUntil?: number
  /** Who had that begun, and why. */
  readonly valuesBy?: string
  readonly valuesReason?: string
  /** Refused for now: its client is told to try again later. */
  readonly paused?: true
  /** Milliseconds since 1970. */
  readonly created: number
  readonly tokens: readonly TokenFacts[]
}

/** The token behind a hash, and who it is. */
export interface FoundToken {
  readonly hash: string
  /** Milliseconds since 1970; undefined: never. */
  readonly expires: number | undefined
  readonly principal: Principal
  /** Whether its connection is refused for now. */
  readonly paused: boolean
  /** Which identity provider the connection is for. */
  readonly kind: Kind
  readonly valuesUntil?: number | undefined
}

/** Finds a token by its hash. Undefined: there is no such token. */
export async function findToken(store: Store, tenant: string, hash: string): Promise<FoundToken | undefined> {
  const record = await oneRecord(store, tenant, TOKEN, hash)
  if (record === undefined) return undefined
  const facts = factsOf(record)
  const connection = await oneRecord(store, tenant, CONNECTION, textOf(facts.connection) ?? '')
  if (connection === undefined) return undefined
  const found = toConnection(connection, [])
  const { kind, valuesUntil } = found
  const expires = numberOf(facts.expires)
  const paused = found.paused === true
  return { hash: record.key, expires, kind, valuesUntil, principal: toPrincipal(found), paused }
}

function toPrincipal(connection: Connection): Principal {
  return {
    tenant: connection.tenant,
    actor: connection.id,
    profile: adjusted(profileOf(connection.profile ?? connection.kind), connection),
    rights: connection.rights,
    ...(connection.subject === undefined ? {} : { subject: connection.subject }),
  }
}

/** The tokens of one connection, oldest first. */
export async function tokensOf(store: Store, tenant: string, connection: string): Promise<readonly TokenFacts[]> {
  const records = await allRecords(store, tenant, TOKEN, connection)
  const tokens = await Promise.all(
    records.map(async (record) => toToken(record, await lastUse(store, tenant, record.key))),
  )
  return tokens.sort((a, b) => a.created - b.created)
}

/** All tokens of a tenant by the id of their connection, oldest first. */
export async function tokensByConnection(
  store: Store,
  tenant: string,
): Promise<ReadonlyMap<string, readonly TokenFacts[]>> {
  const [records, uses] = await Promise.all([allRecords(store, tenant, TOKEN), lastUses(store, tenant)])
  const found = new Map<string, TokenFacts[]>()
  for (const record of records) {
    const connection = textOf(factsOf(record).connection) ?? ''
    const token = toToken(record, uses.get(record.key))
    const own = found.get(connection)
    if (own === undefined) found.set(connection, [token])
    else own.push(token)
  }
  for (const tokens of found.values()) tokens.sort((a, b) => a.created - b.created)
  return found
}

function toToken(record: StoredRecord, lastUsed: number | undefined): TokenFacts {
  const facts = factsOf(record)
  const expires = numberOf(facts.expires)
  return {
    id: tokenId(record.key),
    created: numberOf(facts.created) ?? 0,
    ...(expires === undefined ? {} : { expires }),
    ...(lastUsed === undefined ? {} : { lastUsed }),
  }
}

/** A stored connection with its tokens. */
export function toConnection(record: StoredRecord, tokens: readonly TokenFacts[]): Connection {
  const facts = factsOf(record)
  const kind = textOf(facts.kind) ?? ''
  const profile = textOf(facts.profile) ?? ''
  const subject = textOf(facts.subject)
  const valuesUntil = numberOf(facts.valuesUntil)
  const valuesBy = textOf(facts.valuesBy)
  const valuesReason = textOf(facts.valuesReason)
  return {
    tenant: record.tenant,
    id: record.key,
    label: textOf(facts.label) ?? record.key,
    // A kind that this version doesn't know (the database is newer) adapts to nothing.
    kind: isKind(kind) ? kind : 'strict',
    ...(isKind(profile) ? { profile } : {}),
    rights: readRights(facts.rights),
    ...keptAllowances('allow', facts.allow),
    ...keptAllowances('forbid', facts.forbid),
    ...(subject === undefined ? {} : { subject }),
    ...(valuesUntil === undefined ? {} : { valuesUntil }),
    ...(valuesBy === undefined ? {} : { valuesBy }),
    ...(valuesReason === undefined ? {} : { valuesReason }),
    ...(facts.paused === true ? { paused: true } : {}),
    created: numberOf(facts.created) ?? 0,
    tokens,
  }
}

function readRights(value: Json | undefined): Rights {
  const rights: [string, Access][] = []
  for (const [type, access] of Object.entries(isObject(value) ? value : {})) {
    if (isObject(access)) rights.push([type, { read: access.read === true, write: access.write === true }])
  }
  return Object.fromEntries(rights)
}

/** Rights as they are stored. */
export function writeRights(rights: Rights): Json {
  return Object.fromEntries(Object.entries(rights).map(([type, { read, write }]) => [type, { read, write }]))
}
