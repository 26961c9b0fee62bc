// The requests that let members join and leave a group, whoever else is in it. RFC 7644 §3.5.2.

import { packOperations } from './diff-pack.ts'
import { renderPartial } from './diff-partial.ts'
import { addMembers, removeMembers } from './diff-render.ts'
import type { JsonObject } from './json.ts'
import type { DiffOperation } from './patch-operation.ts'
import type { UpdateProfile } from './update-profile.ts'

/** PATCH requests about members, in either form. */
export interface MemberRequests {
  readonly patches: readonly (readonly DiffOperation[])[]
  /** Bodies without `schemas`, of SCIM 1.1. */
  readonly partials: readonly JsonObject[]
}

/**
 * The PATCH requests that let members join and leave, within the limits of an app. They say nothing of other members, whom nobody has to
 * know for that. Undefined where the app can only be given all members at once.
 */
export function memberRequests(
  add: readonly string[],
  remove: readonly string[],
  updates: UpdateProfile,
): MemberRequests | undefined {
  const added = add.map((value) => ({ value }))
  const removed = remove.map((value) => ({ value }))
  if (!updates.patch || (updates.patchOnly !== undefined && !updates.patchOnly.includes('members'))) return undefined
  if (updates.form === 'partial') {
    const difference = {
      kind: 'members',
      path: 'members',
      root: 'members',
      next: added,
      added,
      removed,
      hadNone: false,
    } as const
    return { patches: [], partials: renderPartial([difference], updates) }
  }
  if (!updates.paths) return undefined
  const removals = removed.length === 0 ? [] : removeMembers('members', removed, updates)
  const additions = added.length === 0 ? [] : addMembers('members', added, updates)
  if (removals === undefined || additions === undefined) return undefined
  return { patches: packOperations([...removals, ...additions], updates, []), partials: [] }
}
