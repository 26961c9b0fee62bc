// What a configuration would change of connections.

import { formatRights, parseRights, resolveRights } from '../../access/index.ts'
import { didYouMean, type Json, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import { isKind, KINDS } from '../../quirks/index.ts'
import type { Connection, ConnectionDraft, Tenancy } from '../../tenancy/index.ts'
import { UsageError } from '../terminal/options.ts'
import { type Difference, fieldDifferences } from './difference.ts'
import type { Wanted } from './wanted.ts'

const MEMBERS = ['label', 'kind', 'profile', 'rights', 'allow', 'forbid', 'subject'] as const

/** How a connection would differ from what is wanted of it. Undefined: it doesn't. */
export function connectionDifference(
  tenancy: Tenancy,
  { tenant, types }: { readonly tenant: string; readonly types: readonly ResourceType[] },
  key: string,
  wanted: Wanted,
  existing: readonly Connection[],
): Difference | undefined {
  const found = findConnection(existing, key, wanted)
  const draft = draftOf(wanted, found?.label ?? key)
  const after = factsOf(wanted, draft, types)
  if (found === undefined) {
    const carryOut = async () => {
      const { connection } = await tenancy.connections.create(tenant, draft)
      // Its first token would have to be printed, where logs keep it.
      for (const { id } of connection.tokens) await tenancy.connections.revoke(tenant, connection.id, id)
      return `Connection "${connection.label}" has no token yet; issue one with: lockstep connection rotate ${tenant} ${connection.id}`
    }
    return { tenant, kind: 'connection', id: key, verb: 'create', fields: fieldDifferences({}, after), carryOut }
  }
  const fields = fieldDifferences(connectionFields(found), after)
  if (fields.length === 0) return undefined
  const carryOut = async () => void (await tenancy.connections.change(tenant, found.id, draft))
  return { tenant, kind: 'connection', id: key, verb: 'change', fields, carryOut }
}

/** The connection that a name of a file means: by id, or by label. */
export function findConnection(existing: readonly Connection[], key: string, wanted: Wanted): Connection | undefined {
  const byId = existing.find(({ id }) => id === key)
  if (byId !== undefined) return byId
  const [first, second] = existing.filter(({ label }) => label === key)
  if (second === undefined) return first
  const ids = existing.filter(({ label }) => label === key).map(({ id }) => id)
  throw new UsageError(
    `${wanted.where('')}: Several connections are called "${key}": ${ids.join(', ')}; name it by its id`,
  )
}

/** The facts of a connection that files say. */
export function connectionFields({ label, kind, profile, rights, allow, forbid, subject }: Connection): JsonObject {
  return plain({ label, kind, profile, rights: formatRights(rights), allow, forbid, subject })
}

function draftOf({ value, where }: Wanted, label: string): ConnectionDraft {
  const texts: { [name: string]: string } = { label }
  for (const [name, given] of Object.entries(value)) {
    const member = MEMBERS.find((one) => one === name)
    if (member === undefined) {
      throw new UsageError(`${where(name)}: ${name}: There is no such field${didYouMean(name, MEMBERS)}`)
    }
    if (member === 'allow' || member === 'forbid') continue
    if (typeof given !== 'string') throw new UsageError(`${where(name)}: ${name}: This must be a text`)
    texts[name] = given
  }
  const { rights: rightsText = 'all', ...rest } = texts
  const rights = parseRights(rightsText)
  if (typeof rights === 'string') throw new UsageError(`${where('rights')}: rights: ${rights}`)
  const listOf = (name: 'allow' | 'forbid') => {
    const list: Json = value[name] ?? []
    if (Array.isArray(list)) return list.map(String)
    throw new UsageError(`${where(name)}: ${name}: This must be a list of allowances`)
  }
  return { ...rest, rights, allow: listOf('allow'), forbid: listOf('forbid') }
}

/** What a draft comes to. */
function factsOf(
  { where }: Wanted,
  { label, kind = 'generic', profile, rights = {}, allow = [], forbid = [], subject }: ConnectionDraft,
  types: readonly ResourceType[],
): JsonObject {
  for (const [name, one] of [
    ['kind', kind],
    ['profile', profile ?? kind],
  ] as const) {
    if (!isKind(one))
      throw new UsageError(`${where(name)}: ${name}: There is no kind "${one}"; there are ${KINDS.join(', ')}`)
  }
  const resolved = resolveRights(rights, types)
  if (typeof resolved === 'string') throw new UsageError(`${where('rights')}: rights: ${resolved}`)
  return plain({
    label,
    kind,
    profile: profile === kind ? undefined : profile,
    rights: formatRights(resolved),
    allow: allow.length === 0 ? undefined : [...new Set(allow)],
    forbid: forbid.length === 0 ? undefined : [...new Set(forbid)],
    subject,
  })
}

function plain(facts: { readonly [name: string]: unknown }): JsonObject {
  return JSON.parse(JSON.stringify(facts))
}
