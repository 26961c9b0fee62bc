// Spreads the tables of a database over the nodes of a Citus cluster, and moves tenants between them.

import { LockstepError } from '../../protocol/index.ts'
import { openPool } from './driver.ts'

/** Runs one statement; rows as lists of columns. */
export type Rows = (sql: string, ...values: (string | number)[]) => Promise<readonly (readonly unknown[])[]>

/** A step of distributing: what it is for, and its statement. */
export interface Step {
  readonly does: string
  readonly sql: string
}

/** Where a tenant lives. */
export interface TenantShard {
  readonly tenant: string
  /** Number of the shard that holds its resources; the other tables' shards of the same range lie beside it. */
  readonly shard: number
  /** `host:port`. */
  readonly node: string
  /** Bytes of all tables' shards of that range. */
  readonly bytes: number
  /** How many tenants share that range. */
  readonly tenants: number
  /** Whether the range holds nothing but this tenant's number. */
  readonly isolated: boolean
}

/** What an operator does to a database that is, or becomes, a cluster. */
export interface Cluster {
  /** The steps left until the tables are distributed over the nodes; none when all is done. */
  readonly plan: () => Promise<readonly Step[]>
  /** Carries the steps out; `begins` is called before each. */
  readonly distribute: (steps: readonly Step[], begins: (step: Step) => void) => Promise<void>
  /** Where each tenant lives. */
  readonly shards: () => Promise<readonly TenantShard[]>
  /** Gives a tenant shards of its own, on the node that is named. */
  readonly isolate: (tenant: string, node: string | undefined, begins: (step: Step) => void) => Promise<TenantShard>
  readonly close: () => Promise<void>
}

const CONNECT_MS = 5_000

/** Small tables that are the same on every node; all others belong to tenants and are spread by `t`, their first key. */
const EVERYWHERE: readonly string[] = ['tenant', 'gone', 'migration']
/** The table that the others are laid beside. */
const FIRST = 'tenant_state'
/** Our tables as `c`. By their schema: as text, a name has it or not by the caller's search_path, which begins with a role's own name. */
const OURS = `(
    pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'lockstep'
  )`
/** Shards of each table; the number never changes, and is the most machines that can be used. */
const SHARDS = 32

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
  // Not mistaken for a running server.
  await rows(`set application_name = 'lockstep db'`)
  return {
    plan: () => planDistribution(rows),
    distribute: (steps, begins) => distribute(rows, steps, begins),
    shards: () => tenantShards(rows),
    isolate: (tenant, node, begins) => isolateTenant(rows, tenant, node, begins),
    close: async () => {
      client.release(true)
      await pool.end()
    },
  }
}

/** The steps left to distribute the tables of a database; none when all is done. */
export async function planDistribution(rows: Rows): Promise<readonly Step[]> {
  await requireCitus(rows)
  const tables = (await rows(`select tablename from pg_tables where schemaname = 'lockstep'`)).map(([name]) =>
    String(name),
  )
  if (!tables.includes(FIRST)) {
    throw refused('The database has no tables yet; start the server once, or create a tenant')
  }
  const done = new Set(
    (await rows(`select c.relname from pg_dist_partition p join ${OURS} on c.oid = p.logicalrelid`)).map(([name]) =>
      String(name),
    ),
  )
  const local = new Set<string>()
  for (const table of tables) if (await isFilled(rows, table)) local.add(table)
  return distributionSteps(tables, done, local)
}

/**
 * The steps for these tables: small ones first, then the one that the others are laid beside. `done` are distributed already, `local`
 * have rows on the coordinator.
 */
export function distributionSteps(
  tables: readonly string[],
  done: ReadonlySet<string>,
  local: ReadonlySet<string>,
): readonly Step[] {
  const small = tables.filter((table) => EVERYWHERE.includes(table)).sort()
  const others = tables.filter((table) => !EVERYWHERE.includes(table) && table !== FIRST).sort()
  const steps: Step[] = []
  for (const table of small.filter((one) => !done.has(one))) {
    steps.push({ does: `copy ${table} to every node`, sql: `select create_reference_table('lockstep.${table}')` })
  }
  for (const table of [FIRST, ...others]) {
    if (!done.has(table)) {
      const how = table === FIRST ? `shard_count := ${SHARDS}` : `colocate_with := 'lockstep.${FIRST}'`
      steps.push({
        does: table === FIRST ? `spread ${table} over ${SHARDS} shards` : `spread ${table} beside it`,
        sql: `select create_distributed_table('lockstep.${table}', 't', ${how})`,
      })
    }
    // The local copy stays on disk, unused, until it is deleted.
    if (local.has(table)) {
      steps.push({
        does: `take away the local copy of ${table}`,
        sql: `select truncate_local_data_after_distributing_table('lockstep.${table}')`,
      })
    }
  }
  return steps
}

/** Carries the steps out, one after the other, each in a transaction of its own. `begins` is called before each. */
export async function distribute(rows: Rows, steps: readonly Step[], begins: (step: Step) => void): Promise<void> {
  await rows('set client_min_messages = warning')
  await requireQuiet(rows)
  for (const step of steps) {
    begins(step)
    await rows(step.sql)
  }
}

