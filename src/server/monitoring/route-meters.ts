// The meters of requests by route, and the names of routes that logs and metrics use.

import type { Meter, Metrics } from './metrics.ts'

/** Finds the meter of a request by its route: the endpoint and the kind of path below it, never ids or names. */
export interface RouteMeters {
  meter(method: string, path: string): Meter
}

/** The template of a path below the base URL, like `/Users/{id}`. */
export function routeOf(path: string): string {
  const second = path.indexOf('/', 1)
  const endpoint = second === -1 ? path : path.slice(0, second)
  if (!FIXED.has(endpoint)) return '/{endpoint}'
  if (second === -1 || second === path.length - 1) return endpoint
  return path.startsWith('/.search', second) ? `${endpoint}/.search` : `${endpoint}/{id}`
}

/** Endpoints with a meter of their own; all others share one, since a client can send any path. */
const FIXED = new Set([
  '/',
  '/.search',
  '/Bulk',
  '/Me',
  '/ServiceProviderConfig',
  '/Schemas',
  '/ResourceTypes',
  '/Users',
  '/Groups',
  '/Roles',
  '/Entitlements',
])

/** Paths that contain no names. */
const PLAIN = new Set(['/healthz', '/readyz', '/metrics'])

/** The template of a URL outside the SCIM endpoints: `/admin/v1/tenants/{tenant}/connections`. */
export function otherRouteOf(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  if (PLAIN.has(path)) return path
  if (!path.startsWith('/admin/v1/')) return '/{other}'
  const [what = '', name, below, ...deeper] = path.slice('/admin/v1/'.length).split('/')
  const word = (text: string) => (/^[a-z]{1,20}$/.test(text) ? text : '{other}')
  return ['/admin/v1', word(what), ...(name ? [`{${what === 'tenants' ? 'tenant' : 'id'}}`] : [])]
    .concat(below ? [word(below)] : [], deeper.length > 0 ? ['{id}'] : [])
    .join('/')
}

/** Creates the table of meters. */
export function createRouteMeters(metrics: Metrics): RouteMeters {
  const known = new Map<string, Map<string, Meter>>()
  return {
    meter(method, path) {
      const route = routeOf(path)
      let methods = known.get(route)
      if (methods === undefined) {
        methods = new Map()
        known.set(route, methods)
      }
      let meter = methods.get(method)
      if (meter === undefined) {
        meter = metrics.meter(method, route)
        methods.set(method, meter)
      }
      return meter
    },
  }
}
