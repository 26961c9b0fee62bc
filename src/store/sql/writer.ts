import { fold, isObject, type Json } from '../../protocol/index.ts'
import {
  type Change,
  Conflict,
  type IndexEntry,
  type LogDraft,
  type Ref,
  type Write,
  type Written,
} from '../contract.ts'
import { type Connection, isOutage, numberOf, type SqlValue, textOf, unavailable } from './connection.ts'
import { createFinder, editMembers, IDS_IN_LOG, idsOf, type MemberChanges } from './members.ts'
import type { IndexPath, Names } from './names.ts'
import { createSweep } from './sweep.ts'
import { createTally } from './tally.ts'

/** One caller's list of writes, all or none. */
export interface Job {
  readonly writes: readonly Write[]
  /** Runs in the transaction, with the log lines of this list; synchronous. */
  readonly inside?: ((changes: readonly Change[]) => void) | undefined
}

/** What became of a list. */
export type Outcome = { readonly written: readonly Written[] } | { readonly error: unknown }

/** Writes lists of writes, many in one transaction. */
export interface Writer {
  /** One transaction for all, each list under a savepoint of its own; returns after the COMMIT, or after nothing was written. */
  readonly commit: (jobs: readonly Job[]) => readonly Outcome[]
  /** Deletes a portion of what tenants that are gone have left; false when nothing is left. For when there is time. */
  readonly sweep: () => boolean
}

/** Resources that one write may name as looking different; beyond that it says "all of the tenant". */
const TOUCHED = 500

const NOTHING = { changed: false, version: 0, created: 0, modified: 0 }
const PLAIN = /^[\0-\x7f]*$/

interface Existing {
  readonly k: number
  readonly version: number
  readonly created: number
  readonly modified: number
  readonly display: string
  readonly entries: string
}

/** Thrown when a list fails after it has written something that others in the transaction must not see. */
class Undone extends Error {}

