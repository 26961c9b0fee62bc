// The routes of the admin API for what requests come to: series, similar failures, things to look at.

import { z } from 'zod'
import { reaches } from '../../access/index.ts'
import { environment } from '../../environment.ts'
import {
  ANSWER_CLASSES,
  type Fault,
  MOST_POINTS,
  REQUEST_KINDS,
  type SeriesPoint,
  seriesOf,
} from '../../record/index.ts'
import { isoTime, noTenant } from '../../tenancy/index.ts'
import { findThings, THINGS, type Thing } from '../attention.ts'
import { type RecordAccess, readRecord, requireRecord } from '../record-access.ts'
import { Refused } from '../refusals.ts'
import { type Route, type RouteDeps, route } from '../route.ts'
import { time } from '../shapes.ts'
import { lineJson, RequestBody } from './requests.ts'

const MINUTE_S = 60
const HOUR_S = 3_600
/** Minutes are kept for so long; a series that begins before has steps of an hour at least. */
const MINUTES_MS = 47 * HOUR_S * 1_000
/** Failures count as going on for so long after the newest: Entra, which retries every 40 minutes, included. */
const GOING_ON_MS = 2 * HOUR_S * 1_000
/** Most tenants that are looked at for one answer. */
const MOST_TENANTS = 500
const DAY_MS = 24 * HOUR_S * 1_000

/** Which series. */
const SeriesQuery = z.strictObject({
  tenant: z.string().max(200).optional().describe('Absent: all that the caller reaches'),
  connection: z.string().max(200).optional(),
  from: time.optional().describe('Default: a day ago'),
  until: time.optional().describe('Default: now'),
  step: z.coerce
    .number()
    .int()
    .min(MINUTE_S)
    .max(24 * HOUR_S)
    .multipleOf(MINUTE_S)
    .optional()
    .describe('Seconds; whole minutes. Default: what gives at most 240 points'),
})

/** Points of a series. */
const SeriesBody = z.object({
  from: time,
  step: z.int().describe('Seconds; longer than asked for where minutes are no longer kept'),
  points: z.array(
    z.object({
      at: time,
      outcomes: z.object(Object.fromEntries(ANSWER_CLASSES.map((name) => [name, z.int()]))),
      asks: z.object(Object.fromEntries(REQUEST_KINDS.map((name) => [name, z.int()]))),
      medianUs: z.int().optional().describe('Half of the requests took at most so long, in microseconds'),
      p99Us: z.int().optional(),
    }),
  ),
})

/** Failures that are alike. */
const FaultBody = z.object({
  tenant: z.string(),
  print: z.string(),
  count: z.int().describe('As far as they were kept'),
  first: time,
  last: time,
  isGoingOn: z.boolean(),
  resources: z.int().describe('How many resources they concerned, as far as that is known'),
  newest: RequestBody,
})

/** Something to look at. */
const ThingBody = z.object({
  code: z.enum(THINGS),
  tenant: z.string().optional(),
  connection: z.string().optional(),
  app: z.string().optional(),
  since: time.optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).describe('For the sentence'),
  link: z.string().describe('Where to look, below /console'),
})

/** Points as they are answered. */
export function pointJson({ at, ...point }: SeriesPoint) {
  return { at: isoTime(at), ...point }
}

