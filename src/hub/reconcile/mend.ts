// The writes that mend a difference: the link is told what the app really has, and the deliverer does the rest.

import type { Json } from '../../protocol/index.ts'
import type { WorkWrite } from '../../store/index.ts'
import { type AppSettings, type DriftKind, HUB_LANES } from '../contract/index.ts'
import { causeWrite, unitMark } from '../engine/marks.ts'
import { ackedAsShown, type Shown } from './classify.ts'
import { traitsOf } from './reading.ts'
import { comparedNames, type LinkItem, type SweepDeps } from './sweep-deps.ts'

/** What is done about a kind of difference. A stranger is never touched. */
export function doneAbout(settings: AppSettings, kind: DriftKind): 'reported' | 'fixed' | 'asked' {
  const policy = settings.sweeps.policies[kind]
  if (policy === 'report' || kind === 'stranger') return 'reported'
  return policy === 'fix' ? 'fixed' : 'asked'
}

/**
 * What mends a link. Its last confirmation becomes what the app shows, so that the next delivery sends the difference, through the guard
 * like any other. An account that is gone is forgotten; the deliverer looks for it again before it makes one.
 */
export function mendWrites(
  { app, run, now }: Pick<SweepDeps, 'app' | 'run' | 'now'>,
  { item, link }: LinkItem,
  shown: Shown | undefined,
  kind: DriftKind,
): readonly WorkWrite[] {
  const { tenant, settings } = app
  const ref = { tenant, app: settings.id }
  const at = now()
  const zombie = kind === 'zombie'
  const lane = zombie ? HUB_LANES.leave : HUB_LANES.sweep
  const { account: _account, acked = {}, off: _off, ...others } = link
  const value =
    shown === undefined
      ? { ...others, lostAt: at, since: at }
      : {
          ...link,
          acked: {
            ...ackedAsShown(acked, shown.document, traitsOf({ app }, link.type), comparedNames(app, link.type)),
            ...(zombie ? { active: true } : {}),
          },
          since: link.since ?? at,
        }
  const key = { tenant, queue: item.queue, key: item.key }
  const writes: WorkWrite[] = [
    {
      write: 'item',
      item: key,
      set: { value: value as unknown as Json, ...(shown === undefined ? { tag: '' } : {}) },
    },
    { write: 'mark', item: key, lane, due: at, state: 'ready', value: { type: link.type, name: link.name } },
    unitMark(ref, lane, at),
  ]
  if (zombie) {
    const cause = { cause: `sweep ${run}`, place: item.place, accounts: 1, memberships: 0 }
    // So that the guard counts those of one sweep together.
    writes.push(causeWrite(ref, item.key, cause))
  }
  return writes
}
