import {
  type Access,
  ALL_RIGHTS,
  formatRights,
  hashToken,
  isExpired,
  makeToken,
  type Principal,
  type Rights,
  resolveRights,
  tokenId,
} from '../access/index.ts'
import type { Environment } from '../environment.ts'
import { isObject, type Json, type ResourceType } from '../protocol/index.ts'
import { type AllowanceChoice, adjusted, isKind, KINDS, type Kind, profileOf } from '../quirks/index.ts'
import { Conflict, type Store, type StoredRecord, type Write } from '../store/index.ts'
import { type AllowanceDraft, keptAllowances, readAllowances } from './allowances.ts'
import { buildModel, readOwn } from './catalogs.ts'
import { invalid, missing, TenancyError } from './errors.ts'
import { isoTime } from './iso-time.ts'
import type { Note } from './notes.ts'
import { allRecords, factsOf, numberOf, oneRecord, putIfSame, textOf, untilUnchanged } from './records.ts'
import type { Tenants } from './tenants.ts'

/** Live tokens of one connection: the one in use, and its successor while an administrator changes over. */
export const TOKENS_PER_CONNECTION = 2
/** How long a token lives unless told otherwise: a year. RFC 7644 §7.4 asks for a limit. */
export const TOKEN_LIFETIME_MS = 365 * 24 * 3_600_000
/** Longest label. */
const LABEL_LENGTH = 200

const CONNECTION = 'connection'
const TOKEN = 'token'
const TOKEN_USE = 'token-use'

/** What is known of a token. The token itself is not kept. */
export interface TokenFacts {
  /** Its short name in lists and commands. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970; absent: never. */
  readonly expires?: number
  /** When it last let somebody in, at most a minute behind. Milliseconds since 1970. */
  readonly lastUsed?: number
}

/** One identity provider's way into a tenant. */
export interface Connection extends AllowanceChoice {
  readonly tenant: string
  readonly id: string
  readonly label: string
  readonly kind: Kind
  /** How far it bends, when that is not what its kind says. */
  readonly profile?: Kind
  readonly rights: Rights
  /** Id of the resource that `/Me` means. RFC 7644 §3.11. */
  readonly subject?: string
  /** Milliseconds since 1970. */
  readonly created: number
  readonly tokens: readonly TokenFacts[]
}

/** What is asked for when a connection is made. */
export interface ConnectionDraft extends AllowanceDraft {
  readonly label?: string
  readonly kind?: string
  readonly profile?: string
  readonly rights?: Rights
  readonly subject?: string
  /** How long its token lives; null: for ever; absent: a year. */
  readonly lifetimeMs?: number | null
}

/** A token just made, with its connection: the only time that it is seen. */
export interface Issued {
  readonly connection: Connection
  readonly token: string
}

/** The connections of a database's tenants. */
export interface Connections {
  readonly create: (tenant: string, draft?: ConnectionDraft) => Promise<Issued>
  readonly list: (tenant: string) => Promise<readonly Connection[]>
  readonly show: (tenant: string, id: string) => Promise<Connection>
  /** Makes another token. The one before stays valid, unless `revokeOthers`. */
  readonly rotate: (
    tenant: string,
    id: string,
    options?: { readonly lifetimeMs?: number | null; readonly revokeOthers?: boolean },
  ) => Promise<Issued>
  /** Revokes one token by its short name, or the connection with all of its tokens. */
  readonly revoke: (tenant: string, id: string, token?: string) => Promise<void>
}

