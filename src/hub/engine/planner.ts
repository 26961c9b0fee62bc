// Plans from the log: which links of which apps a batch of lines concerns, and how urgently.

import type { LogBatch, LogGap, LogResult } from '../../jobs/index.ts'
import type { Change, Write } from '../../store/index.ts'
import { type CompiledApp, HUB_LANES, type Link, QUEUES } from '../contract/index.ts'
import type { AppBook, BookApp } from './app-book.ts'
import { planFor } from './lane.ts'
import { leaverWrites } from './leavers.ts'
import { type AppRef, causeWrite, linkMark, memberMark, unitMark } from './marks.ts'
import { type Concern, concernsOf, concernsResource, type Read } from './plan-lines.ts'
import { nameOf, readSources, type Source } from './source.ts'
import type { EngineDeps } from './turn.ts'

/** What the planner works with. */
export interface PlannerDeps extends EngineDeps {
  readonly book: AppBook
}

/** Links that are read together, in one turn of the event loop: on SQLite, reads do not end it. */
const PAGE = 100
/** Writes that one commit takes besides the reader's own; more are committed before, which does no harm: a mark too many is no request. */
const COMMITTED = 1_000
/** Types of notes after which the apps are read anew. */
const CONFIGURING = new Set(['App', 'Schema', 'ResourceType', 'Tenant', 'Setting'])

/** The leases under which the apps were read. Whoever holds one of them plans every change of configuration itself. */
const readUnder = new WeakSet<object>()

function isNew(lease: object): boolean {
  if (readUnder.has(lease)) return false
  readUnder.add(lease)
  return true
}

/** Plans a batch of lines for all apps of a tenant. */
export async function planBatch(deps: PlannerDeps, batch: LogBatch): Promise<LogResult> {
  const { tenant, lines, lease } = batch
  const changed = lines.some(({ op, type }) => op === 'note' && CONFIGURING.has(type))
  // A change of configuration that another process has planned may not have reached this one.
  const apps = await (changed || isNew(lease) ? deps.book.reload(tenant) : deps.book.of(tenant))
  const resources = lines.filter(concernsResource)
  const read = await readSubjects(deps, tenant, resources)
  let writes: Write[] = lines.flatMap((line) => leaverWrites(line))
  let marks = 0
  for (const [id, app] of apps) {
    const own = await planApp(deps, { tenant, app: id }, app, lines, read)
    marks += own.marks
    writes.push(...own.writes)
    while (writes.length > COMMITTED) {
      await deps.store.commit([lease.fence, ...writes.slice(0, COMMITTED)])
      writes = writes.slice(COMMITTED)
    }
  }
  deps.meter?.planned(tenant, lines.length, marks)
  return { writes }
}

/** After a part of the log that was cut unread, every app is compared whole with what is here. */
export async function planGap(
  { book, environment }: PlannerDeps,
  { tenant, begins }: LogGap,
): Promise<readonly Write[]> {
  const apps = await book.reload(tenant)
  const now = environment.now()
  return [...apps.keys()].map((app) => unitMark({ tenant, app }, HUB_LANES.backfill, now, Math.max(1, begins - 1)))
}

/** The resources that lines are about, as they are now. */
async function readSubjects(deps: PlannerDeps, tenant: string, lines: readonly Change[]): Promise<Read> {
  const refs = new Map<string, { readonly type: 'User' | 'Group'; readonly id: string }>()
  for (const { type, id } of lines) if (type === 'User' || type === 'Group') refs.set(id, { type, id })
  const sources = new Map(await readSources(deps.store, tenant, [...refs.values()]))
  return {
    sources,
    async of(type, ids) {
      const missing = ids.filter((id) => !sources.has(id))
      const more = await readSources(
        deps.store,
        tenant,
        missing.map((id) => ({ type, id })),
      )
      for (const [id, source] of more) sources.set(id, source)
    },
  }
}

interface AppPlan {
  readonly writes: readonly Write[]
  readonly marks: number
}

async function planApp(
  deps: PlannerDeps,
  ref: AppRef,
  { settings, compiled }: BookApp,
  lines: readonly Change[],
  read: Read,
): Promise<AppPlan> {
  const now = deps.environment.now()
  const notes = lines.filter(({ op, type, id }) => op === 'note' && type === 'App' && id === ref.app)
  const configured = notes.at(-1)?.place ?? 0
  const unit = (lane: number, place = configured) => unitMark(ref, lane, now, place)
  if (settings.mode === 'off') return { writes: configured === 0 ? [] : [unit(HUB_LANES.backfill)], marks: 0 }
  if (compiled === undefined) {
    // Nothing can be planned: once it can be, everything is.
    return { writes: [unit(HUB_LANES.backfill, lines.at(-1)?.place)], marks: 0 }
  }
  const concerns = await concernsOf(deps.store, compiled, lines, read)
  const { writes, lane, marks } = await markLinks(deps, ref, compiled, concerns.links, read)
  const members = concerns.members.map((mark) => memberMark(ref, mark))
  const lowest = Math.min(lane, ...concerns.members.map((mark) => mark.lane))
  const whole = Math.max(configured, concerns.whole ?? 0)
  if (writes.length === 0 && members.length === 0 && whole === 0) return { writes: [], marks: 0 }
  return { writes: [...members, ...writes, unit(Math.min(lowest, HUB_LANES.backfill), whole)], marks }
}

/** The marks of links, each with the lane that its transition has. */
async function markLinks(
  deps: PlannerDeps,
  ref: AppRef,
  app: CompiledApp,
  concerns: readonly Concern[],
  read: Read,
): Promise<AppPlan & { readonly lane: number }> {
  const writes: Write[] = []
  let lowest: number = HUB_LANES.sweep
  let marks = 0
  for (let from = 0; from < concerns.length; from += PAGE) {
    const page = concerns.slice(from, from + PAGE)
    const known = await readLinks(
      deps,
      ref,
      page.map(({ id }) => id),
    )
    await new Promise<void>(deps.environment.afterTurn)
    for (const { id, ...concern } of page) {
      const source = read.sources.get(id)
      const found = known.get(id)
      if (source === undefined) continue
      const planned = planFor(app, source, found?.link, { killed: found?.killed === true, lane: concern.lane })
      if (planned === undefined) continue
      const { lane, removes } = planned
      lowest = Math.min(lowest, lane)
      marks++
      writes.push(
        linkMark(ref, { resource: id, type: source.type, name: linkName(source, found?.link), ...concern, lane }),
      )
      const { memberships, place, cause } = concern
      if (removes || memberships > 0) {
        writes.push(causeWrite(ref, id, { cause, place, accounts: removes ? 1 : 0, memberships }))
      }
    }
  }
  return { writes, lane: lowest, marks }
}

function linkName(source: Source, link: Link | undefined): string {
  return source.document === undefined ? (link?.name ?? source.id) : nameOf(source)
}

interface KnownLink {
  readonly link?: Link
  readonly killed: boolean
}

/** Links of these resources, and who of them was killed. */
export async function readLinks(
  { store }: Pick<EngineDeps, 'store'>,
  { tenant, app }: AppRef,
  keys: readonly string[],
): Promise<ReadonlyMap<string, KnownLink>> {
  const [links, kills] = await Promise.all([
    store.items(tenant, QUEUES.links(app), { keys }),
    store.items(tenant, QUEUES.kills, { keys }),
  ])
  const known = new Map<string, KnownLink>()
  for (const { key } of kills) known.set(key, { killed: true })
  for (const { key, value } of links) {
    known.set(key, { link: value as unknown as Link, killed: known.get(key)?.killed === true })
  }
  return known
}
