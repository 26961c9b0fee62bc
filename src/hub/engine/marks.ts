// The marks that one batch makes for one app: links, members, causes of removals, and the unit.

import type { WorkWrite } from '../../store/index.ts'
import { causeTag, type Link, QUEUES, type RemovalCause } from '../contract/index.ts'

/** A change that has to reach a link. */
export interface LinkMark {
  readonly resource: string
  readonly type: Link['type']
  readonly name: string
  readonly lane: number
  /** When it was committed, in milliseconds since 1970. */
  readonly at: number
  readonly place: number
}

/** Names an app. */
export interface AppRef {
  readonly tenant: string
  readonly app: string
}

/** The mark of a link; makes it if it is not there. */
export function linkMark({ tenant, app }: AppRef, mark: LinkMark): WorkWrite {
  const { resource, type, name, lane, at, place } = mark
  return {
    write: 'mark',
    item: { tenant, queue: QUEUES.links(app), key: resource },
    lane,
    due: at,
    state: 'ready',
    place,
    value: { type, name },
  }
}

/** The key of the mark that says: compare all members of a group. No resource has such an id. */
export const ALL_MEMBERS = '*'

/** The mark of one membership, or of all of a group. */
export function memberMark(
  { tenant, app }: AppRef,
  mark: { readonly group: string; readonly member: string; readonly lane: number; readonly at: number },
): WorkWrite {
  return {
    write: 'mark',
    item: { tenant, queue: QUEUES.members(app, mark.group), key: mark.member },
    lane: mark.lane,
    due: mark.at,
    state: 'ready',
  }
}

/** What caused a removal, for the guard. */
export function causeWrite({ tenant, app }: AppRef, resource: string, cause: RemovalCause): WorkWrite {
  return {
    write: 'item',
    item: { tenant, queue: QUEUES.removals(app), key: resource },
    set: { tag: causeTag(cause.cause), mark: cause.place, value: cause as never },
  }
}

/** The mark of an app's unit. `configured`: the place of a configuration that all links have to be looked at for. */
export function unitMark({ tenant, app }: AppRef, lane: number, due: number, configured = 0): WorkWrite {
  return {
    write: 'mark',
    item: { tenant, queue: QUEUES.units, key: app },
    lane,
    due,
    state: 'ready',
    place: configured,
    value: { health: 'healthy' },
  }
}
