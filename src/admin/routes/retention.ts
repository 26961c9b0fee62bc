// The routes of the admin API for what is kept how long: shown with what it takes, and set.

import { z } from 'zod'
import { environment } from '../../environment.ts'
import { isoTime, RECORD_DAYS, readRetention, readTenantSettings, setRetention } from '../../tenancy/index.ts'
import { readRecord, requireRecord } from '../record-access.ts'
import { type Route, type RouteDeps, route } from '../route.ts'
import { time } from '../shapes.ts'

const DAY_MS = 86_400_000
/** Most lines that are counted of those that would go, and most tenants that are looked at. */
const MOST = { lines: 1_000_000, tenants: 500 }

const days = z.int().min(RECORD_DAYS.least).max(RECORD_DAYS.most)

/** What is kept how long. */
const RetentionBody = z.object({
  record: z
    .object({
      days: z.int().describe('How long requests are kept'),
      startedWith: z.int().describe('What the server was started with: --record-days'),
      isSet: z.boolean().describe('Whether it was set since'),
      lines: z.int(),
      bytes: z.int().optional().describe('On disk'),
      oldest: time.optional(),
    })
    .optional()
    .describe('The record of requests; absent where none is kept'),
  goes: z
    .int()
    .optional()
    .describe(
      `How many requests would be removed with the days that were asked about; ${MOST.lines} are counted at most`,
    ),
  logs: z
    .array(z.object({ tenant: z.string(), days: z.int() }))
    .describe(
      `Tenants that keep their change log for some days only, of the first ${MOST.tenants}; the others keep all`,
    ),
})
const RetentionQuery = z.strictObject({
  recordDays: z.coerce
    .number()
    .pipe(days)
    .optional()
    .describe('Say how many requests would be removed with so many days'),
})
const RetentionDraft = z.strictObject({
  recordDays: days.nullable().describe('null: as the server was started with'),
})

/** The routes of retention. */
export const RETENTION_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/retention',
    id: 'showRetention',
    does: 'Show what is kept how long, what it takes, and what would go if requests were kept for another time',
    needs: { capability: 'own', reach: 'database' },
    query: RetentionQuery,
    gives: { status: 200, body: RetentionBody },
    run: ({ query }, deps) => shown(deps, query.recordDays),
  }),
  route({
    method: 'put',
    path: '/retention',
    id: 'putRetention',
    does: 'Set how long requests are kept, in every process of this database; older ones are removed within minutes',
    needs: { capability: 'own', reach: 'database', fresh: true },
    body: RetentionDraft,
    gives: { status: 200, body: RetentionBody },
    run: async ({ body, giver }, deps) => {
      requireRecord(deps.record)
      await setRetention(deps.store, environment, body, giver)
      return shown(deps, undefined)
    },
  }),
]

async function shown({ record, store }: RouteDeps, asked: number | undefined) {
  const logs = await shortLogs(store)
  if (record === undefined) return { logs }
  const { recordDays } = await readRetention(store)
  const { startedWith, size, goes } = await readRecord(record, async () => ({
    startedWith: record.most.days,
    size: await record.store.size(),
    goes: asked === undefined ? undefined : await record.store.older(environment.now() - asked * DAY_MS, MOST.lines),
  }))
  const oldest = size.oldest === undefined ? undefined : isoTime(size.oldest)
  return {
    record: {
      days: recordDays ?? startedWith,
      startedWith,
      isSet: recordDays !== undefined,
      lines: size.lines,
      ...(size.bytes === undefined ? {} : { bytes: size.bytes }),
      ...(oldest === undefined ? {} : { oldest }),
    },
    ...(goes === undefined ? {} : { goes }),
    logs,
  }
}

async function shortLogs(store: RouteDeps['store']) {
  const logs: { readonly tenant: string; readonly days: number }[] = []
  for (const { tenant } of await store.tenants({ limit: MOST.tenants })) {
    const { logDays } = await readTenantSettings(store, tenant)
    if (logDays > 0) logs.push({ tenant, days: logDays })
  }
  return logs
}
