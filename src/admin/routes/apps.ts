// The routes of the admin API for apps: which there are, and what is set of each.

import { z } from 'zod'
import type { App, HubAdministration } from '../../hub/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { type Call, pageWith, type Route, type RouteDeps, route } from '../route.ts'
import { PageQuery, pageOf, time } from '../shapes.ts'
import { tagOf } from '../tags.ts'

const anything = z.record(z.string(), z.unknown())
const rule = z
  .strictObject({
    filter: z.string().optional().describe('A SCIM filter'),
    exclude: z.string().optional().describe('A SCIM filter on those who are left out all the same'),
    memberOf: z.array(z.string()).optional().describe('Ids of groups: members of any, through nested groups too'),
    notMemberOf: z.array(z.string()).optional().describe('Ids of groups whose members are left out all the same'),
  })
  .describe('Those who satisfy all that is given; an empty rule is everyone')
const drift = z.enum(['report', 'fix', 'ask'])
const CREDENTIALS = {
  kind: z.enum(['bearer', 'basic', 'oauth2-client', 'header', 'hmac', 'connection']),
  public: anything.optional().describe('What is no secret: user name, header name, client id, token URL, scopes'),
  expiresAt: z.string().optional().describe('ISO 8601; warnings begin warnDays before'),
  warnDays: z.int().optional(),
}

/** What can be set of an app. */
const SETTINGS = {
  label: z.string().describe('Its name for people'),
  adapter: z.string().describe('scim, webhook, table, or one that the host has added'),
  options: anything.describe("The adapter's own settings: URL, profile"),
  map: z
    .strictObject({ User: anything.optional(), Group: anything.optional() })
    .describe('What an account is made of, by its attributes; absent: the map that is built in'),
  scope: z.strictObject({ users: rule, groups: rule.optional() }).describe('Who has an account there'),
  grants: z
    .array(
      z.strictObject({
        group: z.string(),
        attribute: z.string().describe('roles, entitlements'),
        value: z.string(),
        display: z.string().optional(),
      }),
    )
    .describe('What the members of groups have in the app, besides an account'),
  policy: z.strictObject({
    onLeave: z.enum(['disable', 'delete', 'unlink', 'ignore']),
    deleteAfterDays: z.int().optional(),
    tombstoneDays: z.int(),
    adopt: z.enum(['one', 'never', 'ask']),
  }),
  guard: z
    .strictObject({ floor: z.int(), percent: z.int(), membersFloor: z.int(), membersPercent: z.int() })
    .describe('How many may lose access before a person is asked'),
  sweeps: z.strictObject({
    fullHours: z.int(),
    policies: z.strictObject({ drifted: drift, missing: drift, zombie: drift, stranger: drift }),
  }),
}

/** An app. */
export const AppBody = z.object({
  app: z.string(),
  version: z.string().describe('Of its settings: the ETag, and what If-Match takes'),
  mode: z.enum(['off', 'on', 'paused']),
  ...SETTINGS,
  map: SETTINGS.map.optional(),
  credentials: z
    .object({
      ...CREDENTIALS,
      env: z.string().optional(),
      secret: z.enum(['sealed', 'env']).describe('Where the secret is; it is never shown'),
      expiry: z.enum(['fine', 'soon', 'expired']).optional(),
    })
    .optional(),
  review: z
    .object({ since: time, reason: z.enum(['imported', 'restored']) })
    .optional()
    .describe('It waits for somebody to look at it, and then to resume it'),
  health: z.enum(['healthy', 'throttled', 'open', 'half-open', 'review']),
  reason: z.string().optional(),
  healthSince: time.optional(),
  pausedUntil: time.optional(),
  managed: z.int().optional().describe('Accounts that are switched on, as far as the app confirmed'),
  sweepDue: time.optional(),
})

/** An app with what it is owed. */
const AppWithOwed = AppBody.extend({
  owed: z
    .record(z.string(), z.int())
    .describe(
      'Accounts that do not reflect all changes yet, by the state of their links: ready, waiting, held, parked',
    ),
})

const DraftShape = z.strictObject({
  ...SETTINGS,
  scope: z.strictObject({ users: rule.nullable(), groups: rule.nullable() }).partial(),
  map: z.strictObject({ User: anything.nullable(), Group: anything.nullable() }).partial(),
  policy: SETTINGS.policy.extend({ deleteAfterDays: z.int().nullable() }).partial(),
  guard: SETTINGS.guard.partial(),
  sweeps: z.strictObject({ fullHours: z.int(), policies: SETTINGS.sweeps.shape.policies.partial() }).partial(),
  credentials: z.strictObject({
    ...CREDENTIALS,
    secret: z.string().optional().describe('Kept sealed'),
    env: z.string().optional().describe('Name of an environment variable of the server that holds the secret'),
  }),
})

/** What a new app is to be. */
const AppDraftBody = DraftShape.partial().extend({
  app: z.string().describe('1 to 40 characters of a-z, 0-9 and -; never used again for another app'),
})

