// Looks at everything for one app: after its configuration has changed, or a part of the log was missed.

import type { Store, Write } from '../../store/index.ts'
import { type AppState, HUB_LANES, type Link, QUEUES } from '../contract/index.ts'
import { CONFIGURATION } from './guarding.ts'
import { planFor } from './lane.ts'
import { causeWrite, linkMark } from './marks.ts'
import { readLinks } from './planner.ts'
import { nameOf, readSources, type Source } from './source.ts'
import type { Turn } from './turn.ts'

type Backfill = NonNullable<AppState['backfill']>

/** Resources in one batch. */
const BATCH = 200
/** What is gone through, in order: people come before the groups that they are in. */
const ORDER = ['User', 'Group', 'links'] as const

/** Whether everything has to be looked at: the unit's place is that of the configuration it must reflect. */
export function needsBackfill({ unit, state }: Pick<Turn, 'unit' | 'state'>): boolean {
  return unit.place > (state.configured ?? 0)
}

/**
 * Marks the links of one batch of resources; the turn calls it until it is done. Where it is is kept with the marks, so it goes on after
 * a crash. A configuration that changes meanwhile begins it anew. Returns whether it is done.
 */
export async function backfillBatch(turn: Turn): Promise<boolean> {
  const { committer } = turn
  const place = turn.unit.place
  const known = turn.state.backfill
  const from: Backfill = known?.place === place ? known : { place, type: 'User', after: '' }
  const { writes, next } = from.type === 'links' ? await linksBatch(turn, from) : await resourcesBatch(turn, from)
  const { backfill: _backfill, ...state } = turn.state
  turn.state = next === undefined ? { ...state, configured: place } : { ...state, backfill: next }
  committer.touch()
  await committer.commit(writes)
  return next === undefined
}

interface Batch {
  readonly writes: readonly Write[]
  /** Undefined: that was all. */
  readonly next: Backfill | undefined
}

function nextPass(from: Backfill): Backfill | undefined {
  const type = ORDER[ORDER.indexOf(from.type) + 1]
  return type === undefined ? undefined : { place: from.place, type, after: '' }
}

/** People or groups that are here. */
async function resourcesBatch(turn: Turn, from: Backfill): Promise<Batch> {
  const { deps, tenant, app } = turn
  const { type, after } = from
  if (type === 'links' || (type === 'Group' && !app.scope.hasGroups)) return { writes: [], next: nextPass(from) }
  const ids = await idsAfter(deps.store, tenant, type, after, BATCH)
  const refs = ids.map((id) => ({ type, id }))
  const sources = await readSources(deps.store, tenant, refs)
  const last = ids.at(-1)
  const next = ids.length < BATCH || last === undefined ? nextPass(from) : { ...from, after: last }
  return { writes: await marksFor(turn, from.place, [...sources.values()]), next }
}

/** Links whose resource is not here any more, in case nobody has heard of it. */
async function linksBatch(turn: Turn, from: Backfill): Promise<Batch> {
  const { deps, tenant, app } = turn
  const page = await deps.store.items(tenant, QUEUES.links(app.settings.id), {
    limit: BATCH,
    ...(from.after === '' ? {} : { after: from.after }),
  })
  const refs = page.map(({ key, value }) => ({ type: (value as unknown as Link).type, id: key }))
  const here = new Set(
    (
      await deps.store.names(
        tenant,
        refs.map(({ id }) => id),
      )
    ).map(({ id }) => id),
  )
  const gone = refs.filter(({ id }) => !here.has(id))
  const sources = await readSources(deps.store, tenant, gone)
  const last = page.at(-1)?.key
  const next = page.length < BATCH || last === undefined ? undefined : { ...from, after: last }
  return { writes: await marksFor(turn, from.place, [...sources.values()]), next }
}

async function marksFor(turn: Turn, place: number, sources: readonly Source[]): Promise<readonly Write[]> {
  const { deps, tenant, app } = turn
  const ref = { tenant, app: app.settings.id }
  const at = deps.environment.now()
  const known = await readLinks(
    deps,
    ref,
    sources.map(({ id }) => id),
  )
  const writes: Write[] = []
  for (const source of sources) {
    const found = known.get(source.id)
    const planned = planFor(app, source, found?.link, {
      killed: found?.killed === true,
      lane: HUB_LANES.backfill,
    })
    if (planned === undefined) continue
    // Joiners of a backfill are no joiners of today.
    const lane = planned.removes ? HUB_LANES.leave : HUB_LANES.backfill
    const name = source.document === undefined ? (found?.link?.name ?? source.id) : nameOf(source)
    writes.push(linkMark(ref, { resource: source.id, type: source.type, name, lane, at, place }))
    if (planned.removes) {
      writes.push(causeWrite(ref, source.id, { cause: CONFIGURATION, place, accounts: 1, memberships: 0 }))
    }
  }
  return writes
}

/** The next ids of a type, in their order. */
export async function idsAfter(
  store: Pick<Store, 'find'>,
  tenant: string,
  type: string,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const { resources } = await store.find({
    tenant,
    types: [{ type }],
    base: '',
    endpoints: {},
    page: { after: after === '' ? undefined : { id: after }, limit },
    total: false,
    groups: false,
  })
  return resources.map(({ id }) => id)
}
