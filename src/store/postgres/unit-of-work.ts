import type { Change, LogDraft } from '../contract/index.ts'
import { numberOf, type Row, type Session, type Statement, textOf } from './database.ts'
import { indexValue } from './dialect.ts'
import type { Tenant } from './dictionary.ts'
import {
  GROUP_IDS,
  GROUPS,
  KEY_SHARE,
  LOCK,
  type Lock,
  lockAlike,
  NO_KEY_UPDATE,
  OWN,
  runsOf,
  UPDATE,
} from './locks.ts'

/** A resource as a transaction holds it: read under a lock, changed in memory, written at the end. */
export interface Held {
  readonly k: number
  readonly y: string
  readonly id: string
  readonly created: number
  version: number
  modified: number
  display: string
  readonly wasDisplay: string
  /** Values by path number. */
  entries: Entries
  /** Only of what this transaction writes. */
  text: string | undefined
  /** undefined: as it was. */
  secret: string | null | undefined
  /** Not in the table yet. */
  readonly isNew: boolean
  gone: boolean
  changed: boolean
}

/** Index values of a resource by path number. */
export interface Entries {
  readonly [a: string]: readonly string[]
}

/** Who is in a group, as far as it is known, and as it will be. */
export interface Members {
  /** Whether `before` knows every member. */
  whole: boolean
  readonly before: Map<number, boolean>
  readonly now: Map<number, boolean>
}

/** An index entry that comes or goes. */
export interface EntryChange {
  readonly a: number
  readonly value: string
  readonly k: number
  readonly unique: boolean
  readonly as: 'new' | 'gone'
}

/** A log line without its place. */
export interface Line extends Omit<LogDraft, 'op'> {
  readonly op: Change['op']
  readonly y: string
  readonly id: string
  readonly at: number
  readonly version: number
  /** Beyond so many ids only counts, unless the transaction is seen by the host. */
  readonly members?: Change['members']
}

/** Everything one transaction knows and will write. What a list of writes has done can be taken back until the next one starts. */
export interface Work {
  readonly tenant: Tenant
  readonly session: Session
  /**
   * Reads and locks resources by id, and the groups of those that are to be removed, in an order that all keep. False when one of them
   * turns out to be in a group that is not locked.
   */
  readonly lock: (locks: ReadonlyMap<string, Lock>, removed: readonly string[]) => Promise<boolean>
  /** Keeps others from writing records of the tenant, or its index paths: before the first is written, after all resources are locked. */
  readonly lockOwn: (what: keyof typeof OWN) => Promise<void>
  /** Reads resources by id that are named as members, those not known yet. */
  readonly load: (ids: Iterable<string>) => Promise<void>
  /** The resource with that id; undefined when there is none, or, `loaded` being false, when nothing is known of it. */
  readonly find: (id: string) => Held | undefined
  readonly loaded: (id: string) => boolean
  readonly byNumber: (k: number) => Held | undefined
  readonly add: (held: Held) => void
  readonly change: (
    held: Held,
    change: Partial<Omit<Held, 'k' | 'id' | 'y' | 'isNew' | 'created' | 'wasDisplay'>>,
  ) => void
  /** Reads who else has values of the index. */
  readonly loadHolders: (entries: readonly { readonly a: number; readonly value: string }[]) => Promise<void>
  readonly holdersOf: (a: number, value: string) => ReadonlySet<number>
  readonly enter: (change: EntryChange) => void
  readonly entryChanges: () => readonly EntryChange[]
  readonly members: (group: Held) => Members
  /** Reads which of these are in a group; all that are in it when none are given. */
  readonly loadMembers: (group: Held, numbers?: readonly number[]) => Promise<Members>
  /** The same for many groups at once. */
  readonly loadPairs: (pairs: readonly (readonly [group: Held, m: number])[]) => Promise<void>
  readonly setMember: (group: Held, m: number, is: boolean) => void
  readonly groups: () => ReadonlyMap<number, Members>
  /** The groups that a resource, which was locked to be removed, is a direct member of. */
  readonly groupsOf: (member: Held) => readonly Held[]
  readonly idsOf: (numbers: readonly number[]) => Promise<string[]>
  readonly log: (line: Line) => void
  readonly lines: () => readonly Line[]
  readonly held: () => Iterable<Held>
  /** Records, paths or the tenant itself changed. */
  recordsChanged: boolean
  /** Log lines that were there say something else now. */
  amended: boolean
  readonly mark: () => void
  readonly undo: () => void
}

