// What a stream can tell of: new requests, new changes, the last minutes as points, things to look at.

import { environment } from '../../environment.ts'
import { type LineFilter, seriesOf } from '../../record/index.ts'
import type { ServerEvent } from '../event-stream.ts'
import { beginsAfterCut, lineJson as changeJson, pageOfLog, reachOf } from '../log-page.ts'
import { requireRecord } from '../record-access.ts'
import type { RouteDeps } from '../route.ts'
import { lineJson } from './requests.ts'
import { pointJson, thingsFor } from './series.ts'

/** One topic of one stream. */
export interface Topic {
  /** What has happened since the last look. */
  readonly look: () => Promise<readonly ServerEvent[]>
  /** Where it has read to, for a client that connects again. */
  readonly place: () => number | undefined
}

/** Most lines of one event. */
const LINES = 500
/** A reader that is further behind is told of a gap, and reads on at the end. */
const BEHIND = 5_000
const SERIES_MS = 5_000
const ATTENTION_MS = 15_000
const MINUTE_MS = 60_000

/** Requests as they are kept, from whichever process, in the order of their places: each once. */
export async function requestsTopic(
  { record }: Pick<RouteDeps, 'record'>,
  filter: LineFilter,
  resume: number | undefined,
): Promise<Topic> {
  const { store } = requireRecord(record)
  let place = resume ?? (await store.place())
  let isFirst = resume !== undefined
  return {
    place: () => place,
    async look() {
      const end = await store.place()
      const gap: ServerEvent[] = []
      if (end - place > BEHIND) {
        gap.push({
          event: 'gap',
          data: { topic: 'requests', from: place, to: end - LINES, dropped: end - LINES - place },
        })
        place = end - LINES
      } else if (isFirst && (await isCut(place, end))) {
        gap.push({ event: 'gap', data: { topic: 'requests', from: place, to: end, dropped: end - place } })
        place = end
      }
      isFirst = false
      if (end <= place) return gap
      const { items, next } = await store.page({ ...filter, order: 'oldest', after: place, limit: LINES })
      place = next ?? Math.max(end, items.at(-1)?.place ?? 0)
      return items.length === 0 ? gap : [...gap, { event: 'requests', data: { items: items.map(lineJson) } }]
    },
  }

  /** Whether lines after a place have been removed already. */
  async function isCut(from: number, end: number): Promise<boolean> {
    if (from >= end) return false
    const { items } = await store.page({ order: 'oldest', after: 0, limit: 1 })
    return (items[0]?.place ?? end) > from + 1
  }
}

/** Changes of a tenant. */
export async function changesTopic(
  { directory, store }: Pick<RouteDeps, 'directory' | 'store'>,
  tenant: string,
  values: boolean,
  resume: number | undefined,
): Promise<Topic> {
  let after = resume ?? (await reachOf(store, tenant)).place
  return {
    place: () => after,
    async look() {
      const reach = await reachOf(store, tenant)
      if (reach.place <= after) return []
      const gap: ServerEvent[] = []
      if (reach.begins > after + 1) {
        gap.push({ event: 'gap', data: { topic: 'changes', from: after, to: reach.begins - 1 } })
        after = reach.begins - 1
      }
      const wanted = { order: 'asc' as const, after, limit: LINES }
      const page = await pageOfLog(directory, tenant, reach, wanted).catch((error) =>
        pageOfLog(directory, tenant, { ...reach, begins: beginsAfterCut(error) }, wanted),
      )
      after = Math.max(after, page.next)
      const items = page.lines.map((line) => changeJson(line, values))
      return items.length === 0 ? gap : [...gap, { event: 'changes', data: { tenant, items } }]
    },
  }
}

/** The last two minutes as points, every five seconds. */
export function seriesTopic(
  { record }: Pick<RouteDeps, 'record'>,
  tenants: readonly string[] | undefined,
  connection: string | undefined,
): Topic {
  const { store } = requireRecord(record)
  let due = 0
  return {
    place: () => undefined,
    async look() {
      if (environment.monotonic() < due) return []
      due = environment.monotonic() + SERIES_MS
      const until = environment.now() + 1
      const from = until - (until % MINUTE_MS) - MINUTE_MS
      const counts = await store.counts({ tenants, connection, from, until, by: 'minute' })
      const points = seriesOf(counts, { from, until, step: MINUTE_MS })
      return [{ event: 'series', data: { step: MINUTE_MS / 1_000, points: points.map(pointJson) } }]
    },
  }
}

/** The things to look at, when they change. */
export function attentionTopic(
  deps: Pick<RouteDeps, 'tenancy' | 'hub' | 'record'>,
  own: readonly string[] | undefined,
  tenant: string | undefined,
): Topic {
  let due = 0
  let told = ''
  return {
    place: () => undefined,
    async look() {
      if (environment.monotonic() < due) return []
      due = environment.monotonic() + ATTENTION_MS
      const items = await thingsFor(deps, own, tenant)
      const text = JSON.stringify(items)
      if (text === told) return []
      told = text
      return [{ event: 'attention', data: { items } }]
    },
  }
}
