// The routes of the admin API for the audit: what was done here, and whether its chain holds.

import { z } from 'zod'
import { reaches } from '../../access/index.ts'
import { type AuditLine, isoTime, noTenant } from '../../tenancy/index.ts'
import { type Route, route } from '../route.ts'
import { time } from '../shapes.ts'

const OUTCOMES = ['done', 'refused', 'failed'] as const
const text = z.string().min(1).max(200)

/** A line of the audit. */
const LineBody = z.object({
  place: z.int(),
  at: time,
  actor: z.string().describe('The name in the change log; empty: nobody signed in'),
  name: z.string().optional(),
  how: z.enum(['token', 'link', 'oidc', 'person', 'command', 'none']),
  session: z.string().optional(),
  address: z.string().optional(),
  action: z.string().describe('The id of a route, or what a command did'),
  tenant: z.string().optional(),
  object: z.string().optional(),
  outcome: z.enum(OUTCOMES),
  reason: z.string().optional(),
  request: z.string().optional(),
  changes: z
    .array(z.object({ type: z.string(), id: z.string(), paths: z.array(z.record(z.string(), z.unknown())) }))
    .optional()
    .describe('What changed, before and after; of secrets only that they did'),
  previous: z.string().describe('The hash of the line before'),
  hash: z.string(),
})

const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: z.coerce.number().int().positive().optional().describe('The `next` of the page before'),
  tenant: text.optional(),
  actor: text.optional().describe('The name in the change log, or the name for people'),
  action: text.optional(),
  outcome: z.enum(OUTCOMES).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
})

function lineJson({ at, changes, ...line }: AuditLine) {
  return { ...line, at: isoTime(at), ...(changes === undefined ? {} : { changes }) }
}

/** The routes for the audit. */
export const AUDIT_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/audit',
    id: 'listAudit',
    does: 'What people, tokens and commands did here, newest first; for those limited to tenants what was done in these',
    needs: { capability: 'own', also: 'auditor', reach: 'own' },
    query: Query,
    gives: { status: 200, body: z.object({ items: z.array(LineBody), next: z.string().optional() }) },
    run: async ({ query, administrator }, { audit }) => {
      const { after, tenant, since, until, ...rest } = query
      if (tenant !== undefined && !reaches(administrator, tenant)) throw noTenant(tenant)
      const { lines, next } = await audit.page({
        ...rest,
        before: after,
        tenants: tenant === undefined ? administrator.tenants : [tenant],
        since: since === undefined ? undefined : Date.parse(since),
        until: until === undefined ? undefined : Date.parse(until),
      })
      return { items: lines.map(lineJson), ...(next === undefined ? {} : { next: String(next) }) }
    },
  }),
  route({
    method: 'get',
    path: '/audit/verify',
    id: 'verifyAudit',
    does: 'Walk the chain of hashes: says how far back it holds, and the head to note down elsewhere',
    needs: { capability: 'own', also: 'auditor', reach: 'database' },
    query: z.strictObject({
      head: text.optional().describe('A head that was noted down: whether it is still among the lines'),
    }),
    gives: {
      status: 200,
      body: z.object({
        lines: z.int(),
        head: z.object({ place: z.int(), hash: z.string() }).optional(),
        from: z.object({ place: z.int(), at: time }).optional(),
        broken: z.object({ place: z.int(), why: z.string() }).optional(),
        holdsHead: z.boolean().optional(),
      }),
    },
    run: async ({ query }, { audit }) => {
      const { from, ...verdict } = await audit.verify(query.head)
      return { ...verdict, ...(from === undefined ? {} : { from: { ...from, at: isoTime(from.at) } }) }
    },
  }),
]
