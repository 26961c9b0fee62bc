// The routes of the admin API for what the hub does in apps: links, requests, sweeps and what they found.

import { z } from 'zod'
import { type HubAdministration, IGNORED, type IgnoredRow, MOST_FIXED } from '../../hub/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { pageWith, type Route, route } from '../route.ts'
import { PageQuery, pageOf, time } from '../shapes.ts'

const PartQuery = PageQuery.omit({ search: true })
const type = z.enum(['User', 'Group'])

const ReasonBody = z
  .object({ code: z.string(), message: z.string(), since: time, details: z.unknown().optional() })
  .describe('Why it waits, is held or parked')

/** A link. */
const LinkBody = z.object({
  resource: z.string(),
  type,
  name: z.string().describe('userName or displayName'),
  account: z.string().optional().describe("The app's id"),
  state: z
    .string()
    .describe('Empty: the app confirmed what it must hold; watched: that too; ready, waiting, held, parked: not yet'),
  wanted: z.enum(['active', 'disabled', 'absent']).optional(),
  lane: z.int(),
  confirmed: time.optional(),
  since: time.optional().describe('When the change that is not confirmed yet was made'),
  due: time.optional(),
  reason: ReasonBody.optional(),
})

const StatesBody = z.record(z.string(), z.int()).describe('Links by state; those at rest are not counted')

/** One request to an app. */
export const AttemptBody = z.object({
  id: z.string(),
  at: time,
  ms: z.number(),
  resource: z.string(),
  type,
  lane: z.int(),
  basis: z.int().describe('The place in the log that it was computed from'),
  step: z.string(),
  requests: z.array(z.object({ verb: z.string(), target: z.string(), body: z.unknown().optional() })),
  outcome: z.string().describe('done, or what went wrong'),
  status: z.int().optional(),
  message: z.string().optional(),
})

/** A sweep. */
const SweepBody = z.object({
  sweep: z.string(),
  kind: z.enum(['full', 'light']),
  phase: z.string().describe('done and failed are its ends'),
  started: time,
  ended: time.optional(),
  reason: z.string().optional(),
  counts: z.record(z.string(), z.int()),
})

const drift = z.enum(['drifted', 'missing', 'zombie', 'stranger'])

/** One difference. */
const DriftBody = z.object({
  kind: drift,
  type,
  account: z.string(),
  resource: z.string().optional(),
  name: z.string(),
  what: z.string(),
  done: z.enum(['reported', 'fixed', 'asked', 'ignored']),
  member: z
    .object({ resource: z.string(), account: z.string(), is: z.enum(['missing', 'extra']) })
    .optional()
    .describe('Of a group: the member that it lacks in the app, or has and should not'),
})

const leftOf = {
  kind: z.enum(['drifted', 'stranger']),
  type,
  account: z.string().min(1).max(1_000),
  attributes: z
    .array(z.string().min(1).max(200))
    .max(100)
    .optional()
    .describe('Of drifted: the attributes that may differ'),
  reason: z.string(),
}
/** A difference that is left for some time. */
const IgnoredBody = z.object({
  ignored: z.string(),
  ...leftOf,
  resource: z.string().optional().describe('Whose account it is'),
  name: z.string().optional(),
  by: z.string(),
  at: time,
  until: time,
})
const IgnoreDraftBody = z.strictObject({
  ...leftOf,
  reason: z.string().min(1).max(IGNORED.reason),
  days: z.int().min(1).max(IGNORED.days).describe('It ends by itself'),
})

function ignoredJson({ id, at, until, attributes, ...rest }: IgnoredRow) {
  return {
    ignored: id,
    ...rest,
    ...(attributes === undefined ? {} : { attributes: [...attributes] }),
    at: isoTime(at),
    until: isoTime(until),
  }
}

type Rows<Name extends 'links' | 'attempts' | 'sweeps'> = Awaited<
  ReturnType<HubAdministration['inspection'][Name]>
>['items'][number]

function linkJson({ ackedAt, since, due, reason, ...rest }: Rows<'links'>) {
  return {
    ...rest,
    confirmed: isoTime(ackedAt),
    since: isoTime(since),
    due: isoTime(due),
    ...(reason === undefined ? {} : { reason: { ...reason, since: isoTime(reason.since) } }),
  }
}

/** A request to an app as an answer. */
export function attemptJson({ at, ...rest }: Rows<'attempts'>) {
  return { ...rest, at: isoTime(at) }
}

function sweepJson({ id, run: { kind, phase, startedAt, endedAt, counts, reason } }: Rows<'sweeps'>) {
  return { sweep: id, kind, phase, started: isoTime(startedAt), ended: isoTime(endedAt), counts, reason }
}

