import { DatabaseSync } from 'node:sqlite'
import { comparable, isObject, type Json, type JsonObject, type ResourceType, resolve } from '../../protocol/index.ts'
import { UsageError } from '../terminal/options.ts'

/** One of the two places that are held against each other. */
export type Side = 'a' | 'b'

/** What is known of a resource of one side. */
export interface Gathered {
  readonly id: string
  /** The resource without its members. */
  readonly document: JsonObject
  /** Whether it was made a moment ago. */
  readonly made: boolean
  /** Whether all its attributes were shown: it was read by itself, and not in a list, which may show some only. */
  readonly whole: boolean
  /** Whether it was shown who is in it; where it was not, that is not the same as nobody. */
  readonly membersShown: boolean
}

/** A key with what each side has under it. */
export interface Pair {
  readonly key: string
  /** The key as people wrote it. */
  readonly shown: string
  readonly a: Gathered | undefined
  readonly b: Gathered | undefined
  /** How many resources each side has under this key, where one of them has several: none of them is matched. */
  readonly several: { readonly a: number; readonly b: number } | undefined
}

/** What is to be kept of a resource, besides itself. */
export interface Taking {
  readonly made: boolean
  readonly whole: boolean
  readonly membersShown: boolean
  /** Ids of other resources that it refers to, besides its members. */
  readonly refersTo: readonly string[]
}

/** What a resource came to: it stands under its key, it has none, or another has it. */
export type Taken = 'kept' | 'keyless' | 'several'

/**
 * The resources of two places on disk, by their keys: a temporary database that only its owner can read and that is gone
 * afterwards. Memory holds one page of a list and one pair at a time, whatever the size of the places.
 */
export interface Gathering {
  /** Takes in a resource; one with the same id anew. The key is compared as the type's attribute is. */
  readonly take: (side: Side, type: ResourceType, key: string, resource: JsonObject, taking: Taking) => Taken
  /** Every key of a type, in order. */
  readonly pairs: (type: string) => Iterable<Pair>
  /** One key of a type, as it stands now. */
  readonly pair: (type: string, key: string) => Pair | undefined
  /** Ids of a type that were only listed, in order, from one id on: all, or those whose members were not shown. */
  readonly listed: (side: Side, type: string, after: string, which: 'all' | 'without members') => readonly string[]
  /** Ids that resources of a side refer to and that nobody is known to have, in order, from one id on. */
  readonly strangers: (side: Side, after: string) => readonly string[]
  /** Notes that nobody has an id: the server itself says so. */
  readonly noteGone: (side: Side, id: string) => void
  /** The members of a group by their types and keys. */
  readonly members: (side: Side, type: string, id: string) => Iterable<Member>
  /** Type and key of an id on one side; undefined where they are not known, or where several have the key. */
  readonly keyOf: (side: Side, id: string) => Named | undefined
  /** Whether the server itself said that nobody has an id. */
  readonly isGone: (side: Side, id: string) => boolean
  /** Id of a key on one side; undefined where several have it. */
  readonly idOf: (side: Side, type: string, key: string) => string | undefined
  readonly close: () => void
}

/** Type and key of a resource. */
export interface Named {
  readonly type: string
  readonly key: string
  /** The key as people wrote it; the same for both sides. */
  readonly shown: string
}

/** A member of a group; `named` is undefined where nobody can be told by its id. */
export interface Member {
  readonly id: string
  readonly named: Named | undefined
}

const TABLES = `
create table resource (side text, type text, key text, shown text, id text, document text, made integer, whole integer,
  members_shown integer, primary key (type, key, side)) without rowid;
create index by_id on resource (side, id);
create index by_reading on resource (side, type, id) where whole = 0;
create table member (side text, type text, holder text, id text, primary key (side, type, holder, id)) without rowid;
create table referred (side text, id text, primary key (side, id)) without rowid;
create table gone (side text, id text, primary key (side, id)) without rowid;
create table several (side text, type text, key text, id text, primary key (type, key, side, id)) without rowid;
create index several_by_id on several (side, id);
`

/** Rows that are read at once. */
const BLOCK = 200

