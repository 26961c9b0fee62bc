// The routes of the admin API for the schemas of a tenant.

import { z } from 'zod'
import { cutPage } from '../../store/index.ts'
import { type SchemaEntry, TenancyError } from '../../tenancy/index.ts'
import { type Call, pageWith, type Route, type RouteDeps, route } from '../route.ts'
import { EffectsBody, ForceQuery, PageQuery, pageOf } from '../shapes.ts'

/** A Schema resource of RFC 7643 §7; checked by the protocol, not here. */
const SchemaBody = z.looseObject({
  id: z.string(),
  name: z.string(),
  attributes: z.array(z.looseObject({ name: z.string() })),
})
/** A schema of a tenant, and the types that use it. */
const SchemaEntryBody = z.looseObject({
  id: z.string(),
  name: z.string(),
  own: z.boolean().describe("Whether it is the tenant's own"),
  types: z.array(z.string()).describe('Names of the types that use it'),
})

/** How a schema is put. */
const SchemaPutQuery = ForceQuery.extend({
  extends: z.string().optional().describe('Names of types that it becomes an extension of, separated by commas'),
  required: z.enum(['true', 'false']).default('false').describe('Whether resources of these types must have it'),
})

type Of = Call<{ readonly tenant: string; readonly schema: string }>
type Put = Call<Of['params'], z.output<typeof SchemaPutQuery>, z.output<typeof SchemaBody>>

function schemaJson({ schema, own, types }: SchemaEntry) {
  return { ...schema, own, types }
}

/** The schema of the path; null while there is none, which is a version like any other. */
async function present({ params }: Of, { tenancy }: RouteDeps) {
  const wanted = params.schema.toLowerCase()
  const found = (await tenancy.schemas.list(params.tenant)).find(({ schema }) => schema.id.toLowerCase() === wanted)
  return found === undefined ? null : schemaJson(found)
}

/** How a schema is put, once its id is the one of the path. */
function putOptions({ params, query, body, actor }: Put, { directory: usage }: RouteDeps) {
  if (body.id.toLowerCase() !== params.schema.toLowerCase()) {
    const message = `The path names schema ${params.schema}, but the body's id is ${body.id}`
    throw new TenancyError('ERR_INVALID', message, { field: 'id' })
  }
  const extend = (query.extends ?? '').split(',').flatMap((name) => name.trim() || [])
  return { usage, actor, force: query.force === 'true', extend, required: query.required === 'true' }
}

/** The routes for schemas. */
export const SCHEMA_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/schemas',
    id: 'listSchemas',
    does: 'List the schemas of a tenant by id; search by id or name',
    needs: { capability: 'see', reach: 'tenant' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(SchemaEntryBody) },
    run: async ({ params, query }, { tenancy }) => {
      const all = await tenancy.schemas.list(params.tenant)
      const page = cutPage(
        all,
        query,
        ({ schema }) => schema.id,
        ({ schema }) => [schema.id, schema.name],
      )
      return pageWith(page, schemaJson)
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/schemas/{schema}',
    id: 'showSchema',
    does: 'Show a schema of a tenant',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: SchemaEntryBody },
    present,
    run: async (call, deps) => {
      const found = await present(call, deps)
      if (found !== null) return found
      throw new TenancyError('ERR_NOT_FOUND', `Tenant "${call.params.tenant}" has no schema "${call.params.schema}"`)
    },
  }),
  route({
    method: 'put',
    path: '/tenants/{tenant}/schemas/{schema}',
    id: 'putSchema',
    does: 'Add a schema or replace it; refused while data would be lost, unless forced',
    needs: { capability: 'edit', reach: 'tenant', fresh: 'forced' },
    query: SchemaPutQuery,
    body: SchemaBody,
    gives: { status: 200, body: SchemaBody },
    present,
    run: (call, deps) => deps.tenancy.schemas.put(call.params.tenant, call.json, putOptions(call, deps)),
    dry: {
      body: EffectsBody,
      run: (call, deps) => deps.tenancy.schemas.preview.put(call.params.tenant, call.json, putOptions(call, deps)),
    },
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/schemas/{schema}',
    id: 'deleteSchema',
    does: 'Remove a schema; refused while data would be lost, unless forced',
    needs: { capability: 'edit', reach: 'tenant', fresh: 'forced' },
    query: ForceQuery,
    gives: { status: 204 },
    run: ({ params, query, actor }, { tenancy, directory: usage }) =>
      tenancy.schemas.delete(params.tenant, params.schema, { usage, actor, force: query.force === 'true' }),
    present,
    dry: {
      body: EffectsBody,
      run: ({ params }, { tenancy, directory: usage }) =>
        tenancy.schemas.preview.delete(params.tenant, params.schema, { usage }),
    },
  }),
]
