// Writes and queries as the directory would make them, for tests of stores.

import {
  bindFilter,
  bindSort,
  comparable,
  EnterpriseUser,
  Group,
  type JsonObject,
  LENIENT,
  parseFilter,
  type ResourceType,
  User,
} from '../../protocol/index.ts'
import type { IndexEntry, MemberEdit, Page, Query, Ref, Write } from '../index.ts'

/** Users, with the enterprise extension. */
export const USER: ResourceType = User
/** Groups. */
export const GROUP: ResourceType = Group
/** Both. */
export const TYPES = [USER, GROUP]
/** The base URL in locations. */
export const BASE = 'https://scim.example/v2'
const ENDPOINTS = { User: '/Users', Group: '/Groups' }

/** Index entries as a door would write them. */
export function entriesOf(document: JsonObject): IndexEntry[] {
  const entries: IndexEntry[] = []
  const add = (path: string, value: unknown, unique?: boolean) => {
    if (typeof value !== 'string' || value === '') return
    const found = bindFilter(parseFilter(`${path} pr`, LENIENT), 'members' in document ? GROUP : USER, LENIENT)
    if (found.op !== 'pr') throw new Error(path)
    const entry = { path, value: comparable(found.target.leaf, value), ...(unique ? { unique } : {}) }
    if (!entries.some((one) => one.path === path && one.value === entry.value)) entries.push(entry)
  }
  add('userName', document.userName, true)
  add('externalId', document.externalId)
  add('displayName', document.displayName)
  for (const email of Array.isArray(document.emails) ? document.emails : []) {
    add('emails.value', (email as { value?: unknown }).value)
  }
  const extension = document[EnterpriseUser.id] as { manager?: { value?: unknown } } | undefined
  add(`${EnterpriseUser.id}:manager.value`, extension?.manager?.value)
  return entries
}

/** A document's resource type by what it holds. */
export function typeOf(document: JsonObject): 'User' | 'Group' {
  return 'userName' in document ? 'User' : 'Group'
}

/** The write that makes a resource. */
export function creating(
  id: string,
  document: JsonObject,
  options: {
    readonly tenant?: string
    readonly at?: number
    readonly members?: readonly string[]
    readonly secret?: string
  } = {},
): Extract<Write, { write: 'create' }> {
  const whole = { schemas: [], id, ...document }
  return {
    write: 'create',
    draft: {
      tenant: options.tenant ?? 'acme',
      type: typeOf(document),
      id,
      text: JSON.stringify(whole),
      display: String(document.displayName ?? document.userName ?? ''),
      ...(options.secret === undefined ? {} : { secret: options.secret }),
    },
    at: options.at ?? 1_000,
    index: entriesOf(document),
    ...(options.members ? { members: [{ edit: 'add', members: options.members.map((id) => ({ id })) }] } : {}),
    log: {
      op: 'create',
      actor: 'tester',
      paths: Object.keys(document).map((path) => ({ path, new: document[path] ?? null })),
    },
  }
}

/** The write that puts one document in another's place. */
export function replacing(
  id: string,
  before: JsonObject,
  after: JsonObject,
  options: { readonly at?: number; readonly ifVersion?: number; readonly members?: readonly MemberEdit[] } = {},
): Extract<Write, { write: 'update' }> {
  const { draft } = creating(id, after)
  const [old, now] = [entriesOf(before), entriesOf(after)]
  const has = (list: IndexEntry[], one: IndexEntry) => list.some((e) => e.path === one.path && e.value === one.value)
  return {
    write: 'update',
    draft,
    at: options.at ?? 2_000,
    ...(options.ifVersion === undefined ? {} : { ifVersion: options.ifVersion }),
    unindex: old.filter((one) => !has(now, one)),
    index: now.filter((one) => !has(old, one)),
    ...(options.members ? { members: options.members } : {}),
    log: { op: 'replace', actor: 'tester', paths: [] },
  }
}

/** The write that changes members and nothing else. */
export function editing(id: string, members: readonly MemberEdit[], at = 3_000): Extract<Write, { write: 'update' }> {
  return {
    write: 'update',
    draft: { tenant: 'acme', type: 'Group', id, text: '', display: '' },
    at,
    same: true,
    unindex: [],
    index: [],
    members,
    log: { op: 'patch', actor: 'tester', paths: [] },
  }
}

/** The write that removes a resource. */
export function removing(
  type: string,
  id: string,
  options: { readonly ifVersion?: number; readonly at?: number } = {},
): Write {
  return {
    write: 'remove',
    ref: { tenant: 'acme', type, id },
    at: options.at ?? 4_000,
    ...(options.ifVersion === undefined ? {} : { ifVersion: options.ifVersion }),
    log: { op: 'delete', actor: 'tester', paths: [] },
  }
}

/** A query as the door would make it. */
export function querying(
  types: readonly ResourceType[],
  ask: {
    readonly filter?: string
    readonly sortBy?: string
    readonly descending?: boolean
    readonly page?: Query['page']
    readonly total?: boolean
    readonly groups?: boolean
  } = {},
): Query {
  const several = types.length > 1 ? { types } : undefined
  return {
    tenant: 'acme',
    types: types.map((type) => {
      const filter =
        ask.filter === undefined ? undefined : bindFilter(parseFilter(ask.filter, LENIENT), type, LENIENT, several)
      const order = ask.descending ? 'descending' : 'ascending'
      const sort = ask.sortBy === undefined ? undefined : bindSort(ask.sortBy, order, type, several)
      return { type: type.name, ...(filter ? { filter } : {}), ...(sort ? { sort } : {}) }
    }),
    base: BASE,
    endpoints: ENDPOINTS,
    page: ask.page ?? { offset: 0, limit: 1_000 },
    total: ask.total ?? true,
    groups: ask.groups ?? false,
  }
}

/** The ids on a page. */
export const idsOn = (page: Page): string[] => page.resources.map(({ id }) => id)

/** Names a user of the tenant. */
export const user = (id: string): Ref => ({ tenant: 'acme', type: 'User', id })
/** Names a group of the tenant. */
export const group = (id: string): Ref => ({ tenant: 'acme', type: 'Group', id })
