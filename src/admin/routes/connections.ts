// The routes of the admin API for connections and their tokens.

import { z } from 'zod'
import { parseRights } from '../../access/index.ts'
import { environment } from '../../environment.ts'
import { KINDS } from '../../quirks/index.ts'
import {
  type Connection,
  type ConnectionDraft,
  describeConnection,
  type Issued,
  scimPath,
  TenancyError,
} from '../../tenancy/index.ts'
import { MANY_REFUSALS, readLately } from '../lately.ts'
import { type Call, pageWith, type Route, type RouteDeps, route } from '../route.ts'
import { IssuedBody, LifetimeDays, PageQuery, pageOf, TokenBody, time } from '../shapes.ts'
import { tagOf } from '../tags.ts'

const DAY_MS = 86_400_000

/** A connection with its tokens. */
const ConnectionBody = z.object({
  connection: z.string(),
  version: z.string().describe('Of what can be changed of it: the ETag, and what If-Match takes'),
  label: z.string(),
  kind: z.enum(KINDS),
  profile: z.enum(KINDS).describe('How far it adapts; its kind unless stated'),
  rights: z.string().describe('Like read:users,write:users,read:groups, or all'),
  allow: z.array(z.string()).optional().describe('Allowances that it has whatever its profile says'),
  forbid: z.array(z.string()).optional().describe('Allowances that it does not have, whatever its profile says'),
  subject: z.string().optional().describe('Id of the user that /Me refers to'),
  valuesUntil: time.optional().describe('Until then bodies of its requests are recorded with their values'),
  valuesBy: z.string().optional().describe('Who had that begun'),
  valuesReason: z.string().optional().describe('And why'),
  paused: z.literal(true).optional().describe('Its client is told to try again later'),
  created: time,
  tokens: z.array(TokenBody),
})

/** A connection as it is shown, with what the record says of it. */
export const ConnectionSeenBody = ConnectionBody.extend({
  lately: z
    .object({
      heard: time.optional().describe('The last request that it was let in with, within 14 days'),
      usualSilence: z.number().optional().describe('The longest silence that is usual for it, in hours'),
      quietSince: time.optional().describe('Silent for longer than is usual: unusual, not broken'),
      requests: z.int().describe('In the last 24 hours'),
      refusals: z.int().describe('How many of them were refused (4xx)'),
      refusing: z
        .boolean()
        .describe(`${MANY_REFUSALS} or more, or all, were refused within the hour before it was heard last`),
    })
    .optional()
    .describe('What the record of requests says; absent where there is none, or while it can not be read'),
})

/** What a new connection is to be. */
export const ConnectionDraftBody = z.strictObject({
  kind: z.enum(KINDS).default('generic'),
  profile: z.enum(KINDS).optional(),
  label: z.string().min(1).max(200).optional(),
  rights: z.string().default('all').describe('Like read:users,write:users,read:groups, or all'),
  allow: z
    .array(z.string())
    .optional()
    .describe('Allowances that it has whatever its profile says, like uniqueGroupNames'),
  forbid: z.array(z.string()).optional().describe('Allowances that it does not have, whatever its profile says'),
  subject: z.string().min(1).max(200).optional().describe('Id of an existing user; /Me will refer to that user'),
  lifetimeDays: LifetimeDays,
})

/** What of a connection is to change; what is left out stays. */
const ConnectionChangeBody = z.strictObject({
  label: z.string().min(1).max(200).optional(),
  kind: z.enum(KINDS).optional(),
  profile: z.enum(KINDS).nullable().optional().describe('null: that of its kind'),
  rights: z.string().optional().describe('Like read:users,write:users,read:groups, or all'),
  allow: z.array(z.string()).optional(),
  forbid: z.array(z.string()).optional(),
  subject: z.string().min(1).max(200).nullable().optional(),
  paused: z.boolean().optional().describe('true: its client is told to try again later (503)'),
})

/** How a token is rotated. */
const RotateBody = z.strictObject({
  lifetimeDays: LifetimeDays,
  revokeOthers: z.boolean().default(false).describe('Revoke the earlier tokens at once'),
})

const HOUR_MS = 3_600_000

/** How long values are recorded, and why. */
const RecordingBody = z.strictObject({
  hours: z.number().positive().max(168).default(24).describe('At most 7 days'),
  reason: z.string().min(1).max(500).describe('It is in the log'),
})

