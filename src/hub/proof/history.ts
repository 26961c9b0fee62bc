// What a tenant's log says about a moment in the past: what changed since, undone.

import { type Document, type Json, LockstepError, type ResourceType } from '../../protocol/index.ts'
import { type Change, LogCut, type Store } from '../../store/index.ts'
import { type Draft, readPlace, write } from '../map/place.ts'

/** What reading a history needs of a store. */
export type HistoryStore = Pick<Store, 'changes' | 'tenant' | 'names'>

/** The lines of the log since a moment, as far as they say what was different then. */
export interface History {
  /** Milliseconds since 1970. */
  readonly at: number
  /** How many values and memberships it holds. */
  readonly size: number
  /** A resource as it was; `now`: as it is, undefined when it is gone. Undefined: it was not there. */
  readonly before: (type: ResourceType, id: string, now: Document | undefined) => Document | undefined
  /** Groups that a member joined or left since, by whether it was in them; without those in `blind`. */
  readonly moved: (member: string) => ReadonlyMap<string, boolean>
  /** Everybody, and every group, that joined or left a group since. */
  readonly movers: () => Iterable<string>
  /** Groups whose members can't be told from the lines since: they are gone, or so many members moved at once that no line names them. */
  readonly blind: ReadonlySet<string>
  /** Resources that were there and are gone: their types by id. */
  readonly gone: ReadonlyMap<string, string>
  /** What has changed of apps: the values of then by setting; null for an app that was not there. */
  readonly apps: ReadonlyMap<string, ReadonlyMap<string, Json | undefined> | null>
  /** Members of groups in `blind`, as the lines up to the moment tell; undefined where they don't. Reads the log from its beginning. */
  readonly forward: () => Promise<ReadonlyMap<string, ReadonlySet<string> | undefined>>
  /** People whose values were erased from the log. */
  readonly erased: ReadonlySet<string>
}

/** Lines in one read. */
const CHUNK = 1_000
/** Most lines that an answer looks at: of a person, and of all. */
const MOST_LINES = { one: 5_000_000, all: 500_000 }
/** Most values and memberships that are kept. */
const MOST_KEPT = 2_000_000

/** No answer for a moment in the past: it lies before the log begins, or too far back. */
export class HistoryRefusal extends LockstepError {
  constructor(message: string) {
    super('ERR_INVALID', message)
    this.name = 'HistoryRefusal'
  }
}

/**
 * Reads what has changed since a moment. With `only`, no values are kept of other people. Work: the lines since then. Throws
 * {@link HistoryRefusal} where the log does not reach so far back.
 */
export async function readHistory(store: HistoryStore, tenant: string, at: number, only?: string): Promise<History> {
  const { place: last = 0, begins = 1 } = (await store.tenant(tenant)) ?? {}
  const from = await placeAt(store, tenant, at, begins, last)
  if (from < begins && begins > 1) throw await beforeBeginning(store, tenant, begins)
  const kept = createKept()
  const isPerson = only === undefined ? undefined : createPeople(store, tenant)
  const most = only === undefined ? MOST_LINES.all : MOST_LINES.one
  if (last - from > most) {
    const advice = only === undefined ? 'ask for one person, or for a later time' : 'ask for a later time'
    throw new HistoryRefusal(
      `${last - from} lines were written since then; at most ${most} are looked through: ${advice}`,
    )
  }
  for await (const lines of linesBetween(store, tenant, from, last)) {
    await isPerson?.learn(
      lines.flatMap(({ members }) => [...(members?.ids?.added ?? []), ...(members?.ids?.removed ?? [])]),
    )
    for (const line of lines) kept.take(line, (id) => only === undefined || id === only || isPerson?.is(id) !== true)
    if (kept.size() > MOST_KEPT)
      throw new HistoryRefusal(
        `More than ${MOST_KEPT} values have changed since then; ask for one person, or a later time`,
      )
  }
  return {
    at,
    size: kept.size(),
    ...kept.found,
    forward: once(() => readForward(store, tenant, begins, from, kept.found.blind)),
  }
}

