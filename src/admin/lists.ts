import { type Context, type Directory, documentOf, type Stored, traitsOf } from '../directory/index.ts'
import { type Catalog, type Json, LIMITS, type ResourceType, readQuery, STRICT } from '../protocol/index.ts'
import { TenancyError } from '../tenancy/index.ts'

/** The lists of a tenant that clients may only read: what roles and entitlements there are (D-041). */
export interface Lists {
  readonly all: (tenant: string, type: string) => Promise<readonly Json[]>
  /** Adds an entry, or puts another in its place; gives the entry. */
  readonly put: (
    tenant: string,
    type: string,
    value: string,
    entry: { readonly [name: string]: Json },
    actor: string,
  ) => Promise<Json>
  readonly remove: (tenant: string, type: string, value: string, actor: string) => Promise<void>
}

/** Makes the access to lists, through the same door as everything else. `catalog` reads a tenant's types first. */
export function createLists(directory: Directory, catalog: (tenant: string) => Promise<Catalog>): Lists {
  const typeOf = async (tenant: string, name: string): Promise<ResourceType> => {
    const lists = (await catalog(tenant)).types.filter((type) => traitsOf(type).readOnly)
    const type = lists.find((one) => one.name === name)
    if (type !== undefined) return type
    const known = lists.length === 0 ? 'it has none' : `it has ${lists.map((one) => one.name).join(', ')}`
    throw new TenancyError(
      'ERR_NOT_FOUND',
      `tenant "${tenant}" has no list "${name}", ${known}; put the resource type Role or Entitlement to switch that list on`,
    )
  }
  const contextOf = (tenant: string, actor: string): Context => ({ tenant, actor, allow: STRICT })

  async function* pages(tenant: string, type: ResourceType, filter?: string): AsyncIterable<readonly Stored[]> {
    const search = readQuery({
      count: String(LIMITS.PAGE_MAX),
      cursor: '',
      ...(filter === undefined ? {} : { filter }),
    })
    for (let after: Stored['id'] | undefined; ; ) {
      const options = { groups: false, total: false, ...(after === undefined ? {} : { after: { id: after } }) }
      const page = await directory.find(directory.plan(contextOf(tenant, ''), [type], search, '', options))
      yield page.resources
      if (page.next === undefined) return
      after = page.next.id
    }
  }

  const find = async (tenant: string, type: ResourceType, value: string) => {
    for await (const [first] of pages(tenant, type, `value eq ${JSON.stringify(value)}`)) return first
    return undefined
  }

  return {
    all: async (tenant, name) => {
      const entries: Json[] = []
      for await (const page of pages(tenant, await typeOf(tenant, name))) entries.push(...page.map(entryOf))
      return entries
    },
    put: async (tenant, name, value, entry, actor) => {
      const type = await typeOf(tenant, name)
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
      const type = await typeOf(tenant, name)
      const found = await find(tenant, type, value)
      if (found === undefined)
        throw new TenancyError('ERR_NOT_FOUND', `The list of ${type.name} has no value "${value}"`)
      await directory.remove(contextOf(tenant, actor), type.name, found.id)
    },
  }
}

function entryOf(stored: Stored): Json {
  const { schemas: _schemas, ...entry } = documentOf(stored)
  return entry
}
