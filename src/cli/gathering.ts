import { DatabaseSync } from 'node:sqlite'
import { comparable, isObject, type Json, type JsonObject, type ResourceType, resolve } from '../protocol/index.ts'
import type { Place } from './place.ts'
import { UsageError } from './usage.ts'

/** One of the two places that are held against each other. */
export type Side = 'a' | 'b'

/** What is known of a resource of one side. */
export interface Gathered {
  readonly id: string
  /** The resource without its members. */
  readonly document: JsonObject
  /** Whether it was made a moment ago. */
  readonly made: boolean
}

/** A key with what each side has under it. */
export interface Pair {
  readonly key: string
  /** The key as people wrote it. */
  readonly shown: string
  readonly a: Gathered | undefined
  readonly b: Gathered | undefined
}

/**
 * The resources of two places on disk, by their keys: a temporary database that only its owner can read and that is gone
 * afterwards. Memory holds one page of a list and one pair at a time, whatever the size of the places.
 */
export interface Gathering {
  /** Reads all resources of a type from a place; gives how many, and how many of them had no key or one that was taken. */
  readonly gather: (
    side: Side,
    place: Place,
    type: ResourceType,
    key: string,
    options: { readonly namesOnly: boolean; readonly read: (count: number) => void },
  ) => Promise<{ readonly count: number; readonly left: number }>
  /** Takes in one resource that was made meanwhile. False when it has no key, or one that is taken. */
  readonly put: (side: Side, type: ResourceType, key: string, resource: JsonObject) => boolean
  /** Every key of a type, in order. */
  readonly pairs: (type: string) => Iterable<Pair>
  /** One key of a type, as it stands now. */
  readonly pair: (type: string, key: string) => Pair | undefined
  /** The members of a group by their types and keys; those whom nobody knows by their ids. */
  readonly members: (
    side: Side,
    type: string,
    id: string,
  ) => Iterable<{ readonly key: string; readonly shown: string; readonly id: string }>
  /** Type and key of an id on one side. */
  readonly keyOf: (
    side: Side,
    id: string,
  ) => { readonly type: string; readonly key: string; readonly shown: string } | undefined
  /** Id of a key on one side. */
  readonly idOf: (side: Side, type: string, key: string) => string | undefined
  readonly close: () => void
}

const TABLES = `
create table resource (side text, type text, key text, shown text, id text, document text, made integer, primary key (type, key, side)) without rowid;
create index by_id on resource (side, id);
create table member (side text, type text, holder text, id text, primary key (side, type, holder, id)) without rowid;
`

/** Pairs that are read at once. */
const BLOCK = 200