function createKept() {
  const values = new Map<string, Map<string, Json | undefined>>()
  const made = new Set<string>()
  const gone = new Map<string, string>()
  const moves = new Map<string, Map<string, boolean>>()
  const blind = new Set<string>()
  const erased = new Set<string>()
  const apps = new Map<string, Map<string, Json | undefined> | null>()
  let size = 0
  const move = (group: string, member: string, was: boolean) => {
    const own = moves.get(member) ?? new Map<string, boolean>()
    moves.set(member, own)
    // The first line since then tells how it was.
    if (own.has(group)) return
    size += 1
    own.set(group, was)
  }
  const remember = (of: Map<string, Json | undefined>, line: Change) => {
    for (const { path, old } of line.paths) {
      if (of.has(path)) continue
      size += 1
      of.set(path, old)
    }
  }
  const takeApp = (line: Change) => {
    const known = apps.get(line.id)
    if (known === null) return
    if (known === undefined && line.paths[0]?.new === 'created') return void apps.set(line.id, null)
    const of = known ?? new Map()
    apps.set(line.id, of)
    remember(of, { ...line, paths: line.paths.filter(({ path }) => !NO_SETTINGS.has(path)) })
  }
  return {
    size: () => size,
    take(line: Change, wanted: (id: string) => boolean) {
      const { op, type, id, members } = line
      if (op === 'note') {
        if (type === 'App') takeApp(line)
        else if (line.paths.some(({ path, new: verb }) => path === 'verb' && verb === 'erased')) erased.add(id)
        return
      }
      if (members !== undefined) {
        if (members.ids === undefined) blind.add(id)
        for (const member of members.ids?.added ?? []) if (wanted(member)) move(id, member, false)
        for (const member of members.ids?.removed ?? []) if (wanted(member)) move(id, member, true)
      }
      if (type !== 'Group' && !wanted(id)) return
      const isFirst = !values.has(id)
      if (op === 'create' && isFirst) made.add(id)
      if (op === 'delete' && !made.has(id)) {
        gone.set(id, type)
        // Its line does not name those who were in it.
        if (type === 'Group') blind.add(id)
      }
      const of = values.get(id) ?? new Map()
      values.set(id, of)
      remember(of, line)
    },
    found: {
      before(type: ResourceType, id: string, now: Document | undefined): Document | undefined {
        if (made.has(id) || (now === undefined && !gone.has(id))) return undefined
        const changed = values.get(id)
        if (changed === undefined) return now
        const draft: Draft = now === undefined ? { id } : { ...now }
        for (const [path, old] of changed) {
          const place = readPlace(path, type)
          if (typeof place !== 'string') write(draft, place, old)
        }
        return draft
      },
      moved: (member: string): ReadonlyMap<string, boolean> =>
        new Map([...(moves.get(member) ?? [])].filter(([group]) => !blind.has(group))),
      movers: () => moves.keys(),
      blind,
      gone,
      apps,
      erased,
    },
  }
}

/** What notes about apps say besides settings. */
const NO_SETTINGS: ReadonlySet<string> = new Set(['verb', 'credentials', 'approved', 'plan'])

/** The last place at or before a moment; the one before the first line when all are later. Lines are in the order of their times, nearly. */
async function placeAt(store: HistoryStore, tenant: string, at: number, begins: number, last: number): Promise<number> {
  let low = begins - 1
  let high = last
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const [line] = await store.changes(tenant, middle - 1, 1)
    if (line === undefined || line.at > at) high = middle - 1
    else low = middle
  }
  return low
}

async function beforeBeginning(store: HistoryStore, tenant: string, begins: number): Promise<HistoryRefusal> {
  const [first] = await store.changes(tenant, begins - 1, 1)
  const when = first === undefined ? '' : `, with ${new Date(first.at).toISOString()}`
  return new HistoryRefusal(`The log of the tenant begins at place ${begins}${when}; nobody can say what was before`)
}

async function* linesBetween(
  store: HistoryStore,
  tenant: string,
  after: number,
  last: number,
): AsyncGenerator<readonly Change[]> {
  for (let place = after; place < last; ) {
    const lines = await readLines(store, tenant, place)
    const wanted = lines.filter((line) => line.place <= last)
    if (wanted.length === 0) return
    yield wanted
    place = wanted.at(-1)?.place ?? last
  }
}

async function readLines(store: HistoryStore, tenant: string, place: number): Promise<readonly Change[]> {
  try {
    return await store.changes(tenant, place, CHUNK)
  } catch (error) {
    if (!(error instanceof LogCut)) throw error
    throw new HistoryRefusal('The log was cut while it was read; ask again')
  }
}

/** Who is a person, so that the moves of others need not be kept; what is gone may be anything. */
function createPeople(store: HistoryStore, tenant: string) {
  const people = new Map<string, boolean>()
  return {
    is: (id: string) => people.get(id) === true,
    async learn(ids: readonly string[]) {
      const unknown = [...new Set(ids)].filter((id) => !people.has(id))
      for (let at = 0; at < unknown.length; at += CHUNK) {
        const some = unknown.slice(at, at + CHUNK)
        for (const id of some) people.set(id, false)
        for (const { id, type } of await store.names(tenant, some)) people.set(id, type === 'User')
      }
      if (people.size > 1_000_000) people.clear()
    },
  }
}

/** The members of groups at a place, from all that the log says up to it: known only where it has seen the group being made. */
async function readForward(
  store: HistoryStore,
  tenant: string,
  begins: number,
  last: number,
  groups: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlySet<string> | undefined>> {
  const found = new Map<string, Set<string> | undefined>()
  if (groups.size === 0) return found
  for (const id of groups) found.set(id, undefined)
  for await (const lines of linesBetween(store, tenant, begins - 1, last)) {
    for (const { op, id, members } of lines) {
      if (!groups.has(id) || op === 'note') continue
      if (op === 'create') found.set(id, new Set())
      const known = found.get(id)
      if (known === undefined || members === undefined) continue
      if (members.ids === undefined) found.set(id, undefined)
      for (const member of members.ids?.added ?? []) known.add(member)
      for (const member of members.ids?.removed ?? []) known.delete(member)
    }
  }
  return found
}

function once<T>(run: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= run()
    return result
  }
}
