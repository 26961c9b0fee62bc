import { isObject, type Json } from '../protocol/index.ts'
import { mapElements, mapValues, nameIn } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** A member's `type` that is no type: `value`, `direct`, `user` in small letters. The id says what the member is. */
export const memberType: Quirk = {
  name: 'member-type',
  register: ['X08', 'Q47'],
  source: 'apache/directory-scimple issue 774: PingFederate sends `"type": "value"`',
  deviates: ['S-136'],
  inbound: (message) =>
    mapValues(message, (attribute, value) => {
      if (attribute.name !== 'members') return value
      return Array.isArray(value) ? mapElements(value, untyped) : untyped(value)
    }),
}

function untyped(member: Json): Json {
  const key = isObject(member) ? nameIn(member, 'type') : undefined
  if (!isObject(member) || key === undefined || member[key] === 'User' || member[key] === 'Group') return member
  const { [key]: _, ...rest } = member
  return rest
}
