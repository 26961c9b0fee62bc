// The routes of the admin API for removals that the guard has held.

import { z } from 'zod'
import type { HubAdministration } from '../../hub/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { pageWith, type Route, route } from '../route.ts'
import { PageQuery, pageOf, time } from '../shapes.ts'

/** Held removals. */
export const HoldBody = z.object({
  hold: z.string(),
  opened: time,
  cause: z.string().describe('configuration, request TXN, trickle, sweep ID, group ID emptied, restore'),
  place: z.int().describe('The place in the log that they were computed from'),
  count: z.int().describe('How many lose access; of a restore: how many were found first'),
  limit: z.int(),
  verdict: z.enum(['approved', 'discarded']).optional(),
  by: z.string().optional(),
  decided: time.optional(),
})

type Row = Awaited<ReturnType<HubAdministration['holds']['decide']>>

/** A hold as an answer. */
export function holdJson({ id, openedAt, cause, place, count, limit, verdict, by, at }: Row) {
  return { hold: id, opened: isoTime(openedAt), cause, place, count, limit, verdict, by, decided: isoTime(at) }
}

/** The routes for held removals. */
export const HOLD_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/held',
    id: 'listHolds',
    does: 'List the removals that the guard has held, oldest first',
    needs: { capability: 'see', reach: 'tenant' },
    query: PageQuery.omit({ search: true }).extend({
      open: z.enum(['true', 'false']).default('false').describe('Only those that nobody has decided about'),
    }),
    gives: { status: 200, body: pageOf(HoldBody) },
    run: async ({ params, query: { open, ...query } }, { hub }) =>
      pageWith(await hub.holds.list(params.tenant, params.app, { ...query, open: open === 'true' }), holdJson),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/held',
    id: 'listOpenHolds',
    does: 'List the removals of all apps that are held and that nobody has decided about, the newest first',
    needs: { capability: 'see', reach: 'tenant' },
    query: z.strictObject({ limit: PageQuery.shape.limit }),
    gives: { status: 200, body: z.object({ items: z.array(HoldBody.extend({ app: z.string() })) }) },
    run: async ({ params, query }, { hub }) => {
      const rows = await hub.holds.open(params.tenant, query.limit)
      return { items: rows.map((row) => ({ ...holdJson(row), app: row.app })) }
    },
  }),
  ...(['approve', 'discard'] as const).map((verb) =>
    route({
      method: 'post',
      path: `/tenants/{tenant}/apps/{app}/held/{hold}/${verb}`,
      id: `${verb}Hold`,
      does:
        verb === 'approve'
          ? 'Approve held removals: they are carried out'
          : 'Discard held removals: they are not carried out, as long as nothing else asks for them',
      needs: { capability: 'approve', reach: 'tenant', fresh: true },
      gives: { status: 200, body: HoldBody },
      run: async ({ params }, { hub }) => {
        const verdict = verb === 'approve' ? 'approved' : 'discarded'
        return holdJson(await hub.holds.decide(params.tenant, params.app, params.hold, verdict))
      },
    }),
  ),
]
