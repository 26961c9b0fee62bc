import type { Change } from './contract/index.ts'

/** Ids that a log line names, joined and left together; beyond that it only counts. */
export const IDS_IN_LOG = 500

/** What a log line says of the members that came and went. */
export function loggedMembers(moved: NonNullable<Change['members']>): NonNullable<Change['members']> {
  const { added, removed } = moved
  return added + removed > IDS_IN_LOG ? { added, removed } : moved
}
