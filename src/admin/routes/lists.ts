// The routes of the admin API for the lists of roles and entitlements that users may have.

import { z } from 'zod'
import { type Route, route } from '../route.ts'
import { PageQuery, pageOf } from '../shapes.ts'

/** An entry of the list of roles or entitlements, as the draft has it; checked by the protocol, not here (D-041). */
const ListEntryBody = z.looseObject({
  display: z.string().optional(),
  type: z.string().optional(),
  supported: z.boolean().optional().describe('Whether it may be given to users now'),
})

/** The routes for lists. */
export const LIST_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/lists/{type}',
    id: 'readList',
    does: 'Read the list of roles (Role) or entitlements (Entitlement) that users may have; search by value, in its letter case',
    needs: { capability: 'see', reach: 'tenant' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(ListEntryBody) },
    run: ({ params, query }, { lists }) => lists.page(params.tenant, params.type, query),
  }),
  route({
    method: 'put',
    path: '/tenants/{tenant}/lists/{type}/{value}',
    id: 'putListEntry',
    does: 'Add a role or entitlement, or replace it',
    needs: { capability: 'edit', reach: 'tenant' },
    body: ListEntryBody,
    gives: { status: 200, body: ListEntryBody },
    run: ({ params: { tenant, type, value }, json, actor }, { lists }) => lists.put(tenant, type, value, json, actor),
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/lists/{type}/{value}',
    id: 'deleteListEntry',
    does: 'Remove a role or entitlement from the list; users who have it keep it',
    needs: { capability: 'edit', reach: 'tenant' },
    gives: { status: 204 },
    run: ({ params: { tenant, type, value }, actor }, { lists }) => lists.remove(tenant, type, value, actor),
  }),
]