/** Settings of an app to change. */
export const AppChangeBody = z
  .strictObject(
    Object.fromEntries(Object.entries(DraftShape.shape).map(([name, shape]) => [name, shape.nullable().optional()])),
  )
  .describe(
    'What is left out stays; null takes a setting back to its default. Members of options, map, scope, policy, guard and sweeps are merged; a rule, the map of a type and grants are given whole',
  )

/** How an app is switched on. */
const SwitchOnBody = z.strictObject({
  plan: z.string().min(1).max(100).optional().describe('Id of the plan that is approved with this'),
  withoutPlan: z.boolean().default(false).describe('Switch it on although nobody has looked at a plan'),
})

/** What the version of an app is made of: what can be set of it. */
function settingsOf({ state: _state, review: _review, credentials, ...settings }: App) {
  return { ...settings, credentials: credentials && { ...credentials, expiry: undefined } }
}

async function presentApp({ params }: Call<{ readonly tenant: string; readonly app: string }>, { hub }: RouteDeps) {
  return settingsOf(await hub.apps.get(params.tenant, params.app))
}

/** An app as an answer. */
export function appJson(app: App) {
  const { id, state, review, ...settings } = app
  const { health, reason, healthSince, pausedUntil, managed, sweepDue } = state
  return {
    app: id,
    version: tagOf(settingsOf(app)),
    ...settings,
    ...(review === undefined ? {} : { review: { ...review, since: isoTime(review.since) } }),
    health,
    reason,
    managed,
    healthSince: isoTime(healthSince),
    pausedUntil: isoTime(pausedUntil),
    sweepDue: isoTime(sweepDue),
  }
}

async function withOwed({ inspection }: Pick<HubAdministration, 'inspection'>, tenant: string, app: App) {
  return { ...appJson(app), owed: await inspection.owed(tenant, app.id) }
}

/** The routes for apps. */
export const APP_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps',
    id: 'listApps',
    does: 'List the apps of a tenant by id, with how each is doing and how many changes are pending; search by id or label',
    needs: { capability: 'see', reach: 'tenant' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(AppWithOwed) },
    async run({ params: { tenant }, query }, { hub }) {
      const { items, ...page } = await hub.apps.list(tenant, query)
      const shown = await Promise.all(items.map((app) => withOwed(hub, tenant, app)))
      return pageWith({ ...page, items: shown }, (app) => app)
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps',
    id: 'createApp',
    does: 'Add an app. It is off: nothing is sent before it is switched on',
    needs: { capability: 'apps', reach: 'tenant' },
    body: AppDraftBody,
    gives: { status: 201, body: AppBody },
    run: async ({ params, json }, { hub }) => {
      const { app, ...draft } = json
      return appJson(await hub.apps.create(params.tenant, String(app), draft))
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}',
    id: 'showApp',
    does: 'Show an app: its settings, without its secret, how it is doing, and how many changes are pending',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: AppWithOwed },
    present: presentApp,
    run: async ({ params: { tenant, app } }, { hub }) => withOwed(hub, tenant, await hub.apps.get(tenant, app)),
  }),
  route({
    method: 'patch',
    path: '/tenants/{tenant}/apps/{app}',
    id: 'changeApp',
    does: 'Change settings of an app; what is left out stays',
    needs: { capability: 'apps', reach: 'tenant' },
    body: AppChangeBody,
    gives: { status: 200, body: AppBody },
    present: presentApp,
    run: async ({ params, json }, { hub }) => appJson(await hub.apps.change(params.tenant, params.app, json)),
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/apps/{app}',
    id: 'removeApp',
    does: 'Remove an app, with all that the hub remembers of it. Its accounts stay as they are',
    needs: { capability: 'apps', reach: 'tenant' },
    gives: { status: 204 },
    run: ({ params }, { hub }) => hub.apps.remove(params.tenant, params.app),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/switch-on',
    id: 'switchOnApp',
    does: 'Switch on an app for the first time, by approving its plan',
    needs: { capability: 'apps', reach: 'tenant' },
    body: SwitchOnBody,
    gives: { status: 200, body: AppBody },
    run: async ({ params, body }, { hub }) =>
      appJson(await hub.apps.switchOn(params.tenant, params.app, body.plan, { withoutPlan: body.withoutPlan })),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/pause',
    id: 'pauseApp',
    does: 'Pause an app: changes are planned, and wait',
    needs: { capability: 'apps', reach: 'tenant' },
    gives: { status: 200, body: AppBody },
    run: async ({ params }, { hub }) => appJson(await hub.apps.pause(params.tenant, params.app)),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/resume',
    id: 'resumeApp',
    does: 'Resume an app that is paused: what has waited is sent',
    needs: { capability: 'apps', reach: 'tenant' },
    gives: { status: 200, body: AppBody },
    run: async ({ params }, { hub }) => appJson(await hub.apps.resume(params.tenant, params.app)),
  }),
]
