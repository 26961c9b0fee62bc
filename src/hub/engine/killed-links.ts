// Links of people who were killed: the only ones that an app takes while people have paused it.

import { type Item, NEVER } from '../../store/index.ts'
import { type AppSettings, type Kill, QUEUES } from '../contract/index.ts'
import type { EngineDeps } from './turn.ts'

/** Kills that are read at once. */
const PAGE = 1_000

/**
 * Whether a kill passes the pause of an app. One that stood before its tenant was imported, or its database restored, may have been revoked
 * since: it waits until somebody has looked.
 */
export function passesPause({ review }: AppSettings, kill: Kill): boolean {
  return review === undefined || kill.at > review.since
}

/** Links of killed people that are due, and when the first of the others is, or `NEVER`. */
export async function dueKilledLinks(
  { store, environment }: Pick<EngineDeps, 'store' | 'environment'>,
  tenant: string,
  app: AppSettings,
): Promise<{ readonly items: readonly Item[]; readonly next: number }> {
  const items: Item[] = []
  let next = NEVER
  for (let after = ''; ; ) {
    const kills = await store.items(tenant, QUEUES.kills, { after, limit: PAGE })
    const keys = kills.filter(({ value }) => passesPause(app, value as unknown as Kill)).map(({ key }) => key)
    const links = keys.length === 0 ? [] : await store.items(tenant, QUEUES.links(app.id), { keys })
    const now = environment.now()
    for (const link of links) {
      // At rest: the app has confirmed it.
      if (link.state === '' || link.due >= NEVER) continue
      if (link.due <= now) items.push(link)
      else next = Math.min(next, link.due)
    }
    const last = kills.at(-1)
    if (kills.length < PAGE || last === undefined) return { items, next }
    after = last.key
  }
}
