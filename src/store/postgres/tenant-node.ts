// Finds the node of a Citus cluster that a tenant lives on.

import type { Database } from './database.ts'

/** The node of a tenant, from the catalogue that every node has; undefined where there is only one, or it can't be known. */
export async function nodeOfTenant(database: Database, tenantNo: number): Promise<string | undefined> {
  if (!(await database.isCluster().catch(() => false))) return undefined
  const row = await database
    .row(
      `select p.groupid from pg_dist_placement p
       where p.shardid = get_shard_id_for_distribution_column('lockstep.tenant_state'::regclass, $1::bigint)`,
      tenantNo,
    )
    // Not distributed yet, or without the right to know: all nodes count as one then.
    .catch(() => undefined)
  return typeof row?.[0] === 'number' ? String(row[0]) : undefined
}
