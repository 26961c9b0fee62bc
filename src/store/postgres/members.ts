// Members that a write puts into a group or takes out of it: edits in memory, rows written at the end.

import { type BoundFilter, idsNamed, matchesElement } from '../../protocol/index.ts'
import { Conflict, type MemberEdit, type Write } from '../contract/index.ts'
import { memberEntry } from '../derived.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Statement } from './columns.ts'
import { type GroupMembers, type LoadedResource, loadResources, type UnitOfWork } from './unit-of-work.ts'

/** The members that really came and went, by row number. */
export interface MemberChanges {
  readonly added: ReadonlySet<number>
  readonly removed: ReadonlySet<number>
}

/**
 * Carries out edits on a group in order, and says what is different in the end. Throws `Conflict` (member) if an id does
 * not exist or has another type.
 */
export async function editMembers(
  work: UnitOfWork,
  group: LoadedResource,
  edits: readonly MemberEdit[],
  at: number,
): Promise<MemberChanges> {
  const added = new Set<number>()
  const removed = new Set<number>()
  const put = (member: number, isMember: boolean) => {
    const { now, before } = membersOf(work, group)
    if ((now.get(member) ?? before.get(member) ?? false) === isMember) return
    setMember(work, group, member, isMember)
    if (isMember ? !removed.delete(member) : !added.delete(member)) (isMember ? added : removed).add(member)
  }
  for (const edit of edits) {
    switch (edit.edit) {
      case 'add': {
        const wanted = await resolveMembers(work, edit.members, at)
        await loadMembers(work, group, wanted)
        for (const member of wanted) put(member, true)
        break
      }
      case 'remove':
        for (const member of await namedMembers(work, group, edit.ids)) put(member, false)
        break
      case 'removeWhere':
        for (const member of await membersWhere(work, group, edit.filter)) put(member, false)
        break
      case 'clear':
        for (const member of await allMembers(work, group)) put(member, false)
        break
      case 'set': {
        const wanted = new Set(await resolveMembers(work, edit.members, at))
        for (const member of await allMembers(work, group)) if (!wanted.has(member)) put(member, false)
        for (const member of wanted) put(member, true)
        break
      }
    }
  }
  return { added, removed }
}

/** Row numbers of the resources that are named as members, each once. */
async function resolveMembers(
  work: UnitOfWork,
  members: readonly { readonly id: string; readonly type?: string }[],
  at: number,
): Promise<readonly number[]> {
  await loadResources(
    work,
    members.map(({ id }) => id),
  )
  const found = members.map(({ id, type }) => {
    const resource = work.byId.get(id)
    if (resource === undefined || (type !== undefined && type !== resource.type)) {
      throw new Conflict('member', at, id, resource?.type)
    }
    return resource.rowNo
  })
  return [...new Set(found)]
}

/** Row numbers of the existing resources among these ids; whether they are in the group is known afterwards. */
async function namedMembers(
  work: UnitOfWork,
  group: LoadedResource,
  ids: readonly string[],
): Promise<readonly number[]> {
  await loadResources(work, ids)
  const found = [...new Set(ids)].flatMap((id) => work.byId.get(id)?.rowNo ?? [])
  await loadMembers(work, group, found)
  return found
}

/** All members of a group as the transaction has left it. */
async function allMembers(work: UnitOfWork, group: LoadedResource): Promise<readonly number[]> {
  const { before, now } = await loadMembers(work, group)
  const all: number[] = []
  for (const [member, was] of before) if (now.get(member) ?? was) all.push(member)
  for (const [member, is] of now) if (is && !before.has(member)) all.push(member)
  return all
}

