import { parseRights } from '../access/index.ts'
import type { Directory } from '../directory/index.ts'
import { type Json, STRICT } from '../protocol/index.ts'
import {
  type AdminToken,
  type Connection,
  type ConnectionDraft,
  describeConnection,
  isoTime,
  scimPath,
  type Tenancy,
  TenancyError,
  type Tenant,
} from '../tenancy/index.ts'
import { createLists } from './lists.ts'
import { type Route, route } from './route.ts'
import {
  AdminTokenBody,
  ConnectionBody,
  ConnectionDraftBody,
  ErasureBody,
  ErasureDraftBody,
  ForceQuery,
  IndexBody,
  IssuedBody,
  ListEntryBody,
  LogBody,
  LogQuery,
  RotateBody,
  SchemaBody,
  SchemaEntryBody,
  SchemaPutQuery,
  SettingsBody,
  SettingsChangeBody,
  TenantBody,
  TenantDraftBody,
  TypeBody,
  TypeEntryBody,
} from './shapes.ts'

const DAY_MS = 86_400_000

/** Every route of the admin API. */
export function createRoutes({
  tenancy,
  directory,
}: {
  readonly tenancy: Tenancy
  readonly directory: Directory
}): readonly Route[] {
  const { tenants, connections, schemas, adminTokens } = tenancy
  const known = async (tenant: string | undefined) => (await tenants.show(tenant ?? '')).name
  const lists = createLists(directory, async (tenant) => {
    await tenancy.ready(await known(tenant))
    return tenancy.catalog(tenant)
  })
  const logOf = async (tenant: string, { after, limit }: (typeof LogQuery)['_output']) => {
    const changes = await directory.changes(tenant, after, limit)
    const next = changes.at(-1)?.place ?? after
    return { changes: changes.map(({ tenant: _tenant, at, ...rest }) => ({ ...rest, at: isoTime(at) })), next }
  }
  const change = (actor: string, force: 'true' | 'false') => ({ usage: directory, actor, force: force === 'true' })

  return [
    route({
      method: 'get',
      path: '/tenants',
      id: 'listTenants',
      does: 'List the tenants',
      gives: { status: 200, body: TenantBody.array() },
      run: async ({ origin }) => (await tenants.list()).map((tenant) => tenantJson(tenant, origin)),
    }),
    route({
      method: 'post',
      path: '/tenants',
      id: 'createTenant',
      does: 'Create a tenant with one connection; the token is shown this once',
      body: TenantDraftBody,
      gives: { status: 201, body: IssuedBody },
      run: async ({ body, origin, actor }) => {
        const draft = readDraft(body.connection ?? ConnectionDraftBody.parse({}))
        return issuedJson(await tenancy.as(actor).createTenant(body.name, draft), origin)
      },
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}',
      id: 'showTenant',
      does: 'Show a tenant',
      gives: { status: 200, body: TenantBody },
      run: async ({ params, origin }) => tenantJson(await tenants.show(params.tenant ?? ''), origin),
    }),
    route({
      method: 'delete',
      path: '/tenants/{tenant}',
      id: 'deleteTenant',
      does: 'Remove a tenant with everything in it',
      gives: { status: 204 },
      run: ({ params, actor }) => tenancy.as(actor).tenants.delete(params.tenant ?? ''),
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}/settings',
      id: 'showSettings',
      does: "Show a tenant's settings",
      gives: { status: 200, body: SettingsBody },
      run: async ({ params }) => {
        const tenant = await known(params.tenant)
        await tenancy.ready(tenant)
        return tenancy.settings(tenant)
      },
    }),
    route({
      method: 'patch',
      path: '/tenants/{tenant}/settings',
      id: 'changeSettings',
      does: "Change some of a tenant's settings; what is left out stays",
      body: SettingsChangeBody,
      gives: { status: 200, body: SettingsBody },
      run: ({ params, body, actor }) =>
        tenancy.as(actor).changeSettings(params.tenant ?? '', jsonObject(body), directory),
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}/connections',
      id: 'listConnections',
      does: 'List the connections of a tenant, with their tokens and when they were last used',
      gives: { status: 200, body: ConnectionBody.array() },
      run: async ({ params }) => (await connections.list(params.tenant ?? '')).map(describeConnection),
    }),
    route({
      method: 'post',
      path: '/tenants/{tenant}/connections',
      id: 'createConnection',
      does: 'Let an identity provider in; the token is shown this once',
      body: ConnectionDraftBody,
      gives: { status: 201, body: IssuedBody },
      run: async ({ params, body, origin, actor }) =>
        issuedJson(await tenancy.as(actor).connections.create(params.tenant ?? '', readDraft(body)), origin),
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}/connections/{connection}',
      id: 'showConnection',
      does: 'Show a connection',
      gives: { status: 200, body: ConnectionBody },
      run: async ({ params }) =>
        describeConnection(await connections.show(params.tenant ?? '', params.connection ?? '')),
    }),
    route({
      method: 'delete',
      path: '/tenants/{tenant}/connections/{connection}',
      id: 'revokeConnection',
      does: 'Revoke a connection with all its tokens',
      gives: { status: 204 },
      run: ({ params, actor }) => tenancy.as(actor).connections.revoke(params.tenant ?? '', params.connection ?? ''),
    }),
    route({
      method: 'post',
      path: '/tenants/{tenant}/connections/{connection}/tokens',
      id: 'rotateToken',
      does: 'Make a second token; the first stays valid until it is revoked',
      body: RotateBody,
      gives: { status: 201, body: IssuedBody },
      run: async ({ params, body, origin, actor }) => {
        const { lifetimeDays, revokeOthers } = body
        const options = { revokeOthers, ...lifetime(lifetimeDays) }
        return issuedJson(
          await tenancy.as(actor).connections.rotate(params.tenant ?? '', params.connection ?? '', options),
          origin,
        )
      },
    }),
    route({
      method: 'delete',
      path: '/tenants/{tenant}/connections/{connection}/tokens/{token}',
      id: 'revokeToken',
      does: 'Revoke one token, by its short name',
      gives: { status: 204 },
      run: ({ params, actor }) =>
        tenancy.as(actor).connections.revoke(params.tenant ?? '', params.connection ?? '', params.token ?? ''),
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}/schemas',
      id: 'listSchemas',
      does: 'List the schemas of a tenant',
      gives: { status: 200, body: SchemaEntryBody.array() },
      run: async ({ params }) =>
        (await schemas.list(params.tenant ?? '')).map(({ schema, own, types }) => ({ ...schema, own, types })),
    }),
    route({
      method: 'put',
      path: '/tenants/{tenant}/schemas/{schema}',
      id: 'putSchema',
      does: 'Add a schema, or put another version in its place; refused while data would be lost, unless forced',
      query: SchemaPutQuery,
      body: SchemaBody,
      gives: { status: 200, body: SchemaBody },
      run: async ({ params, query, body, actor }) => {
        if (body.id.toLowerCase() !== (params.schema ?? '').toLowerCase()) {
          throw new TenancyError(
            'ERR_INVALID',
            `The path names schema ${params.schema}, but the body's id is ${body.id}`,
          )
        }
        const extend = (query.extends ?? '').split(',').flatMap((name) => name.trim() || [])
        const options = { ...change(actor, query.force), extend, required: query.required === 'true' }
        return schemas.put(params.tenant ?? '', json(body), options)
      },
    }),
    route({
      method: 'delete',
      path: '/tenants/{tenant}/schemas/{schema}',
      id: 'deleteSchema',
      does: 'Remove a schema; refused while data would be lost, unless forced',
      query: ForceQuery,
      gives: { status: 204 },
      run: ({ params, query, actor }) =>
        schemas.delete(params.tenant ?? '', params.schema ?? '', change(actor, query.force)),
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}/types',
      id: 'listTypes',
      does: 'List the resource types of a tenant',
      gives: { status: 200, body: TypeEntryBody.array() },
      run: async ({ params }) => (await schemas.listTypes(params.tenant ?? '')).map(typeJson),
    }),
    route({
      method: 'put',
      path: '/tenants/{tenant}/types/{type}',
      id: 'putType',
      does: 'Add or change a resource type; refused while data would be lost, unless forced',
      query: ForceQuery,
      body: TypeBody,
      gives: { status: 200, body: TypeEntryBody },
      run: async ({ params, query, body, actor }) => {
        if (body.name !== params.type) {
          throw new TenancyError(
            'ERR_INVALID',
            `The path names resource type ${params.type}, but the body's name is ${body.name}`,
          )
        }
        const type = await schemas.putType(params.tenant ?? '', json(body), change(actor, query.force))
        return typeJson({ type, own: true })
      },
    }),
    route({
      method: 'delete',
      path: '/tenants/{tenant}/types/{type}',
      id: 'deleteType',
      does: 'Remove a resource type; refused while there are resources of it, unless forced',
      query: ForceQuery,
      gives: { status: 204 },
      run: ({ params, query, actor }) =>
        schemas.deleteType(params.tenant ?? '', params.type ?? '', change(actor, query.force)),
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}/indexes',
      id: 'listIndexes',
      does: 'List the attributes by which resources are found without being read',
      gives: { status: 200, body: IndexBody.array() },
      run: ({ params }) => schemas.listIndexes(params.tenant ?? '', { usage: directory }),
    }),
    route({
      method: 'put',
      path: '/tenants/{tenant}/indexes/{type}/{path}',
      id: 'putIndex',
      does: 'Declare an attribute indexed; answers when all resources are entered, and until then queries do without. What was cut short is gone on with',
      gives: { status: 200, body: IndexBody },
      run: async ({ params, actor }) => {
        const { tenant = '', type = '', path = '' } = params
        const [put] = await schemas.putIndexes(tenant, type, [path], change(actor, 'false'))
        return put
      },
    }),
    route({
      method: 'delete',
      path: '/tenants/{tenant}/indexes/{type}/{path}',
      id: 'deleteIndex',
      does: 'Take the declaration of an indexed attribute back; queries by it read all resources again',
      gives: { status: 204 },
      run: ({ params, actor }) => {
        const { tenant = '', type = '', path = '' } = params
        return schemas.deleteIndexes(tenant, type, [path], change(actor, 'false'))
      },
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}/lists/{type}',
      id: 'readList',
      does: 'Read the list of roles (Role) or entitlements (Entitlement) that users may have',
      gives: { status: 200, body: ListEntryBody.array() },
      run: ({ params }) => lists.all(params.tenant ?? '', params.type ?? ''),
    }),
    route({
      method: 'put',
      path: '/tenants/{tenant}/lists/{type}/{value}',
      id: 'putListEntry',
      does: 'Add a role or entitlement, or put another version in its place',
      body: ListEntryBody,
      gives: { status: 200, body: ListEntryBody },
      run: ({ params, body, actor }) =>
        lists.put(params.tenant ?? '', params.type ?? '', params.value ?? '', jsonObject(body), actor),
    }),
    route({
      method: 'delete',
      path: '/tenants/{tenant}/lists/{type}/{value}',
      id: 'deleteListEntry',
      does: 'Take a role or entitlement off the list; who has it keeps it',
      gives: { status: 204 },
      run: ({ params, actor }) => lists.remove(params.tenant ?? '', params.type ?? '', params.value ?? '', actor),
    }),
    route({
      method: 'get',
      path: '/tenants/{tenant}/log',
      id: 'readLog',
      does: 'Read the change log of a tenant, oldest first: changes of resources, and notes of what administrators did',
      query: LogQuery,
      gives: { status: 200, body: LogBody },
      run: async ({ params, query }) => logOf(await known(params.tenant), query),
    }),
    route({
      method: 'post',
      path: '/tenants/{tenant}/erasures',
      id: 'erase',
      does: "Take a deleted person's values out of the log, for good; a note says who did it. If it is cut short, do it again: it goes on where it stopped",
      body: ErasureDraftBody,
      gives: { status: 200, body: ErasureBody },
      run: async ({ params, body, actor }) => {
        const tenant = await known(params.tenant)
        await tenancy.ready(tenant)
        const ref = { tenant, type: body.type, id: body.id }
        if (body.delete && (await directory.get(ref)) !== undefined) {
          await directory.remove({ tenant, actor, allow: STRICT }, ref.type, ref.id)
        }
        return directory.erase(ref, actor)
      },
    }),
    route({
      method: 'get',
      path: '/log',
      id: 'readAdminLog',
      does: 'Read what administrators did beyond single tenants, oldest first: tokens of the admin API, tenants deleted',
      query: LogQuery,
      gives: { status: 200, body: LogBody },
      run: ({ query }) => logOf('', query),
    }),
    route({
      method: 'get',
      path: '/tokens',
      id: 'listAdminTokens',
      does: 'List the tokens of the admin API; new ones are made with: lockstep admin token',
      gives: { status: 200, body: AdminTokenBody.array() },
      run: async () => (await adminTokens.list()).map(adminTokenJson),
    }),
    route({
      method: 'delete',
      path: '/tokens/{token}',
      id: 'revokeAdminToken',
      does: 'Revoke a token of the admin API, by its short name',
      gives: { status: 204 },
      run: ({ params, actor }) => tenancy.as(actor).adminTokens.revoke(params.token ?? ''),
    }),
  ]
}

