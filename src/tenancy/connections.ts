// The connections of tenants: made with a token, listed, rotated, revoked.

import { formatRights, hashToken, isExpired, makeToken, tokenId } from '../access/index.ts'
import type { Environment } from '../environment.ts'
import type { ResourceType } from '../protocol/index.ts'
import {
  allRecords,
  Conflict,
  factsOf,
  type ListPage,
  type ListRequest,
  type Note,
  type NoteFacts,
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
import { type ConnectionDraft, checkDraft, checkSubject } from './connection-draft.ts'
import {
  CONNECTION,
  type Connection,
  TOKEN,
  type TokenFacts,
  toConnection,
  tokensByConnection,
  tokensOf,
  writeRights,
} from './connection-record.ts'
import { invalid, missing, TenancyError } from './errors.ts'
import { isoTime } from './iso-time.ts'
import { buildModel, readOwn } from './model.ts'
import { revokedWrites } from './revoked-tokens.ts'
import type { Tenants } from './tenants.ts'
import { useRecord } from './token-use.ts'

/** Live tokens of one connection: the one in use, and its successor while an administrator changes over. */
export const TOKENS_PER_CONNECTION = 2
/** How long a token lives by default: a year. RFC 7644 §7.4 asks for a limit. */
export const TOKEN_LIFETIME_MS = 365 * 24 * 3_600_000

/** Longest time that values are recorded: it ends by itself. */
export const VALUES_MS = 7 * 24 * 3_600_000

/** A token just made, with its connection: the only time that the token is shown. */
export interface Issued {
  readonly connection: Connection
  readonly token: string
}

/** The connections of a database's tenants. */
export interface Connections {
  readonly create: (tenant: string, draft?: ConnectionDraft) => Promise<Issued>
  /** All of a tenant, oldest first. */
  readonly list: (tenant: string) => Promise<readonly Connection[]>
  /** A page, in the order of their ids; `search` looks at ids and labels. */
  readonly page: (tenant: string, request: ListRequest) => Promise<ListPage<Connection>>
  readonly show: (tenant: string, id: string) => Promise<Connection>
  /**
   * Records the bodies of a connection's requests with their values for some time, at most {@link VALUES_MS}, or as shapes again. The
   * reason is in the log. Refuses a longer time, and one without a reason.
   */
  readonly recordValues: (tenant: string, id: string, recording: Recording | undefined) => Promise<Connection>
  /** Changes a connection to what is given; its id, its tokens and what the log says of it stay. Nothing is written where nothing changes. */
  readonly change: (tenant: string, id: string, draft: ConnectionDraft) => Promise<Connection>
  /** Makes another token. The one before stays valid, unless `revokeOthers`. */
  readonly rotate: (tenant: string, id: string, options?: RotateOptions) => Promise<Issued>
  /** Revokes one token by its short name, or the connection with all of its tokens. */
  readonly revoke: (tenant: string, id: string, token?: string) => Promise<void>
}

/** How long values are recorded, why, and who had it begun. */
export interface Recording {
  readonly ms: number
  readonly reason: string
  readonly by?: string
}

/** How a token is rotated. */
export interface RotateOptions {
  /** null: no end; absent: a year. */
  readonly lifetimeMs?: number | null | undefined
  readonly revokeOthers?: boolean | undefined
}

/** How an administrator does what a refusal advises. */
export interface Advice {
  /** Lists the connections of a tenant. */
  readonly list: (tenant: string) => string
  /** Revokes one token. */
  readonly revoke: (tenant: string, id: string) => string
  /** Makes a token in place of all others. */
  readonly only: string
}

/** The commands of `lockstep`. */
const COMMANDS: Advice = {
  list: (tenant) => `lockstep connection list ${tenant}`,
  revoke: (tenant, id) => `lockstep connection revoke ${tenant} ${id} --token ID`,
  only: '--revoke-others',
}

/** What connections work with. */
export interface ConnectionDeps {
  readonly store: Store
  readonly environment: Environment
  readonly tenants: Pick<Tenants, 'show'>
  readonly note: Note
  /** The resource types of a tenant. Default: those that are kept in the store. */
  readonly types?: (tenant: string) => Promise<readonly ResourceType[]>
  /** Default: the commands of `lockstep`. */
  readonly advice?: Advice
}

/** What the functions here need. */
type Deps = Required<ConnectionDeps>

/** Creates the connections part of tenancy. */
export function createConnections(given: ConnectionDeps): Connections {
  const { store, tenants } = given
  const types = async (tenant: string) => buildModel(await readOwn(store, tenant)).types
  const deps: Deps = { types, advice: COMMANDS, ...given }
  return {
    create: (tenant, draft = {}) => create(deps, tenant, draft),
    list: async (tenant) => {
      await tenants.show(tenant)
      const [records, tokens] = await Promise.all([
        allRecords(store, tenant, CONNECTION),
        tokensByConnection(store, tenant),
      ])
      return records
        .map((record) => toConnection(record, tokens.get(record.key) ?? []))
        .sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))
    },
    page: async (tenant, request) => {
      await tenants.show(tenant)
      const { items, ...rest } = await pageOfRecords(store, tenant, CONNECTION, request, (record) => [
        record.key,
        textOf(factsOf(record).label) ?? '',
      ])
      const shown = items.map(async (record) => toConnection(record, await tokensOf(store, tenant, record.key)))
      return { items: await Promise.all(shown), ...rest }
    },
    show: async (tenant, id) => {
      const { record, tokens } = await read(deps, tenant, id)
      return toConnection(record, tokens)
    },
    recordValues: (tenant, id, recording) => untilUnchanged(id, () => recordValues(deps, tenant, id, recording)),
    change: (tenant, id, draft) => untilUnchanged(id, () => change(deps, tenant, id, draft)),
    // Each attempt reads the connection again, so that of two that run at once the second counts the token of the first.
    rotate: (tenant, id, options = {}) => untilUnchanged(id, () => rotate(deps, tenant, id, options)),
    revoke: async (tenant, id, token) => {
      if (token === undefined) return untilUnchanged(id, () => revokeConnection(deps, tenant, id))
      return revokeToken(deps, tenant, id, token)
    },
  }
}

