// The route of the admin API that undoes changes: first as a plan, then for good.

import { z } from 'zod'
import type { Change } from '../../directory/index.ts'
import { linesAt } from '../history/timeline.ts'
import { planUndo, UNDO_LINES, type UndoneStep, type UndoStep, undo } from '../history/undo.ts'
import { beginsAfterCut, pageOfLog, reachOf } from '../log-page.ts'
import { Refused } from '../refusals.ts'
import { type Route, type RouteDeps, route } from '../route.ts'
import { Instant, Word } from '../shapes.ts'

/** What is to be undone. */
const UndoDraftBody = z.strictObject({
  places: z.array(z.int().min(1)).min(1).max(UNDO_LINES).optional().describe('Lines of the log, by their places'),
  run: z
    .strictObject({
      txn: Word.optional().describe('What the lines of one request or one run have in common'),
      actor: Word.optional().describe('A connection or administrator'),
      since: Instant.optional(),
      until: Instant.optional(),
    })
    .optional()
    .describe('A whole run in place of places: of one request, or of one actor between two times'),
  apply: z.boolean().default(false).describe('Write it; otherwise it is a plan and nothing is written'),
})

const StepBody = z.object({
  place: z.int(),
  type: z.string(),
  id: z.string(),
  display: z
    .string()
    .describe('The name by which others show the resource; empty where it has none or is not looked at'),
  does: z
    .enum(['set', 'create', 'delete'])
    .describe('set: values go back; create: what was deleted; delete: what was created'),
  paths: z.array(
    z.object({
      path: z.string(),
      now: z.json().optional(),
      back: z.json().optional().describe('Absent: it is taken away'),
    }),
  ),
  join: z.array(z.string()).describe('Members that join the group again'),
  leave: z.array(z.string()).describe('Members that leave it again'),
  without: z.array(z.string()).describe('What can not be brought back, but holds nothing up'),
  refused: z.string().optional().describe('Why it is not undone: what moved on since, or what the log does not hold'),
  done: z.boolean().describe('Whether it was written'),
})

/** The route of undo. */
export const UNDO_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/undo',
    id: 'undo',
    does: 'Undo changes of resources by their lines in the log: a plan from the old values, each refused where the value has moved on; `apply` writes what is not refused',
    needs: { capability: 'edit', reach: 'tenant' },
    body: UndoDraftBody,
    gives: {
      status: 200,
      body: z.object({
        steps: z.array(StepBody),
        refused: z.int(),
        done: z.int().describe('0 as long as it is a plan'),
      }),
    },
    run: async ({ params, body, actor }, deps) => {
      const { tenancy, directory } = deps
      const { name: tenant } = await tenancy.tenants.show(params.tenant)
      await tenancy.ready(tenant)
      const lines =
        body.places === undefined ? await linesOfRun(deps, tenant, body.run) : await linesOf(deps, tenant, body.places)
      const catalog = tenancy.catalog(tenant)
      const steps: readonly (UndoStep | UndoneStep)[] = body.apply
        ? await undo(directory, catalog, tenant, actor, lines)
        : await planUndo(directory, catalog, lines)
      const shown = steps.map((step) => ({ done: false, ...step }))
      const count = (is: (step: (typeof shown)[number]) => boolean) => shown.filter(is).length
      return { steps: shown, refused: count(({ refused }) => refused !== undefined), done: count(({ done }) => done) }
    },
  }),
]

async function linesOf({ store }: RouteDeps, tenant: string, places: readonly number[]): Promise<readonly Change[]> {
  const lines = await linesAt(store, tenant, places)
  const missing = places.find((place) => !lines.has(place))
  if (missing === undefined) return [...lines.values()]
  throw new Refused(
    404,
    'ERR_NOT_FOUND',
    `The log of tenant "${tenant}" has no line ${missing}: it was never written, or has been cut off`,
  )
}

async function linesOfRun(
  { store, directory }: RouteDeps,
  tenant: string,
  run: z.output<typeof UndoDraftBody>['run'],
): Promise<readonly Change[]> {
  const isNamed = run?.txn !== undefined || (run?.actor !== undefined && run.since !== undefined)
  if (run === undefined || !isNamed)
    throw new Refused(
      400,
      'ERR_INVALID',
      'body: Name what is to be undone: places, or a run by its txn, or by an actor and since',
      [{ in: 'body', field: 'places', message: 'Name places, or a run' }],
    )
  const lines: Change[] = []
  for (let before: number | undefined; ; ) {
    const reach = await reachOf(store, tenant)
    const wanted = { ...run, order: 'desc' as const, after: 0, before, limit: UNDO_LINES + 1 }
    const page = await pageOfLog(directory, tenant, reach, wanted).catch((error) =>
      pageOfLog(directory, tenant, { ...reach, begins: beginsAfterCut(error) }, wanted),
    )
    lines.push(...page.lines.filter(({ op }) => op !== 'note'))
    if (lines.length > UNDO_LINES)
      throw new Refused(
        400,
        'ERR_INVALID',
        `This run has more than ${UNDO_LINES} lines; undo it in parts, by since and until`,
      )
    // The lines of one request lie close together.
    if (page.end || (run.txn !== undefined && lines.length > 0 && page.lines.length === 0)) return lines
    before = page.next
  }
}
