// The differences that sweeps have found, as they are kept for people.

import type { Json } from '../../protocol/index.ts'
import type { Item, Work, WorkWrite } from '../../store/index.ts'
import { type Drift, type DriftKind, QUEUES } from '../contract/index.ts'

/** How long a report is kept. */
const KEEP_MS = 90 * 86_400_000
/** What people are shown of each kind, at most: the counts go on. */
export const MOST_DRIFTS = 100_000

/** Keeps one difference of a run; `number` counts up within it. */
export function driftWrite(
  place: { readonly tenant: string; readonly app: string; readonly run: string },
  number: number,
  drift: Drift,
  now: number,
): WorkWrite {
  return {
    write: 'item',
    item: {
      tenant: place.tenant,
      queue: QUEUES.drifts(place.app),
      key: `${place.run}/${String(number).padStart(9, '0')}`,
    },
    set: { tag: `${place.run}/${drift.kind}`, value: drift as unknown as Json, expires: now + KEEP_MS },
  }
}

/** Keeps that a difference is being mended, as long as it was to be kept. */
export function fixedWrite(
  { tenant, app, run }: { readonly tenant: string; readonly app: string; readonly run: string },
  key: string,
  drift: Drift,
): WorkWrite {
  const value: Drift = { ...drift, done: 'fixed' }
  return {
    write: 'item',
    item: { tenant, queue: QUEUES.drifts(app), key },
    set: { tag: `${run}/${drift.kind}`, value: value as unknown as Json },
  }
}

/** One page of the differences of a run, all or of one kind. `after` is the key of the last one before. */
export async function driftsOf(
  store: Pick<Work, 'items'>,
  tenant: string,
  app: string,
  run: string,
  { kind, after, limit }: { readonly kind?: DriftKind; readonly after?: string; readonly limit: number },
): Promise<readonly { readonly key: string; readonly drift: Drift }[]> {
  const from = after ?? `${run}/`
  const where = kind === undefined ? { after: from, limit } : { tag: `${run}/${kind}`, after: from, limit }
  const items = await store.items(tenant, QUEUES.drifts(app), where)
  return items
    .filter(({ key }) => key.startsWith(`${run}/`))
    .map((item: Item) => ({ key: item.key, drift: item.value as unknown as Drift }))
}
