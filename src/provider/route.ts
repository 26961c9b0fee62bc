// Finds what a method and path lead to. RFC 7644 §3.2.

import { traitsOf } from '../directory/index.ts'
import {
  type Catalog,
  invalidVers,
  methodNotAllowed,
  notFound,
  type ResourceType,
  typeByEndpoint,
} from '../protocol/index.ts'

/** Where a request leads. RFC 7644 §3.2. */
export type Route =
  | { readonly to: 'types'; readonly types: readonly ResourceType[]; readonly action: 'list' | 'search' }
  | { readonly to: 'type'; readonly type: ResourceType; readonly action: 'list' | 'search' | 'create' }
  | {
      readonly to: 'resource'
      readonly type: ResourceType
      readonly id: string
      readonly action: 'get' | 'replace' | 'patch' | 'delete'
    }
  | { readonly to: 'me'; readonly action: 'get' | 'create' | 'replace' | 'patch' | 'delete' }
  | { readonly to: 'bulk' }
  | { readonly to: 'config' }
  | { readonly to: 'schemas'; readonly id?: string }
  | { readonly to: 'resource-types'; readonly id?: string }

const ACTIONS = { GET: 'get', HEAD: 'get', PUT: 'replace', PATCH: 'patch', DELETE: 'delete' } as const

/** Endpoints that are no resource type's, by their names in lower case. */
const OWN: ReadonlyMap<string, string> = new Map(
  ['.search', 'Bulk', 'Me', 'ServiceProviderConfig', 'Schemas', 'ResourceTypes'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
)

/** Whether a path is the one that needs no credentials. */
export function isPublic(path: string): boolean {
  return path === '/ServiceProviderConfig' || path === '/ServiceProviderConfig/'
}

/**
 * Finds the route of a method and path. 404 for unknown endpoints, 405 with Allow for known ones with another method,
 * 400 invalidVers for `/v9/…`. One slash at the end is tolerated, and any letter case with `anyCase`.
 */
export function routeOf(method: string, path: string, catalog: Catalog, anyCase = false): Route {
  const segments = segmentsOf(path)
  const [given, second] = segments
  const first = anyCase && given !== undefined ? (OWN.get(given.toLowerCase()) ?? given) : given
  if (first === undefined) {
    allow(method, ['GET', 'HEAD'])
    return { to: 'types', types: catalog.types, action: 'list' }
  }
  switch (first) {
    case '.search':
      if (second !== undefined) break
      allow(method, ['POST'])
      return { to: 'types', types: catalog.types, action: 'search' }
    case 'Bulk':
      if (second !== undefined) break
      allow(method, ['POST'])
      return { to: 'bulk' }
    case 'Me': {
      if (second !== undefined) break
      allow(method, ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
      return { to: 'me', action: method === 'POST' ? 'create' : action(method) }
    }
    case 'ServiceProviderConfig':
      if (second !== undefined) break
      allow(method, ['GET', 'HEAD'])
      return { to: 'config' }
    case 'Schemas':
      // A URI may hold slashes; sent raw they split it.
      allow(method, ['GET', 'HEAD'])
      return second === undefined ? { to: 'schemas' } : { to: 'schemas', id: segments.slice(1).join('/') }
    case 'ResourceTypes':
      if (segments.length > 2) break
      allow(method, ['GET', 'HEAD'])
      return second === undefined ? { to: 'resource-types' } : { to: 'resource-types', id: second }
  }
  const type = typeByEndpoint(catalog, `/${first}`, anyCase)
  if (!type) {
    if (/^v\d+$/.test(first)) throw invalidVers(`Protocol version ${first} isn't supported; this is SCIM 2.0, use v2`)
    throw notFound(`There is no endpoint /${first} here; GET /ResourceTypes lists the endpoints`)
  }
  const readOnly = traitsOf(type).readOnly
  if (second === undefined) {
    allow(method, readOnly ? ['GET', 'HEAD'] : ['GET', 'HEAD', 'POST'])
    return { to: 'type', type, action: method === 'POST' ? 'create' : 'list' }
  }
  if (segments.length > 2) throw notFound(`There is nothing at /${segments.join('/')}`)
  if (second === '.search' || (anyCase && second.toLowerCase() === '.search')) {
    allow(method, ['POST'])
    return { to: 'type', type, action: 'search' }
  }
  allow(method, readOnly ? ['GET', 'HEAD'] : ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])
  return { to: 'resource', type, id: second, action: action(method) }
}

/** The segments of a path, percent-decoded; a slash at the end adds none. 404 if they can't be decoded. */
export function segmentsOf(path: string): readonly string[] {
  const trimmed = path.endsWith('/') ? path.slice(1, -1) : path.slice(1)
  if (trimmed === '') return []
  return trimmed.split('/').map((segment) => {
    if (!segment.includes('%')) return segment
    try {
      return decodeURIComponent(segment)
    } catch {
      throw notFound(`The path segment ${segment} isn't percent-encoded UTF-8`)
    }
  })
}

function action(method: string): 'get' | 'replace' | 'patch' | 'delete' {
  const found = Object.hasOwn(ACTIONS, method) ? ACTIONS[method as keyof typeof ACTIONS] : undefined
  if (found === undefined) throw methodNotAllowed(Object.keys(ACTIONS))
  return found
}

function allow(method: string, methods: readonly string[]): void {
  if (!methods.includes(method)) throw methodNotAllowed(methods)
}
