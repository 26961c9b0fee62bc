// Mends what a sweep had found and a person decided to mend.

import { type Drift, type Link, QUEUES } from '../contract/index.ts'
import { classify } from './classify.ts'
import { driftsOf, fixedWrite } from './drifts.ts'
import { mendWrites } from './mend.ts'
import { readShown, traitsOf } from './reading.ts'
import { comparedNames, type Slice, type SweepDeps } from './sweep-deps.ts'
import { fixMember } from './sweep-members.ts'
import { counted, type SweepRun } from './sweep-run.ts'

/** Differences looked at in one slice, each with a read. */
const READS = 10

/** Carries the mending on by one slice: each account is read again, and only what still differs is marked. */
export async function fixSlice(deps: SweepDeps, run: SweepRun): Promise<Slice> {
  const { tenant, settings } = deps.app
  const page = run.after === undefined ? { limit: READS } : { after: run.after, limit: READS }
  const found = await driftsOf(deps.store, tenant, settings.id, deps.run, page)
  const writes = []
  let fixed = 0
  for (const { key, drift } of found.filter((one) => isWanted(run, one.drift))) {
    const [item] = await deps.store.items(tenant, QUEUES.links(settings.id), { keys: [drift.resource ?? ''] })
    if (item === undefined) continue
    const link = item.value as unknown as Link
    if (link.account !== drift.account) continue
    const place = { tenant, app: settings.id, run: deps.run }
    if (drift.member !== undefined) {
      const mending = await fixMember(deps, { item, link }, drift.member)
      if (mending.length === 0) continue
      fixed++
      writes.push(...mending, fixedWrite(place, key, drift))
      continue
    }
    const shown = await readShown(deps, { item, link })
    const verdict = classify(link, shown, traitsOf(deps, link.type), comparedNames(deps.app, link.type))
    if (verdict.is === 'same' || verdict.is === 'changed') continue
    fixed++
    writes.push(...mendWrites(deps, { item, link }, shown, verdict.is), fixedWrite(place, key, drift))
  }
  const { after: _, ...rest } = { ...run, counts: counted(run.counts, { fixed }) }
  const last = found.at(-1)?.key
  if (found.length < READS || last === undefined) {
    return { run: { ...rest, phase: 'done', endedAt: deps.now() }, writes }
  }
  return { run: { ...rest, after: last }, writes }
}

function isWanted(run: SweepRun, drift: Drift): boolean {
  const isLeft = drift.done === 'fixed' || drift.done === 'ignored'
  const { resource, kind } = drift
  if (isLeft || resource === undefined || !(run.fix ?? []).includes(kind)) return false
  return run.fixOf === undefined || run.fixOf.includes(resource)
}
