// What happens in the apps of a tenant, as it happens: requests, states of apps, debt.

import type { Environment } from '../../environment.ts'
import type { Store, Work } from '../../store/index.ts'
import { type AppState, type Attempt, QUEUES, readApps, timeKey } from '../contract/index.ts'

/** Something that happened. Times are in milliseconds since 1970. */
export type LiveEvent =
  | { readonly event: 'attempt'; readonly app: string; readonly attempt: Omit<Attempt, 'requests'> }
  /** An app's mode or health, at the beginning and whenever it is another. */
  | {
      readonly event: 'app'
      readonly app: string
      readonly mode: string
      readonly health: AppState['health']
      readonly reason?: string
      readonly managed?: number
    }
  /** How many links an app has in each state that is not at rest, at the beginning and whenever it changes. */
  | { readonly event: 'debt'; readonly app: string; readonly states: { readonly [state: string]: number } }

/** Watches the apps of a tenant. */
export interface LiveWatch {
  /** What has happened since the last look; at the first, how things are. */
  readonly look: () => Promise<readonly LiveEvent[]>
}

/** Attempts are written when they end, under the time at which they began: so far back is looked for them. */
const BACK_MS = 30_000
/** Attempts of an app that are read in one look. Beyond them, the oldest are left out: the list of attempts has them all. */
const ATTEMPTS = 1_000
/** Debt is counted at most so often. */
const DEBT_MS = 5_000

/** Begins to watch. It polls the store, so it sees what every process does. */
export function watchApps(
  { store, environment }: { readonly store: Store & Work; readonly environment: Pick<Environment, 'now'> },
  tenant: string,
): LiveWatch {
  const began = environment.now()
  /** Attempts that were told, by app and key, with the time of each. */
  const told = new Map<string, number>()
  /** What was told last of each app. */
  const last = new Map<string, string>()
  let counted = 0

  /** The event, unless the same was told before. */
  function changed(event: LiveEvent): readonly LiveEvent[] {
    const key = `${event.event} ${event.app}`
    const text = JSON.stringify(event)
    if (last.get(key) === text) return []
    last.set(key, text)
    return [event]
  }

  async function attemptsOf(app: string, now: number): Promise<readonly LiveEvent[]> {
    const from = Math.max(began, now - BACK_MS)
    const after = timeKey(from)
    const items = await store.items(tenant, QUEUES.attempts(app), { after, limit: ATTEMPTS })
    return items.flatMap(({ key, value }): LiveEvent[] => {
      if (told.has(`${app} ${key}`)) return []
      const { requests: _requests, ...attempt } = value as unknown as Attempt
      told.set(`${app} ${key}`, attempt.at)
      return [{ event: 'attempt', app, attempt }]
    })
  }

  return {
    async look() {
      const now = environment.now()
      for (const [key, at] of told) if (at < now - 2 * BACK_MS) told.delete(key)
      const apps = await readApps(store, tenant)
      const units = await store.items(tenant, QUEUES.units, { keys: apps.map(({ id }) => id) })
      const states = new Map(units.map(({ key, value }) => [key, value as unknown as AppState]))
      const isCounting = now - counted >= DEBT_MS
      if (isCounting) counted = now
      const events: LiveEvent[] = []
      for (const { id: app, mode } of apps) {
        const { health = 'healthy', reason, managed } = states.get(app) ?? {}
        const known = { ...(reason === undefined ? {} : { reason }), ...(managed === undefined ? {} : { managed }) }
        events.push(...changed({ event: 'app', app, mode, health, ...known }))
        events.push(...(await attemptsOf(app, now)))
        if (isCounting)
          events.push(...changed({ event: 'debt', app, states: await store.states(tenant, QUEUES.links(app)) }))
      }
      return events
    },
  }
}
