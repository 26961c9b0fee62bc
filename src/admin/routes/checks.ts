// The routes of the admin API for conformance checks: begun, followed, compared, saved, stopped.

import { z } from 'zod'
import { type Administrator, hasCapability } from '../../access/index.ts'
import type { Result } from '../../conformance/index.ts'
import { environment } from '../../environment.ts'
import { isoTime, TenancyError } from '../../tenancy/index.ts'
import { CHECK_LIMITS, type CheckRun, PROVIDER_KINDS, VERDICT_NAMES } from '../checks/check-run.ts'
import { differenceOf } from '../checks/difference.ts'
import { fileOf, reportOf } from '../checks/report.ts'
import { appTarget, ownTarget, serverTarget } from '../checks/targets.ts'
import { type Route, type RouteDeps, route } from '../route.ts'
import { time } from '../shapes.ts'

const VerdictBody = z.enum(VERDICT_NAMES)
const count = z.int()
const Shown = z.object({ request: z.string(), answer: z.string() }).describe('Without credentials')

/** A check, as far as it has come. */
const CheckBody = z.object({
  check: z.string(),
  subject: z.object({
    kind: z.enum(['tenant', 'app', 'server']),
    name: z.string().describe('The id of the app, or the URL; empty for the tenant itself'),
  }),
  for: z.array(z.string()).describe('Identity providers whose needs are tried'),
  only: z.array(z.string()).describe('The cases that were asked for; empty: all'),
  actor: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  message: z.string().optional().describe('Why it failed'),
  stopped: z
    .enum(['asked', 'time', 'server'])
    .optional()
    .describe('It was ended early: by somebody, after half an hour, or with the server'),
  began: time,
  ended: time.optional(),
  done: count.describe('Results so far …'),
  of: count.describe('… of so many; 0: not known yet'),
  counts: z.object({
    passed: count,
    must: count.describe('A MUST of the RFC is failed'),
    should: count.describe('A SHOULD is missed'),
    differs: count.describe('Differs where the RFC leaves it open'),
    unadvertised: count.describe('Not offered'),
    untested: count.describe('Could not be tested'),
  }),
  providers: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      works: z.boolean(),
      unmet: count.describe('Needs that are not met'),
      of: count,
    }),
  ),
  url: z.string().describe('The base URL; empty until it is known'),
  requests: count,
  left: z.array(z.string()).describe('What it made and could not remove'),
  leftovers: z.array(z.string()).describe('What earlier checks have left there'),
  unread: z.array(z.string()).describe('Endpoints whose lists could not be read to their end'),
  note: z.string().optional().describe('What one has to know to read it'),
})

/** The result of one case. */
const ResultBody = z.object({
  id: z.string(),
  requirement: z.string(),
  group: z.string(),
  level: z.enum(['MUST', 'SHOULD', 'MAY', 'OWN']),
  section: z.string(),
  title: z.string().describe('What a server does that is right'),
  verdict: VerdictBody,
  expected: z.string().optional().describe('What would have been right'),
  reason: z.string().optional().describe('Why it could not be tested, or what is not offered'),
  fix: z.string().optional().describe('What most likely has to be changed'),
  exchanges: z.array(Shown).optional(),
  ms: z.number(),
})

/** Whether an identity provider will work. */
const ProviderBody = z.object({
  kind: z.string(),
  name: z.string(),
  works: z.boolean(),
  needs: z.array(
    z.object({
      title: z.string(),
      verdict: z.enum(['works', 'fails', 'untested']),
      optional: z.boolean().optional().describe('Only some set-ups need it'),
      reason: z.string().optional(),
      fix: z.string().optional(),
      exchanges: z.array(Shown).optional(),
    }),
  ),
})

