// The lists of roles and entitlements that users may have: clients may only read them (D-041).

import { type Context, type Directory, documentOf, type Stored, traitsOf } from '../directory/index.ts'
import { type Json, type JsonObject, type ResourceType, readQuery, STRICT } from '../protocol/index.ts'
import type { ListPage, ListRequest } from '../store/index.ts'
import { type Tenancy, TenancyError } from '../tenancy/index.ts'

/** The lists of a tenant. */
export interface Lists {
  /** A page, in the order of ids; `search` looks at values, in their letter case. */
  readonly page: (tenant: string, type: string, request: ListRequest) => Promise<ListPage<Json>>
  /** Adds an entry or replaces it; returns the entry. */
  readonly put: (tenant: string, type: string, value: string, entry: JsonObject, actor: string) => Promise<Json>
  readonly remove: (tenant: string, type: string, value: string, actor: string) => Promise<void>
}

/** Creates the access to lists, through the directory like every other resource. */
export function createLists(tenancy: Tenancy, directory: Directory): Lists {
  const find = async (tenant: string, type: ResourceType, value: string) => {
    const filter = `value eq ${JSON.stringify(value)}`
    const { resources } = await read(directory, tenant, type, { limit: 1, filter })
    return resources[0]
  }
  return {
    page: async (tenant, name, { search, after, limit }) => {
      const type = await typeOf(tenancy, tenant, name)
      const filter = search === undefined ? undefined : `value sw ${JSON.stringify(search)}`
      const { resources, next } = await read(directory, tenant, type, { limit, filter, after })
      return { items: resources.map(entryOf), ...(next === undefined ? {} : { next: next.id }) }
    },
    put: async (tenant, name, value, entry, actor) => {
      const type = await typeOf(tenancy, tenant, name)
      const body = { ...entry, schemas: [type.schema.id], value }
      const found = await find(tenant, type, value)
      const context = contextOf(tenant, actor)
      const { stored } =
        found === undefined
          ? await directory.create(context, type.name, body)
          : await directory.replace(context, type.name, found.id, body)
      return entryOf(stored)
    },
    remove: async (tenant, name, value, actor) => {
      const type = await typeOf(tenancy, tenant, name)
      const found = await find(tenant, type, value)
      if (found === undefined)
        throw new TenancyError('ERR_NOT_FOUND', `The list of ${type.name} has no value "${value}"`)
      await directory.remove(contextOf(tenant, actor), type.name, found.id)
    },
  }
}

async function typeOf(tenancy: Tenancy, tenant: string, name: string): Promise<ResourceType> {
  await tenancy.tenants.show(tenant)
  await tenancy.ready(tenant)
  const lists = tenancy.catalog(tenant).types.filter((type) => traitsOf(type).readOnly)
  const type = lists.find((one) => one.name === name)
  if (type !== undefined) return type
  const known = lists.length === 0 ? 'it has none' : `it has ${lists.map((one) => one.name).join(', ')}`
  throw new TenancyError(
    'ERR_NOT_FOUND',
    `Tenant "${tenant}" has no list "${name}", ${known}; put the resource type Role or Entitlement to switch that list on`,
  )
}

function read(
  directory: Directory,
  tenant: string,
  type: ResourceType,
  {
    limit,
    filter,
    after,
  }: { readonly limit: number; readonly filter?: string | undefined; readonly after?: string | undefined },
) {
  const search = readQuery({ count: String(limit), cursor: '', ...(filter === undefined ? {} : { filter }) })
  const options = { groups: false, total: false, ...(after === undefined ? {} : { after: { id: after } }) }
  return directory.find(directory.plan(contextOf(tenant, ''), [type], search, '', options))
}

function contextOf(tenant: string, actor: string): Context {
  return { tenant, actor, allow: STRICT }
}

function entryOf(stored: Stored): Json {
  const { schemas: _schemas, ...entry } = documentOf(stored)
  return entry
}
