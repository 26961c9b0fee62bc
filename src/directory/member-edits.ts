// Turns edits of members into edits of rows, so that a large group is never read.

import {
  type Catalog,
  type EditWork,
  idsNamed,
  type Json,
  matchesElement,
  mutability,
  noTarget,
  type RowEdit,
  termsIn,
} from '../protocol/index.ts'
import type { Member, MemberEdit, Ref, Store } from '../store/index.ts'
import { LIGHT_WORK } from './heavy-write.ts'
import { type MemberDraft, readMember, readMembers } from './members.ts'

/**
 * Turns the edits of a PATCH on `members` into edits of rows. Only the odd ones, that change a member in place, read any: those
 * that they name, all at once, or the group once for all edits that name none. `work` counts what is walked over more than once.
 */
export async function memberEdits<Tx>(
  rows: readonly RowEdit[],
  ref: Ref,
  store: Store<Tx>,
  catalog: Catalog,
  work: EditWork,
): Promise<readonly MemberEdit[]> {
  await weighWalks(rows, ref, store, work)
  const selected = await select(rows, ref, store, work)
  const edits: (MemberEdit | Many)[] = []
  for (const row of rows) {
    switch (row.edit) {
      case 'add':
        gather(edits, 'add', readMembers(row.values, catalog))
        break
      case 'set':
        edits.push({ edit: 'set', members: readMembers(row.values, catalog) })
        break
      case 'remove':
        gather(edits, 'remove', row.ids)
        break
      case 'alter': {
        const found = selected.get(row)
        if (found?.fault !== undefined) throw found.fault
        if (found !== undefined || row.op === 'remove') break
        if (row.otherwise === undefined) {
          throw noTarget(`${row.path} selects no member of this group; add the member first`)
        }
        gather(edits, 'add', [readMember(row.otherwise, catalog)])
        break
      }
      default:
        edits.push(row)
    }
  }
  return edits
}

/** Edits of one kind after each other are one edit. */
type Many =
  | { readonly edit: 'add'; readonly members: MemberDraft[] }
  | { readonly edit: 'remove'; readonly ids: string[] }

function gather(edits: (MemberEdit | Many)[], edit: 'add', members: readonly MemberDraft[]): void
function gather(edits: (MemberEdit | Many)[], edit: 'remove', ids: readonly string[]): void
function gather(edits: (MemberEdit | Many)[], edit: 'add' | 'remove', some: readonly (MemberDraft | string)[]): void {
  const last = edits.at(-1)
  const list = last?.edit !== edit ? undefined : last.edit === 'add' ? last.members : last.ids
  // Lists in here are our own.
  if (list !== undefined) for (const one of some) (list as (MemberDraft | string)[]).push(one)
  else if (edit === 'add') edits.push({ edit, members: [...(some as readonly MemberDraft[])] })
  else edits.push({ edit, ids: [...(some as readonly string[])] })
}

type Alter = Extract<RowEdit, { edit: 'alter' }>

/** Whether an edit has to look at the whole group: it names no members. */
function walks(row: RowEdit): boolean {
  if (row.edit === 'removeWhere') return idsNamed(row.filter) === undefined
  return row.edit === 'alter' && (row.filter === undefined || idsNamed(row.filter) === undefined)
}

/**
 * Counts the members that edits walk over, once for each comparison. To clear or replace all of them, or to walk over them once, is
 * what a group takes, however large it is: only a light write is refused it.
 */
export async function weighWalks<Tx>(
  rows: readonly (RowEdit | MemberEdit)[],
  ref: Ref,
  store: Pick<Store<Tx>, 'memberCount'>,
  work: EditWork,
): Promise<void> {
  let terms = 0
  let whole = 0
  for (const row of rows) {
    if (row.edit === 'set' || row.edit === 'clear') whole = 1
    else if ((row.edit === 'alter' || row.edit === 'removeWhere') && walks(row)) terms += termsIn(row.filter)
  }
  const isPlain = terms < 2
  const times = terms + whole
  if (times === 0 || (isPlain && work.left() > LIGHT_WORK)) return
  const members = await store.memberCount(ref, Math.floor(work.left() / times) + 1)
  work.spend(times * members)
}

/** What an edit that changes members in place has selected: some, and perhaps one that can't be changed so. */
interface Selected {
  readonly fault: Error | undefined
}

async function select<Tx>(
  rows: readonly RowEdit[],
  ref: Ref,
  store: Store<Tx>,
  work: EditWork,
): Promise<ReadonlyMap<Alter, Selected>> {
  const selected = new Map<Alter, Selected>()
  const note = (row: Alter, member: Member) => {
    if (selected.get(row)?.fault !== undefined) return
    const element = { value: member.id, type: member.type, display: member.display }
    if (row.filter === undefined || matchesElement(element, row.filter)) {
      selected.set(row, { fault: differenceOf(member, row) })
    }
  }
  const alters = rows.filter((row) => row.edit === 'alter')
  const named = alters.flatMap((row) => {
    const ids = row.filter === undefined ? undefined : idsNamed(row.filter)
    return ids === undefined ? [] : [{ row, ids }]
  })
  if (named.length > 0) {
    const found = await store.membersAmong(
      ref,
      named.flatMap(({ ids }) => ids),
    )
    const byId = new Map(found.map((member) => [member.id, member]))
    for (const { row, ids } of named) {
      work.spend(ids.length * termsIn(row.filter))
      for (const id of ids) {
        const member = byId.get(id)
        if (member !== undefined) note(row, member)
      }
    }
  }
  const walking = alters.filter(walks)
  if (walking.length > 0) {
    for await (const chunk of store.members(ref)) {
      for (const member of chunk) for (const row of walking) note(row, member)
    }
  }
  return selected
}

/** The parts of a member are immutable: set to what they are, or 400 mutability (P-390, A-09). */
function differenceOf(member: Member, { part, op, path }: Alter): Error | undefined {
  for (const [name, wanted] of Object.entries(part)) {
    if (op !== 'remove' && same(member, name, wanted)) continue
    return mutability(`${path}: the ${name} of a member can't be changed; remove the member and add the other one`)
  }
  return undefined
}

function same(member: Member, name: string, wanted: Json): boolean {
  if (name === 'value') return wanted === member.id
  if (name === 'type') return wanted === member.type
  if (name === '$ref') return typeof wanted === 'string' && wanted.split('/').at(-1) === member.id
  return name === 'display'
}