const Kinds = z.array(z.enum(PROVIDER_KINDS)).max(PROVIDER_KINDS.length).default([])
const WhatBody = z.strictObject({
  for: Kinds.describe('Identity providers whose needs are tried as well'),
  only: z
    .array(z.string().min(1).max(100))
    .max(50)
    .default([])
    .describe('Only these cases: ids (P-375), their beginnings, groups (patch), sections (7644 §3.5.2); absent: all'),
})
const ElsewhereBody = WhatBody.extend({
  rate: z.int().min(1).max(CHECK_LIMITS.MOST_RATE).default(CHECK_LIMITS.RATE).describe('Requests per second'),
  clean: z.boolean().default(false).describe('First remove what earlier checks have left there'),
})

function checkJson({ id, beganAt, endedAt, seenAt: _seen, pages: _pages, ...run }: CheckRun) {
  const ended = endedAt === undefined ? undefined : isoTime(endedAt)
  return { check: id, ...run, began: isoTime(beganAt) ?? '', ...(ended === undefined ? {} : { ended }) }
}

/** What a server anywhere has answered is for those alone who may ask it. */
function sees(administrator: Administrator, { subject }: CheckRun): boolean {
  return subject.kind !== 'server' || hasCapability(administrator, 'own')
}

async function shown(
  { checks, tenancy }: Pick<RouteDeps, 'checks' | 'tenancy'>,
  { tenant, check }: { readonly tenant: string; readonly check: string },
  administrator: Administrator,
): Promise<CheckRun> {
  await tenancy.tenants.show(tenant)
  const run = await checks.book.show(tenant, check)
  if (sees(administrator, run)) return run
  throw new TenancyError('ERR_NOT_FOUND', `Tenant "${tenant}" has no check "${check}"; checks are kept for 30 days`)
}