/** The members that satisfy a filter. If it names them by id, only those are read. */
async function membersWhere(work: UnitOfWork, group: LoadedResource, filter: BoundFilter): Promise<readonly number[]> {
  const named = idsNamed(filter)
  const candidates = named === undefined ? await allMembers(work, group) : await namedMembers(work, group, named)
  const inner = filter.op === 'has' ? filter.filter : filter
  const unknown = candidates.filter((member) => !work.byRowNo.has(member))
  const shown = new Map<number, { readonly id: string; readonly type: string; readonly display: string }>()
  if (unknown.length > 0) {
    const rows = await work.session.rows(
      'select r.k, r.id, r.y, r.display from lockstep.resource r where r.t = $1 and r.k = any($2::bigint[])',
      work.tenant.tenantNo,
      unknown,
    )
    for (const [rowNo, id, type, display] of rows) {
      shown.set(numberOf(rowNo), { id: textOf(id), type: textOf(type), display: textOf(display) })
    }
  }
  return candidates.filter((rowNo) => {
    const member = work.byRowNo.get(rowNo) ?? shown.get(rowNo)
    return member !== undefined && matchesElement(memberEntry(member, { base: '', endpoints: {} }), inner)
  })
}

/** What is known of a group's members. */
export function membersOf({ groups }: UnitOfWork, { rowNo, isNew }: LoadedResource): GroupMembers {
  let members = groups.get(rowNo)
  if (members === undefined) {
    members = { complete: isNew, before: new Map(), now: new Map() }
    groups.set(rowNo, members)
  }
  return members
}

/** Reads which of these are in a group; all members of the group if none are given. */
export async function loadMembers(
  work: UnitOfWork,
  group: LoadedResource,
  some?: readonly number[],
): Promise<GroupMembers> {
  const members = membersOf(work, group)
  if (members.complete) return members
  const { session, tenant } = work
  if (some === undefined) {
    const [row] = await session.rows(
      `select string_agg(x.m::text, ',' order by x.m) from lockstep.member x where x.t = $1 and x.g = $2`,
      tenant.tenantNo,
      group.rowNo,
    )
    const all = typeof row?.[0] === 'string' ? row[0].split(',') : []
    for (const member of all) members.before.set(Number(member), true)
    members.complete = true
    return members
  }
  const wanted = some.filter((member) => !members.before.has(member))
  if (wanted.length === 0) return members
  const rows = await session.rows(
    'select x.m from lockstep.member x where x.t = $1 and x.g = $2 and x.m = any($3::bigint[])',
    tenant.tenantNo,
    group.rowNo,
    wanted,
  )
  for (const member of wanted) members.before.set(member, false)
  for (const [member] of rows) members.before.set(numberOf(member), true)
  return members
}

/** Reads in one statement what several updates of groups will need: which of the named members are in the group already. */
export async function preloadMembers(work: UnitOfWork, writes: readonly Write[]): Promise<void> {
  const edited = writes.filter((write) => write.write === 'update' && write.members !== undefined)
  // A single update reads its own.
  if (edited.length < 2) return
  const wanted: [group: LoadedResource, member: number][] = []
  for (const write of edited) {
    const group = write.write === 'update' ? work.byId.get(write.draft.id) : undefined
    if (write.write !== 'update' || group === undefined) continue
    const { complete, before } = membersOf(work, group)
    for (const edit of write.members ?? []) {
      const ids = edit.edit === 'add' ? edit.members.map(({ id }) => id) : edit.edit === 'remove' ? edit.ids : []
      for (const id of ids) {
        const member = work.byId.get(id)?.rowNo
        if (member !== undefined && !complete && !before.has(member)) wanted.push([group, member])
      }
    }
  }
  if (wanted.length === 0) return
  const rows = await work.session.rows(
    `select x.g, x.m from unnest($2::bigint[], $3::bigint[]) d(g, m)
     join lockstep.member x on x.t = $1 and x.g = d.g and x.m = d.m`,
    work.tenant.tenantNo,
    wanted.map(([{ rowNo }]) => rowNo),
    wanted.map(([, member]) => member),
  )
  for (const [group, member] of wanted) membersOf(work, group).before.set(member, false)
  for (const [group, member] of rows) work.groups.get(numberOf(group))?.before.set(numberOf(member), true)
}

