// The operators: people with a role in this installation, who sign in by a one-time link.

import { type Administrator, isRole, needsTenants, ROLES, type Role } from '../access/index.ts'
import type { Environment } from '../environment.ts'
import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import {
  createNote,
  factsOf,
  type Noted,
  type NoteFacts,
  numberOf,
  oneRecord,
  type Store,
  textOf,
  untilUnchanged,
  type Write,
} from '../store/index.ts'
import { TenancyError } from './errors.ts'
import { isTenantName } from './tenants.ts'

/** All are kept in one record: whether the last owner goes is then decided by what is true at the commit. */
const RECORD = { tenant: '', kind: 'operators', key: 'all' } as const
/** The operator that the link of a first start makes. */
export const FIRST_OPERATOR = 'owner'
const ID = /^[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?$/
/** Most operators, and most tenants that one is limited to. */
const OPERATORS = 500
const TENANTS = 100
const NAME_LENGTH = 200

/** A role, for all tenants or for those that are named. */
export interface RoleGrant {
  readonly role: Role
  /** Absent: all tenants, and the database as a whole. */
  readonly tenants?: readonly string[]
}

/** Somebody who runs this installation. */
export interface Operator extends RoleGrant {
  /** Short and for good: the log names operators by it. */
  readonly id: string
  readonly name: string
  readonly created: number
}

/** What an operator is to be; what is left out stays. */
export interface OperatorDraft {
  readonly name?: string | undefined
  readonly role?: string | undefined
  /** null: all. */
  readonly tenants?: readonly string[] | null | undefined
}

/** The operators, as one administrator may change them. */
export interface Operators {
  /** All, by id. */
  readonly list: () => Promise<readonly Operator[]>
  readonly find: (id: string) => Promise<Operator | undefined>
  readonly get: (id: string) => Promise<Operator>
  readonly create: (id: string, draft: OperatorDraft) => Promise<Operator>
  readonly change: (id: string, draft: OperatorDraft) => Promise<Operator>
  readonly remove: (id: string) => Promise<void>
  /** Makes the first owner. The writes make it only as long as there is no owner; undefined if there is one. */
  readonly firstOwner: () => Promise<readonly Write[] | undefined>
}

/** Who changes operators: nobody gives or takes more than they have. */
export interface Giver extends Pick<Administrator, 'actor' | 'role' | 'tenants'> {
  /** Hears of each note in the log, as it is made. */
  readonly told?: (noted: Noted) => void
}

type Kept = { readonly [id: string]: Omit<Operator, 'id'> }

/** Creates the operators, for one who changes them. Throws {@link TenancyError}. */
export function createOperators(store: Store, environment: Environment, giver: Giver): Operators {
  const note = createNote(environment, giver.actor, giver.told)
  const read = async () => {
    const record = await oneRecord(store, '', RECORD.kind, RECORD.key)
    return { record, kept: record === undefined ? {} : keptOf(factsOf(record)) }
  }
  type Known = Awaited<ReturnType<typeof read>>
  /** The write of all operators, if nobody has changed them since they were read. */
  const put = ({ record }: Known, kept: Kept): Write => ({
    write: 'record',
    record: RECORD,
    value: jsonOf(kept),
    ...(record === undefined ? { ifAbsent: true } : { ifValue: record.value }),
  })
  const save = async (known: Known, id: string, after: Kept, verb: string, facts?: NoteFacts) => {
    if (Object.values(known.kept).some(isOwner) && !Object.values(after).some(isOwner)) {
      throw refuse('ERR_IN_USE', 'This is the last owner; make another one first', 'role')
    }
    await store.commit([put(known, after), note('', 'Operator', id, verb, facts)])
  }
  const find = async (id: string) => {
    const { kept } = await read()
    return kept[id] === undefined ? undefined : { id, ...kept[id] }
  }
  return {
    list: async () => Object.entries((await read()).kept).map(([id, operator]) => ({ id, ...operator })),
    find,
    get: async (id) => {
      const operator = await find(id)
      if (operator === undefined) throw noOperator(id)
      return operator
    },
    create: (id, draft) =>
      untilUnchanged(RECORD.key, async () => {
        requireId(id)
        const known = await read()
        if (known.kept[id] !== undefined) throw refuse('ERR_EXISTS', `There is an operator "${id}" already`, 'operator')
        if (Object.keys(known.kept).length >= OPERATORS) {
          throw refuse(
            'ERR_INVALID',
            `There are ${OPERATORS} operators already; let people of a tenant sign in instead`,
          )
        }
        const { name, ...grant } = applied({ name: id, role: 'support' }, draft)
        requireGiver(giver, grant)
        const operator = { name, ...grant, created: environment.now() }
        await save(known, id, { ...known.kept, [id]: operator }, 'created', { name, ...grant })
        return { id, ...operator }
      }),
    change: (id, draft) =>
      untilUnchanged(RECORD.key, async () => {
        const known = await read()
        const before = known.kept[id]
        if (before === undefined) throw noOperator(id)
        const after = { ...applied(before, draft), created: before.created }
        const facts = differences(before, after)
        if (facts.role !== undefined || facts.tenants !== undefined) {
          for (const grant of [before, after]) requireGiver(giver, grant)
        }
        if (Object.keys(facts).length > 0) await save(known, id, { ...known.kept, [id]: after }, 'changed', facts)
        return { id, ...after }
      }),
    remove: (id) =>
      untilUnchanged(RECORD.key, async () => {
        const known = await read()
        const { [id]: before, ...left } = known.kept
        if (before === undefined) throw noOperator(id)
        requireGiver(giver, before)
        await save(known, id, left, 'removed')
      }),
    async firstOwner() {
      const known = await read()
      if (Object.values(known.kept).some(isOwner)) return undefined
      const operator = { name: 'Owner', role: 'owner' as const, created: environment.now() }
      const created = note('', 'Operator', FIRST_OPERATOR, 'created', { role: operator.role })
      return [put(known, { ...known.kept, [FIRST_OPERATOR]: operator }), created]
    },
  }
}

/** Refuses to give or take a role by somebody who does not have all of it: fewer capabilities, or not those tenants. */
export function requireGiver(giver: Giver, { role, tenants }: RoleGrant): void {
  const own: readonly string[] = ROLES[giver.role]
  const hasRole = ROLES[role].every((capability) => own.includes(capability))
  const hasTenants = giver.tenants === undefined || tenants?.every((name) => giver.tenants?.includes(name)) === true
  if (hasRole && hasTenants) return
  const lacks = hasRole ? 'these tenants' : `the role ${role}`
  throw refuse('ERR_INVALID', `Nobody gives or takes more than they have, and you lack ${lacks}`, 'role')
}

/** Checks a role and its tenants. Throws {@link TenancyError}. */
export function checkGrant(role: string, tenants: readonly string[] | undefined): RoleGrant {
  if (!isRole(role)) {
    throw refuse('ERR_INVALID', `"${role}" is not a role; the roles are ${Object.keys(ROLES).join(', ')}`, 'role')
  }
  if (tenants === undefined) {
    if (!needsTenants(role)) return { role }
    throw refuse('ERR_INVALID', `The role ${role} is for tenants that are named; name them`, 'tenants')
  }
  if (tenants.length === 0 || tenants.length > TENANTS) {
    throw refuse('ERR_INVALID', `A role is limited to 1 to ${TENANTS} tenants, or to none`, 'tenants')
  }
  const wrong = tenants.find((name) => !isTenantName(name))
  if (wrong !== undefined) throw refuse('ERR_INVALID', `"${wrong}" can't name a tenant`, 'tenants')
  return { role, tenants: [...new Set(tenants)] }
}

/** Takes a tenant off the operators that are limited to it: they must not reach a later tenant of the same name. */
export async function dropFromOperators(store: Store, tenant: string): Promise<void> {
  await untilUnchanged(RECORD.key, async () => {
    const record = await oneRecord(store, '', RECORD.kind, RECORD.key)
    if (record === undefined) return
    const kept = keptOf(factsOf(record))
    const left = Object.entries(kept).map(([id, one]) => [
      id,
      one.tenants?.includes(tenant) === true ? { ...one, tenants: one.tenants.filter((name) => name !== tenant) } : one,
    ])
    if (left.every(([, one], at) => one === Object.values(kept)[at])) return
    await store.commit([
      { write: 'record', record: RECORD, value: jsonOf(Object.fromEntries(left)), ifValue: record.value },
    ])
  })
}

type Named = RoleGrant & { readonly name: string }

function applied(before: Named, { name = before.name, role = before.role, tenants }: OperatorDraft): Named {
  if (name.trim() === '' || name.length > NAME_LENGTH || /\p{Cc}/u.test(name)) {
    throw refuse('ERR_INVALID', `A name is 1 to ${NAME_LENGTH} characters without control characters`, 'name')
  }
  return { name, ...checkGrant(role, tenants === undefined ? before.tenants : (tenants ?? undefined)) }
}

function differences(before: Named, after: Named): { readonly [name: string]: { was: Json; is: Json } } {
  const facts: { [name: string]: { was: Json; is: Json } } = {}
  for (const key of ['name', 'role', 'tenants'] as const) {
    const [was, is] = [before[key] ?? 'all', after[key] ?? 'all'].map((value) =>
      typeof value === 'string' ? value : [...value],
    )
    if (was !== undefined && is !== undefined && JSON.stringify(was) !== JSON.stringify(is)) facts[key] = { was, is }
  }
  return facts
}

function isOwner({ role, tenants }: RoleGrant): boolean {
  return role === 'owner' && tenants === undefined
}

function requireId(id: string): void {
  if (ID.test(id)) return
  const rule = '1 to 40 characters of a-z, 0-9, dot, hyphen and underscore, like ada'
  throw refuse('ERR_INVALID', `The id of an operator is ${rule}`, 'operator')
}

function noOperator(id: string): TenancyError {
  return refuse('ERR_NOT_FOUND', `There is no operator "${id}"`)
}

function refuse(code: TenancyError['code'], message: string, field?: string): TenancyError {
  return new TenancyError(code, message, field === undefined ? {} : { field })
}

function keptOf(facts: JsonObject): Kept {
  const entries = Object.entries(facts).flatMap(([id, value]) => {
    if (!isObject(value)) return []
    const { tenants } = value
    const role = textOf(value.role) ?? ''
    return [
      [
        id,
        {
          name: textOf(value.name) ?? id,
          // A role that this version doesn't know (the database is newer) may only look.
          role: isRole(role) ? role : ('support' as const),
          ...(Array.isArray(tenants) ? { tenants: tenants.filter((name) => typeof name === 'string') } : {}),
          created: numberOf(value.created) ?? 0,
        },
      ] as const,
    ]
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function jsonOf(kept: Kept): JsonObject {
  return Object.fromEntries(
    Object.entries(kept).map(([id, { tenants, ...one }]) => [
      id,
      { ...one, ...(tenants === undefined ? {} : { tenants: [...tenants] }) },
    ]),
  )
}
