import { distribute, isolateTenant, planDistribution, type Step, type TenantShard, tenantShards } from './citus.ts'
import { openPool } from './driver.ts'

export type { Step, TenantShard } from './citus.ts'

/** What an operator does to a database that is, or becomes, a cluster. */
export interface Cluster {
  /** What is left to be done until the tables are spread over the nodes; nothing when all is done. */
  readonly plan: () => Promise<readonly Step[]>
  /** Carries the steps out; `told` hears of each before it begins. */
  readonly distribute: (steps: readonly Step[], told: (step: Step) => void) => Promise<void>
  /** Where each tenant lives. */
  readonly shards: () => Promise<readonly TenantShard[]>
  /** Gives a tenant shards of its own, on the node that is named. */
  readonly isolate: (tenant: string, node: string | undefined, told: (step: Step) => void) => Promise<TenantShard>
  readonly close: () => Promise<void>
}

const CONNECT_MS = 5_000

/** Opens a database for an operator: one connection, and statements that may take as long as they need. */
export async function openCluster(options: { readonly url: string; readonly passwordFile?: string }): Promise<Cluster> {
  const { url, passwordFile } = options
  const pool = await openPool({
    url,
    passwordFile,
    connections: 1,
    connectTimeoutMs: CONNECT_MS,
    statementTimeoutMs: 0,
  })
  pool.on('error', () => {})
  const client = await pool.connect().catch(async (error) => {
    await pool.end()
    throw error
  })
  const rows = async (sql: string, ...values: (string | number)[]) =>
    (await client.query({ text: sql, values, rowMode: 'array' })).rows as readonly (readonly unknown[])[]
  // Not taken for a server at work.
  await rows(`set application_name = 'lockstep db'`)
  return {
    plan: () => planDistribution(rows),
    distribute: (steps, told) => distribute(rows, steps, told),
    shards: () => tenantShards(rows),
    isolate: (tenant, node, told) => isolateTenant(rows, tenant, node, told),
    close: async () => {
      client.release(true)
      await pool.end()
    },
  }
}
