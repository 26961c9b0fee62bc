import {
  Conflict,
  type Ref,
  tenantOfWork,
  type WholeChange,
  type WorkWrite,
  type Write,
  type Written,
} from '../contract/index.ts'
import { foldedText } from '../sql/folded.ts'
import { createTouching } from './affected.ts'
import { type Connection, numberOf, type SqlValue, textOf } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Dictionary } from './dictionary.ts'
import type { GarbageCollector } from './garbage.ts'
import { createLoad } from './import.ts'
import { createIndexEntries, type Indexed } from './index-entries.ts'
import { createLog } from './log.ts'
import { createFinder, editMembers } from './members.ts'
import { type AnyWrite, applyLease, applyWork, type LeaseWrite } from './work.ts'

/** What a write is carried out on. */
export interface Ground {
  readonly connection: Connection
  readonly dictionary: Dictionary
  readonly counters: Counters
  readonly garbage: GarbageCollector
  /** Where the lines of the list under way are gathered, when somebody wants to see them. */
  readonly lines: () => WholeChange[] | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** A resource as a write finds it. */
interface Existing extends Indexed {
  readonly version: number
  readonly created: number
  readonly modified: number
  readonly display: string
}

const NOTHING = { changed: false, version: 0, created: 0, modified: 0 }

/** Makes what carries out one write inside a transaction; `at` is its place in the list, for a `Conflict`. */
export function createApply(ground: Ground): (write: AnyWrite, at: number) => Written {
  const { connection, dictionary, counters, garbage } = ground
  const finder = createFinder(connection, dictionary)
  const index = createIndexEntries(connection, dictionary)
  const touching = createTouching(connection, dictionary)
  const log = createLog(connection, counters, ground.lines)

  const load = createLoad({ connection, dictionary, counters, finder, index, log })

  function apply(write: AnyWrite, at: number): Written {
    switch (write.write) {
      case 'create':
        return create(write, at)
      case 'update':
        return update(write, at)
      case 'remove':
        return remove(write, at)
      case 'record':
        return record(write, at)
      case 'quiet':
        return quiet(write)
      case 'note':
        return note(write, at)
      case 'amend':
        return amend(write, at)
      case 'tenant':
        return tenant(write, at)
      case 'reindex':
        return reindex(write, at)
      case 'indexed':
        return indexed(write, at)
      case 'item':
      case 'mark':
      case 'cursor':
      case 'fence':
      case 'trim':
        return work(write, at)
      case 'lease':
      case 'release':
        return lease(write)
      case 'load':
        return load(write, tenantOf(write.tenant, at), at)
    }
  }

  function work(write: WorkWrite, at: number): Written {
    const name = tenantOfWork(write)
    if (write.write === 'item' && write.set?.expires !== undefined) garbage.expires()
    return applyWork(ground, write, name === '' ? 0 : tenantOf(name, at), at)
  }

  function lease(write: LeaseWrite): Written {
    const tenantNo = dictionary.tenant(write.lease.tenant)
    return tenantNo === undefined ? NOTHING : applyLease(ground, write, tenantNo)
  }

  function tenantOf(name: string, at: number): number {
    const tenantNo = name === '' ? undefined : dictionary.tenant(name)
    if (tenantNo === undefined) throw new Conflict('missing', at, 'tenant')
    return tenantNo
  }

  function existing(ref: Ref, tenantNo: number, typeNo: number | undefined, at: number): Existing {
    const row =
      typeNo === undefined
        ? undefined
        : connection.row(
            'select k, version, created, modified, display, entries from lockstep_resource where t = ? and y = ? and id = ?',
            tenantNo,
            typeNo,
            ref.id,
          )
    if (row === undefined) throw new Conflict('missing', at, ref.id)
    return {
      rowNo: numberOf(row[0]),
      version: numberOf(row[1]),
      created: numberOf(row[2]),
      modified: numberOf(row[3]),
      display: textOf(row[4]),
      entries: textOf(row[5]),
    }
  }

  function create(write: Extract<Write, { write: 'create' }>, at: number): Written {
    const { draft } = write
    const tenantNo = tenantOf(draft.tenant, at)
    const typeNo = dictionary.ensureType(tenantNo, draft.type)
    if (finder.find(tenantNo, draft.id, draft.type) !== undefined) throw new Conflict('exists', at, draft.id)
    const entries: { [a: string]: string[] } = {}
    const paths = write.index.map((entry) => {
      const path = dictionary.ensurePath(tenantNo, typeNo, entry.path, entry.unique === true, true)
      const list = entries[path.pathNo]
      if (list === undefined) entries[path.pathNo] = [entry.value]
      else list.push(entry.value)
      return path
    })
    for (const [i, entry] of write.index.entries()) index.requireFree(tenantNo, paths[i], entry, 0, at)
    const rowNo = connection.insert(
      `insert into lockstep_resource (t, y, id, version, created, modified, display, secret, entries, text, folded)
       values (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
      tenantNo,
      typeNo,
      draft.id,
      write.at,
      write.at,
      draft.display,
      draft.secret ?? null,
      JSON.stringify(entries),
      draft.text,
      foldedText(draft.text),
    )
    index.addAll(
      tenantNo,
      write.index.map(({ value }, i) => ({ path: paths[i], value })),
      rowNo,
    )
    counters.added(tenantNo, typeNo, draft.id)
    const touched = touching.start()
    const members =
      write.members === undefined
        ? undefined
        : editMembers(connection, dictionary, finder, { tenantNo, rowNo }, write.members, at)
    if (members !== undefined) touched.members(members)
    touched.holders(tenantNo, draft.id)
    log.write(draft, { tenantNo, typeNo, at: write.at, version: 1, members, touch: touched.text() }, write.log)
    return { changed: true, version: 1, created: write.at, modified: write.at }
  }

  /**
   * A change of the text alone, as most are, in one statement: what it finds otherwise than expected (another version, another
   * name, nothing) is left for `update` to judge.
   */
  function updateText(
    write: Extract<Write, { write: 'update' }>,
    tenantNo: number,
    typeNo: number,
  ): Written | undefined {
    const { draft, ifVersion, at: modified } = write
    if (ifVersion === undefined || write.same === true || write.members !== undefined || draft.secret !== undefined)
      return undefined
    if (write.unindex.length > 0 || write.index.length > 0) return undefined
    const version = ifVersion + 1
    const row = connection.change(
      `update lockstep_resource set version = ?, modified = ?, text = ?, folded = ?
       where t = ? and y = ? and id = ? and version = ? and display = ? returning created`,
      version,
      modified,
      draft.text,
      foldedText(draft.text),
      tenantNo,
      typeNo,
      draft.id,
      ifVersion,
      draft.display,
    )
    if (row === undefined) return undefined
    log.write(draft, { tenantNo, typeNo, at: modified, version, touch: null }, write.log)
    return { changed: true, version, created: numberOf(row[0]), modified }
  }

  function update(write: Extract<Write, { write: 'update' }>, at: number): Written {
    const { draft } = write
    const tenantNo = tenantOf(draft.tenant, at)
    const typeNo = dictionary.type(draft.type)
    const done = typeNo === undefined ? undefined : updateText(write, tenantNo, typeNo)
    if (done !== undefined) return done
    const was = existing(draft, tenantNo, typeNo, at)
    if (typeNo === undefined) throw new Conflict('missing', at, draft.id)
    if (write.ifVersion !== undefined && write.ifVersion !== was.version) throw new Conflict('version', at, draft.id)
    if (write.same !== true) index.change(tenantNo, typeNo, was, write, { ready: true, at })
    const members =
      write.members === undefined
        ? undefined
        : editMembers(connection, dictionary, finder, { tenantNo, rowNo: was.rowNo }, write.members, at)
    const moved = members !== undefined && members.added.size + members.removed.size > 0
    if (write.same === true && !moved && draft.secret === undefined) {
      return { changed: false, version: was.version, created: was.created, modified: was.modified }
    }
    const version = was.version + 1
    const touched = touching.start()
    if (write.same === true) {
      connection.run('update lockstep_resource set version = ?, modified = ? where k = ?', version, write.at, was.rowNo)
    } else {
      connection.run(
        'update lockstep_resource set version = ?, modified = ?, display = ?, text = ?, folded = ? where k = ?',
        version,
        write.at,
        draft.display,
        draft.text,
        foldedText(draft.text),
        was.rowNo,
      )
      if (draft.display !== was.display) touched.named(tenantNo, was.rowNo, draft.id)
    }
    if (draft.secret !== undefined) {
      connection.run('update lockstep_resource set secret = ? where k = ?', draft.secret, was.rowNo)
    }
    if (members !== undefined && moved) touched.members(members)
    log.write(draft, { tenantNo, typeNo, at: write.at, version, members, touch: touched.text() }, write.log)
    return { changed: true, version, created: was.created, modified: write.at }
  }

  function remove(write: Extract<Write, { write: 'remove' }>, at: number): Written {
    const { ref } = write
    const tenantNo = tenantOf(ref.tenant, at)
    const typeNo = dictionary.type(ref.type)
    const was = existing(ref, tenantNo, typeNo, at)
    if (typeNo === undefined) throw new Conflict('missing', at, ref.id)
    if (write.ifVersion !== undefined && write.ifVersion !== was.version) throw new Conflict('version', at, ref.id)
    const touched = touching.start()
    touched.holders(tenantNo, ref.id)
    touched.membersOf(was.rowNo)
    const groups = connection.rows(
      'select r.k, r.y, r.id, r.version from lockstep_member x cross join lockstep_resource r on r.k = x.g where x.m = ? and x.g <> ? order by r.id',
      was.rowNo,
      was.rowNo,
    )
    connection.run('delete from lockstep_member where g = ?', was.rowNo)
    connection.run('delete from lockstep_member where m = ?', was.rowNo)
    index.clear(tenantNo, was)
    connection.run('delete from lockstep_resource where k = ?', was.rowNo)
    counters.removed(tenantNo, typeNo, ref.id)
    log.write(ref, { tenantNo, typeNo, at: write.at, version: was.version, touch: touched.text() }, write.log)
    for (const row of groups) {
      const group = { tenant: ref.tenant, type: dictionary.typeName(numberOf(row[1])), id: textOf(row[2]) }
      const version = numberOf(row[3]) + 1
      connection.run(
        'update lockstep_resource set version = ?, modified = ? where k = ?',
        version,
        write.at,
        numberOf(row[0]),
      )
      const gone = { added: 0, removed: 1, ids: { added: [], removed: [ref.id] } }
      const line = { tenantNo, typeNo: numberOf(row[1]), at: write.at, version, delta: gone, touch: null }
      log.write(group, line, { op: 'patch', actor: write.log.actor, paths: [] })
    }
    return { changed: true, version: 0, created: was.created, modified: was.modified }
  }

  function record(write: Extract<Write, { write: 'record' }>, at: number): Written {
    const { tenant: name, kind, key } = write.record
    if (write.ifValue !== undefined) {
      const tenantNo = name === '' ? 0 : tenantOf(name, at)
      const row = connection.row(
        'select value from lockstep_record where t = ? and kind = ? and key = ?',
        tenantNo,
        kind,
        key,
      )
      if (row?.[0] !== JSON.stringify(write.ifValue)) throw new Conflict('missing', at, key)
    }
    if (write.value === undefined) {
      const tenantNo = dictionary.tenant(name)
      const gone =
        tenantNo === undefined
          ? 0
          : connection.run('delete from lockstep_record where t = ? and kind = ? and key = ?', tenantNo, kind, key)
      if (gone === 0) return NOTHING
      counters.signal(name, false)
      return { ...NOTHING, changed: true }
    }
    const tenantNo = name === '' ? 0 : tenantOf(name, at)
    const values: SqlValue[] = [tenantNo, kind, key, write.tag ?? null, JSON.stringify(write.value)]
    const insert = 'insert into lockstep_record (t, kind, key, tag, value) values (?, ?, ?, ?, ?)'
    if (write.ifAbsent === true) {
      if (connection.run(`${insert} on conflict do nothing`, ...values) === 0) throw new Conflict('exists', at, key)
    } else {
      connection.run(`${insert} on conflict do update set tag = excluded.tag, value = excluded.value`, ...values)
    }
    counters.signal(name, false)
    return { ...NOTHING, changed: true }
  }

  function quiet({ records }: Extract<Write, { write: 'quiet' }>): Written {
    for (const { tenant: name, kind, key, tag, value } of records) {
      const tenantNo = dictionary.tenant(name)
      if (tenantNo === undefined) continue
      connection.run(
        `insert into lockstep_record (t, kind, key, tag, value) values (?, ?, ?, ?, ?)
         on conflict do update set tag = excluded.tag, value = excluded.value`,
        tenantNo,
        kind,
        key,
        tag ?? null,
        JSON.stringify(value),
      )
    }
    return { ...NOTHING, changed: true }
  }

  function note({ ref, at: time, log: draft }: Extract<Write, { write: 'note' }>, at: number): Written {
    const tenantNo = ref.tenant === '' ? 0 : tenantOf(ref.tenant, at)
    const typeNo = dictionary.ensureNoteType(tenantNo, ref.type)
    log.write(ref, { tenantNo, typeNo, at: time, version: 0, touch: null }, { ...draft, op: 'note' })
    return { ...NOTHING, changed: true }
  }

  function amend(write: Extract<Write, { write: 'amend' }>, at: number): Written {
    const tenantNo = tenantOf(write.tenant, at)
    for (const line of write.lines) log.amend(tenantNo, line)
    return { ...NOTHING, changed: true }
  }

  function tenant(write: Extract<Write, { write: 'tenant' }>, at: number): Written {
    const { tenant: name } = write
    if (write.as === 'new') {
      if (name === '' || dictionary.tenant(name) !== undefined) throw new Conflict('exists', at, name)
      connection.run('insert into lockstep_tenant (name, created) values (?, ?)', name, write.at)
    } else {
      const tenantNo = tenantOf(name, at)
      // Nobody finds the way to its rows any more; to delete them may take long.
      connection.run('delete from lockstep_tenant where t = ?', tenantNo)
      garbage.add(tenantNo)
      counters.dropTenant(tenantNo)
      dictionary.forget()
    }
    counters.signal(name, true)
    return { changed: true, version: 0, created: write.at, modified: write.at }
  }

  function reindex(write: Extract<Write, { write: 'reindex' }>, at: number): Written {
    const tenantNo = tenantOf(write.ref.tenant, at)
    const typeNo = dictionary.type(write.ref.type)
    const was = existing(write.ref, tenantNo, typeNo, at)
    if (write.ifVersion !== undefined && write.ifVersion !== was.version)
      throw new Conflict('version', at, write.ref.id)
    if (typeNo !== undefined) index.change(tenantNo, typeNo, was, write, { ready: false, at })
    if (write.secret !== undefined)
      connection.run('update lockstep_resource set secret = ? where k = ?', write.secret, was.rowNo)
    return { changed: true, version: was.version, created: was.created, modified: was.modified }
  }

  function indexed(write: Extract<Write, { write: 'indexed' }>, at: number): Written {
    const tenantNo = tenantOf(write.tenant, at)
    const typeNo = dictionary.ensureType(tenantNo, write.type)
    for (const name of write.paths) {
      const path = dictionary.path(tenantNo, typeNo, name)
      if (write.as === 'complete' || write.as === 'incomplete') {
        const ready = write.as === 'complete'
        if (path !== undefined)
          connection.run('update lockstep_path set ready = ? where a = ?', ready ? 1 : 0, path.pathNo)
        else if (ready) dictionary.ensurePath(tenantNo, typeNo, name, false, true)
        continue
      }
      if (path !== undefined) {
        // To delete all its entries may take long; its number comes never again.
        connection.run('delete from lockstep_path where a = ?', path.pathNo)
        garbage.addPath(tenantNo, path.pathNo)
        dictionary.forget()
      }
      if (write.as === 'empty') dictionary.ensurePath(tenantNo, typeNo, name, true, false)
    }
    dictionary.forget()
    counters.signal(write.tenant, false)
    return { ...NOTHING, changed: true }
  }

  return apply
}
