// What one app should hold of one resource. Pure.

import type { Document } from '../../protocol/index.ts'
import type { CompiledApp, Link, Mapped, ScopeDecision } from '../contract/index.ts'
import type { Source } from './source.ts'

/** What an app should hold of a resource. */
export interface Want {
  readonly inScope: boolean
  /** Undefined: the resource is gone, so scope was not asked. */
  readonly decision: ScopeDecision | undefined
  readonly wanted: 'active' | 'disabled' | 'absent'
  /** Nothing is sent: the account is let go of, or left as it is. */
  readonly leave?: 'unlink' | 'ignore'
  /** The whole account as it must be; absent where none is wanted. */
  readonly document?: Document
  /** Ids of resources that it refers to and that have no account yet. */
  readonly waitsFor: readonly string[]
  /** When the account, off for good, is to be removed, in milliseconds since 1970. */
  readonly removeAt?: number
  /** For people: `active`, `left scope`, `deleted here`, `deactivated`, `killed`. */
  readonly why: string
}

/** What {@link wantOf} looks at besides resource and link. */
export interface WantContext {
  /** The app's id of a resource here, if it has an account there. */
  readonly accountOf: (id: string) => string | undefined
  /** Somebody decided that this person must be out everywhere. */
  readonly killed: boolean
  /** What the document is for: `create` for accounts that are made or taken over. By default what the link needs. */
  readonly purpose?: 'create' | 'update'
  /** Milliseconds since 1970. */
  readonly now: number
}

const DAY_MS = 86_400_000

/**
 * What an app should hold of a resource. Pure. Throws MapFault where an account must be made or changed and the map has no value for it;
 * for people who leave it never does: access ends whether or not the map works.
 */
export function wantOf(
  app: Pick<CompiledApp, 'scope' | 'maps' | 'settings'>,
  source: Source,
  link: Link | undefined,
  context: WantContext,
): Want {
  const { type, document } = source
  const decision = document === undefined ? undefined : app.scope.decide(type, document, source.memberOf)
  const inScope = decision?.in === true
  if (type === 'Group') return inScope ? wantGroup(app, source, link, context, decision) : groupLeaves(app, decision)
  if (!inScope) return leaves(app, source, link, context, decision)
  const deactivated = document?.active === false
  if (context.killed || deactivated) {
    const why = context.killed ? 'killed' : 'deactivated'
    return { inScope, decision, wanted: 'disabled', why, ...switchedOff(app, source, link, context) }
  }
  const mapped = mapWith(app, source, link, context)
  const active = mapped.document.active !== false
  return {
    inScope,
    decision,
    wanted: active ? 'active' : 'disabled',
    why: active ? 'active' : 'switched off by the map',
    document: { ...mapped.document, active },
    waitsFor: mapped.waitsFor,
  }
}

function wantGroup(
  app: Pick<CompiledApp, 'maps'>,
  source: Source,
  link: Link | undefined,
  context: WantContext,
  decision: ScopeDecision | undefined,
): Want {
  const { document, waitsFor } = mapWith(app, source, link, context)
  return { inScope: true, decision, wanted: 'active', why: 'in scope', document, waitsFor }
}

/** A group has no "off": it goes, unless policy says to leave what leaves alone. */
function groupLeaves({ settings }: Pick<CompiledApp, 'settings'>, decision: ScopeDecision | undefined): Want {
  const { onLeave } = settings.policy
  const why = decision === undefined ? 'deleted here' : 'left scope'
  const leave = onLeave === 'unlink' || onLeave === 'ignore' ? { leave: onLeave } : {}
  return { inScope: false, decision, wanted: 'absent', why, waitsFor: [], ...leave }
}

function leaves(
  app: Pick<CompiledApp, 'scope' | 'maps' | 'settings'>,
  source: Source,
  link: Link | undefined,
  context: WantContext,
  decision: ScopeDecision | undefined,
): Want {
  const { onLeave, deleteAfterDays } = app.settings.policy
  const why = context.killed ? 'killed' : decision === undefined ? 'deleted here' : 'left scope'
  const base = { inScope: false, decision, why, waitsFor: [] }
  if (!context.killed && (onLeave === 'unlink' || onLeave === 'ignore')) {
    return { ...base, wanted: 'absent', leave: onLeave }
  }
  if (onLeave === 'delete') return { ...base, wanted: 'absent', ...switchedOff(app, source, link, context) }
  const off = link?.off
  if (deleteAfterDays === undefined || off === undefined || link?.account === undefined) {
    return { ...base, wanted: 'disabled', ...switchedOff(app, source, link, context) }
  }
  const removeAt = off.at + deleteAfterDays * DAY_MS
  if (removeAt <= context.now) return { ...base, wanted: 'absent', ...switchedOff(app, source, link, context) }
  return { ...base, wanted: 'disabled', removeAt, ...switchedOff(app, source, link, context) }
}

/**
 * The account, switched off: renamed with its resource as long as there is one, so that its old name blocks nobody, also where the app
 * keeps what is removed. Without a document nothing but that is asked of it.
 */
function switchedOff(
  app: Pick<CompiledApp, 'maps'>,
  source: Source,
  link: Link | undefined,
  context: WantContext,
): Pick<Want, 'document' | 'waitsFor'> {
  try {
    if (source.document !== undefined) {
      const { document } = mapWith(app, source, link, { ...context, purpose: 'update' })
      return { document: { ...document, active: false }, waitsFor: [] }
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'MapFault')) throw error
    // Access ends all the same; the rest stays as the app has it.
  }
  return { waitsFor: [] }
}

function mapWith(
  { maps }: Pick<CompiledApp, 'maps'>,
  source: Source,
  link: Link | undefined,
  { accountOf, purpose }: WantContext,
): Mapped {
  const map = source.type === 'User' ? maps.User : maps.Group
  if (map === undefined || source.document === undefined) return { document: {}, waitsFor: [] }
  const account = link?.acked
  const surroundings = { memberOf: source.memberOf, accountOf, ...(account === undefined ? {} : { account }) }
  return map.map(source.document, surroundings, purpose ?? (isMade(link) ? 'update' : 'create'))
}

function isMade(link: Link | undefined): boolean {
  return link?.account !== undefined && link.adopting !== true
}
