import { APPS, diff, Group } from 'lockstep/client'

/** What has to be sent to AWS so that a group has other members: requests of a hundred members, none replaced whole. */
export function requestsFor(before: readonly string[], after: readonly string[]) {
  const group = (members: readonly string[]) => ({ displayName: 'Staff', members: members.map((value) => ({ value })) })
  const { patches, notes } = diff(group(before), group(after), Group, APPS.aws)
  return { patches, said: notes.map(({ why }) => why) }
}
