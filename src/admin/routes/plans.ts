// The routes of the admin API for plans of apps: made, read, carried out; and explanations.

import { z } from 'zod'
import type { PlanRun, PlanWork } from '../../hub/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { type Route, route } from '../route.ts'
import { time } from '../shapes.ts'

const request = z.looseObject({ verb: z.string(), target: z.string() })

/** One item of a plan. */
const PlanItemBody = z.object({
  resource: z.string(),
  type: z.enum(['User', 'Group']),
  name: z.string(),
  action: z.enum([
    'create',
    'adopt',
    'update',
    'enable',
    'disable',
    'remove',
    'unlink',
    'wait',
    'parked',
    'held',
    'same',
  ]),
  account: z.string().optional(),
  why: z.string(),
  members: z.object({ add: z.int(), remove: z.int() }).optional(),
  disputed: z
    .boolean()
    .optional()
    .describe(
      'Access in the app was changed after the backup that was restored, and would be changed back: held without approval',
    ),
  requests: z.array(request).describe('The very requests, without credentials'),
})

/** A plan as a whole. */
const PlanBody = z.object({
  plan: z.string(),
  app: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  message: z.string().optional().describe('Why it failed'),
  madeAt: time,
  place: z.int().describe('The place in the log that it was computed from'),
  configured: z.int().describe('The place of the configuration'),
  items: z.int().describe('How many there are; so far, while it is running'),
  appliedAt: time.optional().describe('When it was carried out'),
  counts: z
    .record(z.string(), z.int())
    .describe('How many of each action; what stays the same is counted, and not kept'),
  guard: z.object({
    held: z.boolean(),
    removals: z.int(),
    limit: z.int(),
    managed: z.int(),
    disputed: z.int().optional(),
  }),
})

/** The last plans of an app. */
const PlansBody = z.object({ items: z.array(PlanBody) })
/** A page of the items of a plan. */
const PlanItemsBody = z.object({
  items: z.array(PlanItemBody),
  next: z.string().optional().describe('Pass it as `after` to read on; absent on the last page'),
})
/** Which items of a plan. */
const PlanItemsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z.string().max(100).optional(),
})
/** How a plan is carried out. */
const PlanApplyBody = z.strictObject({
  leaveOut: z.boolean().default(false).describe('Carry out the rest although some items have changed since'),
})
/** How a plan is undone. */
const RevertBody = z.strictObject({ dryRun: z.boolean().default(false).describe('Only say what can be undone') })
/** How a plan is, or was, carried out or undone. */
const WorkBody = z.object({
  work: z.string(),
  kind: z.enum(['apply', 'revert']),
  app: z.string(),
  plan: z.string(),
  location: z.string().describe('Path of the route that shows how far it is'),
  state: z.enum(['running', 'done', 'failed']),
  message: z.string().optional().describe('Why it failed'),
  began: time,
  done: z.int().describe('Steps that are behind it …'),
  of: z.int().describe('… of so many'),
  items: z.int().describe('Items that are kept of it, once it is done'),
  applied: z
    .boolean()
    .optional()
    .describe('Of one that was to be carried out; false: items have changed since, and nothing was done'),
  holds: z.int().optional().describe('Items whose basis still holds'),
  outcomes: z
    .record(z.string(), z.int())
    .optional()
    .describe('Of one that was to be undone: how many requests came out how (can, done, cannot, failed)'),
})
/** What was done with the plans of an app. */
const WorksBody = z.object({ items: z.array(WorkBody) })
/** What became of each request of a plan that was undone. */
const RevertedItemBody = z.object({
  resource: z.string(),
  name: z.string(),
  did: z.string().describe('What the request did: create, update, disable, remove, members'),
  outcome: z.enum(['can', 'done', 'cannot', 'failed']),
  why: z.string().optional(),
  requests: z.array(request),
})
/** A page of what is kept of it. */
const WorkItemsBody = z.object({
  items: z
    .array(z.union([PlanItemBody, RevertedItemBody]))
    .describe('Of apply: what would be done now instead; of revert: what became of each request'),
  next: z.string().optional().describe('Pass it as `after` to read on; absent on the last page'),
})
/** How one resource comes to what it should be in one app. */
const ExplanationBody = z.object({
  source: z.unknown().optional(),
  scope: z.object({
    in: z.boolean(),
    clauses: z.array(z.looseObject({ clause: z.string(), text: z.string(), holds: z.boolean() })),
  }),
  match: z.object({ keys: z.unknown(), found: z.array(z.string()), note: z.string() }),
  wanted: z.unknown().optional(),
  acked: z.unknown().optional(),
  link: z.looseObject({ state: z.string() }),
  item: PlanItemBody,
})

