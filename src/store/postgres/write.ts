import { type BoundFilter, idsNamed, matchesElement } from '../../protocol/index.ts'
import { Conflict, type IndexEntry, type MemberEdit, type Ref, type Write, type Written } from '../contract/index.ts'
import { memberEntry } from '../derived.ts'
import { createEntryLists } from '../entry-lists.ts'
import { IDS_IN_LOG } from '../logged-members.ts'
import { numberOf, textOf } from './database.ts'
import { makePaths, pathKey } from './dictionary.ts'
import { load } from './import.ts'
import { requirePlain } from './plain-text.ts'
import type { Held, Line, Means } from './unit-of-work.ts'

const NOTHING: Written = { changed: false, version: 0, created: 0, modified: 0 }

/** Carries out one write in memory; `at` is its place in the list, for a `Conflict`. */
export async function applyWrite(means: Means, write: Write, at: number): Promise<Written> {
  switch (write.write) {
    case 'create':
      return create(means, write, at)
    case 'update':
      return update(means, write, at)
    case 'remove':
      return remove(means, write, at)
    case 'record':
      return record(means, write, at)
    case 'note':
      return note(means, write)
    case 'amend':
      return amend(means, write)
    case 'reindex':
      return reindex(means, write, at)
    case 'indexed':
      return indexed(means, write)
    case 'load':
      return load(means, write, at)
    case 'item':
    case 'mark':
    case 'cursor':
    case 'fence':
    case 'trim':
      throw new TypeError('work is not kept in this store yet')
    case 'tenant':
    case 'quiet':
      throw new TypeError(`a write of the kind ${write.write} is alone in its commit`)
  }
}

function existing({ work }: Means, ref: Ref, at: number): Held {
  const held = work.find(ref.id)
  if (held === undefined || held.y !== ref.type) throw new Conflict('missing', at, ref.id)
  return held
}

async function create(means: Means, write: Extract<Write, { write: 'create' }>, at: number): Promise<Written> {
  const { work } = means
  const { draft } = write
  if (work.find(draft.id) !== undefined) throw new Conflict('exists', at, draft.id)
  requirePlain(draft.text)
  const held: Held = {
    k: means.nextNumber(),
    y: draft.type,
    id: draft.id,
    version: 1,
    created: write.at,
    modified: write.at,
    display: draft.display,
    wasDisplay: draft.display,
    entries: {},
    text: draft.text,
    secret: draft.secret ?? null,
    isNew: true,
    gone: false,
    changed: true,
  }
  await changeEntries(means, held, { unindex: [], index: write.index }, at, true)
  work.add(held)
  const members = write.members === undefined ? undefined : await editMembers(means, held, write.members, at)
  work.log(await lineOf(means, held, write.log, write.at, members))
  return { changed: true, version: 1, created: write.at, modified: write.at }
}

async function update(means: Means, write: Extract<Write, { write: 'update' }>, at: number): Promise<Written> {
  const { work } = means
  const { draft } = write
  const held = existing(means, draft, at)
  if (write.ifVersion !== undefined && write.ifVersion !== held.version) throw new Conflict('version', at, draft.id)
  if (write.same !== true) {
    requirePlain(draft.text)
    await changeEntries(means, held, write, at, false)
  }
  const members = write.members === undefined ? undefined : await editMembers(means, held, write.members, at)
  const moved = members !== undefined && members.added.size + members.removed.size > 0
  if (write.same === true && !moved && draft.secret === undefined) {
    return { changed: false, version: held.version, created: held.created, modified: held.modified }
  }
  work.change(held, {
    version: held.version + 1,
    modified: write.at,
    ...(write.same === true ? {} : { text: draft.text, display: draft.display }),
    ...(draft.secret === undefined ? {} : { secret: draft.secret }),
  })
  work.log(await lineOf(means, held, write.log, write.at, members))
  return { changed: true, version: held.version, created: held.created, modified: write.at }
}

