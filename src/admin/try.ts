// Carries out or rehearses a SCIM request as a connection sends it: answer, bends, what would change.

import type { Principal } from '../access/index.ts'
import type { Answer, Call } from '../call.ts'
import type { Directory, Rehearse } from '../directory/index.ts'
import { type Explanation, explain } from '../explain/index.ts'
import { isObject, type Json, readJson, SCIM_JSON, ScimError } from '../protocol/index.ts'
import { createProvider } from '../provider/index.ts'
import type { Profile } from '../quirks/index.ts'
import type { Tenancy } from '../tenancy/index.ts'
import { type Handle, textOf } from './ask-scim.ts'

/** A SCIM request to be tried. */
export interface TryRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, with its query: `/Users?filter=…`. */
  readonly path: string
  /** A text is sent as it is, so that what is no JSON can be tried. */
  readonly body?: Json | undefined
  readonly ifMatch?: string | undefined
}

/** A rewrite that changed the message. */
export interface Bend {
  readonly name: string
  /** Numbers in the quirk table. */
  readonly quirks: readonly string[]
  readonly source: string
  /** What it changed, the body or the query, unless it is long. */
  readonly before?: Json
  readonly after?: Json
}

/** A change that was made, or would be. */
export interface WouldChange {
  readonly op: 'create' | 'replace' | 'patch' | 'delete'
  readonly type: string
  readonly id: string
  readonly paths: readonly { readonly path: string; readonly old?: Json; readonly new?: Json }[]
  /** Members that come and go; `all` where all others go. */
  readonly members?: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly all?: true }
}

/** What came of a request that was tried. */
export interface Tried {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  /** The answer, as JSON where it is. */
  readonly body?: Json
  /** Present where it was refused. */
  readonly explanation?: Explanation
  readonly bends: readonly Bend[]
  /** Attributes that no schema has and that were left out. */
  readonly left: readonly string[]
  /** What would change; empty where it was not a rehearsal, for then the log says it. */
  readonly changes: readonly WouldChange[]
}

/** Who sends it. */
export interface Speaker extends Principal {
  /** Kind of the connection, whatever its profile. */
  readonly kind: string
}

/** What trying needs. */
export interface TryDeps {
  readonly directory: Directory
  readonly tenancy: Tenancy
  /** The server's own provider, for reads that are heavy. */
  readonly provider: Handle
  readonly origin: string
}

/** Longest piece of a message that a bend shows, as JSON. */
const PIECE_LENGTH = 16_384

/**
 * Carries a request out as this principal, or rehearses it: then it is bent, parsed, applied and checked down to the store, and rolled
 * back. A bulk request can't be rehearsed, for its operations build on each other. Never throws for what the provider refuses.
 */
export async function tryRequest(
  { directory, tenancy, provider, origin }: TryDeps,
  { kind, ...principal }: Speaker,
  request: TryRequest,
  { dry, language = 'en' }: { readonly dry: boolean; readonly language?: 'en' | 'de' | undefined },
): Promise<Tried> {
  const { tenant, profile } = principal
  if (dry && request.path.startsWith('/Bulk')) throw new ScimError(400, NO_BULK)
  const bends: Bend[] = []
  const left: string[] = []
  const changes: WouldChange[] = []
  const reads = request.method === 'GET' || request.path.split('?', 1)[0]?.endsWith('/.search') === true
  const { handle } = createProvider({
    directory: dry ? directory.rehearsal(noted(changes)) : directory,
    authenticate: () => ({ ...principal, profile: noting(profile, bends) }),
    features: (name) => {
      const { features, sensitiveFilters, selfService } = tenancy.settings(name)
      return { ...features, sensitive: sensitiveFilters, selfService }
    },
    ready: tenancy.ready,
    skipped: ({ paths }) => left.push(...paths),
    cacheBytes: 0,
    // Only what reads goes elsewhere: a write there would be one.
    ...(reads ? { offload: (call) => asVouched(provider, call, principal) } : {}),
  })
  await tenancy.ready(tenant)
  const answer = await handle(callOf(request, tenant, origin))
  const text = await textOf(answer.body)
  const body = text === '' ? undefined : jsonOrText(text)
  return {
    status: answer.status,
    headers: headersOf(answer),
    ...(body === undefined ? {} : { body }),
    ...(answer.status < 400 ? {} : { explanation: explanationOf(answer.status, body, kind, bends, language) }),
    bends,
    left,
    changes,
  }
}