/** Opens an empty gathering. */
export function openGathering(): Gathering {
  // Without a name it is a file that SQLite spills to and that the system takes away however this process ends.
  const db = new DatabaseSync('')
  db.exec(`pragma journal_mode = off; pragma synchronous = off; ${TABLES}`)
  const insert = db.prepare('insert or ignore into resource values (?, ?, ?, ?, ?, ?, ?)')
  const insertMember = db.prepare('insert or ignore into member values (?, ?, ?, ?)')
  const byId = db.prepare('select type, key, shown from resource where side = ? and id = ?')
  const byKey = db.prepare('select id from resource where type = ? and key = ? and side = ?')
  const byPair = db.prepare('select id, shown, document, made from resource where type = ? and key = ? and side = ?')
  const membersOf = db.prepare(`select m.id, r.type, r.key, r.shown from member m
    left join resource r on r.side = m.side and r.id = m.id
    where m.side = ? and m.type = ? and m.holder = ? order by r.type, r.key, m.id`)
  // In blocks, so that the tables may change meanwhile.
  const block = db.prepare(`select key, max(shown) as shown,
    max(case side when 'a' then id end) as aId, max(case side when 'a' then document end) as a,
    max(case side when 'b' then id end) as bId, max(case side when 'b' then document end) as b,
    max(case side when 'b' then made end) as bMade
    from resource where type = ?1 and (?2 is null or key > ?2) group by key order by key limit ${BLOCK}`)

  function add(side: Side, type: ResourceType, path: string, resource: JsonObject, made: boolean): boolean {
    const { id, members, ...rest } = resource
    const shown = valueAt(resource, path, type)
    const target = resolve(path, type)
    if (typeof id !== 'string' || shown === undefined || target?.attribute === undefined) return false
    const key = comparable(target.leaf, shown)
    if (insert.run(side, type.name, key, shown, id, JSON.stringify({ ...rest, id }), Number(made)).changes === 0)
      return false
    for (const member of Array.isArray(members) ? (members as readonly Json[]) : []) {
      if (isObject(member) && typeof member.value === 'string') insertMember.run(side, type.name, id, member.value)
    }
    return true
  }

  return {
    put: (side, type, key, resource) => add(side, type, key, resource, true),
    async gather(side, place, type, key, { namesOnly, read }) {
      checkKey(type, key)
      let count = 0
      let left = 0
      db.exec('begin')
      try {
        const attributes = namesOnly ? { attributes: [key] } : {}
        for await (const resource of place.client.list(type, { count: 100, ...attributes })) {
          count += 1
          if (!add(side, type, key, resource as unknown as JsonObject, false)) left += 1
          read(1)
        }
      } finally {
        db.exec('commit')
      }
      return { count, left }
    },
    pair(type, key) {
      const read = (side: Side) =>
        byPair.get(type, key, side) as { id: string; shown: string; document: string; made: number } | undefined
      const [a, b] = [read('a'), read('b')]
      const shown = a?.shown ?? b?.shown
      if (shown === undefined) return undefined
      return { key, shown, a: a && gathered(a.id, a.document), b: b && gathered(b.id, b.document, b.made) }
    },
    *pairs(type) {
      let after: string | undefined
      for (;;) {
        const rows = block.all(type, after ?? null) as unknown as readonly Row[]
        for (const row of rows) {
          yield { key: row.key, shown: row.shown, a: gathered(row.aId, row.a), b: gathered(row.bId, row.b, row.bMade) }
        }
        after = rows.at(-1)?.key
        if (after === undefined) return
      }
    },
    *members(side, type, id) {
      for (const row of membersOf.iterate(side, type, id)) {
        const { id: member, type: kind, key, shown } = row as { [name: string]: string | null }
        yield {
          id: member ?? '',
          key: kind === null ? `id:${member}` : `${kind}:${key}`,
          shown: shown ?? `the id ${member}, which nobody listed has`,
        }
      }
    },
    keyOf: (side, id) => byId.get(side, id) as { type: string; key: string; shown: string } | undefined,
    idOf: (side, type, key) => (byKey.get(type, key, side) as { id: string } | undefined)?.id,
    close: () => db.close(),
  }
}

interface Row {
  readonly key: string
  readonly shown: string
  readonly aId: string | null
  readonly a: string | null
  readonly bId: string | null
  readonly b: string | null
  readonly bMade: number | null
}

function gathered(id: string | null, document: string | null, made: number | null = 0): Gathered | undefined {
  if (id === null || document === null) return undefined
  return { id, document: JSON.parse(document) as JsonObject, made: made === 1 }
}

function checkKey(type: ResourceType, path: string): void {
  const target = resolve(path, type)
  if (target?.attribute === undefined || target.attribute.multiValued || target.leaf.type === 'complex') {
    throw new UsageError(`${type.name} can't be told apart by "${path}"; take an attribute with one simple value`)
  }
}

function valueAt(resource: JsonObject, path: string, type: ResourceType): string | undefined {
  const target = resolve(path, type)
  if (target?.attribute === undefined) return undefined
  const holder = target.extension === undefined ? resource : resource[target.extension]
  const value = isObject(holder) ? holder[target.attribute.name] : undefined
  const leaf = target.sub === undefined ? value : isObject(value) ? value[target.sub.name] : undefined
  return leaf === undefined || leaf === null || leaf === '' ? undefined : String(leaf)
}