function planJson({ id, kind: _kind, seenAt: _seenAt, appliedPlace: _place, madeAt, appliedAt, ...run }: PlanRun) {
  return { plan: id, ...run, madeAt: isoTime(madeAt), appliedAt: isoTime(appliedAt) }
}

function workJson(tenant: string, { id, seenAt: _seenAt, beganAt, ...work }: PlanWork) {
  const location = `/admin/v1/tenants/${encodeURIComponent(tenant)}/apps/${work.app}/plan-work/${id}`
  return { work: id, ...work, location, began: isoTime(beganAt) }
}

/** The routes for plans. */
export const PLAN_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/plans',
    id: 'makePlan',
    does: 'Plan what an app would get. It is searched, nothing is sent. The answer comes at once: read the plan until it is no longer running',
    needs: { capability: 'apps', reach: 'tenant' },
    gives: { status: 201, body: PlanBody },
    run: async ({ params }, { hub }) => planJson(await hub.plans.begin(params.tenant, params.app)),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/plans',
    id: 'listPlans',
    does: 'List the plans of an app that were made within 30 days, the newest first',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: PlansBody },
    run: async ({ params }, { hub }) => ({ items: (await hub.plans.list(params.tenant, params.app)).map(planJson) }),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/plans/{plan}',
    id: 'showPlan',
    does: 'Show a plan as a whole',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: PlanBody },
    run: async ({ params }, { hub }) => planJson(await hub.plans.get(params.tenant, params.app, params.plan)),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/plans/{plan}/items',
    id: 'listPlanItems',
    does: 'What a plan would do, item by item, with the very requests',
    needs: { capability: 'values', reach: 'tenant' },
    query: PlanItemsQuery,
    gives: { status: 200, body: PlanItemsBody },
    run: async ({ params, query: { limit, after } }, { hub }) =>
      hub.plans.items(params.tenant, params.app, params.plan, { limit, ...(after === undefined ? {} : { after }) }),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/plans/{plan}/apply',
    id: 'applyPlan',
    does: 'Carry out a plan: switches the app on, or resumes it, and lets removals past the guard that are in it. The answer comes at once: read its location until it is no longer running',
    needs: { capability: 'approve', reach: 'tenant', fresh: true },
    body: PlanApplyBody,
    gives: { status: 202, body: WorkBody },
    run: async ({ params, body }, { hub }) =>
      workJson(params.tenant, await hub.plans.beginApply(params.tenant, params.app, params.plan, body)),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/plans/{plan}/revert',
    id: 'revertPlan',
    does: 'Undo what a plan did, the last request first, where the app allows it. The app must be paused, and stays so. The answer comes at once: read its location until it is no longer running',
    needs: { capability: 'apps', reach: 'tenant' },
    body: RevertBody,
    gives: { status: 202, body: WorkBody },
    run: async ({ params, body }, { hub }) =>
      workJson(params.tenant, await hub.plans.beginRevert(params.tenant, params.app, params.plan, body)),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/plan-work',
    id: 'listPlanWork',
    does: 'List how plans of an app were carried out and undone within 30 days, and how far those are that are under way, the newest first',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: WorksBody },
    run: async ({ params }, { hub }) => ({
      items: (await hub.plans.listWork(params.tenant, params.app)).map((work) => workJson(params.tenant, work)),
    }),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/plan-work/{work}',
    id: 'showPlanWork',
    does: 'Show how far the carrying out, or the undoing, of a plan is, and what became of it',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: WorkBody },
    run: async ({ params }, { hub }) =>
      workJson(params.tenant, await hub.plans.work(params.tenant, params.app, params.work)),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/plan-work/{work}/items',
    id: 'listPlanWorkItems',
    does: 'What is kept of it, item by item, once it is done',
    needs: { capability: 'values', reach: 'tenant' },
    query: PlanItemsQuery,
    gives: { status: 200, body: WorkItemsBody },
    run: async ({ params, query: { limit, after } }, { hub }) =>
      hub.plans.workItems(params.tenant, params.app, params.work, { limit, ...(after === undefined ? {} : { after }) }),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/people/{user}/explanation',
    id: 'explainPerson',
    does: 'Explain a person in an app: source, scope clause by clause, match, difference, requests',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: ExplanationBody },
    run: async ({ params }, { hub }) => hub.plans.explain(params.tenant, params.app, params.user),
  }),
]
