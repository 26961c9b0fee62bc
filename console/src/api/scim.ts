// SCIM itself, as the console reads and writes people and groups: below the admin API, with the session of the page.

import { useQuery } from '@tanstack/react-query'
import { send } from './client.ts'

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
/** A resource as SCIM shows it. */
export interface Resource {
  readonly id: string
  readonly schemas?: readonly string[]
  readonly meta?: {
    readonly resourceType?: string
    readonly created?: string
    readonly lastModified?: string
    readonly version?: string
  }
  readonly [name: string]: unknown
}
/** A page of resources. RFC 7644 §3.4.2. */
export interface ListResponse {
  readonly totalResults: number
  readonly Resources?: readonly Resource[]
  readonly nextCursor?: string
}

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** One operation of a PATCH. RFC 7644 §3.5.2. */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path?: string
  readonly value?: unknown
}

/** A SCIM request, before it is sent: what *As command* shows. */
export function scimCall(tenant: string, method: string, path: string, body?: unknown) {
  return {
    method,
    path: `tenants/${encodeURIComponent(tenant)}/scim/v2${path}`,
    ...(body === undefined ? {} : { body }),
  }
}

/** Sends a SCIM request. Throws `ApiError`. */
export async function scim<Answer = Resource>(
  tenant: string,
  method: string,
  path: string,
  {
    body,
    ifMatch,
    signal,
  }: { readonly body?: unknown; readonly ifMatch?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const response = await send(scimCall(tenant, method, path, body), {
    signal,
    headers: {
      Accept: 'application/scim+json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/scim+json' }),
      ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
    },
  })
  return (response.status === 204 ? undefined : await response.json()) as Answer
}

/** Searches by POST, so that no filter stands in a URL. */
export function searchScim(
  tenant: string,
  endpoint: string,
  search: {
    readonly filter?: string | undefined
    readonly startIndex?: number
    readonly count: number
    readonly sortBy?: string | undefined
    readonly sortOrder?: 'ascending' | 'descending' | undefined
    readonly attributes?: readonly string[]
    readonly excludedAttributes?: readonly string[]
  },
  signal?: AbortSignal,
): Promise<ListResponse> {
  return scim(tenant, 'POST', `${endpoint}/.search`, {
    body: { schemas: [SEARCH], ...search },
    ...(signal === undefined ? {} : { signal }),
  })
}

/** Patches a resource, if it is still the version that was read. */
export function patchScim(
  tenant: string,
  path: string,
  operations: readonly Operation[],
  version?: string,
): Promise<Resource | undefined> {
  return scim(tenant, 'PATCH', path, { body: { schemas: [PATCH], Operations: operations }, ifMatch: version })
}

/** Reads something of SCIM with the cache. */
export function useScim<Answer = Resource>(tenant: string, path: string, enabled = true) {
  return useQuery<Answer>({
    queryKey: ['scim', tenant, path],
    queryFn: ({ signal }) => scim<Answer>(tenant, 'GET', path, { signal }),
    enabled,
  })
}

/** Reads one resource; null if there is none, which is no error here: it may be gone. */
export function useResource(tenant: string, endpoint: string, id: string, excludedAttributes: readonly string[] = []) {
  return useQuery<Resource | null>({
    queryKey: ['resource', tenant, endpoint, id, excludedAttributes],
    queryFn: async ({ signal }) => {
      const filter = `id eq ${JSON.stringify(id)}`
      const found = await searchScim(tenant, endpoint, { filter, count: 1, excludedAttributes }, signal)
      return found.Resources?.[0] ?? null
    },
  })
}
