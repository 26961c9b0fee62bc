// The routes of the admin API for its own tokens.

import { z } from 'zod'
import { ROLES, type Role } from '../../access/index.ts'
import { type AdminToken, isoTime } from '../../tenancy/index.ts'
import { pageWith, type Route, route } from '../route.ts'
import { PageQuery, pageOf, time } from '../shapes.ts'

/** A token of the admin API. */
const AdminTokenBody = z.object({
  id: z.string(),
  label: z.string(),
  role: z.enum(Object.keys(ROLES) as Role[]),
  tenants: z.array(z.string()).optional().describe('The tenants it is limited to; absent: all'),
  created: time,
  expires: time.optional(),
})

function tokenJson({ created, expires, ...rest }: AdminToken) {
  return { ...rest, created: isoTime(created), expires: isoTime(expires) }
}

/** The routes for admin tokens. */
export const TOKEN_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tokens',
    id: 'listAdminTokens',
    does: 'List the tokens of the admin API by id; search by id or label. New ones are made with: lockstep admin token',
    needs: { capability: 'own', reach: 'database' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(AdminTokenBody) },
    run: async ({ query }, { tenancy }) => pageWith(await tenancy.adminTokens.page(query), tokenJson),
  }),
  route({
    method: 'delete',
    path: '/tokens/{token}',
    id: 'revokeAdminToken',
    does: 'Revoke a token of the admin API, by its short name',
    needs: { capability: 'own', reach: 'database', fresh: true },
    gives: { status: 204 },
    run: ({ params }, { administration }) => administration.adminTokens.revoke(params.token),
  }),
]
