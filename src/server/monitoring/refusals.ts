// Counts refused requests by tenant and status.

import type { Measured } from './histogram.ts'
import type { Source } from './registry.ts'

/** Counts of refused requests, by tenant and status. */
export interface Refusals {
  readonly count: (tenant: string, status: number) => void
  readonly source: Source
}

/** Most tenants that are counted separately: a client can send any name in the URL. */
const TENANTS = 10_000

/** Creates the counts. */
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
      const help = 'Refused requests, by the tenant in the URL and by status.'
      register('counter', 'lockstep_tenant_refusals_total', help, values)
    },
  }
}