async function read({ store, tenants, advice }: Deps, tenant: string, id: string) {
  const record = await oneRecord(store, tenant, CONNECTION, id)
  if (record === undefined) {
    await tenants.show(tenant)
    throw missing(`Tenant "${tenant}" has no connection "${id}"; see them with: ${advice.list(tenant)}`)
  }
  return { record, tokens: await tokensOf(store, tenant, id) }
}

async function create(deps: Deps, tenant: string, draft: ConnectionDraft): Promise<Issued> {
  const { store, environment, tenants, note } = deps
  const { name } = await tenants.show(tenant)
  const facts = checkDraft(draft, await deps.types(name))
  if (facts.subject !== undefined) await checkSubject(store, name, facts.subject)
  for (;;) {
    const id = `${facts.kind}-${shortId(environment)}`
    const created = environment.now()
    const issued = issue(deps, name, id, draft.lifetimeMs)
    const record = { tenant: name, kind: CONNECTION, key: id }
    const rights = formatRights(facts.rights)
    const expires = isoTime(issued.facts.expires)
    try {
      await store.commit([
        { write: 'record', record, value: { ...facts, rights: writeRights(facts.rights), created }, ifAbsent: true },
        issued.write,
        note(name, 'Connection', id, 'created', { ...facts, rights, token: issued.facts.id, expires }),
      ])
    } catch (error) {
      if (error instanceof Conflict && error.reason === 'exists') continue
      throw error
    }
    return { connection: { tenant: name, id, ...facts, created, tokens: [issued.facts] }, token: issued.token }
  }
}

/** A new token, the write that keeps it, and what is shown of it. */
function issue(
  { environment }: Deps,
  tenant: string,
  connection: string,
  lifetimeMs: number | null = TOKEN_LIFETIME_MS,
): { readonly token: string; readonly write: Write; readonly facts: TokenFacts } {
  const token = makeToken(tenant, environment)
  const created = environment.now()
  const expires = lifetimeMs === null ? {} : { expires: created + lifetimeMs }
  const hash = hashToken(token)
  const record = { tenant, kind: TOKEN, key: hash }
  const value = { connection, created, ...expires }
  return {
    token,
    write: { write: 'record', record, tag: connection, value },
    facts: { id: tokenId(hash), created, ...expires },
  }
}

async function change(deps: Deps, tenant: string, id: string, draft: ConnectionDraft): Promise<Connection> {
  const { store, note } = deps
  const { record, tokens } = await read(deps, tenant, id)
  const facts = checkDraft(draft, await deps.types(tenant))
  if (facts.subject !== undefined) await checkSubject(store, tenant, facts.subject)
  const { created, issued, paused, valuesUntil, valuesBy, valuesReason } = factsOf(record)
  const value = {
    ...facts,
    rights: writeRights(facts.rights),
    created: created ?? 0,
    ...(issued === undefined ? {} : { issued }),
    ...(valuesUntil === undefined ? {} : { valuesUntil }),
    ...(valuesBy === undefined ? {} : { valuesBy }),
    ...(valuesReason === undefined ? {} : { valuesReason }),
    ...((draft.paused ?? paused === true) ? { paused: true } : {}),
  }
  const before = toConnection(record, tokens)
  const after = toConnection({ ...record, value }, tokens)
  const changes = changesOf(before, after)
  if (Object.keys(changes).length === 0) return before
  await store.commit([putIfSame(record, value), note(tenant, 'Connection', id, 'changed', changes)])
  return after
}

/** The facts that differ between two states of a connection. */
function changesOf(before: Connection, after: Connection): NoteFacts {
  const shown = ({ label, kind, profile, rights, allow, forbid, subject, paused }: Connection) => ({
    label,
    kind,
    profile,
    rights: formatRights(rights),
    allow: allow && [...allow],
    forbid: forbid && [...forbid],
    subject,
    paused,
  })
  const was = shown(before)
  const is = shown(after)
  const names = Object.keys(was) as (keyof typeof was)[]
  const different = names.filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
  return Object.fromEntries(different.map((name) => [name, { was: was[name] ?? null, is: is[name] ?? null }]))
}