function tenantJson({ name, created, place, resources }: Tenant, origin: string) {
  return { tenant: name, baseUrl: origin + scimPath(name), created: isoTime(created), log: place, resources }
}

function issuedJson(
  { connection: { tenant, id }, token }: { readonly connection: Connection; readonly token: string },
  origin: string,
) {
  return { tenant, baseUrl: origin + scimPath(tenant), connection: id, token }
}

function typeJson({ type, own }: Awaited<ReturnType<Tenancy['schemas']['listTypes']>>[number]) {
  const { name, description, endpoint, schema, extensions } = type
  const schemaExtensions = extensions.map((extension) => ({
    schema: extension.schema.id,
    required: extension.required,
  }))
  return { name, description, endpoint, schema: schema.id, schemaExtensions, own }
}

function adminTokenJson({ id, label, created, expires }: AdminToken) {
  return { id, label, created: isoTime(created), expires: isoTime(expires) }
}

function readDraft(body: (typeof ConnectionDraftBody)['_output']): ConnectionDraft {
  const rights = parseRights(body.rights)
  if (typeof rights === 'string') throw new TenancyError('ERR_INVALID', `rights: ${rights}`)
  const { kind, profile, allow = [], forbid = [], label, subject, lifetimeDays } = body
  return {
    kind,
    rights,
    allow,
    forbid,
    ...(profile === undefined ? {} : { profile }),
    ...(label === undefined ? {} : { label }),
    ...(subject === undefined ? {} : { subject }),
    ...lifetime(lifetimeDays),
  }
}

function lifetime(days: number | null | undefined) {
  return days === undefined ? {} : { lifetimeMs: days === null ? null : days * DAY_MS }
}

/** A body that came as JSON, as JSON. */
function json(body: unknown): Json {
  return JSON.parse(JSON.stringify(body))
}

function jsonObject(body: unknown): { readonly [name: string]: Json } {
  return JSON.parse(JSON.stringify(body))
}
