// The route of the admin API that shows what a map and a scope make of real people, before they are saved.

import { z } from 'zod'
import { isObject, type JsonObject } from '../../protocol/index.ts'
import { type Route, route } from '../route.ts'
import { AppChangeBody } from './apps.ts'

/** What would become of resources. */
const PreviewBody = z.object({
  findings: z
    .array(z.object({ level: z.enum(['error', 'warning']), option: z.string(), text: z.string() }))
    .describe('What is wrong or questionable about maps and grants; with errors, no rows are shown'),
  maps: z
    .object({ User: z.record(z.string(), z.unknown()).optional(), Group: z.record(z.string(), z.unknown()).optional() })
    .describe('The maps that were used: own ones, or those that are built in; none with errors'),
  looked: z.int().describe('How many were looked at to find the rows'),
  rows: z.array(
    z.object({
      resource: z.string(),
      type: z.enum(['User', 'Group']),
      name: z.string(),
      scope: z.object({
        in: z.boolean(),
        clauses: z.array(
          z.object({ clause: z.string(), text: z.string(), holds: z.boolean(), value: z.string().optional() }),
        ),
      }),
      document: z.record(z.string(), z.unknown()).optional().describe('The account'),
      waitsFor: z.array(z.string()).optional(),
      fault: z.object({ attribute: z.string(), part: z.string(), message: z.string() }).optional(),
    }),
  ),
})

/** The route of previews. */
export const PREVIEW_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/map/preview',
    id: 'previewApp',
    does: 'Show what scope and map make of real people and groups, with the saved settings or others; nothing is saved or sent',
    needs: { capability: 'values', reach: 'tenant' },
    body: z.strictObject({
      settings: AppChangeBody.optional().describe('Settings to try, as for a change of the app'),
      users: z.array(z.string()).max(100).optional().describe('Ids of people; absent: some who are in scope'),
      sample: z.int().min(1).max(100).optional().describe('How many of them; 20 when absent'),
    }),
    gives: { status: 200, body: PreviewBody },
    run: async ({ params, body, json }, { hub }) => {
      const change: JsonObject = isObject(json.settings) ? json.settings : {}
      const found = await hub.preview(params.tenant, params.app, change, { users: body.users, sample: body.sample })
      // Decisions are worked out only when they are read.
      return JSON.parse(JSON.stringify(found))
    },
  }),
]