const NO_BULK =
  'A bulk request cannot be rehearsed, for its operations build on each other; try its operations one by one'

/** What is heavy goes where the server sends it, as the same dialect. */
async function asVouched(provider: Handle, call: Call, { actor, profile }: Principal): Promise<Answer> {
  return provider({ ...call, vouched: { actor, mayWrite: false, dialect: profile.kind } })
}

/** The profile, noting what its rewrites change. They give the very same message when they change nothing. */
function noting(profile: Profile, bends: Bend[]): Profile {
  const quirks = profile.quirks.map((quirk) => ({
    ...quirk,
    inbound: (message: Parameters<typeof quirk.inbound>[0], catalog: Parameters<typeof quirk.inbound>[1]) => {
      const bent = quirk.inbound(message, catalog)
      if (bent === message) return bent
      const { name, register, source } = quirk
      const [before, after] = bent.body === message.body ? [message.query, bent.query] : [message.body, bent.body]
      bends.push({ name, quirks: register, source, ...piece('before', before), ...piece('after', after) })
      return bent
    },
  }))
  return { ...profile, quirks }
}

function piece<Name extends string>(name: Name, value: Json | undefined) {
  const short = value !== undefined && JSON.stringify(value).length <= PIECE_LENGTH
  return (short ? { [name]: value } : {}) as { readonly [key in Name]?: Json }
}

/** Notes the changes that writes would make. */
function noted(changes: WouldChange[]): Rehearse {
  return (writes) => {
    for (const write of writes) {
      if (!('log' in write) || write.log === undefined || !('op' in write.log)) continue
      const { op, paths } = write.log
      const ref = 'draft' in write ? write.draft : 'ref' in write ? write.ref : undefined
      if (ref === undefined) continue
      const members = 'members' in write && write.members !== undefined ? membersOf(write.members) : undefined
      changes.push({ op, type: ref.type, id: ref.id, paths, ...(members === undefined ? {} : { members }) })
    }
  }
}

type Edits = Extract<Parameters<Rehearse>[0][number], { write: 'update' }>['members']

function membersOf(edits: NonNullable<Edits>): NonNullable<WouldChange['members']> {
  const added: string[] = []
  const removed: string[] = []
  let all = false
  for (const edit of edits) {
    if (edit.edit === 'add' || edit.edit === 'set') added.push(...edit.members.map(({ id }) => id))
    if (edit.edit === 'remove') removed.push(...edit.ids)
    if (edit.edit === 'set' || edit.edit === 'clear') all = true
  }
  return { added, removed, ...(all ? { all } : {}) }
}

function callOf({ method, path, body, ifMatch }: TryRequest, tenant: string, origin: string): Call {
  const [before = '', ...query] = path.split('?')
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const bytes = new TextEncoder().encode(text)
  const headers = new Map([['accept', SCIM_JSON]])
  if (bytes.length > 0) headers.set('content-type', SCIM_JSON).set('content-length', String(bytes.length))
  if (ifMatch !== undefined) headers.set('if-match', ifMatch)
  return {
    method,
    path: before,
    search: query.join('?'),
    base: `${origin}/tenants/${tenant}/scim/v2`,
    tenant,
    header: (name) => headers.get(name),
    body: async (limit) => (bytes.length > limit ? undefined : bytes),
  }
}

function headersOf({ headers }: Answer): { readonly [name: string]: string } {
  const found: { [name: string]: string } = {}
  for (let at = 0; at + 1 < headers.length; at += 2) found[headers[at]?.toLowerCase() ?? ''] = headers[at + 1] ?? ''
  return found
}

function jsonOrText(text: string): Json {
  try {
    return readJson(text, { strictNames: false })
  } catch {
    return text
  }
}

function explanationOf(
  status: number,
  body: Json | undefined,
  kind: string,
  bends: readonly Bend[],
  language: 'en' | 'de',
): Explanation {
  const error = isObject(body) ? body : {}
  const text = (value: Json | undefined) => (typeof value === 'string' ? value : undefined)
  const scimType = text(error.scimType)
  const detail = text(error.detail)
  return explain({
    code: status,
    kind,
    bends: bends.map(({ name }) => name),
    language,
    ...(scimType === undefined ? {} : { scimType }),
    ...(detail === undefined ? {} : { detail }),
  })
}
