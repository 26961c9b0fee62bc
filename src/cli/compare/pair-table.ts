// Holds the resources of both targets in a temporary database, paired by key.

import { DatabaseSync } from 'node:sqlite'
import { comparable, isObject, type Json, type JsonObject, type ResourceType, resolve } from '../../protocol/index.ts'
import { UsageError } from '../terminal/options.ts'

/** One of the two targets that are compared. */
export type Side = 'a' | 'b'

/** A resource of one side, as far as it is known. */
export interface SideResource {
  readonly id: string
  /** The resource without its members. */
  readonly document: JsonObject
  /** Whether this run has just created it. */
  readonly made: boolean
  /** Whether every attribute is known: it was read by itself, not from a list, which may omit some. */
  readonly whole: boolean
  /** Whether its members were returned; if not, it may have some all the same. */
  readonly membersShown: boolean
}

/** A key, and the resource that each side has under it. */
export interface Pair {
  readonly key: string
  /** The key as people wrote it. */
  readonly shown: string
  readonly a: SideResource | undefined
  readonly b: SideResource | undefined
  /** How many resources each side has under this key, if either has several: then none of them is matched. */
  readonly several: { readonly a: number; readonly b: number } | undefined
}

/** What to store of a resource besides itself. */
export interface AddOptions {
  readonly made: boolean
  readonly whole: boolean
  readonly membersShown: boolean
  /** Ids of other resources that it refers to, apart from its members. */
  readonly refersTo: readonly string[]
}

/** Whether a resource was stored under its key, has no key, or another one has the key already. */
export type AddResult = 'added' | 'keyless' | 'several'

/**
 * The resources of both sides, paired by key, in a temporary database on disk that only this process can read and that disappears
 * with it. Memory holds one page of a list and one pair at a time, however large the targets are.
 */
export interface PairTable {
  /** Stores a resource, or replaces the one with the same id. Keys are compared as the type's attribute is. */
  readonly add: (side: Side, type: ResourceType, key: string, resource: JsonObject, options: AddOptions) => AddResult
  /** Every pair of a type, ordered by key. */
  readonly pairs: (type: string) => Iterable<Pair>
  /** The pair with a key, as it is now. */
  readonly pair: (type: string, key: string) => Pair | undefined
  /** Ids of a type known only from lists, ordered, after a given one: all of them, or those whose members were not returned. */
  readonly unread: (side: Side, type: string, after: string, which: 'all' | 'without members') => readonly string[]
  /** Ids that resources of a side refer to and that no known resource has, ordered, after a given one. */
  readonly unlisted: (side: Side, after: string) => readonly string[]
  /** Records that, according to the server, no resource has this id. */
  readonly markMissing: (side: Side, id: string) => void
  /** The members of a group, with their keys. */
  readonly members: (side: Side, type: string, id: string) => Iterable<Member>
  /** The key of the resource with an id; undefined if it is unknown or not unique. */
  readonly keyOf: (side: Side, id: string) => ResourceKey | undefined
  /** Whether, according to the server, no resource has this id. */
  readonly isMissing: (side: Side, id: string) => boolean
  /** The id of the resource with a key; undefined if several have it. */
  readonly idOf: (side: Side, type: string, key: string) => string | undefined
  readonly close: () => void
}

/** A key together with its type. */
export interface ResourceKey {
  readonly type: string
  readonly key: string
  /** The key as people wrote it, the same for both sides. */
  readonly shown: string
}

/** A member of a group; without a key if no known resource has its id. */
export interface Member {
  readonly id: string
  readonly key: ResourceKey | undefined
}

const TABLES = `
create table resource (side text, type text, key text, shown text, id text, document text, made integer, whole integer,
  members_shown integer, primary key (type, key, side)) without rowid;
create index by_id on resource (side, id);
create index by_reading on resource (side, type, id) where whole = 0;
create table member (side text, type text, holder text, id text, primary key (side, type, holder, id)) without rowid;
create table referred (side text, id text, primary key (side, id)) without rowid;
create table missing (side text, id text, primary key (side, id)) without rowid;
create table several (side text, type text, key text, id text, primary key (type, key, side, id)) without rowid;
create index several_by_id on several (side, id);
`

/** Rows per read. */
const BLOCK = 200

type Statements = ReturnType<typeof prepareAll>

function prepareAll(db: DatabaseSync) {
  return {
    insert: db.prepare('insert or ignore into resource values (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    update: db.prepare(
      'update resource set shown = ?, document = ?, whole = ?, members_shown = ? where type = ? and key = ? and side = ?',
    ),
    insertMember: db.prepare('insert or ignore into member values (?, ?, ?, ?)'),
    deleteMembers: db.prepare('delete from member where side = ? and type = ? and holder = ?'),
    insertReferred: db.prepare('insert or ignore into referred values (?, ?)'),
    insertMissing: db.prepare('insert or ignore into missing values (?, ?)'),
    insertSeveral: db.prepare('insert or ignore into several values (?, ?, ?, ?)'),
    countSeveral: db.prepare('select count(*) as n from several where type = ? and key = ? and side = ?'),
    byKey: db.prepare('select id from resource where type = ? and key = ? and side = ?'),
    byPair: db.prepare('select * from resource where type = ? and key = ? and side = ?'),
    // The key is shown as B writes it, so that both sides show the same. A key that several share identifies none of them.
    keyById: db.prepare(`select r.type, r.key, coalesce(o.shown, r.shown) as shown from resource r
      left join resource o on o.type = r.type and o.key = r.key and o.side = 'b'
      where r.side = ? and r.id = ? and not exists (select 1 from several s where s.type = r.type and s.key = r.key)`),
    missing: db.prepare('select 1 from missing where side = ? and id = ?'),
    membersOf: db.prepare('select id from member where side = ? and type = ? and holder = ? order by id'),
    keysAfter: db.prepare(
      `select distinct key from resource where type = ? and (?2 is null or key > ?2) order by key limit ${BLOCK}`,
    ),
    unread: db.prepare(`select id from resource where side = ? and type = ? and whole = 0 and id > ?
      and (? or members_shown = 0) order by id limit ${BLOCK}`),
    unlisted: db.prepare(`select id from referred f where side = ?1 and id > ?2
      and not exists (select 1 from resource r where r.side = ?1 and r.id = f.id)
      and not exists (select 1 from several s where s.side = ?1 and s.id = f.id)
      and not exists (select 1 from missing m where m.side = ?1 and m.id = f.id)
      order by id limit ${BLOCK}`),
  }
}

