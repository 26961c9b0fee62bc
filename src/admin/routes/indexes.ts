// The routes of the admin API for indexed attributes.

import { z } from 'zod'
import { cutPage } from '../../store/index.ts'
import type { IndexEntry } from '../../tenancy/index.ts'
import { type Route, route } from '../route.ts'
import { PageQuery, pageOf } from '../shapes.ts'

/** An attribute by which resources are found without being read. */
const IndexBody = z.object({
  type: z.string(),
  path: z.string().describe('The attribute in standard notation, like title or name.familyName'),
  own: z.boolean().describe('Whether the tenant has declared it; the others are always indexed'),
  ready: z.boolean().describe('Whether every resource is indexed, so that queries use it'),
})

/** The routes for indexed attributes. */
export const INDEX_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/indexes',
    id: 'listIndexes',
    does: 'List the attributes by which resources are found without being read, by type and path; search by path',
    needs: { capability: 'see', reach: 'tenant' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(IndexBody) },
    run: async ({ params, query }, { tenancy, directory: usage }) => {
      const all = await tenancy.schemas.listIndexes(params.tenant, { usage })
      const keyOf = ({ type, path }: IndexEntry) => `${type} ${path}`
      return cutPage(all, query, keyOf, ({ path }) => [path])
    },
  }),
  route({
    method: 'put',
    path: '/tenants/{tenant}/indexes/{type}/{path}',
    id: 'putIndex',
    does: 'Index an attribute. Answers when every resource is indexed; until then queries do without it. If interrupted, put it again to resume',
    needs: { capability: 'edit', reach: 'tenant' },
    gives: { status: 200, body: IndexBody },
    run: async ({ params: { tenant, type, path }, actor }, { tenancy, directory: usage }) => {
      const [put] = await tenancy.schemas.putIndexes(tenant, type, [path], { usage, actor })
      return put
    },
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/indexes/{type}/{path}',
    id: 'deleteIndex',
    does: 'Stop indexing an attribute; queries by it read every resource again',
    needs: { capability: 'edit', reach: 'tenant' },
    gives: { status: 204 },
    run: ({ params: { tenant, type, path }, actor }, { tenancy, directory: usage }) =>
      tenancy.schemas.deleteIndexes(tenant, type, [path], { usage, actor }),
  }),
]
