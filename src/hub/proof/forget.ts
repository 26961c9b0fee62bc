// Takes a person who was erased out of what the hub remembers: receipts, old links, requests, plans.

import { type Item, NEVER, type Store, type Work, type WorkWrite } from '../../store/index.ts'
import { type Link, QUEUES, readApps } from '../contract/index.ts'
import { leftKey } from '../engine/leavers.ts'
import { formerKey } from '../engine/settle.ts'
import { ignoredKey } from '../reconcile/ignored.ts'
import { leavingsOf } from './receipts.ts'

/** What was forgotten. */
export interface Forgotten {
  /** Apps that have something to confirm or to read still: what is remembered of the person there stays until then. */
  readonly open: readonly string[]
}

type ForgetStore = Pick<Store & Work, 'records' | 'items' | 'commit'>

/** Items in one commit. */
const BATCH = 500

/**
 * Forgets a person who is not here any more. Receipts and requests go at once; an account's link goes when the app has confirmed and nothing is to
 * be read any more, because until then it is needed to keep the person out. Can be done again.
 */
export async function forgetPerson(store: ForgetStore, tenant: string, user: string): Promise<Forgotten> {
  const open: string[] = []
  for (const { item, leaver } of await leavingsOf(store, tenant, user)) {
    const left = { tenant, queue: QUEUES.left, key: leftKey(leaver.at, leaver.place) }
    await store.commit([gone(item), { write: 'item', item: left, set: undefined }])
  }
  await store.commit([gone({ tenant, queue: QUEUES.pardons, key: user })])
  for (const { id } of await readApps(store, tenant)) {
    for (const queue of [QUEUES.attempts(id), QUEUES.plans(id)]) await forgetTagged(store, tenant, queue, user)
    const [link] = await store.items(tenant, QUEUES.links(id), { keys: [user] })
    if (link === undefined) continue
    const { goneAt, name, type, account, off } = link.value as unknown as Link
    const isOver = goneAt !== undefined && link.state === '' && link.due >= NEVER && link.mark <= link.done
    if (!isOver) {
      open.push(id)
      continue
    }
    // Whoever has marked it meanwhile needs it still: it is forgotten the next time.
    await store.commit([
      { ...gone(link), settles: link.mark },
      { write: 'item', item: { tenant, queue: QUEUES.former(id), key: formerKey(name) }, set: undefined },
      gone({ tenant, queue: QUEUES.ignored(id), key: ignoredKey(type, account ?? off?.account ?? '') }),
    ])
  }
  return { open }
}

async function forgetTagged(store: ForgetStore, tenant: string, queue: string, user: string): Promise<void> {
  const tag = user.slice(-200)
  for (;;) {
    const page = await store.items(tenant, queue, { tag, limit: BATCH })
    if (page.length === 0) return
    await store.commit(page.map(gone))
  }
}

function gone({ tenant, queue, key }: Pick<Item, 'tenant' | 'queue' | 'key'>): Extract<WorkWrite, { write: 'item' }> {
  return { write: 'item', item: { tenant, queue, key }, set: undefined }
}
