// Writes differences as parts of the resource, the PATCH of SCIM 1.1. SCIM 1.1 §3.3.2.

import { bare } from './diff-list.ts'
import { blocksOf, nestedValue, shownMember } from './diff-render.ts'
import type { AttributeDifference } from './differences.ts'
import { isObject, type JsonObject, mergedParts } from './json.ts'
import type { UpdateProfile } from './update-profile.ts'

/**
 * The bodies of PATCH requests that say differences as SCIM 1.1 does: attributes with their new values, those that go in
 * `meta.attributes`, members that leave with an `operation`. Lists are set whole: what is in `meta.attributes` is emptied first.
 */
export function renderPartial(
  differences: readonly AttributeDifference[],
  updates: UpdateProfile,
): readonly JsonObject[] {
  let head: JsonObject = {}
  const gone: string[] = []
  const memberships: JsonObject[] = []
  for (const each of differences) {
    if (each.kind === 'set') {
      if (Array.isArray(each.value)) gone.push(each.path)
      head = mergedParts(head, nestedValue(each.path, each.value))
    } else if (each.kind === 'unset') gone.push(each.path)
    else if (each.kind === 'list') {
      if (each.old.length > 0 || each.next.length === 0) gone.push(each.path)
      if (each.next.length > 0) {
        const values = each.next.map((one) => (isObject(one) ? bare(one) : one))
        head = mergedParts(head, nestedValue(each.path, values))
      }
    } else {
      const leaving = each.removed.map(({ value }) => ({ value: value ?? null, operation: 'delete' }))
      const joining = each.added.map((one) => shownMember(one, updates))
      for (const block of blocksOf([...leaving, ...joining], updates)) {
        memberships.push(nestedValue(each.path, block))
      }
    }
  }
  if (gone.length > 0) head = { ...head, meta: { attributes: gone } }
  const [first, ...rest] = memberships
  const opening = first === undefined ? head : mergedParts(head, first)
  return Object.keys(opening).length === 0 ? [] : [opening, ...rest]
}
