// The routes of the admin API for tenants and their settings.

import { z } from 'zod'
import { isoTime, scimPath, TenancyError, type Tenant } from '../../tenancy/index.ts'
import { type Call, pageWith, type Route, type RouteDeps, route } from '../route.ts'
import { IssuedBody, PageQuery, pageOf, time } from '../shapes.ts'
import { ConnectionDraftBody, issuedJson, readDraft } from './connections.ts'

/** A tenant. */
const TenantBody = z.object({
  tenant: z.string(),
  baseUrl: z.url(),
  created: time,
  log: z.int().describe('The last place of the log'),
  resources: z.record(z.string(), z.int()).describe('How many resources there are, by type'),
})

/** What a new tenant is to be. */
const TenantDraftBody = z.strictObject({
  name: z.string().describe('1 to 63 characters of a-z, 0-9 and -'),
  // The tenant has no users yet that a connection could act for.
  connection: ConnectionDraftBody.omit({ subject: true }).optional(),
})

/** A tenant's settings. */
const SettingsBody = z.object({
  uniqueGroupNames: z.boolean().describe('No two groups have the same displayName, without regard to case'),
  uniqueEmails: z.boolean().describe('No two users have the same e-mail value, without regard to case'),
  sensitiveFilters: z.array(z.string()).describe('Attributes that a GET may not filter by; POST to /.search can'),
  selfService: z
    .array(z.string())
    .describe(
      'Attributes that people may change on /Me besides names, phones, addresses, photos, language and password',
    ),
  logDays: z.int().describe('How many days the change log is kept, 30 or more; 0: for good'),
  requestIds: z.boolean().describe('Errors end their detail with the id of the request, where requests are recorded'),
  features: z.object({
    patch: z.boolean(),
    bulk: z.boolean(),
    me: z.boolean(),
    sort: z.boolean(),
    filter: z.boolean(),
  }),
})

/** Settings to change; what is left out stays. */
const SettingsChangeBody = z.strictObject({
  uniqueGroupNames: z.boolean().optional(),
  uniqueEmails: z.boolean().optional(),
  sensitiveFilters: z.array(z.string()).optional(),
  logDays: z.int().optional(),
  requestIds: z.boolean().optional(),
  selfService: z.array(z.string()).optional(),
  features: SettingsBody.shape.features.partial().strict().optional(),
})

function tenantJson({ name, created, place, resources }: Tenant, origin: string) {
  return { tenant: name, baseUrl: origin + scimPath(name), created: isoTime(created), log: place, resources }
}

async function settingsOf({ params }: Call<{ readonly tenant: string }>, { tenancy }: RouteDeps) {
  const { name } = await tenancy.tenants.show(params.tenant)
  await tenancy.ready(name)
  return tenancy.settings(name)
}

/** The routes for tenants and their settings. */
export const TENANT_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants',
    id: 'listTenants',
    does: 'List the tenants, by name',
    needs: { capability: 'see', reach: 'own' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(TenantBody) },
    run: async ({ query, administrator, origin }, { tenancy }) =>
      pageWith(await tenancy.tenants.page(query, administrator.tenants), (tenant) => tenantJson(tenant, origin)),
  }),
  route({
    method: 'post',
    path: '/tenants',
    id: 'createTenant',
    does: 'Create a tenant with one connection; the token is shown only this once',
    needs: { capability: 'own', reach: 'database' },
    body: TenantDraftBody,
    once: true,
    gives: { status: 201, body: IssuedBody },
    run: async ({ body, origin }, { administration }) => {
      try {
        const draft = readDraft(body.connection ?? ConnectionDraftBody.parse({}))
        return issuedJson(await administration.createTenant(body.name, draft), origin)
      } catch (error) {
        throw withinConnection(error)
      }
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}',
    id: 'showTenant',
    does: 'Show a tenant',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: TenantBody },
    run: async ({ params, origin }, { tenancy }) => tenantJson(await tenancy.tenants.show(params.tenant), origin),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/deletion',
    id: 'previewDeletion',
    does: 'Tell what goes with a tenant if it is removed, in numbers',
    needs: { capability: 'own', reach: 'tenant' },
    gives: {
      status: 200,
      body: z.object({
        tenant: z.string(),
        resources: TenantBody.shape.resources,
        connections: z.int().describe('At most 1,000 are counted'),
        apps: z.int().describe('At most 1,000 are counted; their accounts stay as they are'),
        log: z.int().describe('Lines of the log'),
      }),
    },
    run: async ({ params }, { tenancy, hub }) => {
      const { name: tenant, resources, place: log } = await tenancy.tenants.show(params.tenant)
      const connections = (await tenancy.connections.page(tenant, { limit: 1_000 })).items.length
      const apps = (await hub.apps.list(tenant, { limit: 1_000 })).items.length
      return { tenant, resources, connections, apps, log }
    },
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}',
    id: 'deleteTenant',
    does: 'Remove a tenant with everything in it',
    needs: { capability: 'own', reach: 'tenant', fresh: true },
    query: z.strictObject({
      confirm: z.string().optional().describe('The name again, as one has typed it; anything else is refused'),
    }),
    gives: { status: 204 },
    run: ({ params, query }, { administration }) => {
      if (query.confirm !== undefined && query.confirm !== params.tenant)
        throw new TenancyError(
          'ERR_INVALID',
          `confirm is "${query.confirm}"; type the name of the tenant: ${params.tenant}`,
        )
      return administration.tenants.delete(params.tenant)
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/settings',
    id: 'showSettings',
    does: "Show a tenant's settings",
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: SettingsBody },
    present: settingsOf,
    run: settingsOf,
  }),
  route({
    method: 'patch',
    path: '/tenants/{tenant}/settings',
    id: 'changeSettings',
    does: "Change some of a tenant's settings; what is left out stays",
    needs: { capability: 'edit', reach: 'tenant' },
    body: SettingsChangeBody,
    gives: { status: 200, body: SettingsBody },
    present: settingsOf,
    run: ({ params, json }, { administration, directory }) =>
      administration.changeSettings(params.tenant, json, directory),
  }),
]

/** A refusal of the connection, with the place of its field in the body of the tenant. */
function withinConnection(error: unknown): unknown {
  if (!(error instanceof TenancyError) || error.field === undefined || error.field === 'name') return error
  return new TenancyError(error.code, error.message, { field: `connection.${error.field}`, cause: error })
}
