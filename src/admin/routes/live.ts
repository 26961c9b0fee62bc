// The route of the admin API that shows what happens in the apps of a tenant, as it happens.

import { environment } from '../../environment.ts'
import type { LiveEvent } from '../../hub/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { eventStream } from '../event-stream.ts'
import { type Route, route } from '../route.ts'

/** The route of the live feed. */
export const LIVE_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/live',
    id: 'watchApps',
    does: 'Watch the apps of a tenant, as server-sent events: attempt (a request and its outcome), app (mode and health), debt (links by state)',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, stream: 'text/event-stream' },
    run: async ({ params, isAllowed }, { hub, streams }) => {
      const watch = await hub.watch(params.tenant)
      return eventStream({
        look: async () => (await watch.look()).map(toServerEvent),
        isAllowed,
        signal: streams.signal,
        environment,
        ended: streams.begin(),
      })
    },
  }),
]

function toServerEvent({ event, ...data }: LiveEvent) {
  if (!('attempt' in data)) return { event, data }
  const { app, attempt } = data
  return { event, data: { app, ...attempt, at: isoTime(attempt.at) } }
}
