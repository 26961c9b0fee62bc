// Forgets an app that was removed: its links and all else that is kept of it, a part at a time.

import type { Store, Write } from '../../store/index.ts'
import { type Link, QUEUES } from '../contract/index.ts'

/** What is kept of an app besides its links and their members. */
const BESIDE_LINKS = [
  QUEUES.waits,
  QUEUES.removals,
  QUEUES.former,
  QUEUES.attempts,
  QUEUES.holds,
  QUEUES.runs,
  QUEUES.plans,
  QUEUES.seen,
  QUEUES.drifts,
  QUEUES.ignored,
  QUEUES.approvals,
]

/** Items in one commit. */
const BATCH = 500

/** Whether the hub remembers an account in an app, or one that it was about to make. */
export async function hasLinks(store: Pick<Store, 'items'>, tenant: string, app: string): Promise<boolean> {
  return (await store.items(tenant, QUEUES.links(app), { limit: 1 })).length > 0
}

/** Removes what the hub remembers of an app. It can be interrupted and begun again; the unit goes last, so that it is found again. */
export async function clearApp(
  store: Pick<Store, 'items' | 'commit'>,
  tenant: string,
  app: string,
  signal?: AbortSignal,
): Promise<void> {
  const links = QUEUES.links(app)
  for (;;) {
    signal?.throwIfAborted()
    const page = await store.items(tenant, links, { limit: BATCH })
    for (const { key, value } of page) {
      if ((value as unknown as Link | null)?.type === 'Group')
        await clearQueue(store, tenant, QUEUES.members(app, key), signal)
    }
    if (page.length === 0) break
    await store.commit(page.map(({ key }) => gone(tenant, links, key)))
  }
  for (const queueOf of BESIDE_LINKS) await clearQueue(store, tenant, queueOf(app), signal)
  await store.commit([gone(tenant, QUEUES.units, app)])
}

async function clearQueue(
  store: Pick<Store, 'items' | 'commit'>,
  tenant: string,
  queue: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted()
    const page = await store.items(tenant, queue, { limit: BATCH })
    if (page.length === 0) return
    await store.commit(page.map(({ key }) => gone(tenant, queue, key)))
  }
}

function gone(tenant: string, queue: string, key: string): Write {
  return { write: 'item', item: { tenant, queue, key }, set: undefined }
}
