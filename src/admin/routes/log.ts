// The routes of the admin API for the change log, and for erasing values from it.

import { z } from 'zod'
import type { Change, Directory } from '../../directory/index.ts'
import { STRICT } from '../../protocol/index.ts'
import { beginsWith, LogCut } from '../../store/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { type Route, route } from '../route.ts'
import { PageQuery, time } from '../shapes.ts'

/** One line of the log. */
const ChangeBody = z.looseObject({
  place: z.int(),
  at: time,
  op: z
    .enum(['create', 'replace', 'patch', 'delete', 'note'])
    .describe('note: what an administrator did; paths has the verb first, then facts'),
  actor: z.string(),
  type: z.string(),
  id: z.string(),
  version: z.int(),
  paths: z.array(z.looseObject({ path: z.string() })),
})
/** Lines of the log, and how to read on. */
const LogBody = z.object({
  items: z.array(ChangeBody),
  next: z.int().describe('Pass it as `after` to read on; it stays the same until there are new lines'),
  begins: z.int().optional().describe('The first place that still exists, if lines after `after` have been cut off'),
})

/** Which lines of the log. */
const LogQuery = PageQuery.extend({
  search: PageQuery.shape.search.describe(
    'Only lines whose actor, type or id begins with this text, in any letter case',
  ),
  after: z.coerce.number().int().min(0).default(0).describe('Only lines after this place'),
})

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

/** Most lines that are read for one page. */
const SCANNED = 1_000

async function pageOfLog(
  directory: Directory,
  tenant: string,
  { search, after, limit }: z.output<typeof LogQuery>,
): Promise<{ readonly items: readonly object[]; readonly next: number; readonly begins?: number }> {
  let lines: readonly Change[]
  try {
    lines = await directory.changes(tenant, after, search === undefined ? limit : SCANNED)
  } catch (error) {
    if (!(error instanceof LogCut)) throw error
    const { begins } = error
    return { ...(await pageOfLog(directory, tenant, { search, after: begins - 1, limit })), begins }
  }
  const items: object[] = []
  let next = after
  for (const line of lines) {
    next = line.place
    if (beginsWith([line.actor, line.type, line.id], search)) items.push(lineJson(line))
    if (items.length === limit) break
  }
  return { items, next }
}

function lineJson({ tenant: _tenant, at, ...rest }: Change) {
  return { ...rest, at: isoTime(at) }
}

/** The routes for the change log. */
export const LOG_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/log',
    id: 'readLog',
    does: 'Read the change log of a tenant, oldest first: changes of resources, and notes of what administrators did',
    needs: { capability: 'values', reach: 'tenant' },
    query: LogQuery,
    gives: { status: 200, body: LogBody },
    run: async ({ params, query }, { tenancy, directory }) => {
      const { name } = await tenancy.tenants.show(params.tenant)
      return pageOfLog(directory, name, query)
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
    run: ({ query }, { directory }) => pageOfLog(directory, '', query),
  }),
]