/** Puts a resource into a group, or takes it out. */
export function setMember(work: UnitOfWork, group: LoadedResource, member: number, isMember: boolean): void {
  const { now } = membersOf(work, group)
  const before = now.get(member)
  now.set(member, isMember)
  work.undos.push(() => {
    if (before === undefined) now.delete(member)
    else now.set(member, before)
  })
}

/** The groups that a resource, which was locked to be removed, is a direct member of. */
export function groupsOf(work: UnitOfWork, member: LoadedResource): readonly LoadedResource[] {
  const found = new Set(work.memberships.get(member.rowNo))
  for (const rowNo of found) {
    const group = work.byRowNo.get(rowNo)
    if (group !== undefined) membersOf(work, group).before.set(member.rowNo, true)
  }
  for (const [rowNo, { now }] of work.groups) {
    const isMember = now.get(member.rowNo)
    if (isMember === true) found.add(rowNo)
    if (isMember === false) found.delete(rowNo)
  }
  return [...found].flatMap((rowNo) => {
    const group = work.byRowNo.get(rowNo)
    return group === undefined || group.removed ? [] : [group]
  })
}

/** The ids of resources by row number, in order. */
export async function idsOf(work: UnitOfWork, rowNos: Iterable<number>): Promise<readonly string[]> {
  const ids: string[] = []
  const unknown: number[] = []
  for (const rowNo of rowNos) {
    const resource = work.byRowNo.get(rowNo)
    if (resource === undefined) unknown.push(rowNo)
    else ids.push(resource.id)
  }
  if (unknown.length > 0) {
    const rows = await work.session.rows(
      'select r.id from lockstep.resource r where r.t = $1 and r.k = any($2::bigint[])',
      work.tenant.tenantNo,
      unknown,
    )
    for (const [id] of rows) ids.push(textOf(id))
  }
  return ids.sort()
}

/** The statement that deletes the rows of members who leave; those of removed resources go with `deleteResources`. */
export function deleteMembers({ groups, byRowNo, tenant }: UnitOfWork): readonly Statement[] {
  const leaving: [group: number, member: number][] = []
  for (const [group, { before, now }] of groups) {
    if (isDeleted(byRowNo.get(group))) continue
    for (const [member, isMember] of now) {
      if (!isMember && before.get(member) === true && !isDeleted(byRowNo.get(member))) leaving.push([group, member])
    }
  }
  if (leaving.length === 0) return []
  return [
    [
      `delete from lockstep.member x using unnest($2::bigint[], $3::bigint[]) d(g, m)
       where x.t = $1 and x.g = d.g and x.m = d.m`,
      tenant.tenantNo,
      leaving.map(([group]) => group),
      leaving.map(([, member]) => member),
    ],
  ]
}

function isDeleted(resource: LoadedResource | undefined): boolean {
  return resource?.removed === true && !resource.isNew
}

/** The statement that inserts the rows of new members. */
export function insertMembers({ groups, byRowNo, tenant }: UnitOfWork): readonly Statement[] {
  const joining: [group: number, member: number][] = []
  for (const [group, { before, now }] of groups) {
    if (byRowNo.get(group)?.removed) continue
    for (const [member, isMember] of now) {
      if (isMember && before.get(member) !== true && byRowNo.get(member)?.removed !== true) {
        joining.push([group, member])
      }
    }
  }
  if (joining.length === 0) return []
  // In order of number, so that both trees grow at one end.
  joining.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  return [
    [
      `insert into lockstep.member (t, g, m)
       select s.t, d.g, d.m from lockstep.tenant_state s, unnest($2::bigint[], $3::bigint[]) d(g, m) where s.t = $1`,
      tenant.tenantNo,
      joining.map(([group]) => group),
      joining.map(([, member]) => member),
    ],
  ]
}