/** What a list of writes needs besides the work it is done in. */
export interface Means {
  readonly work: Work
  /** The next number for a new resource. */
  readonly nextNumber: () => number
  /** The first try leaves it to the database to find that an id or a unique value is taken; the second one looks first. */
  readonly careful: boolean
  /** The host's own function will see the log lines, with the ids of all members. */
  readonly seen: boolean
}

/** So many runs of rows that are locked alike are cheaper one by one, in one round trip, than a statement for all. */
const RUNS = 12

/** Starts the work of one transaction. */
export function createWork(tenant: Tenant, session: Session): Work {
  const { t } = tenant
  const byId = new Map<string, Held | undefined>()
  const numbers = new Map<number, Held>()
  const holders = new Map<string, Set<number>>()
  const entered = new Map<string, Map<number, boolean>>()
  const entryChanges: EntryChange[] = []
  const groups = new Map<number, Members>()
  const memberships = new Map<number, number[]>()
  const lines: Line[] = []
  const undos: (() => void)[] = []
  const own = new Set<keyof typeof OWN>()

  function keep(row: Row): Held {
    const held: Held = {
      k: numberOf(row[0]),
      y: textOf(row[1]),
      id: textOf(row[2]),
      version: numberOf(row[3]),
      created: numberOf(row[4]),
      modified: numberOf(row[5]),
      display: textOf(row[6]),
      wasDisplay: textOf(row[6]),
      entries: JSON.parse(textOf(row[7])) as Entries,
      text: undefined,
      secret: undefined,
      isNew: false,
      gone: false,
      changed: false,
    }
    byId.set(held.id, held)
    numbers.set(held.k, held)
    return held
  }

  function push<T>(list: T[], one: T): void {
    list.push(one)
    undos.push(() => list.pop())
  }

  function membersOf(group: Held): Members {
    let members = groups.get(group.k)
    if (members === undefined) {
      members = { whole: group.isNew, before: new Map(), now: new Map() }
      groups.set(group.k, members)
    }
    return members
  }

  async function loadAlike(ids: readonly string[], lock: Lock): Promise<void> {
    const rows = await session.rows(lockAlike(lock), t, ids)
    for (const id of ids) byId.set(id, undefined)
    for (const row of rows) keep(row)
  }

  const work: Work = {
    tenant,
    session,
    recordsChanged: false,
    amended: false,
    async lock(wanted, removed) {
      const locks = new Map(wanted)
      if (removed.length > 0) {
        for (const [id] of await session.rows(GROUP_IDS, t, removed)) {
          const group = textOf(id)
          locks.set(group, locks.get(group) === UPDATE ? UPDATE : NO_KEY_UPDATE)
        }
      }
      const ids = [...locks.keys()]
      if (ids.length === 0) return true
      const runs = runsOf(locks)
      const statements: readonly Statement[] =
        runs.length <= RUNS
          ? runs.map(({ lock, ids }) => [lockAlike(lock), t, ids])
          : [[LOCK, t, ids, [...locks.values()]]]
      const groups: readonly Statement[] = removed.length === 0 ? [] : [[GROUPS, t, removed]]
      const results = await session.together([...statements, ...groups])
      for (const id of ids) byId.set(id, undefined)
      for (const rows of results.slice(0, statements.length)) for (const row of rows) keep(row)
      const of = results[statements.length] ?? []
      for (const [m, g] of of.map((row) => row.map(numberOf))) {
        if (m === undefined || g === undefined || !numbers.has(g)) return false
        const all = memberships.get(m)
        if (all === undefined) memberships.set(m, [g])
        else all.push(g)
      }
      return true
    },
    async lockOwn(what) {
      if (own.has(what)) return
      own.add(what)
      await session.rows(OWN[what], t)
    },
    async load(ids) {
      const wanted = [...new Set(ids)].filter((id) => !byId.has(id))
      if (wanted.length > 0) await loadAlike(wanted, KEY_SHARE)
    },
    find: (id) => byId.get(id),
    loaded: (id) => byId.has(id),
    byNumber: (k) => numbers.get(k),
    add(held) {
      const before = byId.get(held.id)
      const had = byId.has(held.id)
      byId.set(held.id, held)
      numbers.set(held.k, held)
      undos.push(() => {
        if (had) byId.set(held.id, before)
        else byId.delete(held.id)
        numbers.delete(held.k)
      })
    },
    change(held, change) {
      const before = { ...held }
      Object.assign(held, change, { changed: true })
      // The id is free for another one.
      if (change.gone) byId.set(held.id, undefined)
      undos.push(() => {
        Object.assign(held, before)
        if (change.gone) byId.set(held.id, held)
      })
    },
    async loadHolders(entries) {
      const wanted = entries.filter(({ a, value }) => !holders.has(`${a} ${value}`))
      if (wanted.length === 0) return
      const byStored = new Map(wanted.map(({ a, value }) => [`${a} ${indexValue(value)}`, `${a} ${value}`]))
      for (const { a, value } of wanted) holders.set(`${a} ${value}`, new Set())
      const rows = await session.rows(
        `select i.a, i.v, i.k from unnest($2::integer[], $3::text[]) d(a, v)
         join lockstep.value_index i on i.t = $1 and i.a = d.a and i.v = d.v`,
        t,
        wanted.map(({ a }) => a),
        wanted.map(({ value }) => indexValue(value)),
      )
      for (const [a, v, k] of rows) holders.get(byStored.get(`${a} ${v}`) ?? '')?.add(numberOf(k))
    },
    holdersOf(a, value) {
      const all = new Set(holders.get(`${a} ${value}`))
      for (const [k, is] of entered.get(`${a} ${value}`) ?? []) {
        if (is) all.add(k)
        else all.delete(k)
      }
      return all
    },
    enter(change) {
      push(entryChanges, change)
      const key = `${change.a} ${change.value}`
      const of = entered.get(key) ?? new Map<number, boolean>()
      entered.set(key, of)
      const before = of.get(change.k)
      of.set(change.k, change.as === 'new')
      undos.push(() => {
        if (before === undefined) of.delete(change.k)
        else of.set(change.k, before)
      })
    },
    entryChanges: () => entryChanges,
    members: membersOf,
    async loadMembers(group, some) {
      const members = membersOf(group)
      if (members.whole) return members
      if (some === undefined) {
        const [row] = await session.rows(
          `select string_agg(x.m::text, ',' order by x.m) from lockstep.member x where x.t = $1 and x.g = $2`,
          t,
          group.k,
        )
        const all = typeof row?.[0] === 'string' ? row[0].split(',') : []
        for (const m of all) members.before.set(Number(m), true)
        members.whole = true
        return members
      }
      const wanted = some.filter((m) => !members.before.has(m))
      if (wanted.length === 0) return members
      const rows = await session.rows(
        'select x.m from lockstep.member x where x.t = $1 and x.g = $2 and x.m = any($3::bigint[])',
        t,
        group.k,
        wanted,
      )
      for (const m of wanted) members.before.set(m, false)
      for (const [m] of rows) members.before.set(numberOf(m), true)
      return members
    },
    async loadPairs(pairs) {
      const wanted = pairs.filter(([group, m]) => {
        const { whole, before } = membersOf(group)
        return !whole && !before.has(m)
      })
      if (wanted.length === 0) return
      const rows = await session.rows(
        `select x.g, x.m from unnest($2::bigint[], $3::bigint[]) d(g, m)
         join lockstep.member x on x.t = $1 and x.g = d.g and x.m = d.m`,
        t,
        wanted.map(([{ k }]) => k),
        wanted.map(([, m]) => m),
      )
      for (const [group, m] of wanted) membersOf(group).before.set(m, false)
      for (const [g, m] of rows) groups.get(numberOf(g))?.before.set(numberOf(m), true)
    },
    setMember(group, m, is) {
      const { now } = membersOf(group)
      const before = now.get(m)
      now.set(m, is)
      undos.push(() => {
        if (before === undefined) now.delete(m)
        else now.set(m, before)
      })
    },
    groups: () => groups,
    groupsOf(member) {
      const found = new Set(memberships.get(member.k))
      for (const g of found) {
        const group = numbers.get(g)
        if (group !== undefined) membersOf(group).before.set(member.k, true)
      }
      for (const [g, { now }] of groups) {
        const is = now.get(member.k)
        if (is === true) found.add(g)
        if (is === false) found.delete(g)
      }
      return [...found].flatMap((g) => {
        const group = numbers.get(g)
        return group === undefined || group.gone ? [] : [group]
      })
    },
    async idsOf(wanted) {
      const ids: string[] = []
      const unknown: number[] = []
      for (const k of wanted) {
        const held = numbers.get(k)
        if (held === undefined) unknown.push(k)
        else ids.push(held.id)
      }
      if (unknown.length > 0) {
        const rows = await session.rows(
          'select r.id from lockstep.resource r where r.t = $1 and r.k = any($2::bigint[])',
          t,
          unknown,
        )
        for (const [id] of rows) ids.push(textOf(id))
      }
      return ids.sort()
    },
    log: (line) => push(lines, line),
    lines: () => lines,
    held: () => numbers.values(),
    mark() {
      undos.length = 0
      const before = work.recordsChanged
      undos.push(() => {
        work.recordsChanged = before
      })
    },
    undo() {
      for (const one of undos.toReversed()) one()
      undos.length = 0
    },
  }
  return work
}
