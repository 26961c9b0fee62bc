// The number of resources of each type of a tenant.

import type { Statement } from './columns.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** The statement that adds what a transaction has created and takes off what it has removed. */
export function updateCounters({ byRowNo, tenant }: UnitOfWork): readonly Statement[] {
  const counts = new Map<string, number>()
  for (const { isNew, removed, type } of byRowNo.values()) {
    if (isNew !== removed) counts.set(type, (counts.get(type) ?? 0) + (isNew ? 1 : -1))
  }
  if (counts.size === 0) return []
  return [
    [
      `insert into lockstep.counter as c (t, y, n)
       select s.t, d.y, d.n from lockstep.tenant_state s, unnest($2::text[], $3::bigint[]) d(y, n) where s.t = $1
       on conflict (t, y) do update set n = c.n + excluded.n`,
      tenant.tenantNo,
      [...counts.keys()],
      [...counts.values()],
    ],
  ]
}