/** Where each tenant lives, in order of their names. */
export async function tenantShards(rows: Rows): Promise<readonly TenantShard[]> {
  await requireDistributed(rows)
  // The sizes are of all nodes; one statement asks each of them once.
  const found = await rows(`
    with place as (
      select tenant.name, get_shard_id_for_distribution_column('lockstep.resource', tenant.t) as shard from lockstep.tenant
    ), range as (
      select s.shardid, s.shardminvalue as low, s.shardmaxvalue as high
      from pg_dist_shard s where s.logicalrelid = 'lockstep.resource'::regclass
    ), size as (
      select s.shardminvalue as low, min(p.nodename || ':' || p.nodeport) as node, sum(p.shard_size)::bigint as bytes
      from citus_shards p join pg_dist_shard s on s.shardid = p.shardid join ${OURS} on c.oid = p.table_name
      where p.citus_table_type = 'distributed'
      group by s.shardminvalue
    )
    select place.name, place.shard, size.node, size.bytes, count(*) over (partition by place.shard), range.low = range.high
    from place join range on range.shardid = place.shard join size on size.low = range.low order by place.name`)
  return found.map(([tenant, shard, node, bytes, tenants, isolated]) => ({
    tenant: String(tenant),
    shard: Number(shard),
    node: String(node),
    bytes: Number(bytes),
    tenants: Number(tenants),
    isolated: isolated === true,
  }))
}

/** Gives a tenant shards of its own, and moves them to `node` (`host:port`) if one is named. Writes to the tenant wait meanwhile. */
export async function isolateTenant(
  rows: Rows,
  tenant: string,
  node: string | undefined,
  begins: (step: Step) => void,
): Promise<TenantShard> {
  const find = async () => {
    const found = (await tenantShards(rows)).find((one) => one.tenant === tenant)
    if (found === undefined) throw refused(`There is no tenant named "${tenant}"`)
    return found
  }
  const run = async (does: string, sql: string, ...values: (string | number)[]) => {
    begins({ does, sql })
    await rows(sql, ...values)
  }
  let at = await find()
  if (!at.isolated) {
    const [number] = await rows('select t from lockstep.tenant where name = $1', tenant)
    // Online splitting never finished beside writers; this takes less than a second for a few megabytes.
    const sql = `select isolate_tenant_to_new_shard('lockstep.${FIRST}', $1::bigint, 'CASCADE', shard_transfer_mode := 'block_writes')`
    await run(`give "${tenant}" shards of its own`, sql, Number(number?.[0]))
    at = await find()
  }
  if (node === undefined || node === at.node) return at
  const nodes = (
    await rows(`select nodename || ':' || nodeport from pg_dist_node where shouldhaveshards order by 1`)
  ).map(([name]) => String(name))
  if (!nodes.includes(node)) {
    throw refused(`There is no node ${node} that takes shards; there are ${nodes.join(', ')}`)
  }
  const [from, to] = [at.node, node].map((one) => ({
    host: one.slice(0, one.lastIndexOf(':')),
    port: Number(one.slice(one.lastIndexOf(':') + 1)),
  }))
  if (from === undefined || to === undefined) return at
  const sql = `select citus_move_shard_placement($1::bigint, $2, $3::integer, $4, $5::integer, shard_transfer_mode := 'block_writes')`
  await run(`move them from ${at.node} to ${node}`, sql, at.shard, from.host, from.port, to.host, to.port)
  return find()
}

async function requireCitus(rows: Rows): Promise<void> {
  const [found] = await rows(`select exists (select from pg_extension where extname = 'citus')`)
  if (found?.[0] === true) return
  throw refused(
    'This database has no Citus: it needs the extension on every node (shared_preload_libraries, create extension citus) and the workers added (citus_add_node). Without it one PostgreSQL serves all tenants, which is right for most',
  )
}

async function requireDistributed(rows: Rows): Promise<void> {
  await requireCitus(rows)
  const [found] = await rows(
    `select exists (select from pg_dist_partition where logicalrelid = to_regclass('lockstep.resource'))`,
  )
  if (found?.[0] !== true) {
    throw refused('This database is not distributed yet; run lockstep db distribute')
  }
}

/** A running server would write both to distributed tables and to others that are not distributed yet. */
async function requireQuiet(rows: Rows): Promise<void> {
  const [found] = await rows(
    `select count(*)::integer from pg_stat_activity
     where datname = current_database() and application_name = 'lockstep' and pid <> pg_backend_pid()`,
  )
  const others = Number(found?.[0] ?? 0)
  if (others > 0) {
    throw refused(
      `${others} connections of running servers are open; stop all servers and commands first, and start them again afterwards`,
    )
  }
}

/** Whether a table takes space on the coordinator. */
async function isFilled(rows: Rows, table: string): Promise<boolean> {
  const [found] = await rows(`select pg_relation_size('lockstep.${table}'::regclass) > 0`)
  return found?.[0] === true
}

/** What the cluster can't do; the message says what would be right. */
function refused(message: string): LockstepError {
  return new LockstepError('ERR_CLUSTER', message)
}
