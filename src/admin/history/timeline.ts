// The timeline of one resource from the log: its changes, and the groups that it joined and left.

import type { Change } from '../../directory/index.ts'
import { LogCut, type Store } from '../../store/index.ts'
import { type Departed, type HistoryReader, keyOf, memberKey } from './reader.ts'

/** One entry of a timeline. */
export type TimelineEntry =
  | { readonly kind: 'change' | 'note'; readonly line: Change }
  | { readonly kind: 'joined' | 'left'; readonly line: Change; readonly group: string }

/** A page of a timeline. */
export interface TimelinePage {
  readonly entries: readonly TimelineEntry[]
  /** Pass it as `before` to read on; absent at the end. */
  readonly next?: number
  /** The first place that it reaches back to. */
  readonly begins: number
  /** The place up to which the log has been read for it. */
  readonly builtTo: number
}

/** Which part of a timeline. */
export interface TimelineWanted {
  readonly before?: number | undefined
  readonly limit: number
}

/** Places of lines that lie closer together are read in one go. */
const NEAR = 10
/** Places that are looked at for one page: others may have the same hash. */
const LOOKED_AT = 2_000

/** Reads a page of a timeline, newest first. Work: that of its lines. */
export async function timelineOf(
  store: Pick<Store, 'changes'>,
  reader: HistoryReader,
  { tenant, type, id }: { readonly tenant: string; readonly type: string; readonly id: string },
  { before = Number.POSITIVE_INFINITY, limit }: TimelineWanted,
): Promise<TimelinePage> {
  const { chains, builtTo } = await reader.of(tenant)
  const places = merged(chains.before(keyOf(type, id), before), chains.before(memberKey(id), before))
  const entries: TimelineEntry[] = []
  const common = { begins: chains.since(), builtTo }
  for (let looked = 0; ; ) {
    const wanted = take(places, Math.min(limit, LOOKED_AT - looked))
    const lines = await linesAt(store, tenant, wanted)
    for (const place of wanted) {
      const line = lines.get(place)
      if (line !== undefined) entries.push(...entriesOf(line, type, id))
    }
    looked += wanted.length
    const last = wanted.at(-1)
    if (wanted.length === 0 || last === undefined) return { entries, ...common }
    if (entries.length >= limit || looked >= LOOKED_AT) return { entries, next: last, ...common }
  }
}

/** What a line says of a resource. */
function entriesOf(line: Change, type: string, id: string): readonly TimelineEntry[] {
  if (line.type === type && line.id === id) return [{ kind: line.op === 'note' ? 'note' : 'change', line }]
  const group = line.id
  if (line.members?.ids?.added.includes(id)) return [{ kind: 'joined', line, group }]
  if (line.members?.ids?.removed.includes(id)) return [{ kind: 'left', line, group }]
  return []
}

/** Two descending sequences as one, each place once. */
function* merged(one: Generator<number>, other: Generator<number>): Generator<number> {
  let a = one.next()
  let b = other.next()
  while (!a.done || !b.done) {
    const left = a.done ? Number.NEGATIVE_INFINITY : a.value
    const right = b.done ? Number.NEGATIVE_INFINITY : b.value
    yield Math.max(left, right)
    if (left >= right) a = one.next()
    if (right >= left) b = other.next()
  }
}

function take(from: Generator<number>, most: number): readonly number[] {
  const taken: number[] = []
  while (taken.length < most) {
    const next = from.next()
    if (next.done) break
    taken.push(next.value)
  }
  return taken
}

/** Lines by their places; those that were cut off are left out. */
export async function linesAt(
  store: Pick<Store, 'changes'>,
  tenant: string,
  places: readonly number[],
): Promise<ReadonlyMap<number, Change>> {
  const found = new Map<number, Change>()
  const wanted = [...new Set(places)].sort((a, b) => a - b)
  for (let at = 0; at < wanted.length; ) {
    const first = wanted[at] ?? 0
    let last = first
    let end = at + 1
    while (end < wanted.length && (wanted[end] ?? 0) - last <= NEAR) last = wanted[end++] ?? last
    for (const line of await readLines(store, tenant, first, last)) found.set(line.place, line)
    at = end
  }
  return new Map([...found].filter(([place]) => wanted.includes(place)))
}

async function readLines(
  store: Pick<Store, 'changes'>,
  tenant: string,
  first: number,
  last: number,
): Promise<readonly Change[]> {
  try {
    return await store.changes(tenant, first - 1, last - first + 1)
  } catch (error) {
    if (!(error instanceof LogCut)) throw error
    return error.begins > last ? [] : store.changes(tenant, error.begins - 1, last - error.begins + 1)
  }
}

/** Who is gone, the last first, by the beginning of a name or by id; each with the line that deleted it. */
export async function departedOf(
  store: Pick<Store, 'changes'>,
  reader: HistoryReader,
  tenant: string,
  wanted: {
    readonly text?: string | undefined
    readonly id?: string | undefined
    readonly type?: string | undefined
    readonly before?: number | undefined
    readonly limit: number
  },
): Promise<{
  readonly items: readonly { readonly departed: Departed; readonly line: Change }[]
  readonly next?: number
  readonly builtTo: number
}> {
  const { departed, builtTo } = await reader.of(tenant)
  const { text, id, type, before = Number.POSITIVE_INFINITY, limit } = wanted
  const found = [...departed.values()]
    .filter(
      (one) => one.place < before && (type === undefined || one.type === type) && (id === undefined || one.id === id),
    )
    .filter((one) => text === undefined || one.names.some((name) => name.startsWith(text)) || one.id.startsWith(text))
    .sort((a, b) => b.place - a.place)
  const page = found.slice(0, limit)
  const lines = await linesAt(
    store,
    tenant,
    page.map(({ place }) => place),
  )
  const items = page.flatMap((one) => {
    const line = lines.get(one.place)
    return line === undefined ? [] : [{ departed: one, line }]
  })
  const last = page.at(-1)
  return found.length > limit && last !== undefined ? { items, next: last.place, builtTo } : { items, builtTo }
}