/** Which of them. */
const FaultsQuery = z.strictObject({
  from: time.optional().describe('Default: a week ago'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

async function faultsOf(
  record: RecordAccess | undefined,
  { from, limit }: z.output<typeof FaultsQuery>,
  tenants: readonly string[] | undefined,
  created: number,
) {
  const { store } = requireRecord(record)
  const begin = from === undefined ? environment.now() - 7 * DAY_MS : Date.parse(from)
  const faults = await readRecord(record, () => store.faults({ tenants, from: Math.max(created, begin), limit }))
  return { items: faults.map(faultJson) }
}

function faultJson({ first, last, newest, ...fault }: Fault) {
  const isGoingOn = environment.now() - last < GOING_ON_MS
  return { ...fault, first: isoTime(first), last: isoTime(last), isGoingOn, newest: lineJson(newest) }
}

/** The step of a series in seconds: what was asked for, unless minutes are no longer kept that far back. */
function stepOf(from: number, until: number, asked: number | undefined): number {
  const least = environment.now() - from > MINUTES_MS ? HOUR_S : MINUTE_S
  const fitting = Math.ceil((until - from) / 1_000 / 240 / MINUTE_S) * MINUTE_S
  return Math.max(least, asked ?? fitting)
}

/** The things to look at in the tenants that a caller reaches. */
export async function thingsFor(
  { tenancy, hub, record }: Pick<RouteDeps, 'tenancy' | 'hub' | 'record'>,
  own: readonly string[] | undefined,
  tenant?: string,
): Promise<readonly Thing[]> {
  const page = tenant === undefined ? await tenancy.tenants.page({ limit: MOST_TENANTS }, own) : undefined
  const names = page === undefined ? [tenant ?? ''] : page.items.map(({ name }) => name)
  return findThings({ record, tenancy, hub, now: environment.now() }, names, own === undefined && tenant === undefined)
}

/** The routes for series, faults and things to look at. */
export const SERIES_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/series',
    id: 'readSeries',
    does: 'Read how many requests there were, how they were answered and how long that took, as points for charts',
    needs: { capability: 'see', reach: 'own' },
    query: SeriesQuery,
    gives: { status: 200, body: SeriesBody },
    run: async ({ query, administrator }, { tenancy, record }) => {
      const { tenant, connection } = query
      if (tenant !== undefined && !reaches(administrator, tenant)) throw noTenant(tenant)
      if (tenant !== undefined) await tenancy.tenants.show(tenant)
      const until = query.until === undefined ? environment.now() + 1 : Date.parse(query.until)
      const from = query.from === undefined ? until - DAY_MS : Date.parse(query.from)
      const step = stepOf(from, until, query.step)
      if ((until - from) / 1_000 / step > MOST_POINTS)
        throw new Refused(400, 'ERR_INVALID', `A series has ${MOST_POINTS} points at most; ask for a longer step`)
      const { store } = requireRecord(record)
      const tenants = tenant === undefined ? administrator.tenants : [tenant]
      const first = from - (from % (step * 1_000))
      const range = { tenants, connection, from: first, until }
      const counts = await readRecord(record, () =>
        Promise.all([store.counts({ ...range, by: 'hour' }), store.counts({ ...range, by: 'minute' })]),
      )
      const points = seriesOf(counts.flat(), { from, until, step: step * 1_000 })
      return { from: isoTime(first), step, points: points.map(pointJson) }
    },
  }),
  route({
    method: 'get',
    path: '/attention',
    id: 'listAttention',
    does: 'List the things to look at, worst first',
    needs: { capability: 'see', reach: 'own' },
    query: z.strictObject({ tenant: z.string().max(200).optional() }),
    gives: { status: 200, body: z.object({ items: z.array(ThingBody) }) },
    run: async ({ query: { tenant }, administrator }, deps) => {
      if (tenant !== undefined && !reaches(administrator, tenant)) throw noTenant(tenant)
      if (tenant !== undefined) await deps.tenancy.tenants.show(tenant)
      return { items: await thingsFor(deps, administrator.tenants, tenant) }
    },
  }),
  route({
    method: 'get',
    path: '/faults',
    id: 'listAllFaults',
    does: 'List similar failures of the last days as one, of all tenants that the caller reaches, those with the newest first',
    needs: { capability: 'see', reach: 'own' },
    query: FaultsQuery,
    gives: { status: 200, body: z.object({ items: z.array(FaultBody) }) },
    run: ({ query, administrator }, { record }) => faultsOf(record, query, administrator.tenants, 0),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/faults',
    id: 'listFaults',
    does: 'List similar failures of the last days as one, those with the newest first',
    needs: { capability: 'see', reach: 'tenant' },
    query: FaultsQuery,
    gives: { status: 200, body: z.object({ items: z.array(FaultBody) }) },
    run: async ({ params, query }, { tenancy, record }) => {
      const { name, created } = await tenancy.tenants.show(params.tenant)
      return faultsOf(record, query, [name], created)
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/faults/{print}',
    id: 'showFault',
    does: 'Show similar failures as one; list them with /requests?print=',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: FaultBody },
    run: async ({ params: { tenant, print } }, { tenancy, record }) => {
      const { name, created } = await tenancy.tenants.show(tenant)
      const { store } = requireRecord(record)
      const [fault] = await readRecord(record, () => store.faults({ tenants: [name], print, from: created, limit: 1 }))
      if (fault !== undefined) return faultJson(fault)
      throw new Refused(
        404,
        'ERR_NOT_FOUND',
        `There are no failures ${print.slice(0, 50)} here; they may be older than what is kept`,
      )
    },
  }),
]