/** Makes the one who writes through a connection. */
export function createWriter(reader: Connection, names: Names): Writer {
  /** Whether the list under way has changed a row. */
  let dirty = false
  const connection: Connection = {
    ...reader,
    run(sql, ...values) {
      const changed = reader.run(sql, ...values)
      if (changed > 0) dirty = true
      return changed
    },
    insert(sql, ...values) {
      dirty = true
      return reader.insert(sql, ...values)
    },
  }
  const tally = createTally(reader)
  const sweep = createSweep(reader)
  const finder = createFinder(connection, names)
  const { db } = connection
  // Other connections know the numbers that they have read; a new one is news to them.
  names.whenMade((t) => {
    dirty = true
    tally.signal(names.tenantName(t) ?? '', false)
  })
  let seenVersion = -1
  /** Log lines of the list under way, when somebody wants to see them. */
  let changes: Change[] | undefined

  function commit(jobs: readonly Job[]): readonly Outcome[] {
    try {
      // A savepoint for each list costs a copy of every page it changes. Few lists fail, and most of those before they have
      // written anything: so it goes without at first. What runs inside must not run twice.
      return transact(
        jobs,
        jobs.some(({ inside }) => inside !== undefined),
      )
    } catch (error) {
      if (error instanceof Undone) return transact(jobs, true)
      throw error
    }
  }

  function transact(jobs: readonly Job[], savepoints: boolean): readonly Outcome[] {
    try {
      reader.run('begin immediate')
    } catch (error) {
      return jobs.map(() => ({ error: unavailable(error) }))
    }
    try {
      const version = reader.version()
      const foreign = version !== seenVersion
      seenVersion = version
      if (foreign) names.forget()
      tally.begin(foreign)
      const outcomes = jobs.map((job) => runOne(job, jobs.length > 1, savepoints && jobs.length > 1))
      if (outcomes.some((outcome) => 'written' in outcome)) {
        tally.flush()
        reader.run('commit')
      } else {
        tally.forget()
        reader.run('rollback')
      }
      return outcomes
    } catch (error) {
      // The transaction as a whole did not come through: nobody may believe otherwise.
      forgetAll()
      if (db.isTransaction) reader.run('rollback')
      if (error instanceof Undone) throw error
      return jobs.map(() => ({ error: isOutage(error) ? unavailable(error) : error }))
    }
  }

  function runOne(job: Job, others: boolean, savepoint: boolean): Outcome {
    if (savepoint) reader.run('savepoint one')
    tally.mark()
    dirty = false
    changes = job.inside === undefined ? undefined : []
    try {
      const written = job.writes.map(apply)
      job.inside?.(changes ?? [])
      if (savepoint) reader.run('release one')
      return { written }
    } catch (error) {
      // Some errors end the transaction by themselves, with the lists that came before.
      if (isOutage(error) || !db.isTransaction) throw error
      if (dirty && others && !savepoint) throw new Undone()
      tally.undo()
      if (dirty) names.forget()
      if (savepoint) {
        reader.run('rollback to one')
        reader.run('release one')
      }
      return { error }
    } finally {
      changes = undefined
    }
  }

  function forgetAll(): void {
    names.forget()
    tally.forget()
    seenVersion = -1
  }

  function apply(write: Write, at: number): Written {
    switch (write.write) {
      case 'create':
        return create(write, at)
      case 'update':
        return update(write, at)
      case 'remove':
        return remove(write, at)
      case 'record':
        return record(write, at)
      case 'tenant':
        return tenant(write, at)
      case 'reindex':
        return reindex(write, at)
      case 'indexed':
        return indexed(write, at)
    }
  }

  function tenantOf(name: string, at: number): number {
    const t = name === '' ? undefined : names.tenant(name)
    if (t === undefined) throw new Conflict('missing', at, 'tenant')
    return t
  }

  function existing(ref: Ref, t: number, y: number | undefined, at: number): Existing {
    const row =
      y === undefined
        ? undefined
        : connection.row(
            'select k, version, created, modified, display, entries from resource where t = ? and y = ? and id = ?',
            t,
            y,
            ref.id,
          )
    if (row === undefined) throw new Conflict('missing', at, ref.id)
    return {
      k: numberOf(row[0]),
      version: numberOf(row[1]),
      created: numberOf(row[2]),
      modified: numberOf(row[3]),
      display: textOf(row[4]),
      entries: textOf(row[5]),
    }
  }

  function create(write: Extract<Write, { write: 'create' }>, at: number): Written {
    const { draft } = write
    const t = tenantOf(draft.tenant, at)
    const y = names.ensureType(draft.type)
    if (finder.find(t, draft.id, draft.type) !== undefined) throw new Conflict('exists', at, draft.id)
    const entries: { [a: string]: string[] } = {}
    const paths = write.index.map((entry) => {
      const path = names.ensurePath(t, y, entry.path, entry.unique === true, true)
      const list = entries[path.a]
      if (list === undefined) entries[path.a] = [entry.value]
      else list.push(entry.value)
      return path
    })
    for (const [i, entry] of write.index.entries()) requireFree(t, paths[i], entry, 0, at)
    const k = connection.insert(
      `insert into resource (t, y, id, version, created, modified, display, secret, entries, text, folded)
       values (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
      t,
      y,
      draft.id,
      write.at,
      write.at,
      draft.display,
      draft.secret ?? null,
      JSON.stringify(entries),
      draft.text,
      foldedText(draft.text),
    )
    for (const [i, entry] of write.index.entries()) addEntry(t, paths[i], entry.value, k)
    tally.added(t, y, draft.id)
    const touched = createTouched()
    const members =
      write.members === undefined ? undefined : editMembers(connection, names, finder, { t, k }, write.members, at)
    if (members !== undefined) touchMembers(touched, members)
    touchHolders(touched, t, draft.id)
    log(draft, t, y, write.at, 1, write.log, members, touched)
    return { changed: true, version: 1, created: write.at, modified: write.at }
  }

  function update(write: Extract<Write, { write: 'update' }>, at: number): Written {
    const { draft } = write
    const t = tenantOf(draft.tenant, at)
    const y = names.type(draft.type)
    const was = existing(draft, t, y, at)
    if (y === undefined) throw new Conflict('missing', at, draft.id)
    if (write.ifVersion !== undefined && write.ifVersion !== was.version) throw new Conflict('version', at, draft.id)
    if (write.same !== true) changeEntries(t, y, was, write, true, at)
    const members =
      write.members === undefined
        ? undefined
        : editMembers(connection, names, finder, { t, k: was.k }, write.members, at)
    const moved = members !== undefined && members.added.size + members.removed.size > 0
    if (write.same === true && !moved && draft.secret === undefined) {
      return { changed: false, version: was.version, created: was.created, modified: was.modified }
    }
    const version = was.version + 1
    const touched = createTouched()
    if (write.same === true) {
      connection.run('update resource set version = ?, modified = ? where k = ?', version, write.at, was.k)
    } else {
      connection.run(
        'update resource set version = ?, modified = ?, display = ?, text = ?, folded = ? where k = ?',
        version,
        write.at,
        draft.display,
        draft.text,
        foldedText(draft.text),
        was.k,
      )
      if (draft.display !== was.display) touchNamed(touched, t, was.k, draft.id)
    }
    if (draft.secret !== undefined) {
      connection.run('update resource set secret = ? where k = ?', draft.secret, was.k)
    }
    if (members !== undefined && moved) touchMembers(touched, members)
    log(draft, t, y, write.at, version, write.log, moved ? members : undefined, touched)
    return { changed: true, version, created: was.created, modified: write.at }
  }

  function remove(write: Extract<Write, { write: 'remove' }>, at: number): Written {
    const { ref } = write
    const t = tenantOf(ref.tenant, at)
    const y = names.type(ref.type)
    const was = existing(ref, t, y, at)
    if (y === undefined) throw new Conflict('missing', at, ref.id)
    if (write.ifVersion !== undefined && write.ifVersion !== was.version) throw new Conflict('version', at, ref.id)
    const touched = createTouched()
    touchHolders(touched, t, ref.id)
    touchMembersOf(touched, was.k)
    const groups = connection.rows(
      'select r.k, r.y, r.id, r.version from member x cross join resource r on r.k = x.g where x.m = ? and x.g <> ? order by r.id',
      was.k,
      was.k,
    )
    connection.run('delete from member where g = ?', was.k)
    connection.run('delete from member where m = ?', was.k)
    for (const [a, values] of Object.entries(readEntries(was.entries))) {
      for (const value of values) {
        connection.run('delete from value_index where t = ? and a = ? and v = ? and k = ?', t, Number(a), value, was.k)
      }
    }
    connection.run('delete from resource where k = ?', was.k)
    tally.removed(t, y, ref.id)
    log(ref, t, y, write.at, was.version, write.log, undefined, touched)
    for (const row of groups) {
      const group = { tenant: ref.tenant, type: names.typeName(numberOf(row[1])), id: textOf(row[2]) }
      const version = numberOf(row[3]) + 1
      connection.run('update resource set version = ?, modified = ? where k = ?', version, write.at, numberOf(row[0]))
      logLine(
        group,
        t,
        numberOf(row[1]),
        write.at,
        version,
        { op: 'patch', actor: write.log.actor, paths: [] },
        {
          added: 0,
          removed: 1,
          ids: { added: [], removed: [ref.id] },
        },
        null,
      )
    }
    return { changed: true, version: 0, created: was.created, modified: was.modified }
  }

  function record(write: Extract<Write, { write: 'record' }>, at: number): Written {
    const { tenant: name, kind, key } = write.record
    if (write.value === undefined) {
      const t = names.tenant(name)
      const gone =
        t === undefined ? 0 : connection.run('delete from record where t = ? and kind = ? and key = ?', t, kind, key)
      if (gone === 0) return NOTHING
      tally.signal(name, false)
      return { ...NOTHING, changed: true }
    }
    const t = name === '' ? 0 : tenantOf(name, at)
    const values: SqlValue[] = [t, kind, key, write.tag ?? null, JSON.stringify(write.value)]
    const insert = 'insert into record (t, kind, key, tag, value) values (?, ?, ?, ?, ?)'
    if (write.ifAbsent === true) {
      if (connection.run(`${insert} on conflict do nothing`, ...values) === 0) throw new Conflict('exists', at, key)
    } else {
      connection.run(`${insert} on conflict do update set tag = excluded.tag, value = excluded.value`, ...values)
    }
    tally.signal(name, false)
    return { ...NOTHING, changed: true }
  }

  function tenant(write: Extract<Write, { write: 'tenant' }>, at: number): Written {
    const { tenant: name } = write
    if (write.as === 'new') {
      if (name === '' || names.tenant(name) !== undefined) throw new Conflict('exists', at, name)
      connection.run('insert into tenant (name, created) values (?, ?)', name, write.at)
    } else {
      const t = tenantOf(name, at)
      // Nobody finds the way to its rows any more; to delete them may take long.
      connection.run('delete from tenant where t = ?', t)
      sweep.add(t)
      tally.dropTenant(t)
      names.forget()
    }
    tally.signal(name, true)
    return { changed: true, version: 0, created: write.at, modified: write.at }
  }

  function reindex(write: Extract<Write, { write: 'reindex' }>, at: number): Written {
    const t = tenantOf(write.ref.tenant, at)
    const y = names.type(write.ref.type)
    const was = existing(write.ref, t, y, at)
    if (write.ifVersion !== undefined && write.ifVersion !== was.version)
      throw new Conflict('version', at, write.ref.id)
    if (y !== undefined) changeEntries(t, y, was, write, false, at)
    return { changed: true, version: was.version, created: was.created, modified: was.modified }
  }

  function indexed(write: Extract<Write, { write: 'indexed' }>, at: number): Written {
    const t = tenantOf(write.tenant, at)
    const y = names.ensureType(write.type)
    for (const name of write.paths) {
      if (write.as === 'complete') {
        names.ensurePath(t, y, name, false, true)
        connection.run('update path set ready = 1 where t = ? and y = ? and path = ?', t, y, name)
        continue
      }
      const path = names.path(t, y, name)
      if (path === undefined) continue
      connection.run('delete from value_index where t = ? and a = ?', t, path.a)
      connection.run('delete from path where a = ?', path.a)
    }
    names.forget()
    tally.signal(write.tenant, false)
    return { ...NOTHING, changed: true }
  }

  /** Refuses a value that must be unique and that another resource has. */
  function requireFree(t: number, path: IndexPath | undefined, entry: IndexEntry, k: number, at: number): void {
    if (path === undefined || entry.unique !== true) return
    const held = connection.row(
      'select 1 from value_index where t = ? and a = ? and v = ? and k <> ? limit 1',
      t,
      path.a,
      entry.value,
      k,
    )
    if (held !== undefined) throw new Conflict('unique', at, path.path)
  }

  function addEntry(t: number, path: IndexPath | undefined, value: string, k: number): void {
    if (path === undefined) return
    connection.run('insert or ignore into value_index (t, a, v, k) values (?, ?, ?, ?)', t, path.a, value, k)
  }

  function changeEntries(
    t: number,
    y: number,
    was: Existing,
    write: Pick<Extract<Write, { write: 'update' }>, 'unindex' | 'index'>,
    ready: boolean,
    at: number,
  ): void {
    if (write.unindex.length === 0 && write.index.length === 0) return
    const added = write.index.map((entry) => {
      const path = names.ensurePath(t, y, entry.path, entry.unique === true, ready)
      requireFree(t, path, entry, was.k, at)
      return { path, value: entry.value }
    })
    const entries = readEntries(was.entries)
    for (const { path: name, value } of write.unindex) {
      const path = names.path(t, y, name)
      if (path === undefined) continue
      connection.run('delete from value_index where t = ? and a = ? and v = ? and k = ?', t, path.a, value, was.k)
      const left = (entries[path.a] ?? []).filter((one) => one !== value)
      if (left.length === 0) delete entries[path.a]
      else entries[path.a] = left
    }
    for (const { path, value } of added) {
      addEntry(t, path, value, was.k)
      const list = entries[path.a] ?? []
      if (!list.includes(value)) entries[path.a] = [...list, value]
    }
    connection.run('update resource set entries = ? where k = ?', JSON.stringify(entries), was.k)
  }

  function log(
    ref: Ref,
    t: number,
    y: number,
    at: number,
    version: number,
    draft: LogDraft,
    members: MemberChanges | undefined,
    touched: Touching,
  ): void {
    let delta: Change['members']
    if (members !== undefined && members.added.size + members.removed.size > 0) {
      const { added, removed } = members
      delta =
        added.size + removed.size > IDS_IN_LOG
          ? { added: added.size, removed: removed.size }
          : {
              added: added.size,
              removed: removed.size,
              ids: { added: idsOf(connection, added), removed: idsOf(connection, removed) },
            }
    }
    logLine(ref, t, y, at, version, draft, delta, touched.text())
  }

  function logLine(
    ref: Ref,
    t: number,
    y: number,
    at: number,
    version: number,
    draft: LogDraft,
    members: Change['members'],
    touch: string | null,
  ): void {
    const place = tally.nextPlace(t)
    const detail = members === undefined ? { paths: draft.paths } : { paths: draft.paths, members }
    connection.run(
      `insert into change (n, t, place, at, y, id, op, actor, version, detail, touch)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      tally.nextNumber(),
      t,
      place,
      at,
      y,
      ref.id,
      draft.op,
      draft.actor,
      version,
      JSON.stringify(detail),
      touch,
    )
    changes?.push({
      tenant: ref.tenant,
      type: ref.type,
      id: ref.id,
      place,
      at,
      op: draft.op,
      actor: draft.actor,
      version,
      ...detail,
    })
  }

  /** Resources that hold this id in a reference show its name. */
  function touchHolders(touched: Touching, t: number, id: string): void {
    const folded = fold(id)
    for (const path of names.references(t)) {
      for (const value of folded === id ? [id] : [id, folded]) {
        touched.rows(
          connection.rows(
            `select r.y, r.id from value_index i cross join resource r on r.k = i.k
             where i.t = ? and i.a = ? and i.v = ? limit ${TOUCHED + 1}`,
            t,
            path.a,
            value,
          ),
        )
      }
    }
  }

  /** The name of a resource changed: those who hold it, the groups it is in, the members that show it as a group. */
  function touchNamed(touched: Touching, t: number, k: number, id: string): void {
    touchHolders(touched, t, id)
    touched.rows(
      connection.rows(
        `select r.y, r.id from member x cross join resource r on r.k = x.g where x.m = ? limit ${TOUCHED + 1}`,
        k,
      ),
    )
    touchMembersOf(touched, k)
  }

  /** The members of a group show something else in their `groups`; those of groups within it too. */
  function touchMembersOf(touched: Touching, k: number): void {
    const members = connection.rows(
      `select r.y, r.id, exists (select 1 from member z where z.g = r.k)
       from member x cross join resource r on r.k = x.m where x.g = ? limit ${TOUCHED + 1}`,
      k,
    )
    touched.rows(members)
    if (members.some((row) => row[2] === 1)) touched.all()
  }

  function touchMembers(touched: Touching, members: MemberChanges): void {
    if (members.added.size + members.removed.size > TOUCHED) {
      touched.all()
      return
    }
    for (const some of [members.added, members.removed]) {
      for (const k of some) {
        const row = connection.row(
          'select y, id, exists (select 1 from member z where z.g = resource.k) from resource where k = ?',
          k,
        )
        if (row === undefined) continue
        touched.rows([row])
        if (row[2] === 1) touched.all()
      }
    }
  }

  return { commit, sweep: sweep.step }
}

