// Counts the verdict on one link, and marks or reports what differs.

import { driftOf, type Shown, type Verdict } from './classify.ts'
import { ignoredAmong, isIgnored } from './ignored.ts'
import { doneAbout, mendWrites } from './mend.ts'
import type { createReport, LinkItem, SweepDeps } from './sweep-deps.ts'

/** Takes a verdict into the report of a slice, with what mends it where policy says so. */
export async function settleVerdict(
  deps: SweepDeps,
  report: ReturnType<typeof createReport>,
  one: LinkItem,
  shown: Shown | undefined,
  verdict: Verdict,
): Promise<void> {
  report.count({ compared: 1 })
  if (verdict.is === 'changed' || verdict.is === 'same') {
    report.count({ [verdict.is]: 1 })
    return
  }
  const { tenant, settings } = deps.app
  const place = { tenant, app: settings.id, now: deps.now() }
  const account = { type: one.link.type, account: one.link.account ?? '' }
  const ignored = verdict.is === 'drifted' ? (await ignoredAmong(deps.store, place, [account]))(account) : undefined
  const done = isIgnored(ignored, verdict.is, verdict.what) ? 'ignored' : doneAbout(settings, verdict.is)
  report.add(driftOf(verdict, one.link, one.item.key, done), mendWrites(deps, one, shown, verdict.is))
}