function remove(means: Means, write: Extract<Write, { write: 'remove' }>, at: number): Written {
  const { work } = means
  const held = existing(means, write.ref, at)
  if (write.ifVersion !== undefined && write.ifVersion !== held.version) {
    throw new Conflict('version', at, write.ref.id)
  }
  const groups = work.groupsOf(held).filter((group) => group !== held)
  groups.sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const group of groups) work.setMember(group, held.k, false)
  for (const [a, values] of Object.entries(held.entries)) {
    for (const value of values) work.enter({ a: Number(a), value, k: held.k, unique: false, as: 'gone' })
  }
  work.log({ ...write.log, y: held.y, id: held.id, at: write.at, version: held.version })
  const written = { changed: true, version: 0, created: held.created, modified: held.modified }
  work.change(held, { gone: true })
  for (const group of groups) {
    work.change(group, { version: group.version + 1, modified: write.at })
    const gone = { added: 0, removed: 1, ids: { added: [], removed: [held.id] } }
    const { version, y, id } = group
    work.log({ op: 'patch', actor: write.log.actor, paths: [], y, id, at: write.at, version, members: gone })
  }
  return written
}

async function record({ work }: Means, write: Extract<Write, { write: 'record' }>, at: number): Promise<Written> {
  const { t } = work.tenant
  const { kind, key } = write.record
  const { rows } = work.session
  await work.lockOwn('records')
  // Records are few and small: they are written as they come, and a list that fails is done again without the others.
  if (write.ifValue !== undefined) {
    const sql = 'select r.value from lockstep.record r where r.t = $1 and r.kind = $2 and r.key = $3 for update'
    const [there] = await rows(sql, t, kind, key)
    if (there?.[0] !== JSON.stringify(write.ifValue)) throw new Conflict('missing', at, key)
  }
  if (write.value === undefined) {
    const gone = await rows(
      'delete from lockstep.record where t = $1 and kind = $2 and key = $3 returning 1',
      t,
      kind,
      key,
    )
    if (gone.length === 0) return NOTHING
  } else {
    const insert = 'insert into lockstep.record (t, kind, key, tag, value) values ($1, $2, $3, $4, $5)'
    const then =
      write.ifAbsent === true
        ? 'on conflict (t, kind, key) do nothing'
        : 'on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value'
    const value = JSON.stringify(write.value)
    const there = await rows(`${insert} ${then} returning 1`, t, kind, key, write.tag ?? null, value)
    if (there.length === 0) throw new Conflict('exists', at, key)
  }
  work.recordsChanged = true
  return { ...NOTHING, changed: true }
}

function note({ work }: Means, { ref, at, log }: Extract<Write, { write: 'note' }>): Written {
  work.log({ ...log, op: 'note', y: ref.type, id: ref.id, at, version: 0 })
  return { ...NOTHING, changed: true }
}

async function amend({ work }: Means, { lines }: Extract<Write, { write: 'amend' }>): Promise<Written> {
  const sql = 'update lockstep.change c set detail = $3 where c.t = $1 and c.place = $2'
  for (const { place, paths, members } of lines) {
    const detail = JSON.stringify(members === undefined ? { paths } : { paths, members })
    await work.session.rows(sql, work.tenant.t, place, detail)
  }
  work.amended = true
  return { ...NOTHING, changed: true }
}

async function reindex(means: Means, write: Extract<Write, { write: 'reindex' }>, at: number): Promise<Written> {
  const held = existing(means, write.ref, at)
  if (write.ifVersion !== undefined && write.ifVersion !== held.version) {
    throw new Conflict('version', at, write.ref.id)
  }
  await changeEntries(means, held, write, at, false)
  if (write.secret !== undefined) means.work.change(held, { secret: write.secret })
  return { changed: true, version: held.version, created: held.created, modified: held.modified }
}

