// `lockstep db`: distributes a PostgreSQL database over a Citus cluster.

import { LockstepError } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import { SETTINGS, wrongDatabase } from '../../site/index.ts'
import { type Cluster, openCluster, type Step, type TenantShard } from '../../store/postgres/postgres.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printFacts, printJson, printLine, printTable } from '../terminal/print.ts'
import { localSettings } from './local.ts'

/** `lockstep db distribute`: distributes the tables of a PostgreSQL database over the nodes of a Citus cluster. */
export async function distribute(options: Options): Promise<void> {
  await withCluster(options, async (cluster) => {
    const json = flagOption(options, 'json')
    const dry = flagOption(options, 'dryRun')
    const steps = await cluster.plan()
    if (steps.length > 0 && !dry) await cluster.distribute(steps, json ? () => undefined : show)
    if (json) {
      printJson({ steps, done: !dry })
      return
    }
    if (dry) for (const step of steps) show(step)
    if (steps.length === 0) printLine('All tables are already distributed; there is nothing to do.')
    else if (dry)
      printLine(
        `${steps.length} steps to take; nothing was changed. Stop all servers before you run this without --dry-run.`,
      )
    else printLine(`Done: ${steps.length} steps. ${commandName()} db shards shows the node of each tenant.`)
  })
}

/** `lockstep db shards`: the node and the size of each tenant. */
export async function shards(options: Options): Promise<void> {
  await withCluster(options, async (cluster) => {
    const found = await cluster.shards()
    if (flagOption(options, 'json')) {
      printJson(found)
      return
    }
    printTable(found, [
      ['TENANT', ({ tenant }) => tenant],
      ['NODE', ({ node }) => node],
      ['SHARD', ({ shard }) => shard],
      ['BYTES', ({ bytes }) => bytes],
      [
        'SHARED WITH',
        ({ tenants, isolated }) => (isolated ? 'none, isolated' : tenants === 1 ? 'none yet' : `${tenants - 1} others`),
      ],
    ])
  })
}

/** `lockstep db isolate`: moves a tenant to its own shards, on a given node. */
export async function isolate([tenant = '']: readonly string[], options: Options): Promise<void> {
  await withCluster(options, async (cluster) => {
    const json = flagOption(options, 'json')
    const at = await cluster.isolate(tenant, textOption(options, 'node'), json ? () => undefined : show)
    if (json) printJson(at)
    else printFacts(factsOf(at))
  })
}

function factsOf({ tenant, node, shard, bytes }: TenantShard): Parameters<typeof printFacts>[0] {
  return [
    ['Tenant', tenant],
    ['Node', node],
    ['Shard', shard],
    ['Bytes', bytes],
  ]
}

function show({ does, sql }: Step): void {
  printLine(`-- ${does}`)
  printLine(`${sql};`)
}

async function withCluster(options: Options, use: (cluster: Cluster) => Promise<void>): Promise<void> {
  const { postgres, database } = localSettings(options)
  if (postgres === undefined) {
    throw new UsageError(`This command needs a PostgreSQL database; ${SETTINGS.database.flag} is ${database}`)
  }
  const cluster = await openCluster(postgres).catch((error) => {
    throw wrongDatabase(database, error)
  })
  try {
    await use(cluster)
  } catch (error) {
    throw error instanceof LockstepError ? error : new LockstepError('ERR_CLUSTER', messageOf(error), { cause: error })
  } finally {
    await cluster.close()
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return `The cluster refused: ${message}`
}
