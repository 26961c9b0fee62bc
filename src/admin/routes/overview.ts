// The routes of the admin API for the overview: how Lockstep itself is doing, and the connections of all tenants.

import { z } from 'zod'
import { reaches } from '../../access/index.ts'
import { environment } from '../../environment.ts'
import { noTenant } from '../../tenancy/index.ts'
import { connectionsOfAll } from '../connections-of-all.ts'
import { type Route, route } from '../route.ts'
import { readService } from '../service-state.ts'
import { time, Word } from '../shapes.ts'
import { ConnectionSeenBody, connectionJson } from './connections.ts'

/** How Lockstep itself is doing. */
const ServiceBody = z.object({
  databaseMs: z.number().describe('How long one small read of the database takes now, in milliseconds'),
  hour: z
    .object({
      requests: z.int(),
      refused: z.int().describe('Because of what was asked (4xx)'),
      failed: z.int().describe('Because of what went wrong here (5xx)'),
      medianUs: z.int().optional().describe('Half of them were answered within so many microseconds'),
      p99Us: z.int().optional().describe('And 99 of 100'),
    })
    .optional()
    .describe(
      'The last hour, of the tenants that the caller reaches; absent where no record is kept or it can not be read',
    ),
  recordFailingSince: time.optional().describe('No request has been kept since then'),
})

/** A connection among those of other tenants. */
const ConnectionOfAllBody = ConnectionSeenBody.extend({
  tenant: z.string(),
  hours: z
    .array(z.object({ at: time, requests: z.int(), refusals: z.int() }))
    .optional()
    .describe('Its last 24 hours, the oldest first'),
})

/** The routes for the overview. */
export const OVERVIEW_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/service',
    id: 'readService',
    does: 'Read how Lockstep itself is doing: what it was asked within the last hour, what failed here, how fast it and its database answer',
    needs: { capability: 'see', reach: 'own' },
    query: z.strictObject({ tenant: Word.optional().describe('Absent: all that the caller reaches') }),
    gives: { status: 200, body: ServiceBody },
    run: async ({ query: { tenant }, administrator }, { tenancy, store, record }) => {
      if (tenant !== undefined && !reaches(administrator, tenant)) throw noTenant(tenant)
      if (tenant !== undefined) await tenancy.tenants.show(tenant)
      return readService({ store, record }, tenant === undefined ? administrator.tenants : [tenant])
    },
  }),
  route({
    method: 'get',
    path: '/connections',
    id: 'listAllConnections',
    does: 'List the connections of all tenants that the caller reaches: those that are refused first, then those that are quiet, then those that were heard last',
    needs: { capability: 'see', reach: 'own' },
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    gives: {
      status: 200,
      body: z.object({
        items: z.array(ConnectionOfAllBody),
        more: z.int().describe('How many others there are'),
        isPart: z.boolean().describe('Whether only the first tenants were looked at'),
      }),
    },
    run: async ({ query: { limit }, administrator }, { tenancy, record }) => {
      const { items, ...rest } = await connectionsOfAll(
        { tenancy, record },
        administrator.tenants,
        limit,
        environment.now(),
      )
      return {
        items: items.map(({ connection, lately, hours }) => ({
          tenant: connection.tenant,
          ...connectionJson(connection),
          ...(lately === undefined ? {} : { lately }),
          ...(hours === undefined ? {} : { hours }),
        })),
        ...rest,
      }
    },
  }),
]