/** Opens an empty gathering. */
export function openGathering(): Gathering {
  // Without a name it is a file that SQLite spills to and that the system takes away however this process ends.
  const db = new DatabaseSync('')
  db.exec(`pragma journal_mode = off; pragma synchronous = off; ${TABLES}`)
  const insert = db.prepare('insert or ignore into resource values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const update = db.prepare(
    'update resource set shown = ?, document = ?, whole = ?, members_shown = ? where type = ? and key = ? and side = ?',
  )
  const insertMember = db.prepare('insert or ignore into member values (?, ?, ?, ?)')
  const deleteMembers = db.prepare('delete from member where side = ? and type = ? and holder = ?')
  const insertReferred = db.prepare('insert or ignore into referred values (?, ?)')
  const insertGone = db.prepare('insert or ignore into gone values (?, ?)')
  const insertSeveral = db.prepare('insert or ignore into several values (?, ?, ?, ?)')
  const countSeveral = db.prepare('select count(*) as n from several where type = ? and key = ? and side = ?')
  const byKey = db.prepare('select id from resource where type = ? and key = ? and side = ?')
  const byPair = db.prepare('select * from resource where type = ? and key = ? and side = ?')
  // The key as B has it, so that both sides show the same; what several have is nobody's name.
  const namedBy = db.prepare(`select r.type, r.key, coalesce(o.shown, r.shown) as shown from resource r
    left join resource o on o.type = r.type and o.key = r.key and o.side = 'b'
    where r.side = ? and r.id = ? and not exists (select 1 from several s where s.type = r.type and s.key = r.key)`)
  const gone = db.prepare('select 1 from gone where side = ? and id = ?')
  const membersOf = db.prepare('select id from member where side = ? and type = ? and holder = ? order by id')
  const keysFrom = db.prepare(
    `select distinct key from resource where type = ? and (?2 is null or key > ?2) order by key limit ${BLOCK}`,
  )
  const unread = db.prepare(`select id from resource where side = ? and type = ? and whole = 0 and id > ?
    and (? or members_shown = 0) order by id limit ${BLOCK}`)
  const unknown = db.prepare(`select id from referred f where side = ?1 and id > ?2
    and not exists (select 1 from resource r where r.side = ?1 and r.id = f.id)
    and not exists (select 1 from several s where s.side = ?1 and s.id = f.id)
    and not exists (select 1 from gone g where g.side = ?1 and g.id = f.id)
    order by id limit ${BLOCK}`)

  const named = (side: Side, id: string) => namedBy.get(side, id) as Named | undefined
  const ids = (rows: readonly unknown[]) => rows.map((row) => (row as { id: string }).id)

  function pairOf(type: string, key: string): Pair | undefined {
    const read = (side: Side) => byPair.get(type, key, side) as unknown as Row | undefined
    const [a, b] = [read('a'), read('b')]
    const shown = a?.shown ?? b?.shown
    if (shown === undefined) return undefined
    const count = (side: Side) => (countSeveral.get(type, key, side) as { n: number }).n
    const others = { a: count('a'), b: count('b') }
    const several = others.a + others.b === 0 ? undefined : { a: others.a + (a ? 1 : 0), b: others.b + (b ? 1 : 0) }
    return { key, shown, a: a && gathered(a), b: b && gathered(b), several }
  }

  return {
    take(side, type, path, resource, { made, whole, membersShown, refersTo }) {
      const { id, members, ...rest } = resource
      const shown = valueAt(resource, path, type)
      const target = resolve(path, type)
      if (typeof id !== 'string' || shown === undefined || target?.attribute === undefined) return 'keyless'
      const key = comparable(target.leaf, shown)
      const document = JSON.stringify({ ...rest, id })
      const flags = [Number(whole), Number(membersShown)] as const
      if (insert.run(side, type.name, key, shown, id, document, Number(made), ...flags).changes === 0) {
        const there = (byKey.get(type.name, key, side) as { id: string } | undefined)?.id
        if (there !== id) {
          // What has just been made under a key that somebody has is told by whoever made it.
          if (!made) insertSeveral.run(side, type.name, key, id)
          return 'several'
        }
        update.run(shown, document, ...flags, type.name, key, side)
      }
      if (Array.isArray(members) || membersShown) deleteMembers.run(side, type.name, id)
      for (const member of Array.isArray(members) ? (members as readonly Json[]) : []) {
        if (!isObject(member) || typeof member.value !== 'string') continue
        insertMember.run(side, type.name, id, member.value)
        insertReferred.run(side, member.value)
      }
      for (const other of refersTo) insertReferred.run(side, other)
      return 'kept'
    },
    pair: pairOf,
    *pairs(type) {
      // In blocks, so that the tables may change meanwhile.
      let after: string | null = null
      for (;;) {
        const keys = keysFrom.all(type, after) as unknown as readonly { readonly key: string }[]
        for (const { key } of keys) {
          const pair = pairOf(type, key)
          if (pair !== undefined) yield pair
        }
        const last = keys.at(-1)
        if (last === undefined) return
        after = last.key
      }
    },
    listed: (side, type, after, which) => ids(unread.all(side, type, after, Number(which === 'all'))),
    strangers: (side, after) => ids(unknown.all(side, after)),
    noteGone: (side, id) => void insertGone.run(side, id),
    *members(side, type, holder) {
      for (const id of ids(membersOf.all(side, type, holder))) yield { id, named: named(side, id) }
    },
    keyOf: named,
    isGone: (side, id) => gone.get(side, id) !== undefined,
    idOf(side, type, key) {
      for (const each of ['a', 'b']) if ((countSeveral.get(type, key, each) as { n: number }).n > 0) return undefined
      return (byKey.get(type, key, side) as { id: string } | undefined)?.id
    },
    close: () => db.close(),
  }
}

interface Row {
  readonly id: string
  readonly shown: string
  readonly document: string
  readonly made: number
  readonly whole: number
  readonly members_shown: number
}

function gathered({ id, document, made, whole, members_shown }: Row): Gathered {
  return {
    id,
    document: JSON.parse(document) as JsonObject,
    made: made === 1,
    whole: whole === 1,
    membersShown: members_shown === 1,
  }
}

/** Refuses an attribute that has no one simple value, so that nothing could be known again by it. */
export function checkKey(type: ResourceType, path: string): void {
  const target = resolve(path, type)
  if (target?.attribute === undefined || target.attribute.multiValued || target.leaf.type === 'complex') {
    throw new UsageError(`${type.name} can't be told apart by "${path}"; take an attribute with one simple value`)
  }
}

/** The value at a path to one simple value, as text; undefined where there is none. */
export function valueAt(resource: JsonObject, path: string, type: ResourceType): string | undefined {
  const target = resolve(path, type)
  if (target?.attribute === undefined) return undefined
  const holder = target.extension === undefined ? resource : resource[target.extension]
  const value = isObject(holder) ? holder[target.attribute.name] : undefined
  const leaf = target.sub === undefined ? value : isObject(value) ? value[target.sub.name] : undefined
  return leaf === undefined || leaf === null || leaf === '' ? undefined : String(leaf)
}
