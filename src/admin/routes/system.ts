// The routes of the admin API for the system as a whole, and for files of resources.

import { z } from 'zod'
import { environment } from '../../environment.ts'
import { exportFile } from '../export-file.ts'
import { fileAnswer } from '../file-answer.ts'
import { type Route, route } from '../route.ts'
import { Word } from '../shapes.ts'
import { readSystem, SystemBody, SystemState } from '../system-state.ts'
import { typeIn } from './find.ts'

/** The routes for the system. */
export const SYSTEM_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/system',
    id: 'showSystem',
    does: 'Show how the process that answers and its database are doing',
    needs: { capability: 'own', reach: 'database' },
    gives: { status: 200, body: SystemBody },
    run: (_call, deps) => readSystem(deps),
  }),
  route({
    method: 'get',
    path: '/system/diagnosis',
    id: 'diagnose',
    does: 'Numbers and settings to send to whoever helps: no names of people, no secrets, no addresses',
    needs: { capability: 'own', reach: 'database' },
    gives: {
      status: 200,
      body: SystemState.extend({
        at: z.iso.datetime(),
        settings: z.array(
          z.object({ features: z.record(z.string(), z.boolean()), extensions: z.int(), types: z.int() }),
        ),
      }),
    },
    run: async (_call, deps) => {
      const { tenancy, store } = deps
      const rows = await store.tenants({ limit: 100 })
      const settings = await Promise.all(
        rows.map(async ({ tenant }) => {
          await tenancy.ready(tenant)
          const { types } = tenancy.catalog(tenant)
          return {
            features: { ...tenancy.settings(tenant).features },
            extensions: types.reduce((sum, one) => sum + one.extensions.length, 0),
            types: types.length,
          }
        }),
      )
      const { readers, ...state } = await readSystem(deps)
      // Without the names of tenants.
      const { behind, lines } = readers
      return { at: new Date(environment.now()).toISOString(), ...state, readers: { behind, lines }, settings }
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/export',
    id: 'exportResources',
    audited: true,
    does: 'A file of what a filter gives, written while it is read: JSON lines as SCIM shows resources, or CSV',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({
      type: Word.default('User'),
      format: z.enum(['jsonl', 'csv']).default('jsonl'),
      filter: z.string().max(4_000).optional().describe('A SCIM filter'),
    }),
    gives: { status: 200, stream: 'application/octet-stream' },
    run: async ({ params, query, actor }, { tenancy, scim }) => {
      const { type: name, format, filter } = query
      const type = await typeIn(tenancy, params.tenant, name)
      return fileAnswer(exportFile(scim, params.tenant, type, { format, filter }), {
        name: `${params.tenant}-${type.name}`,
        format,
        actor,
      })
    },
  }),
]
