// How the process that answers, its database and what works beside them are doing.

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { PRUNED_DAILY } from '../directory/index.ts'
import { HUB_READER } from '../hub/index.ts'
import type { Store } from '../store/index.ts'
import { isoTime, readRetention } from '../tenancy/index.ts'
import type { RecordAccess } from './record-access.ts'
import type { PolicyTold, RouteDeps } from './route.ts'
import { answersIn } from './service-state.ts'

/** Most tenants that are counted, and most readers that are behind. */
const MOST = 1_000
/** Most readers that are named. */
const NAMED = 20

/** The state of the system, in numbers. */
export const SystemState = z.object({
  process: z.object({
    lockstep: z.string().describe('The release of Lockstep'),
    version: z.string().describe('Of Node'),
    platform: z.string(),
    pid: z.int(),
    seconds: z.int().describe('How long it has been running'),
    memory: z.object({ resident: z.int(), heap: z.int(), external: z.int() }).describe('Bytes'),
  }),
  database: z.object({
    answersIn: z.number().describe('Milliseconds of one small read, now'),
    freshness: z.enum(['immediate', 'eventual']).describe('Whether this process sees changes of others at once'),
    tenants: z.int().describe('At most 1,000 are counted'),
    resources: z.record(z.string(), z.int()).describe('Of these tenants'),
    lines: z.int().describe('Lines of their logs'),
  }),
  record: z
    .object({
      lines: z.int().optional().describe('Absent with the two below while its database does not answer'),
      bytes: z.int().optional().describe('On disk'),
      oldest: z.iso.datetime().optional().describe('When the oldest request that is kept was answered'),
      most: z.object({ days: z.int(), lines: z.int(), bytes: z.int() }).describe('What it keeps at most'),
      failingSince: z.iso.datetime().optional().describe('Nothing has been kept since then'),
    })
    .optional()
    .describe('The record of requests; absent where none is kept'),
  policy: z
    .object({
      count: z.int().describe('Times that a browser blocked something'),
      violations: z.array(
        z.object({
          directive: z.string().describe('What blocked it, like script-src-elem'),
          blocked: z.string().describe('inline, eval, or the origin that it was to come from'),
          count: z.int(),
          last: z.iso.datetime(),
        }),
      ),
    })
    .optional()
    .describe('What browsers reported of the pages of this process since its start'),
  readers: z
    .object({ behind: z.int(), lines: z.int().describe('How many the last of them has not read yet') })
    .describe('Readers of logs that have not come to the end; at most 1,000 are counted'),
  sweeps: z.object({
    logs: z.iso.datetime().optional().describe('When logs are shortened next; absent before the first time'),
  }),
})

/** The same, with names. */
export const SystemBody = SystemState.extend({
  readers: SystemState.shape.readers.extend({
    last: z
      .array(z.object({ tenant: z.string(), reader: z.string(), lines: z.int() }))
      .describe(`Those that are behind most, at most ${NAMED}`),
  }),
})

/** Looks at the system now. */
export async function readSystem({
  store,
  record,
  policy,
}: Pick<RouteDeps, 'store' | 'record'> & Partial<Pick<RouteDeps, 'policy'>>) {
  const [database, recorded, readers, logs] = await Promise.all([
    databaseOf(store),
    recordOf(record, store),
    readersOf(store),
    nextPruning(store),
  ])
  return {
    process: processOf(),
    database,
    ...(recorded === undefined ? {} : { record: recorded }),
    ...(policy === undefined ? {} : { policy: policyOf(policy()) }),
    readers,
    sweeps: logs === undefined ? {} : { logs },
  }
}

function policyOf({ count, violations }: ReturnType<PolicyTold>) {
  return { count, violations: violations.map(({ last, ...one }) => ({ ...one, last: new Date(last).toISOString() })) }
}

function processOf() {
  const { rss: resident, heapUsed: heap, external } = process.memoryUsage()
  return {
    lockstep: readRelease(),
    version: process.version,
    platform: `${process.platform} ${process.arch}`,
    pid: process.pid,
    seconds: Math.floor(process.uptime()),
    memory: { resident, heap, external },
  }
}

let release: string | undefined

/** The release; package.json is two folders up both in the source and in the built package. */
function readRelease(): string {
  release ??= (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version
  return release
}

async function databaseOf(store: Store) {
  const small = await answersIn(store)
  const rows = await store.tenants({ limit: MOST })
  const resources: { [type: string]: number } = {}
  for (const row of rows)
    for (const [type, count] of Object.entries(row.resources)) resources[type] = (resources[type] ?? 0) + count
  return {
    answersIn: small,
    freshness: store.freshness,
    tenants: rows.length,
    resources,
    lines: rows.reduce((sum, { place, begins }) => sum + place - begins + 1, 0),
  }
}

/** What is kept; while the database of the record does not answer, only what is known without it. */
async function recordOf(record: RecordAccess | undefined, directory: Store) {
  if (record === undefined) return undefined
  const failing = record.failingSince()
  const { recordDays: days = record.most.days } = await readRetention(directory)
  const size = await record.store.size().catch(() => undefined)
  const oldest = size?.oldest === undefined ? undefined : isoTime(size.oldest)
  return {
    ...(size === undefined ? {} : { lines: size.lines }),
    ...(size?.bytes === undefined ? {} : { bytes: size.bytes }),
    ...(oldest === undefined ? {} : { oldest }),
    most: { ...record.most, days, lines: Math.min(record.most.lines, size?.most ?? record.most.lines) },
    ...(failing === undefined ? {} : { failingSince: isoTime(failing) }),
  }
}

async function readersOf(store: Store) {
  const news = await store.news(HUB_READER, MOST)
  const behind = news
    .map(({ tenant, reader, place, last }) => ({ tenant, reader, lines: last - place }))
    .sort((a, b) => b.lines - a.lines)
  return { behind: behind.length, lines: behind[0]?.lines ?? 0, last: behind.slice(0, NAMED) }
}

async function nextPruning(store: Store): Promise<string | undefined> {
  const [item] = await store.items(PRUNED_DAILY.tenant, PRUNED_DAILY.queue, { keys: [PRUNED_DAILY.key] })
  return item === undefined ? undefined : isoTime(item.due)
}