async function indexed({ work }: Means, write: Extract<Write, { write: 'indexed' }>): Promise<Written> {
  const { t } = work.tenant
  const { rows } = work.session
  const { type, paths, as } = write
  await work.lockOwn('paths')
  if (as === 'complete' || as === 'incomplete') {
    const sql = 'update lockstep.path set ready = $4 where t = $1 and y = $2 and path = any($3::text[])'
    await rows(sql, t, type, paths, as === 'complete')
  } else {
    const sql = 'delete from lockstep.path where t = $1 and y = $2 and path = any($3::text[]) returning a'
    // Others may rely on the entries until they have heard of it.
    for (const [a] of await rows(sql, t, type, paths)) {
      await rows(
        'insert into lockstep.gone (t, a, at) values ($1, $2, $3) on conflict (t, a) do nothing',
        t,
        numberOf(a),
        Date.now(),
      )
    }
    if (as === 'empty') {
      const made = paths.map((path) => ({ y: type, path, unique: true, ready: false }))
      await makePaths(work.session, work.tenant, made)
      // Somebody who hasn't heard yet may have made it in the same moment.
      await rows(
        `update lockstep.path set ready = false where t = $1 and y = $2 and path = any($3::text[])`,
        t,
        type,
        paths,
      )
    }
  }
  work.recordsChanged = true
  return { ...NOTHING, changed: true }
}

/** Takes some entries of a resource and adds some. */
async function changeEntries(
  { work, careful }: Means,
  held: Held,
  write: { readonly unindex: readonly IndexEntry[]; readonly index: readonly IndexEntry[] },
  at: number,
  isNew: boolean,
): Promise<void> {
  if (write.unindex.length === 0 && write.index.length === 0) return
  const pathOf = (path: string) => work.tenant.paths.get(pathKey(held.y, path))
  const added = write.index.flatMap((entry) => {
    const path = pathOf(entry.path)
    return path === undefined ? [] : [{ path, value: entry.value, unique: entry.unique === true }]
  })
  const unique = added.filter((one) => one.unique)
  // Where all entries are unique, the table itself refuses a second one.
  const look = unique.filter(({ path }) => careful || !path.unique)
  if (look.length > 0) await work.loadHolders(look.map(({ path, value }) => ({ a: path.pathNo, value })))
  for (const { path, value } of unique) {
    for (const k of work.holdersOf(path.pathNo, value)) if (k !== held.k) throw new Conflict('unique', at, path.path)
  }
  const entries = createEntryLists(held.entries)
  for (const { path: name, value } of write.unindex) {
    const path = pathOf(name)
    if (path === undefined) continue
    work.enter({ a: path.pathNo, value, k: held.k, unique: false, as: 'gone' })
    entries.remove(path.pathNo, value)
  }
  for (const { path, value, unique } of added) {
    const there = entries.has(path.pathNo, value)
    // It may have been entered as one of many.
    if (there && isNew) continue
    if (there) work.enter({ a: path.pathNo, value, k: held.k, unique: false, as: 'gone' })
    else entries.add(path.pathNo, value)
    work.enter({ a: path.pathNo, value, k: held.k, unique, as: 'new' })
  }
  if (isNew) held.entries = entries.lists()
  else work.change(held, { entries: entries.lists() })
}

/** Who really came and went, by resource number. */
interface Moved {
  readonly added: ReadonlySet<number>
  readonly removed: ReadonlySet<number>
}

