// Who is in a group: direct members by page, those through groups inside, and the groups around it.

import type { Directory } from '../directory/index.ts'
import { isObject, type JsonObject, type ResourceType, readQuery, STRICT } from '../protocol/index.ts'
import { TenancyError } from '../tenancy/index.ts'
import type { AskScim } from './ask-scim.ts'
import { findResources } from './find.ts'

/** What members are read with. */
export interface MembersDeps {
  readonly directory: Directory
  readonly ask: AskScim
}

/** A member of a group. */
export interface GroupMember {
  readonly id: string
  readonly type: string
  readonly display: string
  /** Whether it is a member itself, not through a group inside. */
  readonly direct: boolean
}

/** A page of members. */
export interface MembersPage {
  readonly items: readonly GroupMember[]
  readonly next?: string
}

/** Which members are wanted. */
export interface MembersWanted {
  readonly text?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
  /** Only those who are members themselves. */
  readonly direct: boolean
}

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/**
 * Members of a group. Direct ones are read by page, however many there are; people who are in it through groups inside are found by the
 * filter that says so, and people by name as in the list of people.
 */
export async function membersOf(
  { directory, ask }: MembersDeps,
  group: { readonly tenant: string; readonly id: string },
  user: ResourceType,
  { text, after, limit, direct }: MembersWanted,
): Promise<MembersPage> {
  const { tenant, id } = group
  await requireGroup(directory, tenant, id)
  if (text === undefined && direct) {
    const { members, next } = await directory.memberPage({ tenant, type: 'Group', id }, limit, after)
    const items = members.map((member) => ({ ...member, direct: true }))
    return next === undefined ? { items } : { items, next }
  }
  const literal = JSON.stringify(id)
  const within = direct ? `groups[value eq ${literal} and type eq "direct"]` : `groups.value eq ${literal}`
  const attributes = ['id', 'userName', 'displayName', 'groups']
  if (text !== undefined) {
    const page = await findResources({ directory, ask }, tenant, user, { text, after, limit, within, attributes })
    const items = page.items.map(({ resource }) => memberOf(resource, id))
    return page.next === undefined ? { items } : { items, next: page.next }
  }
  const body = { schemas: [SEARCH], filter: within, count: limit, cursor: after ?? '', attributes }
  const answer = await ask(tenant, { method: 'POST', path: `${user.endpoint}/.search`, body })
  const found = Array.isArray(answer.Resources) ? answer.Resources.filter(isObject) : []
  const items = found.map((resource) => memberOf(resource, id))
  return typeof answer.nextCursor === 'string' ? { items, next: answer.nextCursor } : { items }
}

function memberOf(resource: JsonObject, group: string): GroupMember {
  const groups = Array.isArray(resource.groups) ? resource.groups.filter(isObject) : []
  const direct = groups.some(({ value, type }) => value === group && type === 'direct')
  const display = [resource.displayName, resource.userName].find((name) => typeof name === 'string' && name !== '')
  return { id: String(resource.id), type: 'User', display: typeof display === 'string' ? display : '', direct }
}

async function requireGroup(directory: Directory, tenant: string, id: string) {
  const found = await directory.get({ tenant, type: 'Group', id })
  if (found === undefined) throw new TenancyError('ERR_NOT_FOUND', `There is no group "${id}" in tenant "${tenant}"`)
  return found
}

/** The groups around one: directly inside it, and above it. */
export interface Nesting {
  readonly inside: readonly GroupMember[]
  /** Whether `inside` is all of them: very large groups are looked through in part. */
  readonly complete: boolean
  readonly above: readonly GroupMember[]
}

/** Members that are looked through for groups among them; beyond that, the tenant's groups are asked whether they are members. */
const LOOKED_THROUGH = 5_000
/** Groups that are asked. */
const ASKED = 20_000
const PAGE = 1_000

/** The groups directly inside a group, and those above it. The work is bounded, whatever the sizes. */
export async function nestingOf(
  directory: Directory,
  type: ResourceType,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<Nesting> {
  const { groups = [] } = await requireGroup(directory, tenant, id)
  const above = groups.map((group) => ({ id: group.id, type: 'Group', display: group.display, direct: group.direct }))
  const ref = { tenant, type: 'Group', id }
  const isSmall = (await directory.memberCount(ref, LOOKED_THROUGH + 1)) <= LOOKED_THROUGH
  const found = isSmall ? await amongMembers(directory, ref) : await amongGroups(directory, type, ref)
  return { ...found, above }
}

type Inside = Pick<Nesting, 'inside' | 'complete'>

async function amongMembers(directory: Directory, ref: { tenant: string; type: string; id: string }): Promise<Inside> {
  const inside: GroupMember[] = []
  let after: string | undefined
  do {
    const page = await directory.memberPage(ref, PAGE, after)
    for (const member of page.members) if (member.type === 'Group') inside.push({ ...member, direct: true })
    after = page.next
  } while (after !== undefined)
  return { inside, complete: true }
}

async function amongGroups(
  directory: Directory,
  type: ResourceType,
  ref: { tenant: string; type: string; id: string },
): Promise<Inside> {
  const inside: GroupMember[] = []
  const context = { tenant: ref.tenant, actor: '', allow: STRICT }
  let after: { readonly id: string } | undefined
  for (let asked = 0; asked < ASKED; asked += PAGE) {
    const search = readQuery({ count: String(PAGE), cursor: '' })
    const plan = directory.plan(context, [type], search, '', { groups: false, total: false, after })
    const { resources, next } = await directory.find(plan)
    const among = await directory.membersAmong(
      ref,
      resources.map(({ id }) => id),
    )
    inside.push(...among.map((member) => ({ ...member, direct: true })))
    if (next === undefined) return { inside, complete: true }
    after = next
  }
  return { inside, complete: false }
}