/** The routes that begin a check. */
const BEGIN_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/checks',
    id: 'checkTenant',
    does: "Check Lockstep itself with a tenant's settings, schemas and types, in an empty tenant that is removed afterwards: nobody's people and no app is touched. The answer comes at once: read the check until it is no longer running",
    needs: { capability: 'edit', reach: 'tenant' },
    body: WhatBody,
    gives: { status: 201, body: CheckBody },
    run: async ({ params: { tenant }, body, origin, actor }, { checks, store, tenancy, provider }) => {
      await tenancy.tenants.show(tenant)
      const withTarget = ownTarget({ store, tenancy, environment, provider }, tenant, { origin, actor }, body)
      return checkJson(
        await checks.begin({ ...body, tenant, subject: { kind: 'tenant', name: '' }, actor, withTarget }),
      )
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/checks',
    id: 'checkApp',
    does: 'Check a connected SCIM app by its own credentials. Test people and groups are made there and removed, also when it is stopped. The answer comes at once: read the check until it is no longer running',
    needs: { capability: 'apps', reach: 'tenant' },
    body: ElsewhereBody,
    gives: { status: 201, body: CheckBody },
    run: async ({ params: { tenant, app }, body, actor }, { checks, hub }) => {
      const withTarget = appTarget(hub, tenant, app, body)
      return checkJson(await checks.begin({ ...body, tenant, subject: { kind: 'app', name: app }, actor, withTarget }))
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/checks/elsewhere',
    id: 'checkServer',
    does: 'Check a SCIM server anywhere by its URL and a token, which is kept nowhere. Only public addresses, and networks that the operator has opened, are reached. Test people and groups are made there and removed, also when it is stopped',
    needs: { capability: 'own', reach: 'tenant' },
    body: ElsewhereBody.extend({
      url: z
        .url({ protocol: /^https?$/ })
        .max(2_048)
        .regex(/^[^@?#]*$/, 'must be the base URL alone, without credentials, ? and #')
        .describe('Base URL, like https://app.example/scim/v2'),
      token: z
        .string()
        .regex(/^[\x21-\x7e]{1,8192}$/)
        .optional()
        .describe('A bearer token'),
    }),
    gives: { status: 201, body: CheckBody },
    run: async ({ params: { tenant }, body, actor, facts }, { checks, tenancy, openOutbound }) => {
      await tenancy.tenants.show(tenant)
      const { url, token, ...chosen } = body
      facts.object = url
      const withTarget = serverTarget(openOutbound, { url, token }, chosen)
      const subject = { kind: 'server', name: url } as const
      return checkJson(await checks.begin({ ...chosen, tenant, subject, actor, withTarget }))
    },
  }),
]

/** The routes that read a check, and the one that stops it. */
const READ_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/checks',
    id: 'listChecks',
    does: 'List the checks of a tenant of the last 30 days, at most 30, the newest first',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: z.object({ items: z.array(CheckBody) }) },
    run: async ({ params: { tenant }, administrator }, { checks, tenancy }) => {
      await tenancy.tenants.show(tenant)
      const all = await checks.book.list(tenant)
      return { items: all.filter((run) => sees(administrator, run)).map(checkJson) }
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/checks/{check}',
    id: 'showCheck',
    does: 'Show a check: how far it is, and what it has found',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: CheckBody },
    run: async ({ params, administrator }, deps) => checkJson(await shown(deps, params, administrator)),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/checks/{check}/results',
    id: 'listCheckResults',
    does: 'The results of a check in the order in which they came, with what each request was answered where something is wrong. While it is running there are more each second: read on with `after`',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({
      after: z.coerce.number().int().min(0).max(1_000_000).default(0).describe('The `next` of the answer before'),
      limit: z.coerce.number().int().min(1).max(50).default(20).describe('Most pages of results'),
    }),
    gives: {
      status: 200,
      body: z.object({
        results: z.array(ResultBody),
        providers: z.array(ProviderBody),
        next: z.int().describe('Pass it as `after` to read on'),
        more: z.boolean().describe('There is more already'),
      }),
    },
    run: async ({ params, query: { after, limit }, administrator }, deps) => {
      const run = await shown(deps, params, administrator)
      const pages = await deps.checks.book.pages(params.tenant, run.id, after, limit)
      return {
        results: pages.flatMap(({ results }): readonly Result[] => results),
        providers: pages.flatMap(({ providers }) => providers),
        next: after + pages.length,
        more: pages.length === limit,
      }
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/checks/{check}/difference',
    id: 'compareCheck',
    does: 'What is different from the last check of the same before it that came to its end',
    needs: { capability: 'values', reach: 'tenant' },
    gives: {
      status: 200,
      body: z.object({
        to: CheckBody.optional().describe('The check before; absent: there is none'),
        cases: z.array(
          z.object({
            id: z.string(),
            group: z.string(),
            title: z.string(),
            section: z.string(),
            before: VerdictBody.optional().describe('Absent: it was not tried then'),
            after: VerdictBody.optional().describe('Absent: it was not tried now'),
          }),
        ),
        providers: z.array(z.object({ name: z.string(), before: z.boolean(), after: z.boolean() })),
      }),
    },
    run: async ({ params, administrator }, deps) => {
      const run = await shown(deps, params, administrator)
      const { to, ...rest } = await differenceOf(deps.checks.book, params.tenant, run)
      return { ...rest, ...(to === undefined || !sees(administrator, to) ? {} : { to: checkJson(to) }) }
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/checks/{check}/report',
    id: 'saveCheck',
    does: 'The report of a check as a file, as `lockstep check` writes it: JSON, one HTML page, JUnit XML, or a badge',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({ format: z.enum(['json', 'html', 'junit', 'badge']).default('json') }),
    gives: { status: 200, stream: 'application/octet-stream' },
    run: async ({ params, query: { format }, administrator }, deps) => {
      const run = await shown(deps, params, administrator)
      return fileOf(await reportOf(deps.checks.book, params.tenant, run), `scim-check-${run.id}`, format)
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/checks/{check}/stop',
    id: 'stopCheck',
    does: 'Stop a check, whichever process runs it. What it has made is removed, and what is known by then is kept',
    needs: { capability: 'edit', reach: 'tenant' },
    gives: { status: 202, body: CheckBody },
    run: async ({ params, administrator }, deps) => {
      const run = await shown(deps, params, administrator)
      return checkJson(await deps.checks.stop(params.tenant, run.id))
    },
  }),
]

/** The routes for checks. */
export const CHECK_ROUTES: readonly Route[] = [...BEGIN_ROUTES, ...READ_ROUTES]