/** Opens an empty table. */
export function openPairTable(): PairTable {
  // Without a name, SQLite uses a temporary file that the system deletes however the process ends.
  const db = new DatabaseSync('')
  db.exec(`pragma journal_mode = off; pragma synchronous = off; ${TABLES}`)
  const statements = prepareAll(db)
  const keyOf = (side: Side, id: string) => statements.keyById.get(side, id) as ResourceKey | undefined
  return {
    add: (side, type, key, resource, options) => add(statements, side, type, key, resource, options),
    pair: (type, key) => pairOf(statements, type, key),
    pairs: (type) => pairsOf(statements, type),
    unread: (side, type, after, which) => idsIn(statements.unread.all(side, type, after, Number(which === 'all'))),
    unlisted: (side, after) => idsIn(statements.unlisted.all(side, after)),
    markMissing: (side, id) => void statements.insertMissing.run(side, id),
    *members(side, type, holder) {
      for (const id of idsIn(statements.membersOf.all(side, type, holder))) yield { id, key: keyOf(side, id) }
    },
    keyOf,
    isMissing: (side, id) => statements.missing.get(side, id) !== undefined,
    idOf: (side, type, key) => idOf(statements, side, type, key),
    close: () => db.close(),
  }
}

function add(
  { insert, update, byKey, insertSeveral, deleteMembers, insertMember, insertReferred }: Statements,
  side: Side,
  type: ResourceType,
  path: string,
  resource: JsonObject,
  { made, whole, membersShown, refersTo }: AddOptions,
): AddResult {
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
      // A resource just created under a key that is taken is reported by the caller.
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
  return 'added'
}

function pairOf({ byPair, countSeveral }: Statements, type: string, key: string): Pair | undefined {
  const read = (side: Side) => byPair.get(type, key, side) as unknown as Row | undefined
  const [a, b] = [read('a'), read('b')]
  const shown = a?.shown ?? b?.shown
  if (shown === undefined) return undefined
  const count = (side: Side) => (countSeveral.get(type, key, side) as { n: number }).n
  const others = { a: count('a'), b: count('b') }
  const several = others.a + others.b === 0 ? undefined : { a: others.a + (a ? 1 : 0), b: others.b + (b ? 1 : 0) }
  return { key, shown, a: a && resourceOf(a), b: b && resourceOf(b), several }
}

/** In blocks, so that the tables may change meanwhile. */
function* pairsOf(statements: Statements, type: string): Iterable<Pair> {
  let after: string | null = null
  for (;;) {
    const keys = statements.keysAfter.all(type, after) as unknown as readonly { readonly key: string }[]
    for (const { key } of keys) {
      const pair = pairOf(statements, type, key)
      if (pair !== undefined) yield pair
    }
    const last = keys.at(-1)
    if (last === undefined) return
    after = last.key
  }
}

function idOf({ countSeveral, byKey }: Statements, side: Side, type: string, key: string): string | undefined {
  for (const each of ['a', 'b']) if ((countSeveral.get(type, key, each) as { n: number }).n > 0) return undefined
  return (byKey.get(type, key, side) as { id: string } | undefined)?.id
}

function idsIn(rows: readonly unknown[]): readonly string[] {
  return rows.map((row) => (row as { id: string }).id)
}

interface Row {
  readonly id: string
  readonly shown: string
  readonly document: string
  readonly made: number
  readonly whole: number
  readonly members_shown: number
}

function resourceOf({ id, document, made, whole, members_shown }: Row): SideResource {
  return {
    id,
    document: JSON.parse(document) as JsonObject,
    made: made === 1,
    whole: whole === 1,
    membersShown: members_shown === 1,
  }
}

/** Throws unless an attribute can identify resources: it must have a single, simple value. */
export function checkKey(type: ResourceType, path: string): void {
  const target = resolve(path, type)
  if (target?.attribute === undefined || target.attribute.multiValued || target.leaf.type === 'complex') {
    throw new UsageError(
      `${type.name} can't be identified by "${path}"; choose an attribute with a single, simple value`,
    )
  }
}

/** The simple value at a path, as text; undefined if there is none. */
export function valueAt(resource: JsonObject, path: string, type: ResourceType): string | undefined {
  const target = resolve(path, type)
  if (target?.attribute === undefined) return undefined
  const holder = target.extension === undefined ? resource : resource[target.extension]
  const value = isObject(holder) ? holder[target.attribute.name] : undefined
  const leaf = target.sub === undefined ? value : isObject(value) ? value[target.sub.name] : undefined
  return leaf === undefined || leaf === null || leaf === '' ? undefined : String(leaf)
}
