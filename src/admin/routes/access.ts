// The route of the admin API for who has what in which app, now or at a moment in the past.

import { z } from 'zod'
import type { AccessSubject } from '../../hub/index.ts'
import { Refused } from '../refusals.ts'
import { type Route, route } from '../route.ts'
import { PageQuery } from '../shapes.ts'

const id = z.string().min(1).max(200)
const ONE = 'Name one of user, group and app, or none for everybody'

const AccessQuery = PageQuery.omit({ search: true }).extend({
  user: id.optional().describe('Id of a person: what they have'),
  group: id.optional().describe('Id of a group: what its members have through it'),
  app: id.optional().describe('Id of an app: who has what in it'),
  at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('A moment in the past, as 2026-03-01T12:00:00Z; absent: now. Each page reads the log since then'),
  limit: z.coerce.number().int().min(1).max(200).default(100).describe('Most people of the page'),
})

/** A page of who has what. */
const AccessBody = z.object({
  items: z
    .array(
      z.object({
        user: z.string(),
        name: z.string(),
        app: z.string(),
        account: z.string().optional(),
        kind: z.enum(['account', 'group', 'role', 'entitlement']),
        value: z.string(),
        through: z.string().describe('The rules that give it'),
        confirmed: z.boolean().optional().describe('Whether the app has confirmed it; absent for the past'),
      }),
    )
    .describe('What at most `limit` people have; a page may be empty although there are more'),
  next: z.string().optional().describe('Pass it as `after` to read on; absent on the last page'),
  doubts: z.array(z.string()).describe("What can't be told for sure"),
})

function subjectOf({ user, group, app }: z.output<typeof AccessQuery>): AccessSubject {
  if (user !== undefined) return { user }
  if (group !== undefined) return { group }
  return app === undefined ? { everybody: true } : { app }
}

/** The route for access. */
export const ACCESS_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/access',
    id: 'listAccess',
    does: 'Who has what, where, and through which rule: of a person, a group, an app, or everybody',
    needs: { capability: 'values', reach: 'tenant' },
    query: AccessQuery,
    gives: { status: 200, body: AccessBody },
    run: async ({ params, query }, { hub }) => {
      const { at, after, limit, user, group, app } = query
      const subject = subjectOf(query)
      if ([user, group, app].filter((one) => one !== undefined).length > 1)
        throw new Refused(400, 'ERR_INVALID', ONE, [{ in: 'query', field: '', message: ONE }])
      const access = await hub.access(params.tenant, at === undefined ? undefined : Date.parse(at), subject)
      const { rows, ...page } = await access.page(subject, { limit, ...(after === undefined ? {} : { after }) })
      return { items: rows, ...page }
    },
  }),
]
