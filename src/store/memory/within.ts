// What a function inside a commit in memory can read and write.

import { compareText } from '../../protocol/index.ts'
import type { Within, WithinWrite } from '../contract/index.ts'
import { itemsOf } from './items.ts'
import { directGroups, membersOf, type Tenant, toMember } from './tenant.ts'
import { changesAfter } from './work.ts'

/** Reads of a tenant while the writes of a commit are visible. */
export interface Sight {
  /** Reads with the writes of the commit carried out, whether or not they are taken back in between. */
  readonly see: <T>(read: (tenant: Tenant | undefined) => T) => T
  readonly write: (writes: readonly WithinWrite[]) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Creates what a function inside a commit reads and writes with. */
export function createWithin({ see, write, now }: Sight): Within {
  return {
    synchronous: false,
    resources: (ids) => see((tenant) => [...new Set(ids)].flatMap((id) => tenant?.rows.get(id)?.stored ?? [])),
    names: (ids) =>
      see((tenant) => [...new Set(ids)].flatMap((id) => tenant?.rows.get(id)?.stored ?? []).map(toMember)),
    groupsOf: (ids) =>
      see((tenant) =>
        [...new Set(ids)].flatMap((member) => directGroups(tenant, member).map((group) => ({ group, member }))),
      ),
    membersOf: (group, after, limit) =>
      see((tenant) => {
        const all = membersOf(tenant, group)
        const members = all.slice(after, after + limit)
        return after + limit < all.length ? { members, next: after + limit } : { members }
      }),
    ofType: (type, after, limit) =>
      see((tenant) =>
        [...(tenant?.rows.values() ?? [])]
          .map(({ stored }) => stored)
          .filter((stored) => stored.type === type && compareText(stored.id, after) > 0)
          .sort((a, b) => compareText(a.id, b.id))
          .slice(0, limit),
      ),
    changes: (after, limit) => see((tenant) => (tenant === undefined ? [] : changesAfter(tenant, after, limit))),
    items: (queue, where) => see((tenant) => itemsOf(tenant, queue, where, now())),
    write,
  }
}
