// The map of a SCIM app that has none of its own.

import type { AppProfile, JsonObject } from '../../../protocol/index.ts'
import { ENTERPRISE_USER } from '../../../protocol/index.ts'
import type { AccountType } from '../../contract/index.ts'

/** Attributes of people that go along as they are. */
const COPIED = [
  'userName',
  'name.givenName',
  'name.familyName',
  'displayName',
  'title',
  'preferredLanguage',
  'locale',
  'timezone',
  'emails',
  'phoneNumbers',
  'active',
  `${ENTERPRISE_USER}:employeeNumber`,
  `${ENTERPRISE_USER}:department`,
]

/** The map of an app that has none of its own: what most apps keep, without what this one doesn't. */
export function defaultMap({ user, group }: AppProfile): { readonly [type in AccountType]?: JsonObject } {
  const kept = (drop: readonly string[], rules: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(rules).filter(([path]) => !drop.some((each) => path === each)))
  const users = {
    externalId: { from: 'id' },
    ...Object.fromEntries(COPIED.map((path) => [path, { from: path }])),
    [`${ENTERPRISE_USER}:manager`]: { ref: `${ENTERPRISE_USER}:manager` },
  }
  if (!group.offered) return { User: kept(user.drop, users) }
  const groups = {
    externalId: { from: 'id' },
    displayName: { from: 'displayName' },
    members: { refs: 'members', nested: group.members.nested ? 'keep' : 'flatten' },
  }
  return { User: kept(user.drop, users), Group: kept(group.drop, groups) }
}