/** The routes for what the hub does in apps. */
export const LINK_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/links',
    id: 'listLinks',
    does: 'List the links of an app by resource, or those in one state',
    needs: { capability: 'values', reach: 'tenant' },
    query: PartQuery.extend({
      state: z.enum(['ready', 'waiting', 'held', 'parked', 'watched']).optional().describe('Only links in this state'),
      hold: z.string().min(1).max(200).optional().describe('Only links that this hold keeps back'),
    }),
    gives: { status: 200, body: pageOf(LinkBody) },
    run: async ({ params, query }, { hub }) =>
      pageWith(await hub.inspection.links(params.tenant, params.app, query), linkJson),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/states',
    id: 'countLinks',
    does: 'Count the links of an app by state',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: StatesBody },
    run: ({ params }, { hub }) => hub.inspection.states(params.tenant, params.app),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/attempts',
    id: 'listAttempts',
    does: 'List the last requests to an app, oldest first, or those about one resource; never with credentials',
    needs: { capability: 'values', reach: 'tenant' },
    query: PartQuery.extend({ resource: z.string().min(1).max(200).optional().describe('Id of a resource') }),
    gives: { status: 200, body: pageOf(AttemptBody) },
    run: async ({ params, query }, { hub }) =>
      pageWith(await hub.inspection.attempts(params.tenant, params.app, query), attemptJson),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/deliveries',
    id: 'listDeliveries',
    does: 'List the last requests to all apps, newest first, or those that failed, or about one resource; never with credentials',
    needs: { capability: 'values', reach: 'tenant' },
    query: PartQuery.extend({
      app: z.string().min(1).max(200).optional().describe('Id of an app: only requests to it'),
      resource: z.string().min(1).max(200).optional().describe('Id of a resource'),
      failed: z.enum(['true', 'false']).default('false').describe('Only those that came to something else than done'),
    }),
    gives: {
      status: 200,
      body: pageOf(
        AttemptBody.extend({
          app: z.string(),
          name: z.string().optional().describe('Whom it is about: userName or displayName, while the hub knows it'),
        }),
      ),
    },
    run: async ({ params, query: { failed, ...query } }, { hub }) =>
      pageWith(await hub.inspection.deliveries(params.tenant, { ...query, failed: failed === 'true' }), (row) => ({
        ...attemptJson(row),
        app: row.app,
      })),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/sweeps',
    id: 'listSweeps',
    does: 'List the sweeps of an app, oldest first, with how far they are and what they found',
    needs: { capability: 'see', reach: 'tenant' },
    query: PartQuery,
    gives: { status: 200, body: pageOf(SweepBody) },
    run: async ({ params, query }, { hub }) =>
      pageWith(await hub.inspection.sweeps(params.tenant, params.app, query), sweepJson),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/sweeps',
    id: 'beginSweep',
    does: 'Begin a sweep: compare what the app holds with what it should hold, of a part of the accounts if it is light',
    needs: { capability: 'apps', reach: 'tenant' },
    body: z.strictObject({ kind: z.enum(['full', 'light']).default('full') }),
    gives: { status: 201, body: z.object({ sweep: z.string() }) },
    run: async ({ params, body }, { hub }) => ({
      sweep: await hub.inspection.sweep(params.tenant, params.app, body.kind),
    }),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/sweeps/{sweep}',
    id: 'showSweep',
    does: 'Show a sweep: how far it is, and how much it found',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: SweepBody },
    run: async ({ params: { tenant, app, sweep } }, { hub }) =>
      sweepJson({ id: sweep, run: await hub.inspection.showSweep(tenant, app, sweep) }),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/sweeps/{sweep}/drift',
    id: 'listDrift',
    does: 'List the differences that a sweep has found',
    needs: { capability: 'values', reach: 'tenant' },
    query: PartQuery.extend({ kind: drift.optional() }),
    gives: { status: 200, body: pageOf(DriftBody) },
    run: async ({ params, query }, { hub }) =>
      pageWith(await hub.inspection.drifts(params.tenant, params.app, params.sweep, query), (one) => one.drift),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/sweeps/{sweep}/fix',
    id: 'fixDrift',
    does: 'Mend differences of some kinds that a sweep has found and left, all or those of some resources; strangers are never touched',
    needs: { capability: 'apps', reach: 'tenant' },
    body: z.strictObject({
      kinds: z.array(drift.exclude(['stranger'])).min(1),
      of: z
        .array(z.string().min(1).max(200))
        .min(1)
        .max(MOST_FIXED)
        .optional()
        .describe('Ids of resources; absent: all'),
    }),
    gives: { status: 204 },
    run: ({ params, body }, { hub }) => hub.inspection.fix(params.tenant, params.app, params.sweep, body),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/ignored',
    id: 'listIgnored',
    does: 'List the differences that sweeps leave for now, with why and until when',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: z.object({ items: z.array(IgnoredBody) }) },
    run: async ({ params }, { hub }) => ({
      items: (await hub.ignoring.list(params.tenant, params.app)).map(ignoredJson),
    }),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/ignored',
    id: 'ignoreDrift',
    does: "Have sweeps leave a difference for some days: attributes of an account, or one that is nobody's. Access that must have ended never is",
    needs: { capability: 'apps', reach: 'tenant' },
    body: IgnoreDraftBody,
    gives: { status: 201, body: IgnoredBody },
    run: async ({ params, body }, { hub }) => ignoredJson(await hub.ignoring.ignore(params.tenant, params.app, body)),
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/apps/{app}/ignored/{ignored}',
    id: 'endIgnored',
    does: 'Have sweeps count it as a difference again',
    needs: { capability: 'apps', reach: 'tenant' },
    gives: { status: 204 },
    run: ({ params }, { hub }) => hub.ignoring.end(params.tenant, params.app, params.ignored),
  }),
]
