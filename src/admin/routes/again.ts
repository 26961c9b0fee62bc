// The routes that try what the record holds: would it pass now, and what if a connection were changed.

import { z } from 'zod'
import { parseRights, resolveRights } from '../../access/index.ts'
import { environment } from '../../environment.ts'
import { KINDS } from '../../quirks/index.ts'
import { REQUEST_ID } from '../../record/index.ts'
import { type Connection, TenancyError } from '../../tenancy/index.ts'
import { again } from '../again.ts'
import { requireRecord } from '../record-access.ts'
import { Refused } from '../refusals.ts'
import { type Route, type RouteDeps, route } from '../route.ts'
import type { Speaker } from '../try.ts'
import { LOOKED_AT, whatIf } from '../what-if.ts'
import { lineJson, RequestBody } from './requests.ts'
import { asConnection, TriedBody } from './try.ts'

const language = z.enum(['en', 'de']).default('en').describe('Of the explanations')

const AgainBody = z.object({
  verdict: z
    .enum(['passes', 'refused', 'unclear'])
    .describe('unclear: it hangs on values that the record does not hold, or could not be tried'),
  because: z
    .enum(['values', 'door', 'alike', 'bulk', 'cut', 'no-body', 'secret-path'])
    .optional()
    .describe('Why it is unclear'),
  madeUp: z.boolean().describe('Whether values were made up, of the same form as those that were sent'),
  was: z.object({ status: z.int(), code: z.string().optional() }).describe('What it was answered then'),
  now: TriedBody.omit({ dry: true }).optional().describe('What it would be answered now'),
})

const WhatIfDraft = z.strictObject({
  kind: z.enum(KINDS).optional(),
  profile: z.enum(KINDS).nullable().optional().describe('null: that of the kind'),
  rights: z.string().max(2_000).optional().describe('Like read:users,write:users, or all'),
  allow: z.array(z.string().max(100)).max(100).optional(),
  forbid: z.array(z.string().max(100)).max(100).optional(),
  language,
})

const OutcomeBody = z.object({ status: z.int(), code: z.string().optional(), happened: z.string().optional() })

const WhatIfBody = z.object({
  looked: z.int().describe(`Kept requests of the connection that were looked at, ${LOOKED_AT} at most`),
  untried: z.int().describe('Those that could not be tried: refused at the door, cut, or bulk'),
  differ: z.int().describe('Those that would be answered differently'),
  different: z.array(z.object({ request: RequestBody, alike: z.int(), now: OutcomeBody, changed: OutcomeBody })),
  complete: z.boolean().describe('Whether all were tried in time'),
})

/** The connection that a request came from, as it is now; 409 if it is gone. */
async function senderOf(
  { tenancy }: RouteDeps,
  tenant: string,
  id: string | undefined,
  actor: string,
): Promise<Speaker> {
  try {
    return asConnection(await tenancy.connections.show(tenant, id ?? ''), actor)
  } catch (error) {
    if (!(error instanceof TenancyError && error.code === 'ERR_NOT_FOUND')) throw error
    throw new Refused(409, 'ERR_GONE', 'The connection that this request came from is gone; try the request by hand')
  }
}

/** A connection with a change, which is not made. */
function withChange(
  connection: Connection,
  { profile, rights, ...same }: z.output<typeof WhatIfDraft>,
  types: Parameters<typeof resolveRights>[1],
) {
  const { kind, allow, forbid } = same
  const parsed = rights === undefined ? connection.rights : parseRights(rights)
  const resolved = typeof parsed === 'string' ? parsed : resolveRights(parsed, types)
  if (typeof resolved === 'string')
    throw new Refused(400, 'ERR_INVALID', resolved, [{ in: 'body', field: 'rights', message: resolved }])
  const { profile: before, ...rest } = connection
  const wanted = profile === undefined ? before : (profile ?? undefined)
  return {
    ...rest,
    ...(kind === undefined ? {} : { kind }),
    ...(allow === undefined ? {} : { allow: allow as NonNullable<Connection['allow']> }),
    ...(forbid === undefined ? {} : { forbid: forbid as NonNullable<Connection['forbid']> }),
    ...(wanted === undefined ? {} : { profile: wanted }),
    rights: resolved,
  }
}

/** The routes that try what the record holds. */
export const AGAIN_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/requests/{id}/again',
    id: 'tryAgain',
    does: 'Would a request of the record pass now? It is rehearsed up to the commit against today’s schemas, settings and data. One that was kept as a shape is tried with made-up values of the same form',
    needs: { capability: 'values', reach: 'tenant' },
    body: z.strictObject({ language }),
    gives: { status: 200, body: AgainBody },
    run: async ({ params, body, actor, origin }, deps) => {
      const { tenancy, directory, provider, record } = deps
      const { name } = await tenancy.tenants.show(params.tenant)
      const { store } = requireRecord(record)
      const line = REQUEST_ID.test(params.id) ? await store.line(params.id, [name]) : undefined
      if (line === undefined)
        throw new Refused(404, 'ERR_NOT_FOUND', 'There is no such request here, or it is not kept any more')
      const speaker = await senderOf(deps, name, line.connection, actor)
      return again({ directory, tenancy, provider, origin }, speaker, line, body.language)
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/connections/{connection}/what-if',
    id: 'whatIfConnection',
    does: 'Which of the last requests of a connection would be answered differently if its kind, profile or rights were changed. Nothing is changed',
    needs: { capability: 'connect', reach: 'tenant' },
    body: WhatIfDraft,
    gives: { status: 200, body: WhatIfBody },
    run: async ({ params, body, actor, origin }, { tenancy, directory, provider, record }) => {
      const { store } = requireRecord(record)
      const connection = await tenancy.connections.show(params.tenant, params.connection)
      await tenancy.ready(connection.tenant)
      const changed = withChange(connection, body, tenancy.catalog(connection.tenant).types)
      const deps = { directory, tenancy, provider, origin, record: store, environment }
      const speakers = [asConnection(connection, actor), asConnection(changed, actor)] as const
      const { different, ...counts } = await whatIf(deps, ...speakers, connection.id, body.language)
      return { ...counts, different: different.map(({ line, ...rest }) => ({ request: lineJson(line), ...rest })) }
    },
  }),
]
