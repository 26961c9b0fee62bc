import type { Meter, Metrics } from './metrics.ts'

/** Finds the meter of a request by its route: the endpoint and what kind of thing below it, never ids or names. */
export interface Routes {
  meter(method: string, path: string): Meter
}

/** Endpoints with a meter of their own; others, which may be anything, share one. */
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

/** Makes the table of meters by route. */
export function createRoutes(metrics: Metrics): Routes {
  const known = new Map<string, Map<string, Meter>>()
  return {
    meter(method, path) {
      const second = path.indexOf('/', 1)
      const endpoint = second === -1 ? path : path.slice(0, second)
      const below = second !== -1 && second < path.length - 1
      const route = !FIXED.has(endpoint)
        ? '/{endpoint}'
        : below
          ? path.startsWith('/.search', second)
            ? `${endpoint}/.search`
            : `${endpoint}/{id}`
          : endpoint
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
