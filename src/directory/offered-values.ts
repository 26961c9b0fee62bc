// Checks values that must come from a list that the tenant keeps, such as roles.

import {
  type Catalog,
  comparable,
  type Document,
  ENTITLEMENT,
  invalidValue,
  isObject,
  type Json,
  type ResourceType,
  ROLE,
} from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import { documentOf } from './document.ts'

/** Attributes of people whose values come from a list of their own, and the schema of that list. */
const LISTS: readonly (readonly [attribute: string, schema: string])[] = [
  ['roles', ROLE],
  ['entitlements', ENTITLEMENT],
]

/**
 * Refuses roles and entitlements that are not in the tenant's list, if it keeps one and it isn't empty; what a resource
 * has had before stays. Nothing to wait for when neither changes. draft-ietf-scim-roles-entitlements (D-042).
 */
export function checkVocabulary<Tx>(
  store: Store<Tx>,
  catalog: Catalog,
  tenant: string,
  before: Document,
  after: Document,
): Promise<void> | undefined {
  if (LISTS.every(([name]) => after[name] === before[name])) return undefined
  return check(store, catalog, tenant, before, after)
}

async function check<Tx>(
  store: Store<Tx>,
  catalog: Catalog,
  tenant: string,
  before: Document,
  after: Document,
): Promise<void> {
  for (const [name, schema] of LISTS) {
    const type = catalog.types.find((one) => one.schema.id === schema)
    if (type === undefined || after[name] === before[name]) continue
    const had = new Set(valuesOf(before[name]))
    for (const value of valuesOf(after[name])) {
      if (had.has(value)) continue
      if (await isOffered(store, type, tenant, value)) continue
      // The tenant does not keep this list, so any value is allowed.
      if (await isEmpty(store, type, tenant)) break
      throw invalidValue(
        `${name}: ${JSON.stringify(value)} is not in the list of ${type.endpoint.slice(1).toLowerCase()}, or can no longer be assigned; GET ${type.endpoint} shows the list`,
      )
    }
  }
}

function valuesOf(value: Json | undefined): readonly string[] {
  const values: readonly Json[] = Array.isArray(value) ? value : []
  return values.flatMap((one) => (isObject(one) && typeof one.value === 'string' ? [one.value] : []))
}

async function isOffered<Tx>(store: Store<Tx>, type: ResourceType, tenant: string, value: string): Promise<boolean> {
  const leaf = type.schema.attributes.find((attribute) => attribute.name === 'value')
  if (leaf === undefined) return true
  const [id] = await store.holders(tenant, type.name, { path: 'value', value: comparable(leaf, value) }, 1)
  if (id === undefined) return false
  const stored = await store.get({ tenant, type: type.name, id })
  return stored !== undefined && documentOf(stored).supported !== false
}

async function isEmpty<Tx>(store: Store<Tx>, type: ResourceType, tenant: string): Promise<boolean> {
  const page = await store.find({
    tenant,
    types: [{ type: type.name }],
    base: '',
    endpoints: {},
    page: { offset: 0, limit: 1 },
    total: false,
    groups: false,
  })
  return page.resources.length === 0
}