/** Makes the room's part for connections. */
export function createConnections(store: Store, environment: Environment, tenants: Tenants, note: Note): Connections {
  const read = async (tenant: string, id: string) => {
    const record = await oneRecord(store, tenant, CONNECTION, id)
    if (record === undefined) {
      await tenants.show(tenant)
      throw missing(`tenant "${tenant}" has no connection "${id}"; see them with: lockstep connection list ${tenant}`)
    }
    return { record, tokens: await tokensOf(store, tenant, id) }
  }
  const show = async (tenant: string, id: string) => {
    const { record, tokens } = await read(tenant, id)
    return toConnection(record, tokens)
  }

  const issue = (tenant: string, connection: string, lifetimeMs: number | null = TOKEN_LIFETIME_MS) => {
    const token = makeToken(tenant, environment)
    const created = environment.now()
    const expires = lifetimeMs === null ? {} : { expires: created + lifetimeMs }
    const hash = hashToken(token)
    const write: Write = {
      write: 'record',
      record: { tenant, kind: TOKEN, key: hash },
      tag: connection,
      value: { connection, created, ...expires },
    }
    return { token, write, facts: { id: tokenId(hash), created, ...expires } }
  }

  return {
    create: async (tenant, draft = {}) => {
      const { name } = await tenants.show(tenant)
      const { types } = buildModel(await readOwn(store, name))
      const facts = checkDraft(draft, types)
      if (facts.subject !== undefined) await checkSubject(store, name, facts.subject)
      for (;;) {
        const id = `${facts.kind}-${shortId(environment)}`
        const created = environment.now()
        const { token, write, facts: tokenFacts } = issue(name, id, draft.lifetimeMs)
        const record = { tenant: name, kind: CONNECTION, key: id }
        try {
          await store.commit([
            {
              write: 'record',
              record,
              value: { ...facts, rights: writeRights(facts.rights), created },
              ifAbsent: true,
            },
            write,
            note(name, 'Connection', id, 'created', {
              ...facts,
              rights: formatRights(facts.rights),
              token: tokenFacts.id,
              expires: isoTime(tokenFacts.expires),
            }),
          ])
        } catch (error) {
          if (error instanceof Conflict && error.reason === 'exists') continue
          throw error
        }
        return { connection: { tenant: name, id, ...facts, created, tokens: [tokenFacts] }, token }
      }
    },

    list: async (tenant) => {
      await tenants.show(tenant)
      const [records, tokens] = await Promise.all([allRecords(store, tenant, CONNECTION), tokensOf(store, tenant)])
      return records
        .map((record) => toConnection(record, tokens))
        .sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))
    },

    show,

    rotate: (tenant, id, options = {}) =>
      // Each takes the connection as it found it, so that of two that run at once the second one counts the first one's token.
      untilUnchanged(id, async () => {
        const { record, tokens } = await read(tenant, id)
        const now = environment.now()
        const records = await allRecords(store, tenant, TOKEN, id)
        const ended = records.filter((one) => options.revokeOthers || isExpired(numberOf(factsOf(one).expires), now))
        const live = records.length - ended.length
        if (live >= TOKENS_PER_CONNECTION) {
          const names = tokens.map((token) => token.id).join(' and ')
          throw new TenancyError(
            'ERR_IN_USE',
            `connection "${id}" has ${live} live tokens already (${names}); revoke the one no longer in use with: lockstep connection revoke ${tenant} ${id} --token ID, or make the new one with --revoke-others`,
          )
        }
        const { token, write, facts } = issue(tenant, id, options.lifetimeMs)
        const issued = (numberOf(factsOf(record).issued) ?? 1) + 1
        const connection = putIfSame(record, { ...factsOf(record), issued })
        const gone = new Set(ended.map((one) => tokenId(one.key)))
        const rotated = note(tenant, 'Connection', id, 'rotated', {
          token: facts.id,
          expires: isoTime(facts.expires),
          ...(gone.size === 0 ? {} : { revoked: [...gone] }),
        })
        await store.commit([connection, ...ended.flatMap((one) => forget(one)), write, rotated])
        const left = tokens.filter((known) => !gone.has(known.id))
        return { connection: toConnection(record, [...left, { ...facts, connection: id }]), token }
      }),

    revoke: async (tenant, id, token) => {
      await show(tenant, id)
      if (token === undefined) {
        await untilUnchanged(id, async () => {
          const { record } = await read(tenant, id)
          const records = await allRecords(store, tenant, TOKEN, id)
          // A token that was made meanwhile would outlive its connection.
          const revoked = note(tenant, 'Connection', id, 'revoked')
          await store.commit([putIfSame(record, undefined), ...records.flatMap(forget), revoked])
        })
        return
      }
      const records = await allRecords(store, tenant, TOKEN, id)
      const meant = records.filter((record) => tokenId(record.key) === token)
      if (meant.length === 0) {
        throw missing(`connection "${id}" has no token "${token}"; see them with: lockstep connection list ${tenant}`)
      }
      await store.commit([...meant.flatMap(forget), note(tenant, 'Connection', id, 'tokenRevoked', { token })])
    },
  }
}

/** The writes that end a token. When it was used is kept apart, so that noting it can't bring a revoked token back. */
function forget({ tenant, key }: StoredRecord): readonly Write[] {
  return [
    { write: 'record', record: { tenant, kind: TOKEN, key }, value: undefined },
    { write: 'record', record: { tenant, kind: TOKEN_USE, key }, value: undefined },
  ]
}

