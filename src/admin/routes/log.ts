// The routes of the admin API for the change log, and for erasing values from it.

import { z } from 'zod'
import { hasCapability } from '../../access/index.ts'
import { STRICT } from '../../protocol/index.ts'
import { TenancyError } from '../../tenancy/index.ts'
import { fileAnswer } from '../file-answer.ts'
import { importOf, removalCause, requestOf } from '../history/cause.ts'
import { linesAt } from '../history/timeline.ts'
import { showImport } from '../imports.ts'
import { FILE_LINES, logFile } from '../log-file.ts'
import { beginsAfterCut, lineJson, pageOfLog, reachOf } from '../log-page.ts'
import { readRecord } from '../record-access.ts'
import { Refused } from '../refusals.ts'
import { type Route, type RouteDeps, route } from '../route.ts'
import { Instant, PageQuery, time, Word } from '../shapes.ts'
import { HoldBody, holdJson } from './holds.ts'
import { ImportBody, importJson } from './imports.ts'
import { RequestBody, lineJson as requestJson } from './requests.ts'

/** One line of the log. */
export const ChangeBody = z.looseObject({
  place: z.int(),
  at: time,
  op: z
    .enum(['create', 'replace', 'patch', 'delete', 'note'])
    .describe('note: what an administrator did; paths has the verb first, then facts'),
  actor: z.string(),
  type: z.string(),
  id: z.string(),
  version: z.int(),
  txn: z.string().optional().describe('What the lines of one request have in common'),
  paths: z.array(z.looseObject({ path: z.string(), old: z.unknown().optional(), new: z.unknown().optional() })),
  members: z
    .object({
      added: z.int(),
      removed: z.int(),
      ids: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }).optional(),
    })
    .optional()
    .describe('Members that came and went; with their ids, unless they are more than 500'),
})
/** Lines of the log, and how to read on. */
const LogBody = z.object({
  items: z.array(ChangeBody),
  next: z
    .int()
    .describe(
      'How far was looked: pass it as `after`, or as `before` where the newest come first, to read on. At the end it stays',
    ),
  end: z
    .boolean()
    .describe('Whether there is nothing beyond, now. A page may have no lines and yet not be the last one'),
  begins: z.int().optional().describe('The first place that still exists, if lines after `after` have been cut off'),
})

/** Which lines of the log. */
const LogQuery = z.strictObject({
  order: z.enum(['asc', 'desc']).default('asc').describe('desc: the newest first'),
  after: z.coerce.number().int().min(0).default(0).describe('Only lines after this place'),
  before: z.coerce.number().int().min(1).optional().describe('Only lines before this place'),
  limit: PageQuery.shape.limit,
  search: PageQuery.shape.search.describe(
    'Only lines whose actor, type or id begins with this text, in any letter case',
  ),
  type: Word.optional().describe('Only lines of this resource type, or of this kind of note'),
  id: Word.optional().describe('Only lines of this resource'),
  actor: Word.optional().describe('Only lines of this connection or administrator'),
  op: z.enum(['create', 'replace', 'patch', 'delete', 'note']).optional(),
  txn: Word.optional().describe('Only lines of this request'),
  path: Word.optional().describe('Only lines that changed this attribute, or one below it'),
  since: Instant.optional().describe('Only lines of this time or later'),
  until: Instant.optional().describe('Only lines before this time'),
})

/** Which lines a file has: order and length are its own. */
const LogFileQuery = LogQuery.omit({ order: true, after: true, limit: true }).extend({
  format: z.enum(['jsonl', 'csv']).default('jsonl').describe('csv: a row for each attribute that changed'),
})

/** What a line came from. */
const CauseBody = z.object({
  request: RequestBody.optional().describe('The request that made it, if it was kept and still is'),
  import: ImportBody.optional().describe('The import that it is part of'),
  held: z
    .array(HoldBody.extend({ app: z.string() }))
    .describe('Removals in apps that it led to and that the guard held, with who allowed them'),
})

/** Lines beside a line that may be of the same request, and holds of one app that are looked at. */
const BESIDE = 20
const HOLDS = 1_000
/** The clocks of several processes may differ by as much. */
const CLOCKS_MS = 60_000

/** Whose values are to be erased. */
const ErasureDraftBody = z.object({
  id: z.string().describe('Id of the resource'),
  type: z.string().default('User'),
  delete: z.boolean().default(false).describe('Delete it first if it still exists; otherwise that is refused'),
})
/** What was erased. */
const ErasureBody = z.object({
  tenant: z.string(),
  type: z.string(),
  id: z.string(),
  lines: z.int().describe('Lines of the log that have lost values'),
  open: z
    .array(z.string())
    .optional()
    .describe('Apps whose account the hub still has to remember, to keep the person out; send it again in a day'),
})

async function logOf(
  { directory, store }: RouteDeps,
  tenant: string,
  query: z.output<typeof LogQuery>,
  values: boolean,
) {
  const reach = await reachOf(store, tenant)
  // The log may be cut while it is read.
  const page = await pageOfLog(directory, tenant, reach, query).catch((error) =>
    pageOfLog(directory, tenant, { ...reach, begins: beginsAfterCut(error) }, query),
  )
  const { lines, ...rest } = page
  return { items: lines.map((line) => lineJson(line, values)), ...rest }
}