/** Gathers what looks different besides the resource itself. */
interface Touching {
  readonly rows: (rows: readonly (readonly SqlValue[])[]) => void
  readonly all: () => void
  readonly text: () => string | null
}

function createTouched(): Touching {
  let list: [number, string][] = []
  let everything = false
  return {
    rows(rows) {
      if (everything) return
      for (const row of rows) list.push([numberOf(row[0]), textOf(row[1])])
      if (list.length > TOUCHED) everything = true
    },
    all() {
      everything = true
      list = []
    },
    text: () => (everything ? '*' : list.length === 0 ? null : JSON.stringify(list)),
  }
}

/** The entries column: values by path number. */
function readEntries(text: string): { [a: string]: string[] } {
  const read: unknown = JSON.parse(text)
  const entries: { [a: string]: string[] } = {}
  if (!isObject(read)) return entries
  for (const [a, values] of Object.entries(read)) {
    if (Array.isArray(values)) entries[a] = values.filter((value): value is string => typeof value === 'string')
  }
  return entries
}

/** The document with every string folded, kept only where SQLite's lower() would not do: beyond ASCII. */
function foldedText(text: string): string | null {
  if (PLAIN.test(text) && !text.includes('\\u')) return null
  return JSON.stringify(foldValues(JSON.parse(text)))
}

function foldValues(value: Json): Json {
  if (typeof value === 'string') return fold(value)
  if (Array.isArray(value)) return value.map(foldValues)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, foldValues(one)]))
}