/** When a token was last used. */
export interface TokenUse {
  readonly tenant: string
  readonly hash: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The write that notes when tokens of any tenants were last used. It is no change of a tenant: no process forgets anything for it. */
export function noteUses(uses: readonly TokenUse[]): Write {
  return {
    write: 'quiet',
    records: uses.map(({ tenant, hash, at }) => ({ tenant, kind: TOKEN_USE, key: hash, value: at })),
  }
}

/** The connection a token's hash belongs to, and until when. Undefined: no such token. */
export async function findToken(store: Store, tenant: string, hash: string) {
  const record = await oneRecord(store, tenant, TOKEN, hash)
  if (record === undefined) return undefined
  const facts = factsOf(record)
  const connection = await oneRecord(store, tenant, CONNECTION, textOf(facts.connection) ?? '')
  if (connection === undefined) return undefined
  return { hash: record.key, expires: numberOf(facts.expires), principal: toPrincipal(toConnection(connection, [])) }
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

interface TokenOf extends TokenFacts {
  readonly connection: string
}

async function tokensOf(store: Store, tenant: string, connection?: string): Promise<readonly TokenOf[]> {
  const [tokens, uses] = await Promise.all([
    allRecords(store, tenant, TOKEN, connection),
    allRecords(store, tenant, TOKEN_USE),
  ])
  const used = new Map(uses.map((record) => [record.key, numberOf(record.value)]))
  return tokens
    .map((record) => {
      const facts = factsOf(record)
      const expires = numberOf(facts.expires)
      const lastUsed = used.get(record.key)
      return {
        connection: textOf(facts.connection) ?? '',
        id: tokenId(record.key),
        created: numberOf(facts.created) ?? 0,
        ...(expires === undefined ? {} : { expires }),
        ...(lastUsed === undefined ? {} : { lastUsed }),
      }
    })
    .sort((a, b) => a.created - b.created)
}

function toConnection(record: StoredRecord, tokens: readonly TokenOf[]): Connection {
  const facts = factsOf(record)
  const kind = textOf(facts.kind) ?? ''
  const profile = textOf(facts.profile) ?? ''
  const subject = textOf(facts.subject)
  return {
    tenant: record.tenant,
    id: record.key,
    label: textOf(facts.label) ?? record.key,
    // A kind that this version doesn't know (the file is newer) bends nowhere.
    kind: isKind(kind) ? kind : 'strict',
    ...(isKind(profile) ? { profile } : {}),
    rights: readRights(facts.rights),
    ...keptAllowances('allow', facts.allow),
    ...keptAllowances('forbid', facts.forbid),
    ...(subject === undefined ? {} : { subject }),
    created: numberOf(facts.created) ?? 0,
    tokens: tokens
      .filter((token) => token.connection === record.key)
      .map(({ connection: _connection, ...token }) => token),
  }
}

function readRights(value: Json | undefined): Rights {
  const rights: [string, Access][] = []
  for (const [type, access] of Object.entries(isObject(value) ? value : {})) {
    if (isObject(access)) rights.push([type, { read: access.read === true, write: access.write === true }])
  }
  return Object.fromEntries(rights)
}

function writeRights(rights: Rights): Json {
  return Object.fromEntries(Object.entries(rights).map(([type, { read, write }]) => [type, { read, write }]))
}

function checkDraft(draft: ConnectionDraft, types: readonly ResourceType[]) {
  const { kind = 'generic', profile, label = kind, rights = ALL_RIGHTS, subject, lifetimeMs } = draft
  if (!isKind(kind)) throw invalid(`"${kind}" is not a kind of connection; the kinds are ${KINDS.join(', ')}`)
  if (profile !== undefined && !isKind(profile)) {
    throw invalid(`"${profile}" is not a profile; the profiles are ${KINDS.join(', ')}`)
  }
  if (label.trim() === '' || label.length > LABEL_LENGTH) {
    throw invalid(`a connection's label is 1 to ${LABEL_LENGTH} characters long`)
  }
  if (typeof lifetimeMs === 'number' && !(lifetimeMs > 0)) throw invalid("a token's lifetime is more than nothing")
  const resolved = resolveRights(rights, types)
  if (typeof resolved === 'string') throw invalid(`rights: ${resolved}`)
  return {
    label: label.trim(),
    kind,
    rights: resolved,
    ...readAllowances(draft),
    ...(profile === undefined || profile === kind ? {} : { profile }),
    ...(subject === undefined ? {} : { subject }),
  }
}

/**
 * Refuses a subject that is no user of the tenant. The server gives ids to those it makes, so nobody can know one before:
 * what isn't there now will never be. RFC 7644 §3.11.
 */
async function checkSubject(store: Store, tenant: string, id: string): Promise<void> {
  const [found] = await store.names(tenant, [id])
  if (found?.type === 'User') return
  const what = found === undefined ? `there is no user with the id "${id}"` : `"${id}" is the id of a ${found.type}`
  throw invalid(`subject: ${what} in tenant "${tenant}"; name the id of a user who is there, which /Me then means`)
}

/** Six letters and digits, easy to read out: no 0, 1, i, l or o. */
function shortId(environment: Environment): string {
  const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'
  return Array.from(environment.random(new Uint8Array(6)), (byte) => alphabet[byte % alphabet.length]).join('')
}