/** A line, and those of the same request that lie beside it. */
async function lineAt({ store }: RouteDeps, tenant: string, given: string) {
  const place = /^[1-9]\d{0,14}$/.test(given) ? Number(given) : undefined
  const beside = Array.from({ length: 2 * BESIDE + 1 }, (_, at) => (place ?? 0) + at - BESIDE).filter((at) => at > 0)
  const lines = place === undefined ? new Map<number, never>() : await linesAt(store, tenant, beside)
  const line = place === undefined ? undefined : lines.get(place)
  if (line === undefined)
    throw new Refused(
      404,
      'ERR_NOT_FOUND',
      `The log of tenant "${tenant}" has no line ${given.slice(0, 50)}: it was never written, or has been cut off`,
    )
  return { line, siblings: [...lines.values()].filter(({ txn }) => txn !== undefined && txn === line.txn) }
}

function undefinedIfGone(error: unknown): undefined {
  if (!(error instanceof TenancyError)) throw error
}

async function causeOf(deps: RouteDeps, tenant: string, place: string) {
  const { line, siblings } = await lineAt(deps, tenant, place)
  const { record, store, hub } = deps
  const request =
    record === undefined ? undefined : await readRecord(record, () => requestOf(record.store, line, siblings))
  const id = importOf(line)
  const imported = id === undefined ? undefined : await showImport({ store }, tenant, id).catch(undefinedIfGone)
  const wanted = { since: line.at - CLOCKS_MS, limit: HOLDS }
  const held = line.op === 'note' ? [] : await hub.holds.causedBy(tenant, removalCause(line), wanted)
  return {
    ...(request === undefined ? {} : { request: requestJson(request) }),
    ...(imported === undefined ? {} : { import: importJson(imported) }),
    held: held.map((row) => ({ ...holdJson(row), app: row.app })),
  }
}

/** The routes for the change log. */
export const LOG_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/log',
    id: 'readLog',
    does: 'Read the change log of a tenant: changes of resources, and notes of what administrators did. Without the capability "values", lines say which attributes changed, and no values',
    needs: { capability: 'see', reach: 'tenant' },
    query: LogQuery,
    gives: { status: 200, body: LogBody },
    run: async ({ params, query, administrator }, deps) => {
      const { name } = await deps.tenancy.tenants.show(params.tenant)
      return logOf(deps, name, query, hasCapability(administrator, 'values'))
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/log/export',
    id: 'exportLog',
    audited: true,
    does: `The lines of the log that a filter gives as a file, newest first, written while they are read: JSON lines, or CSV. At most ${FILE_LINES} lines; a longer one says at its end how to go on. Without the capability "values" it says which attributes changed, and no values`,
    needs: { capability: 'see', reach: 'tenant' },
    query: LogFileQuery,
    gives: { status: 200, stream: 'application/octet-stream' },
    run: async ({ params, query: { format, ...wanted }, administrator, actor }, { tenancy, directory, store }) => {
      const { name: tenant } = await tenancy.tenants.show(params.tenant)
      const written = { format, values: hasCapability(administrator, 'values') }
      const pieces = logFile(directory, tenant, await reachOf(store, tenant), wanted, written)
      return fileAnswer(pieces, { name: `${tenant}-changes`, format, actor })
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/log/{place}/cause',
    id: 'showCause',
    does: 'Show what a line of the log came from: the request or import that made it, and who allowed the removals that it led to',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: CauseBody },
    run: async ({ params }, deps) => {
      const { name } = await deps.tenancy.tenants.show(params.tenant)
      return causeOf(deps, name, params.place)
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/erasures',
    id: 'erase',
    does: "Erase a deleted person's values from the log, for good; a note names the administrator. If interrupted, send it again to resume",
    needs: { capability: 'own', reach: 'tenant', fresh: true },
    body: ErasureDraftBody,
    gives: { status: 200, body: ErasureBody },
    run: async ({ params, body, actor }, { tenancy, directory, hub }) => {
      const { name: tenant } = await tenancy.tenants.show(params.tenant)
      await tenancy.ready(tenant)
      const ref = { tenant, type: body.type, id: body.id }
      if (body.delete && (await directory.get(ref)) !== undefined) {
        await directory.remove({ tenant, actor, allow: STRICT }, ref.type, ref.id)
      }
      const erased = await directory.erase(ref, actor)
      const { open } = ref.type === 'User' ? await hub.proof.forget(tenant, ref.id) : { open: [] }
      return { ...erased, ...(open.length === 0 ? {} : { open }) }
    },
  }),
  route({
    method: 'get',
    path: '/log',
    id: 'readAdminLog',
    does: 'Read what administrators did beyond single tenants, oldest first: tokens of the admin API, tenants deleted',
    needs: { capability: 'values', reach: 'database' },
    query: LogQuery,
    gives: { status: 200, body: LogBody },
    run: ({ query }, deps) => logOf(deps, '', query, true),
  }),
]
