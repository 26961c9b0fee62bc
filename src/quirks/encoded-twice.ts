// Quirk: a filter that was percent-encoded twice.

import type { Quirk } from './quirk.ts'
import { mapFilter } from './toolkit.ts'

/** A filter that was percent-encoded twice: after decoding it still has no space, but `%20`, where one must be. */
export const encodedTwice: Quirk = {
  name: 'encoded-twice',
  register: ['Q06'],
  source: 'ssoready/ssoready, internal/authservice/scim.go, and fleetdm/fleet: both decode once more',
  deviates: [],
  inbound: (message) => (message.action === 'list' ? mapFilter(message, decoded) : message),
}

function decoded(filter: string): string {
  if (!/^[\w:.$-]+(?:%20|\+)(?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b/i.test(filter)) return filter
  try {
    return decodeURIComponent(filter.replaceAll('+', '%20'))
  } catch {
    return filter
  }
}
