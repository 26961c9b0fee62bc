// The route of the admin API behind ⌘K: what a few letters find.

import { z } from 'zod'
import { type Route, route } from '../route.ts'
import { searchAll } from '../search.ts'
import { Word } from '../shapes.ts'

const HitBody = z.object({
  kind: z
    .enum(['tenant', 'person', 'gone', 'group', 'connection', 'app', 'change', 'address'])
    .describe(
      'gone: a person who was deleted; address: somebody with exactly this address is here, and who it is takes the capability "values"',
    ),
  tenant: z.string(),
  id: z.string(),
  label: z.string(),
  detail: z
    .string()
    .describe('One more fact: the userName, the kind of a connection, what a change did, when somebody was deleted'),
})

/** The route that finds everything. */
export const SEARCH_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/search',
    id: 'search',
    does: 'Find tenants, people, also deleted ones, groups, connections and apps by how they begin (of one tenant also people and groups that contain it, where none does), and a change by its place (acme#4812): only what the caller may see',
    needs: { capability: 'see', reach: 'own' },
    query: z.strictObject({
      q: Word.max(200),
      tenant: Word.optional().describe('Look in this tenant; absent: in the first few that the caller reaches'),
    }),
    gives: { status: 200, body: z.object({ items: z.array(HitBody) }) },
    run: async ({ query, administrator }, deps) => ({
      items: [...(await searchAll(query.q.trim(), query.tenant, { administrator }, deps))],
    }),
  }),
]
