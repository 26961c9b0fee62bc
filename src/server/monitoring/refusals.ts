import type { Measured, Source } from './metrics.ts'

/** Requests that were refused, by tenant and status. */
export interface Refusals {
  readonly count: (tenant: string, status: number) => void
  readonly source: Source
}

/** Most tenants that are told apart: anybody may send a request with any name in its URL. */
const TENANTS = 10_000

/** Makes the counts of requests that were refused. */
export function createRefusals(): Refusals {
  const tenants = new Map<string, Map<number, number>>()
  return {
    count(tenant, status) {
      const name = tenants.has(tenant) || tenants.size < TENANTS ? tenant : 'other'
      let statuses = tenants.get(name)
      if (statuses === undefined) {
        statuses = new Map()
        tenants.set(name, statuses)
      }
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    },
    source(register) {
      const values = [...tenants].flatMap(([tenant, statuses]) =>
        [...statuses].map(([status, value]): Measured => ({ value, labels: { tenant, status } })),
      )
      const help = 'Requests that were refused, by the tenant that the URL names and by status.'
      register('counter', 'lockstep_tenant_refusals_total', help, values)
    },
  }
}