async function recordValues(
  deps: Deps,
  tenant: string,
  id: string,
  recording: Recording | undefined,
): Promise<Connection> {
  const { store, note, environment } = deps
  if (recording !== undefined && (recording.ms <= 0 || recording.ms > VALUES_MS))
    throw invalid('Values are recorded for at most 7 days; begin again then, if they are still needed', 'hours')
  if (recording !== undefined && recording.reason.trim() === '')
    throw invalid('Say why values are to be recorded: the reason is in the log', 'reason')
  const { record, tokens } = await read(deps, tenant, id)
  const { valuesUntil: _until, valuesBy: _by, valuesReason: _reason, ...facts } = factsOf(record)
  const valuesUntil = recording === undefined ? undefined : environment.now() + recording.ms
  const { by, reason } = recording ?? {}
  const value = {
    ...facts,
    ...(valuesUntil === undefined ? {} : { valuesUntil }),
    ...(by === undefined ? {} : { valuesBy: by }),
    ...(reason === undefined ? {} : { valuesReason: reason }),
  }
  const told: NoteFacts =
    recording === undefined ? { values: 'off' } : { values: isoTime(valuesUntil) ?? '', reason: recording.reason }
  await store.commit([putIfSame(record, value), note(tenant, 'Connection', id, 'recording', told)])
  return toConnection({ ...record, value }, tokens)
}

async function rotate(
  deps: Deps,
  tenant: string,
  id: string,
  { lifetimeMs, revokeOthers }: RotateOptions,
): Promise<Issued> {
  const { store, environment, note, advice } = deps
  const { record, tokens } = await read(deps, tenant, id)
  const now = environment.now()
  const records = await allRecords(store, tenant, TOKEN, id)
  const ended = records.filter((one) => revokeOthers || isExpired(numberOf(factsOf(one).expires), now))
  const live = records.length - ended.length
  if (live >= TOKENS_PER_CONNECTION) {
    const names = tokens.map((token) => token.id).join(' and ')
    throw new TenancyError(
      'ERR_IN_USE',
      `Connection "${id}" has ${live} live tokens already (${names}); revoke the one no longer in use with: ${advice.revoke(tenant, id)}, or make the new one with ${advice.only}`,
    )
  }
  const { token, write, facts } = issue(deps, tenant, id, lifetimeMs)
  const issued = (numberOf(factsOf(record).issued) ?? 1) + 1
  const connection = putIfSame(record, { ...factsOf(record), issued })
  const gone = new Set(ended.map((one) => tokenId(one.key)))
  const rotated = note(tenant, 'Connection', id, 'rotated', {
    token: facts.id,
    expires: isoTime(facts.expires),
    ...(gone.size === 0 ? {} : { revoked: [...gone] }),
  })
  await store.commit([connection, ...(await endTokens(deps, tenant, ended)), write, rotated])
  const left = tokens.filter((known) => !gone.has(known.id))
  return { connection: toConnection(record, [...left, facts]), token }
}

async function revokeConnection(deps: Deps, tenant: string, id: string): Promise<void> {
  const { store, note } = deps
  const { record } = await read(deps, tenant, id)
  const records = await allRecords(store, tenant, TOKEN, id)
  // A token made in the meantime would outlive its connection.
  const revoked = note(tenant, 'Connection', id, 'revoked')
  await store.commit([putIfSame(record, undefined), ...(await endTokens(deps, tenant, records)), revoked])
}

async function revokeToken(deps: Deps, tenant: string, id: string, token: string): Promise<void> {
  const { store, note, advice } = deps
  await read(deps, tenant, id)
  const meant = (await allRecords(store, tenant, TOKEN, id)).filter((record) => tokenId(record.key) === token)
  if (meant.length === 0) {
    throw missing(`Connection "${id}" has no token "${token}"; see them with: ${advice.list(tenant)}`)
  }
  const ended = await endTokens(deps, tenant, meant)
  await store.commit([...ended, note(tenant, 'Connection', id, 'tokenRevoked', { token })])
}

/** The writes that end tokens, and keep for some time that they were there. */
async function endTokens(
  { store, environment }: Deps,
  tenant: string,
  records: readonly StoredRecord[],
): Promise<readonly Write[]> {
  if (records.length === 0) return []
  const hashes = records.map(({ key }) => key)
  return [...records.flatMap(endToken), ...(await revokedWrites(store, tenant, hashes, environment.now()))]
}

function endToken({ tenant, key }: StoredRecord): readonly Write[] {
  return [
    { write: 'record', record: { tenant, kind: TOKEN, key }, value: undefined },
    { write: 'record', record: useRecord(tenant, key), value: undefined },
  ]
}

/** Six letters and digits, easy to read aloud: no 0, 1, i, l or o. */
function shortId(environment: Environment): string {
  const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'
  return Array.from(environment.random(new Uint8Array(6)), (byte) => alphabet[byte % alphabet.length]).join('')
}
