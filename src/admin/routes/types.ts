// The routes of the admin API for the resource types of a tenant.

import { z } from 'zod'
import { cutPage } from '../../store/index.ts'
import { TenancyError, type TypeEntry } from '../../tenancy/index.ts'
import { type Call, pageWith, type Route, type RouteDeps, route } from '../route.ts'
import { EffectsBody, ForceQuery, PageQuery, pageOf } from '../shapes.ts'

/** A ResourceType resource of RFC 7643 §6; checked by the protocol, not here. */
const TypeBody = z.looseObject({
  name: z.string(),
  endpoint: z.string().optional(),
  schema: z.string().optional(),
  schemaExtensions: z.array(z.object({ schema: z.string(), required: z.boolean().optional() })).optional(),
})
/** A resource type of a tenant. */
const TypeEntryBody = z.object({
  name: z.string(),
  description: z.string(),
  endpoint: z.string(),
  schema: z.string(),
  schemaExtensions: z.array(z.object({ schema: z.string(), required: z.boolean() })),
  own: z.boolean().describe('Whether the tenant made or changed it'),
})

function typeJson({ type, own }: TypeEntry) {
  const { name, description, endpoint, schema, extensions } = type
  const schemaExtensions = extensions.map((extension) => ({
    schema: extension.schema.id,
    required: extension.required,
  }))
  return { name, description, endpoint, schema: schema.id, schemaExtensions, own }
}

type Of = Call<{ readonly tenant: string; readonly type: string }>

/** The type of the path; null while there is none, which is a version like any other. */
async function present({ params }: Of, { tenancy }: RouteDeps) {
  const found = (await tenancy.schemas.listTypes(params.tenant)).find(({ type }) => type.name === params.type)
  return found === undefined ? null : typeJson(found)
}

/** Refuses a type that has another name than the path says. */
function requireSameName({ params, body }: Call<Of['params'], unknown, z.output<typeof TypeBody>>): void {
  if (body.name === params.type) return
  const message = `The path names resource type ${params.type}, but the body's name is ${body.name}`
  throw new TenancyError('ERR_INVALID', message, { field: 'name' })
}

/** The routes for resource types. */
export const TYPE_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/types',
    id: 'listTypes',
    does: 'List the resource types of a tenant, by name',
    needs: { capability: 'see', reach: 'tenant' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(TypeEntryBody) },
    run: async ({ params, query }, { tenancy }) => {
      const all = await tenancy.schemas.listTypes(params.tenant)
      const nameOf = ({ type }: TypeEntry) => type.name
      return pageWith(
        cutPage(all, query, nameOf, (entry) => [nameOf(entry)]),
        typeJson,
      )
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/types/{type}',
    id: 'showType',
    does: 'Show a resource type of a tenant',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: TypeEntryBody },
    present,
    run: async (call, deps) => {
      const found = await present(call, deps)
      if (found !== null) return found
      throw new TenancyError('ERR_NOT_FOUND', `Tenant "${call.params.tenant}" has no type "${call.params.type}"`)
    },
  }),
  route({
    method: 'put',
    path: '/tenants/{tenant}/types/{type}',
    id: 'putType',
    does: 'Add or change a resource type; refused while data would be lost, unless forced',
    needs: { capability: 'edit', reach: 'tenant', fresh: 'forced' },
    query: ForceQuery,
    body: TypeBody,
    gives: { status: 200, body: TypeEntryBody },
    present,
    run: async (call, { tenancy, directory: usage }) => {
      requireSameName(call)
      const { params, query, json, actor } = call
      const options = { usage, actor, force: query.force === 'true' }
      return typeJson({ type: await tenancy.schemas.putType(params.tenant, json, options), own: true })
    },
    dry: {
      body: EffectsBody,
      run: async (call, { tenancy, directory: usage }) => {
        requireSameName(call)
        return tenancy.schemas.preview.putType(call.params.tenant, call.json, { usage })
      },
    },
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/types/{type}',
    id: 'deleteType',
    does: 'Remove a resource type; refused while it has resources, unless forced',
    needs: { capability: 'edit', reach: 'tenant', fresh: 'forced' },
    query: ForceQuery,
    gives: { status: 204 },
    run: ({ params, query, actor }, { tenancy, directory: usage }) =>
      tenancy.schemas.deleteType(params.tenant, params.type, { usage, actor, force: query.force === 'true' }),
    present,
    dry: {
      body: EffectsBody,
      run: ({ params }, { tenancy, directory: usage }) =>
        tenancy.schemas.preview.deleteType(params.tenant, params.type, { usage }),
    },
  }),
]
