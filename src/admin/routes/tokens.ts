// The routes of the admin API for its own tokens.

import { z } from 'zod'
import { ROLES, type Role } from '../../access/index.ts'
import { type Administration, type AdminToken, isoTime, requireGiver } from '../../tenancy/index.ts'
import { Refused } from '../refusals.ts'
import { pageWith, type Route, route } from '../route.ts'
import { LifetimeDays, PageQuery, pageOf, time } from '../shapes.ts'

/** A token of the admin API. */
const AdminTokenBody = z.object({
  id: z.string(),
  label: z.string(),
  role: z.enum(Object.keys(ROLES) as Role[]),
  tenants: z.array(z.string()).optional().describe('The tenants it is limited to; absent: all'),
  created: time,
  expires: time.optional(),
  lastUsed: time.optional().describe('At most a minute behind'),
})

const DAY_MS = 86_400_000

/** A token just made. */
const MadeBody = AdminTokenBody.omit({ lastUsed: true }).extend({
  token: z.string().describe('Shown only this once; only its hash is stored'),
})

function tokenJson({ created, expires, lastUsed, ...rest }: AdminToken) {
  return { ...rest, created: isoTime(created), expires: isoTime(expires), lastUsed: isoTime(lastUsed) }
}

/** Refuses to take the last way in away from oneself: another owner, or another token of one, must be left. */
async function requireOtherWay(id: string, { adminTokens }: Administration, hasOwner: boolean): Promise<void> {
  const others = (await adminTokens.list()).filter((token) => token.id !== id && token.role === 'owner')
  if (hasOwner || others.some(({ tenants }) => tenants === undefined)) return
  const message =
    'This token is the last way in for an owner; make another one first, or revoke it with: lockstep admin token'
  throw new Refused(409, 'ERR_IN_USE', message)
}

/** The routes for admin tokens. */
export const TOKEN_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tokens',
    id: 'listAdminTokens',
    does: 'List the tokens of the admin API by id; search by id or label',
    needs: { capability: 'own', reach: 'database' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(AdminTokenBody) },
    run: async ({ query }, { tenancy }) => pageWith(await tenancy.adminTokens.page(query), tokenJson),
  }),
  route({
    method: 'post',
    path: '/tokens',
    id: 'createAdminToken',
    does: 'Make a token of the admin API; it is shown only this once. Nobody gives a role that they lack',
    needs: { capability: 'own', reach: 'database', fresh: true },
    body: z.strictObject({
      label: z.string().min(1).max(200),
      role: z.enum(Object.keys(ROLES) as Role[]),
      tenants: z
        .array(z.string())
        .optional()
        .describe('The tenants it is limited to; absent: all, and the whole database'),
      lifetimeDays: LifetimeDays,
    }),
    gives: { status: 201, body: MadeBody },
    run: async ({ body: { lifetimeDays, tenants, ...draft }, administrator }, { administration }) => {
      requireGiver(administrator, { role: draft.role, ...(tenants === undefined ? {} : { tenants }) })
      const days = lifetimeDays ?? undefined
      const { admin, token } = await administration.adminTokens.create({
        ...draft,
        ...(tenants === undefined ? {} : { tenants }),
        ...(lifetimeDays === null ? { lifetimeMs: null } : {}),
        ...(days === undefined ? {} : { lifetimeMs: days * DAY_MS }),
      })
      return { ...tokenJson(admin), token }
    },
  }),
  route({
    method: 'delete',
    path: '/tokens/{token}',
    id: 'revokeAdminToken',
    does: 'Revoke a token of the admin API, by its short name',
    needs: { capability: 'own', reach: 'database', fresh: true },
    gives: { status: 204 },
    run: async ({ params, actor }, { administration, ways }) => {
      if (actor === `admin:${params.token}`) await requireOtherWay(params.token, administration, await ways.hasOwner())
      await administration.adminTokens.revoke(params.token)
    },
  }),
]
