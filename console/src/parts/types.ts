// The resource types of a tenant, and which of them have no pages of their own.

import type { Answer } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import type { Target } from './link.tsx'

/** A resource type. RFC 7643 §6. */
export type ResourceType = Answer<'GET /tenants/{tenant}/types'>['items'][number]

/** Reads the types of a tenant, which has at most some hundred. */
export function useTypes(tenant: string | undefined) {
  const given = { params: { tenant: tenant ?? '' }, query: { limit: 1_000 } }
  return useApi('GET /tenants/{tenant}/types', given, { enabled: tenant !== undefined })
}

/** The types besides people and groups; none while they are read. */
export function useOtherTypes(tenant: string | undefined): readonly ResourceType[] {
  const { data, isPlaceholderData } = useTypes(tenant)
  // Those of the tenant before are not this one's.
  return isPlaceholderData || tenant === undefined ? [] : (data?.items ?? []).filter(({ name }) => !hasPages(name))
}

/** Whether resources of a type have pages made for them. */
function hasPages(type: string): boolean {
  return type === 'User' || type === 'Group'
}

/** The URNs of the schemas that resources of a type may use, its own first. */
export function urnsOf({ schema, schemaExtensions }: ResourceType): readonly string[] {
  return [schema, ...schemaExtensions.map((one) => one.schema)]
}

/** The page of a resource. */
export function pageOfResource(tenant: string, type: string, id: string): Target {
  if (type === 'User') return { to: '/t/$tenant/people/$id', params: { tenant, id } }
  if (type === 'Group') return { to: '/t/$tenant/groups/$id', params: { tenant, id } }
  return { to: '/t/$tenant/r/$type/$id', params: { tenant, type, id } }
}
