import { type Catalog, type Json, matchesElement, mutability, noTarget, type RowEdit } from '../protocol/index.ts'
import type { Member, MemberEdit, Ref, Store } from '../store/index.ts'
import { readMember, readMembers } from './members.ts'

/** Turns the edits of a PATCH on `members` into edits of rows. Only the odd ones, that change a member in place, read any. */
export async function memberEdits<Tx>(
  rows: readonly RowEdit[],
  ref: Ref,
  store: Store<Tx>,
  catalog: Catalog,
): Promise<readonly MemberEdit[]> {
  const edits: MemberEdit[] = []
  for (const row of rows) {
    switch (row.edit) {
      case 'add':
      case 'set':
        edits.push({ edit: row.edit, members: readMembers(row.values, catalog) })
        break
      case 'alter': {
        const selected = await select(row, ref, store)
        for (const member of selected) requireSame(member, row)
        if (selected.length > 0 || row.op === 'remove') break
        if (row.otherwise === undefined) {
          throw noTarget(`${row.path} selects no member of this group; add the member first`)
        }
        edits.push({ edit: 'add', members: [readMember(row.otherwise, catalog)] })
        break
      }
      default:
        edits.push(row)
    }
  }
  return edits
}

type Alter = Extract<RowEdit, { edit: 'alter' }>

async function select<Tx>(row: Alter, ref: Ref, store: Store<Tx>): Promise<readonly Member[]> {
  const selected: Member[] = []
  for await (const chunk of store.members(ref)) {
    for (const member of chunk) {
      const element = { value: member.id, type: member.type, display: member.display }
      if (row.filter === undefined || matchesElement(element, row.filter)) selected.push(member)
    }
  }
  return selected
}

/** The parts of a member are immutable: set to what they are, or 400 mutability (P-390, A-09). */
function requireSame(member: Member, { part, op, path }: Alter): void {
  for (const [name, wanted] of Object.entries(part)) {
    if (op !== 'remove' && same(member, name, wanted)) continue
    throw mutability(`${path}: the ${name} of a member can't be changed; remove the member and add the other one`)
  }
}

function same(member: Member, name: string, wanted: Json): boolean {
  if (name === 'value') return wanted === member.id
  if (name === 'type') return wanted === member.type
  if (name === '$ref') return typeof wanted === 'string' && wanted.split('/').at(-1) === member.id
  return name === 'display'
}
