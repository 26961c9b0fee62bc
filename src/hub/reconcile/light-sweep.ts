// The light sweep: a few accounts an hour are read one by one, those looked at longest ago first.

import type { WorkWrite } from '../../store/index.ts'
import { type Link, QUEUES } from '../contract/index.ts'
import { classify } from './classify.ts'
import { readShown, traitsOf } from './reading.ts'
import { settleVerdict } from './settle-verdict.ts'
import { comparedNames, createReport, type LinkItem, type Slice, type SweepDeps } from './sweep-deps.ts'
import type { SweepRun } from './sweep-run.ts'

/** Accounts read in one slice. */
const READS = 10

/**
 * Carries a light sweep on by one slice of at most ten reads. It goes round the links in order of their keys, from where the last one ended
 * (`run.after`), until it has compared `share` of them.
 */
export async function lightSlice(deps: SweepDeps, run: SweepRun, share: number): Promise<Slice> {
  const { tenant, settings } = deps.app
  const where = run.after === undefined ? { limit: READS } : { after: run.after, limit: READS }
  const items = await deps.store.items(tenant, QUEUES.links(settings.id), where)
  const report = createReport(deps, run)
  for (const item of items) {
    const one: LinkItem = { item, link: item.value as unknown as Link }
    if (one.link.account === undefined || one.link.tentative !== undefined) continue
    const shown = await readShown(deps, one)
    const verdict = classify(one.link, shown, traitsOf(deps, one.link.type), comparedNames(deps.app, one.link.type))
    await settleVerdict(deps, report, one, shown, verdict)
  }
  const writes: readonly WorkWrite[] = report.writes()
  const counts = report.counts()
  const last = items.at(-1)?.key
  const { after: _, ...rest } = run
  // At the end of the links it begins again from the first one, the next time.
  if (items.length < READS || last === undefined) {
    return { run: { ...rest, counts, phase: 'done', endedAt: deps.now() }, writes }
  }
  const done = counts.compared >= share ? { phase: 'done' as const, endedAt: deps.now() } : {}
  return { run: { ...rest, counts, after: last, ...done }, writes }
}