/** Carries out edits on a group in order, and says what is different in the end. */
async function editMembers(means: Means, group: Held, edits: readonly MemberEdit[], at: number): Promise<Moved> {
  const { work } = means
  const added = new Set<number>()
  const removed = new Set<number>()
  const set = (m: number, is: boolean) => {
    work.setMember(group, m, is)
    if (is ? !removed.delete(m) : !added.delete(m)) (is ? added : removed).add(m)
  }
  const isIn = (m: number): boolean => {
    const { now, before } = work.members(group)
    return now.get(m) ?? before.get(m) ?? false
  }
  const everyone = async (): Promise<number[]> => {
    const { before, now } = await work.loadMembers(group)
    const all: number[] = []
    for (const [m, was] of before) if (now.get(m) ?? was) all.push(m)
    for (const [m, is] of now) if (is && !before.has(m)) all.push(m)
    return all
  }
  const resolve = async (members: readonly { readonly id: string; readonly type?: string }[]) => {
    await work.load(members.map(({ id }) => id))
    const found = members.map(({ id, type }) => {
      const held = work.find(id)
      if (held === undefined || (type !== undefined && type !== held.y)) throw new Conflict('member', at, id, held?.y)
      return held.k
    })
    return [...new Set(found)]
  }
  for (const edit of edits) {
    switch (edit.edit) {
      case 'add': {
        const wanted = await resolve(edit.members)
        await work.loadMembers(group, wanted)
        for (const m of wanted) if (!isIn(m)) set(m, true)
        break
      }
      case 'remove':
        for (const m of await someOf(means, group, edit.ids)) if (isIn(m)) set(m, false)
        break
      case 'removeWhere':
        for (const m of await satisfying(means, group, edit.filter, everyone)) if (isIn(m)) set(m, false)
        break
      case 'clear':
        for (const m of await everyone()) set(m, false)
        break
      case 'set': {
        const wanted = new Set(await resolve(edit.members))
        for (const m of await everyone()) if (!wanted.has(m)) set(m, false)
        for (const m of wanted) if (!isIn(m)) set(m, true)
        break
      }
    }
  }
  return { added, removed }
}

/** The numbers of those among these ids that there are, with what is known of their being in the group. */
async function someOf({ work }: Means, group: Held, ids: readonly string[]): Promise<readonly number[]> {
  await work.load(ids)
  const found = [...new Set(ids)].flatMap((id) => work.find(id)?.k ?? [])
  await work.loadMembers(group, found)
  return found
}

/** The members that satisfy a filter. When it names them by id, only these are looked at. */
async function satisfying(
  means: Means,
  group: Held,
  filter: BoundFilter,
  everyone: () => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const { work } = means
  const named = idsNamed(filter)
  const candidates = named === undefined ? await everyone() : await someOf(means, group, named)
  const inner = filter.op === 'has' ? filter.filter : filter
  const unknown = candidates.filter((m) => work.byNumber(m) === undefined)
  const shown = new Map<number, { readonly id: string; readonly type: string; readonly display: string }>()
  if (unknown.length > 0) {
    const rows = await work.session.rows(
      'select r.k, r.id, r.y, r.display from lockstep.resource r where r.t = $1 and r.k = any($2::bigint[])',
      work.tenant.t,
      unknown,
    )
    for (const [k, id, y, display] of rows) {
      shown.set(numberOf(k), { id: textOf(id), type: textOf(y), display: textOf(display) })
    }
  }
  return candidates.filter((m) => {
    const held = work.byNumber(m)
    const member = held === undefined ? shown.get(m) : { id: held.id, type: held.y, display: held.display }
    return member !== undefined && matchesElement(memberEntry(member, { base: '', endpoints: {} }), inner)
  })
}

async function lineOf(
  { work, seen }: Means,
  held: Held,
  draft: { readonly op: Line['op']; readonly actor: string; readonly paths: Line['paths'] },
  at: number,
  moved: Moved | undefined,
): Promise<Line> {
  const line = { ...draft, y: held.y, id: held.id, at, version: held.version }
  if (moved === undefined) return line
  const counts = { added: moved.added.size, removed: moved.removed.size }
  if (counts.added + counts.removed === 0) return line
  if (counts.added + counts.removed > IDS_IN_LOG && !seen) return { ...line, members: counts }
  const ids = { added: await work.idsOf([...moved.added]), removed: await work.idsOf([...moved.removed]) }
  return { ...line, members: { ...counts, ids } }
}
