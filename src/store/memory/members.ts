// Edits the members of groups in memory.

import { matchesElement } from '../../protocol/index.ts'
import { Conflict, type MemberEdit } from '../contract/index.ts'
import { memberEntry } from '../derived.ts'
import { type Effects, setMember } from './effects.ts'
import { membersOf, type Tenant } from './tenant.ts'

/** Carries out edits on the members of a group; returns who has joined and who has left in the end. */
export function editMembers(tenant: Tenant, group: string, edits: readonly MemberEdit[], at: number, out: Effects) {
  const before = new Set(tenant.members.get(group))
  const set = (id: string, is: boolean) => {
    setMember(tenant.members, group, id, is, out)
    setMember(tenant.groups, id, group, is, out)
  }
  const check = (member: { readonly id: string; readonly type?: string }) => {
    const found = tenant.rows.get(member.id)?.stored.type
    if (found === undefined || (member.type !== undefined && member.type !== found)) {
      throw new Conflict('member', at, member.id, found)
    }
  }
  const now = () => [...(tenant.members.get(group) ?? [])]
  for (const edit of edits) {
    switch (edit.edit) {
      case 'add':
        for (const member of edit.members) check(member)
        for (const { id } of edit.members) set(id, true)
        break
      case 'remove':
        for (const id of edit.ids) set(id, false)
        break
      case 'removeWhere':
        for (const member of membersOf(tenant, group)) {
          const { filter } = edit
          const inner = filter.op === 'has' ? filter.filter : filter
          if (matchesElement(memberEntry(member, { base: '', endpoints: {} }), inner)) set(member.id, false)
        }
        break
      case 'clear':
        for (const id of now()) set(id, false)
        break
      case 'set': {
        for (const member of edit.members) check(member)
        const wanted = new Set(edit.members.map(({ id }) => id))
        for (const id of now()) if (!wanted.has(id)) set(id, false)
        for (const id of wanted) set(id, true)
        break
      }
    }
  }
  const after = tenant.members.get(group) ?? new Set()
  return {
    added: [...after].filter((id) => !before.has(id)),
    removed: [...before].filter((id) => !after.has(id)),
  }
}
