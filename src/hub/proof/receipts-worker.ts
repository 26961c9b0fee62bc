// Follows the leavers of all tenants until every app has confirmed, and makes their receipts.

import { type HeldLease, startWorker, type Worker, type WorkResult } from '../../jobs/index.ts'
import { type Item, NEVER, type Store, type Work, type Write } from '../../store/index.ts'
import { QUEUES } from '../contract/index.ts'
import { followLeaving, leaverIn, type ReceiptsDeps } from './receipts.ts'

/** What the worker works with. */
export interface ReceiptsWorkerOptions extends ReceiptsDeps {
  readonly store: Store & Work
  readonly environment: ReceiptsDeps['environment'] & NonNullable<Parameters<typeof startWorker>[0]['environment']>
  /** The name of this process; unique among all processes that ever use the database. */
  readonly owner: string
  readonly report: (error: unknown, tenant: string | undefined) => void
}

/** Leavers that are followed in one turn of a tenant. */
const LEAVERS = 100

/** Starts the worker that makes receipts. */
export function startReceipts(options: ReceiptsWorkerOptions): Worker {
  const { store, environment, owner, report } = options
  return startWorker({
    store,
    environment,
    owner,
    queue: QUEUES.receipts,
    work: (item, lease) => followLeavers(options, item, lease),
    report: (error, item) => report(error, item?.tenant),
  })
}

/** One turn of a tenant: all its leavers that are due. */
export async function followLeavers(
  options: ReceiptsDeps & Pick<ReceiptsWorkerOptions, 'store' | 'report'>,
  { tenant }: Item,
  { signal }: Pick<HeldLease, 'signal'>,
): Promise<WorkResult> {
  const { store, environment, report } = options
  const within = { tenant, state: 'open' }
  const items = await store.due(QUEUES.leavers, { until: environment.now(), limit: LEAVERS, within })
  const writes: Write[] = []
  for (const item of items) {
    if (signal.aborted) break
    const { queue, key, mark } = item
    try {
      const { due, value } = await followLeaving(options, { item, leaver: leaverIn(item) })
      const set = { value: { ...value }, ...(due === undefined ? { state: '', due: NEVER } : { due }) }
      writes.push({ write: 'item', item: { tenant, queue, key }, set, settles: mark })
    } catch (error) {
      report(error, tenant)
      // One leaver whose receipt can't be made holds up nobody else's.
      writes.push({ write: 'item', item: { tenant, queue, key }, set: { due: environment.now() + RETRY_MS } })
    }
  }
  const next = await nextDue(store, tenant, new Map(writes.map((one) => [keyOf(one), dueOf(one)])))
  return { set: next === undefined ? { state: '', due: NEVER } : { due: next }, writes }
}

const RETRY_MS = 60_000

/** When the next leaver of a tenant is due, given what will be written. */
async function nextDue(store: Work, tenant: string, written: ReadonlyMap<string, number>): Promise<number | undefined> {
  const open = await store.due(QUEUES.leavers, { until: NEVER, limit: LEAVERS + 1, within: { tenant, state: 'open' } })
  const times = open.map(({ key, due }) => written.get(key) ?? due).filter((due) => due < NEVER)
  return times.length === 0 ? undefined : Math.min(...times)
}

function keyOf(write: Write): string {
  return write.write === 'item' ? write.item.key : ''
}

function dueOf(write: Write): number {
  return write.write === 'item' ? (write.set?.due ?? NEVER) : NEVER
}