/** The routes for connections and their tokens. */
export const CONNECTION_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/connections',
    id: 'listConnections',
    does: 'List the connections of a tenant by id, with their tokens, when they were last heard, and what was refused lately; search by id or label',
    needs: { capability: 'see', reach: 'tenant' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(ConnectionSeenBody) },
    run: async ({ params, query }, { tenancy, record }) => {
      const page = await tenancy.connections.page(params.tenant, query)
      const lately = await readLately(record, environment.now(), params.tenant)
      return pageWith(page, (one) => ({ ...connectionJson(one), ...lately(one) }))
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/connections',
    id: 'createConnection',
    does: 'Create a connection for an identity provider; the token is shown only this once',
    needs: { capability: 'connect', reach: 'tenant' },
    body: ConnectionDraftBody,
    once: true,
    gives: { status: 201, body: IssuedBody },
    run: async ({ params, body, origin }, { administration }) =>
      issuedJson(await administration.connections.create(params.tenant, readDraft(body)), origin),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/connections/{connection}',
    id: 'showConnection',
    does: 'Show a connection',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: ConnectionSeenBody },
    present: versionOf,
    run: async ({ params: { tenant, connection } }, { tenancy, record }) => {
      const one = await tenancy.connections.show(tenant, connection)
      return { ...connectionJson(one), ...(await readLately(record, environment.now(), tenant, connection))(one) }
    },
  }),
  route({
    method: 'patch',
    path: '/tenants/{tenant}/connections/{connection}',
    id: 'changeConnection',
    does: 'Change some of a connection; what is left out stays, its id and its tokens too',
    needs: { capability: 'connect', reach: 'tenant' },
    body: ConnectionChangeBody,
    gives: { status: 200, body: ConnectionBody },
    present: versionOf,
    run: async ({ params: { tenant, connection }, body }, { administration }) => {
      const now = await administration.connections.show(tenant, connection)
      return connectionJson(await administration.connections.change(tenant, connection, changed(now, body)))
    },
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/connections/{connection}',
    id: 'revokeConnection',
    does: 'Revoke a connection with all its tokens',
    needs: { capability: 'connect', reach: 'tenant' },
    gives: { status: 204 },
    run: ({ params }, { administration }) => administration.connections.revoke(params.tenant, params.connection),
  }),
  route({
    method: 'put',
    path: '/tenants/{tenant}/connections/{connection}/recording',
    id: 'recordValues',
    does: 'Record the bodies of its requests with their values for some time, secrets apart; it ends by itself',
    needs: { capability: 'connect', reach: 'tenant' },
    body: RecordingBody,
    gives: { status: 200, body: ConnectionBody },
    run: async ({ params, body, actor }, { administration }) => {
      const recording = { ms: body.hours * HOUR_MS, reason: body.reason, by: actor }
      return connectionJson(await administration.connections.recordValues(params.tenant, params.connection, recording))
    },
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/connections/{connection}/recording',
    id: 'stopRecordingValues',
    does: 'Record the bodies of its requests as shapes again',
    needs: { capability: 'connect', reach: 'tenant' },
    gives: { status: 204 },
    run: async ({ params }, { administration }) => {
      await administration.connections.recordValues(params.tenant, params.connection, undefined)
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/connections/{connection}/tokens',
    id: 'rotateToken',
    does: 'Make a second token; the first stays valid until it is revoked',
    needs: { capability: 'connect', reach: 'tenant' },
    body: RotateBody,
    once: true,
    gives: { status: 201, body: IssuedBody },
    run: async ({ params, body, origin }, { administration }) => {
      const options = { revokeOthers: body.revokeOthers, ...lifetime(body.lifetimeDays) }
      return issuedJson(await administration.connections.rotate(params.tenant, params.connection, options), origin)
    },
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/connections/{connection}/tokens/{token}',
    id: 'revokeToken',
    does: 'Revoke one token, by its short name',
    needs: { capability: 'connect', reach: 'tenant' },
    gives: { status: 204 },
    run: ({ params }, { administration }) =>
      administration.connections.revoke(params.tenant, params.connection, params.token),
  }),
]

/** What a connection is, without its tokens, whose use is no change. */
async function versionOf(
  { params }: Call<{ readonly tenant: string; readonly connection: string }>,
  { tenancy }: RouteDeps,
) {
  return changeable(await tenancy.connections.show(params.tenant, params.connection))
}

function changeable(connection: Connection) {
  const { tokens: _tokens, ...rest } = describeConnection(connection)
  return rest
}

/** A connection as an answer. */
export function connectionJson(connection: Connection) {
  return { ...describeConnection(connection), version: tagOf(changeable(connection)) }
}

/** A connection as it is, with what is to change. */
function changed(now: Connection, body: z.output<typeof ConnectionChangeBody>): ConnectionDraft {
  const rights = body.rights === undefined ? now.rights : parseRights(body.rights)
  if (typeof rights === 'string') throw new TenancyError('ERR_INVALID', rights, { field: 'rights' })
  const profile = body.profile === null ? undefined : (body.profile ?? now.profile)
  const subject = body.subject === null ? undefined : (body.subject ?? now.subject)
  return {
    label: body.label ?? now.label,
    kind: body.kind ?? now.kind,
    rights,
    allow: body.allow ?? now.allow ?? [],
    forbid: body.forbid ?? now.forbid ?? [],
    ...(profile === undefined ? {} : { profile }),
    ...(subject === undefined ? {} : { subject }),
    ...(body.paused === undefined ? {} : { paused: body.paused }),
  }
}

/** A token just made, as an answer. */
export function issuedJson({ connection: { tenant, id }, token }: Issued, origin: string) {
  return { tenant, baseUrl: origin + scimPath(tenant), connection: id, token }
}

/** What a body says a new connection is to be. */
export function readDraft(body: z.output<typeof ConnectionDraftBody>): ConnectionDraft {
  const rights = parseRights(body.rights)
  if (typeof rights === 'string') throw new TenancyError('ERR_INVALID', rights, { field: 'rights' })
  const { kind, profile, allow = [], forbid = [], label, subject, lifetimeDays } = body
  return {
    kind,
    rights,
    allow,
    forbid,
    ...(profile === undefined ? {} : { profile }),
    ...(label === undefined ? {} : { label }),
    ...(subject === undefined ? {} : { subject }),
    ...lifetime(lifetimeDays),
  }
}

function lifetime(days: number | null | undefined) {
  return days === undefined ? {} : { lifetimeMs: days === null ? null : days * DAY_MS }
}
