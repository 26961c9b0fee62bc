// The lane of a link: how urgent it is that the app hears of a resource. Pure.

import { type CompiledApp, HUB_LANES, type Link } from '../contract/index.ts'
import type { Source } from './source.ts'
import { isThere, isUncertain } from './steps.ts'

/** Whether a link has to be looked at, and how urgently. */
export interface Planned {
  readonly lane: number
  /** It takes access away from an account that has it: the guard counts it. */
  readonly removes: boolean
}

/**
 * What a change of a resource, or of what it is in, means for its link in an app; undefined when the app has no business with it. Pure and
 * cheap: scope and whether somebody is active, not the map.
 */
export function planFor(
  app: Pick<CompiledApp, 'scope' | 'adapter' | 'settings'>,
  source: Source,
  link: Link | undefined,
  context: { readonly killed: boolean; readonly lane: number },
): Planned | undefined {
  const { type, document, memberOf } = source
  const inScope = document !== undefined && app.scope.decide(type, document, memberOf).in
  const isIn = isThere(app.adapter.traits, link)
  const mayBeIn = isIn || link?.tentative?.create === true
  const wanted = inScope && (type === 'Group' || (document?.active !== false && !context.killed))
  if (!wanted) {
    if (!mayBeIn) return link === undefined && !inScope ? undefined : { lane: context.lane, removes: false }
    const isOn = link?.acked?.active !== false || isUncertain(link, 'active')
    const hasAccess = type === 'Group' ? isIn : isOn
    const isLeft = !inScope && !context.killed && app.settings.policy.onLeave === 'ignore'
    if (!hasAccess || isLeft) return { lane: context.lane, removes: false }
    // Someone who is in the app with access, and must not be.
    return { lane: HUB_LANES.leave, removes: isIn }
  }
  return { lane: isIn ? context.lane : Math.min(context.lane, HUB_LANES.join), removes: false }
}
