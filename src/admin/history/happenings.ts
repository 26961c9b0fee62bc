// All that happened to a resource: its changes, requests that touched it, what apps were sent, its receipts.

import type { HubAdministration } from '../../hub/index.ts'
import { isWrite, type LineFilter, type PlacedLine, type RecordStore } from '../../record/index.ts'
import type { Store } from '../../store/index.ts'
import type { Happened, Source } from './merge.ts'
import type { HistoryReader } from './reader.ts'
import { type TimelineEntry, timelineOf } from './timeline.ts'

/** The kinds of what happens. `request`: writes, and whatever was refused; `read`: reads that were answered. */
export const HAPPENINGS = ['change', 'request', 'read', 'push', 'receipt'] as const
/** One of {@link HAPPENINGS}. */
export type HappeningKind = (typeof HAPPENINGS)[number]

type Delivery = Awaited<ReturnType<HubAdministration['inspection']['deliveries']>>['items'][number]
type Leaving = Awaited<ReturnType<HubAdministration['proof']['leavings']>>[number]

/** One thing that happened. */
export type Happening = Happened &
  (
    | { readonly kind: 'change'; readonly entry: TimelineEntry; request?: string }
    | { readonly kind: 'request' | 'read'; readonly line: PlacedLine }
    | { readonly kind: 'push'; readonly delivery: Delivery }
    | { readonly kind: 'receipt'; readonly leaving: Leaving }
  )

/** What is looked at, and of what. */
export interface HappeningsOf {
  readonly tenant: string
  readonly type: string
  readonly id: string
  /** The keyed hash of its userName: requests that named it before it was there, or were refused. */
  readonly about?: string | undefined
  /** When the tenant was made: what was kept before is of an earlier one. */
  readonly created: number
}

/** What is read at once of each source. */
const PAGE = 50

/** The changes, and how far the log has been read for them. */
export function changesOf(
  store: Pick<Store, 'changes'>,
  history: HistoryReader,
  { tenant, type, id }: HappeningsOf,
  told: (reach: { readonly begins: number; readonly builtTo: number }) => void,
): Source<Happening> {
  return {
    name: 'changes',
    async read(cursor) {
      const before = cursor === undefined ? undefined : Number(cursor)
      const { entries, next, begins, builtTo } = await timelineOf(
        store,
        history,
        { tenant, type, id },
        { before, limit: PAGE },
      )
      told({ begins, builtTo })
      return {
        items: entries.map((entry) => ({
          kind: 'change',
          at: entry.line.at,
          next: String(entry.line.place),
          entry,
        })),
        ...(next === undefined ? {} : { next: String(next) }),
      }
    },
  }
}

/** The kept requests that touched it by its id, and those that only named it. */
export function requestsOf(
  record: Pick<RecordStore, 'page'>,
  { tenant, type, id, about, created }: HappeningsOf,
  kinds: ReadonlySet<HappeningKind>,
): readonly Source<Happening>[] {
  const source = (name: string, filter: LineFilter, isOwn: (line: PlacedLine) => boolean): Source<Happening> => ({
    name,
    async read(cursor) {
      const after = cursor === undefined ? undefined : Number(cursor)
      const page = await record.page({ tenants: [tenant], ...filter, order: 'newest', after, limit: PAGE })
      const items = page.items
        .map((line): Happening => ({ kind: kindOf(line), at: line.at, next: String(line.place), line }))
        .filter((one) => kinds.has(one.kind) && 'line' in one && one.line.at >= created && isOwn(one.line))
      return { items, ...(page.next === undefined ? {} : { next: String(page.next) }) }
    },
  })
  const own = source('requests', { resource: id }, (line) => line.type === undefined || line.type === type)
  if (about === undefined) return [own]
  return [own, source('named', { about }, ({ resource }) => resource !== id)]
}

function kindOf({ status, asks }: PlacedLine): 'request' | 'read' {
  return status >= 400 || isWrite(asks) ? 'request' : 'read'
}

/** What apps were sent of it. */
export function pushesOf(hub: Pick<HubAdministration, 'inspection'>, { tenant, id }: HappeningsOf): Source<Happening> {
  return {
    name: 'pushes',
    async read(after) {
      const { items, next } = await hub.inspection.deliveries(tenant, { resource: id, limit: PAGE, after })
      return {
        items: items.map((delivery) => ({
          kind: 'push',
          at: delivery.at,
          next: `${delivery.id} ${delivery.app}`,
          delivery,
        })),
        ...(next === undefined ? {} : { next }),
      }
    },
  }
}

/** When it left, and whether a receipt was signed. */
export function receiptsOf(hub: Pick<HubAdministration, 'proof'>, { tenant, id }: HappeningsOf): Source<Happening> {
  return {
    name: 'receipts',
    async read(cursor) {
      const all = await hub.proof.leavings(tenant, id)
      const items = all
        .map((leaving): Happening => {
          const at = leaving.signedAt ?? leaving.at
          return { kind: 'receipt', at, next: String(at), leaving }
        })
        .filter(({ at }) => cursor === undefined || at < Number(cursor))
        .sort((a, b) => b.at - a.at)
      return { items }
    },
  }
}

/**
 * Tells changes which request made them, and leaves that request out where it says nothing more. Of several requests with one version,
 * the first made it: the others found it so already.
 */
export function joined(items: readonly Happening[]): readonly Happening[] {
  const shown: Happening[] = []
  for (const one of items) {
    if (one.kind !== 'change') {
      shown.push(one)
      continue
    }
    const { entry } = one
    const at = shown.findLastIndex((other) => other.kind === 'request' && made(other.line, entry))
    const maker = shown[at]
    if (maker?.kind !== 'request') {
      shown.push(one)
      continue
    }
    if (maker.line.bends === undefined && maker.line.left === undefined) shown.splice(at, 1)
    shown.push({ ...one, request: maker.line.id })
  }
  return shown
}

function made({ status, asks, version, type, connection }: PlacedLine, { kind, line }: TimelineEntry): boolean {
  if (kind !== 'change' || status >= 400 || type !== line.type || connection !== line.actor) return false
  return line.op === 'delete' ? asks === 'delete' : version === line.version
}
