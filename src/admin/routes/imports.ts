// The routes of the admin API for imports from a browser, and for the file that an export is.

import { z } from 'zod'
import { environment } from '../../environment.ts'
import type { JsonObject } from '../../protocol/index.ts'
import { isoTime, TenancyError } from '../../tenancy/index.ts'
import { beginImport, IMPORT_ROWS, type ImportState, showImport, stopImport, takeRows } from '../imports.ts'
import { type Call, type Route, type RouteDeps, route } from '../route.ts'
import { time, Word } from '../shapes.ts'
import { typeIn } from './find.ts'

/** An import, as far as it has come. */
export const ImportBody = z.object({
  id: z.string(),
  type: z.string(),
  match: z.string().describe('The attribute by which a row is found here'),
  dry: z.boolean().describe('It only says what it would do'),
  next: z.int().describe('The number of the batch that comes next; the first one is 0'),
  counts: z.object({ create: z.int(), update: z.int(), same: z.int(), refused: z.int() }),
  stopped: z.boolean(),
  created: time,
  actor: z.string(),
})
/** What became of a row. */
const RowBody = z.object({
  did: z.enum(['create', 'update', 'same', 'refused']).describe('In a dry run: what would become of it'),
  id: z.string().optional(),
  changes: z.array(z.string()).optional().describe('Paths of the attributes that change'),
  reason: z.string().optional().describe('Why it is refused'),
})

/** An import as an answer. */
export function importJson({ created, ...rest }: ImportState) {
  return { ...rest, created: isoTime(created) ?? '' }
}

type OneImport = Call<{ readonly tenant: string; readonly import: string }>

async function depsOf({ tenancy, store, directory }: RouteDeps, { params }: Pick<OneImport, 'params'>) {
  const { name: tenant } = await tenancy.tenants.show(params.tenant)
  return { tenant, deps: { store, directory, environment } }
}

/** The routes for imports. */
export const IMPORT_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/imports',
    id: 'beginImport',
    does: 'Begin an import; its rows follow in numbered batches. A dry one says what would become of each row and writes nothing',
    needs: { capability: 'edit', reach: 'tenant' },
    body: z.strictObject({
      type: Word.default('User'),
      match: z.enum(['externalId', 'userName', 'displayName', 'id']).default('userName'),
      dry: z.boolean().default(true),
    }),
    once: true,
    gives: { status: 201, body: ImportBody },
    run: async ({ params, body, actor }, { tenancy, store, directory }) => {
      const type = await typeIn(tenancy, params.tenant, body.type)
      const has =
        body.match === 'id' ||
        body.match === 'externalId' ||
        type.schema.attributes.some(({ name }) => name === body.match)
      if (!has)
        throw new TenancyError('ERR_INVALID', `${type.name} has no ${body.match}; match by another attribute`, {
          field: 'match',
        })
      return importJson(await beginImport({ store, directory, environment }, params.tenant, body, actor))
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/imports/{import}',
    id: 'showImport',
    does: 'Show how far an import has come: the number of the batch that comes next',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: ImportBody },
    run: async ({ params }, given) => {
      const { tenant, deps } = await depsOf(given, { params })
      return importJson(await showImport(deps, tenant, params.import))
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/imports/{import}/rows',
    id: 'importRows',
    does: 'Send a batch of rows, each a resource as SCIM has it. A batch that was taken before is answered and not done twice. What is wrong with one row stops no other',
    needs: { capability: 'edit', reach: 'tenant' },
    body: z.strictObject({
      batch: z.int().min(0).describe('Its number'),
      rows: z.array(z.record(z.string(), z.unknown())).max(IMPORT_ROWS),
    }),
    gives: {
      status: 200,
      body: ImportBody.extend({
        results: z.array(RowBody).describe('Row by row; empty if the batch was taken before'),
      }),
    },
    run: async ({ params, body, actor }, given) => {
      const { tenant, deps } = await depsOf(given, { params })
      const { type: name } = await showImport(deps, tenant, params.import)
      const type = await typeIn(given.tenancy, tenant, name)
      const place = { tenant, id: params.import, actor }
      // JSON came in, so it is JSON.
      const { state, results } = await takeRows(
        deps,
        type,
        place,
        body.batch,
        body.rows as unknown as readonly JsonObject[],
      )
      return { ...importJson(state), results: [...results] }
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/imports/{import}/stop',
    id: 'stopImport',
    does: 'Stop an import; what it has done stays, and can be undone as a run of the log',
    needs: { capability: 'edit', reach: 'tenant' },
    gives: { status: 200, body: ImportBody },
    run: async ({ params }, given) => {
      const { tenant, deps } = await depsOf(given, { params })
      return importJson(await stopImport(deps, tenant, params.import))
    },
  }),
]
