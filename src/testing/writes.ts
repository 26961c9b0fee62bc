// Writes: create, PUT, PATCH, DELETE, with what each app makes of them. RFC 7644 §3.3, §3.5, §3.6.

import { type Accounts, type Held, memberIds } from './accounts.ts'
import type { Clock } from './clock.ts'
import { bend } from './habits.ts'
import { type Draft, isList, isObject, type Json, type JsonObject, same } from './json.ts'
import { applyPatch } from './patch.ts'
import { applyPartial } from './patch-v1.ts'
import type { FakeProfile, TypeHabits } from './profile.ts'
import { type ReadHabits, readResource, requireAll } from './read.ts'
import { invalid, Refusal } from './refusal.ts'
import { CORE_SCHEMA, ENTERPRISE, type Type } from './schema.ts'
import type { Effect } from './trace.ts'

/** Where writes go. */
export interface WriteContext {
  readonly profile: FakeProfile
  readonly accounts: Accounts
  readonly clock: Clock
  /** An id for a new account. */
  readonly newId: () => string
  /** An id that is free again. */
  readonly freed: (id: string) => void
  /** Called with each change. */
  readonly effect: (effect: Effect) => void
}

/** The habits of an app with a type. */
export function habitsOf(profile: FakeProfile, type: Type): TypeHabits {
  return type === 'User' ? profile.users : profile.groups
}

function readHabits({ textBooleans, dottedKeys, patch }: FakeProfile): ReadHabits {
  return { textBooleans: textBooleans || patch.opCase === 'title', dottedKeys }
}

/** Makes an account. RFC 7644 §3.3. */
export function create(context: WriteContext, type: Type, body: JsonObject): Held {
  const { profile, accounts, clock } = context
  const habits = habitsOf(profile, type)
  if (!habits.create) throw new Refusal(405, `${type}s are not made here`)
  requireSchemas(profile, type, body)
  const read = readResource(type, body, readHabits(profile))
  requireAll(habits.required, read)
  const bent = bend(
    habits,
    { ...read, ...(type === 'User' && read.active === undefined ? { active: true } : {}) },
    undefined,
  )
  requireMembers(context, type, {}, bent, 'create')
  accounts.requireUnique(type, habits.unique, bent)
  const id = habits.idFrom === undefined ? context.newId() : String(bent[habits.idFrom])
  if (accounts.get(type, id) !== undefined) throw invalid('uniqueness', `There is an account "${id}" already`)
  const now = clock.now()
  return store(
    context,
    { id, type, attributes: bent, created: now, modified: now, version: 1, hidden: false },
    undefined,
  )
}

/** Sets an account: the whole of it, or what is named. RFC 7644 §3.5.1. */
export function put(context: WriteContext, held: Held, body: JsonObject): Held {
  const { profile } = context
  const { type } = held
  const habits = habitsOf(profile, type)
  if (habits.put === 'none') throw new Refusal(405, `${type}s take no PUT`)
  requireSchemas(profile, type, body)
  const read = readResource(type, body, readHabits(profile))
  const kept = held.attributes.password === undefined ? {} : { password: held.attributes.password }
  const named =
    habits.put === 'partial' ? { ...held.attributes, ...read } : { ...kept, ...defaults(type, held), ...read }
  requireAll(habits.required, named)
  return change(context, held, named)
}

/** What a PUT that does not say whether an account is active leaves as it is. */
function defaults(type: Type, held: Held): JsonObject {
  return type === 'User' && held.attributes.active !== undefined ? { active: held.attributes.active } : {}
}

/** Changes an account in part. RFC 7644 §3.5.2; SCIM 1.1 §3.3.2. */
export function patch(context: WriteContext, held: Held, body: JsonObject): Held {
  const { profile } = context
  const habits = habitsOf(profile, held.type)
  if (!habits.patch) throw new Refusal(405, `${held.type}s take no PATCH`)
  const own = {
    ...profile.patch,
    ...readHabits(profile),
    ...(habits.patchOnly === undefined ? {} : { only: habits.patchOnly }),
  }
  const changed =
    profile.protocol === '1.1'
      ? applyPartial(held.type, held.attributes, body)
      : applyPatch(held.type, held.attributes, body, own)
  requireAll(habits.required, changed)
  const { keeps } = profile.members
  const kept =
    keeps !== undefined && isList(changed.members) ? { ...changed, members: changed.members.slice(0, keeps) } : changed
  return change(context, held, kept)
}

