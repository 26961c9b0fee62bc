// The route of the admin API that tells what happens, as it happens: one stream for everything that a page shows.

import { z } from 'zod'
import { hasCapability, reaches } from '../../access/index.ts'
import { environment } from '../../environment.ts'
import { noTenant } from '../../tenancy/index.ts'
import { eventStream, type ServerEvent } from '../event-stream.ts'
import { Refused } from '../refusals.ts'
import { type Route, route } from '../route.ts'
import { lineFilter, RequestFilter } from './requests.ts'
import { attentionTopic, changesTopic, requestsTopic, seriesTopic, type Topic } from './stream-topics.ts'

const TOPICS = ['requests', 'changes', 'series', 'attention'] as const
type TopicName = (typeof TOPICS)[number]

const LOOK_MS = 250
const HEARTBEAT_MS = 15_000
/** Whoever may not watch any more is out within a second. */
const CHECK_MS = 1_000

/** What to tell of. */
const StreamQuery = z.strictObject({
  topics: z
    .string()
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(z.enum(TOPICS)).min(1))
    .describe(`Some of ${TOPICS.join(',')}; changes needs a tenant`),
  tenant: z.string().max(200).optional().describe('Absent: all that the caller reaches'),
  after: z
    .string()
    .max(200)
    .optional()
    .describe('The id of the last event; a browser sends it as Last-Event-ID by itself'),
  ...RequestFilter,
})

/** Where each topic has read to, as the id of an event: `requests:4711,changes:12`. */
function formatPlaces(topics: ReadonlyMap<TopicName, Topic>): string {
  return [...topics].flatMap(([name, topic]) => `${name}:${topic.place() ?? ''}`).join(',')
}

/** The place of a topic in such an id. */
function placeIn(id: string | undefined, name: TopicName): number | undefined {
  const part = id?.split(',').find((one) => one.startsWith(`${name}:`))
  const digits = part?.slice(name.length + 1) ?? ''
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}

/** The route of the stream. */
export const STREAM_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/stream',
    id: 'watch',
    does: 'Watch what happens, as server-sent events: requests and changes (new lines), series (the last minutes), attention (things to look at), gap (lines that were left out: read the list), bye (connect again)',
    needs: { capability: 'see', reach: 'own' },
    query: StreamQuery,
    gives: { status: 200, stream: 'text/event-stream' },
    run: async ({ query, administrator, session, actor, isAllowed, gone, lastEventId }, deps) => {
      const { topics, tenant, after, ...filter } = query
      if (tenant !== undefined && !reaches(administrator, tenant)) throw noTenant(tenant)
      if (tenant !== undefined) await deps.tenancy.tenants.show(tenant)
      const own = tenant === undefined ? administrator.tenants : [tenant]
      const resume = (name: TopicName) => placeIn(lastEventId ?? after, name)
      const open = async (name: TopicName): Promise<Topic> => {
        if (name === 'requests') return requestsTopic(deps, lineFilter(filter, own), resume(name))
        if (name === 'series') return seriesTopic(deps, own, filter.connection)
        if (name === 'attention') return attentionTopic(deps, administrator.tenants, tenant)
        if (tenant === undefined)
          throw new Refused(400, 'ERR_INVALID', 'Changes are watched tenant by tenant: name one with ?tenant=')
        return changesTopic(deps, tenant, hasCapability(administrator, 'values'), resume(name))
      }
      const opened = new Map<TopicName, Topic>()
      for (const name of topics) opened.set(name, await open(name))
      const ended = deps.streams.begin(session?.id ?? actor)
      return eventStream({
        look: async () => {
          const events: ServerEvent[] = []
          for (const topic of opened.values()) events.push(...(await topic.look()))
          const last = events.pop()
          return last === undefined ? [] : [...events, { ...last, id: formatPlaces(opened) }]
        },
        isAllowed,
        signal: deps.streams.signal,
        environment,
        gone,
        ended,
        lookMs: LOOK_MS,
        checkMs: CHECK_MS,
        heartbeatMs: HEARTBEAT_MS,
      })
    },
  }),
]
