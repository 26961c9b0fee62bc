// Works out the smallest PATCH that a given app accepts.

import { APPS, Group } from 'lockstep/client'
import { diff } from 'lockstep/protocol'

/** The requests that change a group's members on AWS: at most a hundred members each, and never the whole list. */
export function requestsFor(before: readonly string[], after: readonly string[]) {
  const group = (members: readonly string[]) => ({ displayName: 'Staff', members: members.map((value) => ({ value })) })
  const { patches, notes } = diff(group(before), group(after), Group, APPS.aws)
  return { patches, notes: notes.map(({ why }) => why) }
}
