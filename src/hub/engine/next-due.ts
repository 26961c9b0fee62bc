// When an app has something to do next.

import { NEVER } from '../../store/index.ts'
import { QUEUES } from '../contract/index.ts'
import type { Turn } from './turn.ts'

/**
 * The earliest time at which a link is due, or `NEVER`. Only states and lanes in which links were left for a time to come are looked at;
 * those in which there are none any more are forgotten.
 */
export async function nextDue(turn: Turn): Promise<number> {
  const { deps, tenant, app } = turn
  const queue = QUEUES.links(app.settings.id)
  const found = await Promise.all(
    [...turn.timed].map(async (timed) => {
      const [state = '', lane] = timed.split('/')
      const where = { until: NEVER - 1, limit: 1, lanes: [Number(lane)], within: { tenant, state } }
      const [first] = await deps.store.due(queue, where)
      if (first === undefined) turn.timed.delete(timed)
      return first?.due ?? NEVER
    }),
  )
  return Math.min(NEVER, ...found)
}