function change(context: WriteContext, held: Held, attributes: JsonObject): Held {
  const { profile, accounts, clock } = context
  const { type } = held
  const habits = habitsOf(profile, type)
  const bent = bend(habits, attributes, held.attributes)
  requireMembers(context, type, held.attributes, bent, 'change')
  accounts.requireUnique(type, habits.unique, bent, held.id)
  if (profile.lies || same(bent, held.attributes)) return held
  const changed = { ...held, attributes: bent, modified: clock.now(), version: held.version + 1 }
  if (type === 'User' && bent.active === false && habits.disable === 'removed') {
    erase(context, held)
    return changed
  }
  const id = habits.idFrom === undefined ? held.id : String(bent[habits.idFrom] ?? held.id)
  if (id !== held.id) {
    if (accounts.get(type, id) !== undefined) throw invalid('uniqueness', `There is an account "${id}" already`)
    accounts.drop(type, held.id)
  }
  return store(
    context,
    { ...changed, id, hidden: type === 'User' && bent.active === false && habits.disable === 'hidden' },
    held,
  )
}

/** Removes an account, or what the app does instead. RFC 7644 §3.6. */
export function remove(context: WriteContext, held: Held): void {
  const { profile, accounts } = context
  const habits = habitsOf(profile, held.type)
  if (habits.remove === 'none') throw new Refusal(405, `${held.type}s are not deleted here`)
  if (profile.lies) return
  if (habits.remove === 'deactivates') {
    change(context, held, { ...held.attributes, active: false })
    return
  }
  if (habits.remove === 'irreversible') accounts.burn(held, habits.unique)
  erase(context, held)
}

/** Takes an account, and its memberships, away. */
export function erase(context: WriteContext, held: Held): void {
  const { accounts, clock, effect, freed } = context
  for (const group of accounts.groupsOf(held.id)) {
    const parent = accounts.get('Group', group)
    if (parent === undefined) continue
    const members = (parent.attributes.members as readonly Json[]).filter(
      (one) => isObject(one) && one.value !== held.id,
    )
    const { members: _members, ...rest } = parent.attributes
    accounts.put({
      ...parent,
      attributes: members.length === 0 ? rest : { ...rest, members },
      modified: clock.now(),
      version: parent.version + 1,
    })
  }
  accounts.drop(held.type, held.id)
  freed(held.id)
  effect({ at: clock.now(), change: 'removed', type: held.type, id: held.id, before: held.attributes })
}

/** Keeps an account as it has become. */
export function store({ profile, accounts, clock, effect }: WriteContext, held: Held, before: Held | undefined): Held {
  if (profile.lies && before === undefined) return held
  accounts.put(held)
  effect({
    at: clock.now(),
    change: before === undefined ? 'created' : 'updated',
    type: held.type,
    id: held.id,
    ...(before === undefined ? {} : { before: before.attributes }),
    after: held.attributes,
  })
  return held
}

function requireSchemas({ strictContent, protocol }: FakeProfile, type: Type, body: JsonObject): void {
  if (!strictContent || protocol === '1.1') return
  const { schemas } = body
  if (!isList(schemas) || schemas.length === 0) throw invalid('invalidSyntax', 'A resource has "schemas"')
  const known = [CORE_SCHEMA[type], ...(type === 'User' ? [ENTERPRISE] : [])].map((one) => one.toLowerCase())
  const named = schemas.map((one) => (typeof one === 'string' ? one.toLowerCase() : ''))
  if (!named.includes(known[0] ?? '')) throw invalid('invalidValue', `"schemas" lacks ${CORE_SCHEMA[type]}`)
  const odd = named.find((one) => !known.includes(one))
  if (odd !== undefined) throw invalid('invalidValue', `"${odd}" is no schema of a ${type}`)
}

/** Members must be there, and not too many of them may change. */
function requireMembers(
  { profile, accounts }: WriteContext,
  type: Type,
  before: JsonObject,
  after: Draft,
  step: 'create' | 'change',
): void {
  if (type !== 'Group') return
  const had = new Set(memberIds(before))
  const has = new Set(memberIds(after))
  const joined = [...has].filter((id) => !had.has(id))
  const left = [...had].filter((id) => !has.has(id))
  const { perRequest, most } = profile.members
  const changes = step === 'create' ? has.size : joined.length + left.length
  if (changes > perRequest) throw invalid('tooMany', `A request changes ${perRequest} members at most`)
  if (has.size > most) throw new Refusal(413, `A group has ${most} members at most`)
  for (const id of joined) {
    const exists = accounts.get('User', id) ?? accounts.get('Group', id)
    if (exists === undefined) throw invalid('invalidValue', `There is no account "${id}" to be a member`)
  }
}
