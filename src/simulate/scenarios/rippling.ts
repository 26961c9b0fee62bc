// What Rippling does: keeps its own picture of the app by listing everybody, users by PUT, groups by PATCH.

import { type JsonObject, USER } from '../../protocol/index.ts'
import type { ActStep, Consequence, Scenario } from '../scenario.ts'
import { eq, isList, LOOKS_MADE } from './parts.ts'
import { createsAgain, createsUser, finds, patchedGroup, putActs, tests } from './put.ts'

const source = 'bridge'
const FAILED: Consequence = { does: 'reports that the account could not be provisioned' }
const GROUP_FAILED: Consequence = { does: 'reports that the group could not be provisioned' }
const NOT_READ: Consequence = { does: 'cannot read who has an account, and the app cannot be connected', source }

const user = (changes: JsonObject): JsonObject => ({
  schemas: [USER],
  userName: '{{userName}}',
  externalId: 'rip-{{uuid}}',
  name: { givenName: '{{given}}', familyName: '{{family}}' },
  emails: [{ value: '{{userName}}', primary: true }],
  active: true,
  ...changes,
})

/** Whoever is not listed is not there for it: also right after the create, and when the account is off. */
const LISTED: ActStep = finds(
  `${eq('userName', 'userNameUrl')}&startIndex=1&count=100`,
  {
    does: 'takes the person for somebody without an account: whoever is missing from its listing is gone for it',
    source,
  },
  { name: 'the person is in the listing', works: 'the person has an account' },
)

/** Rippling. */
export const RIPPLING: Scenario = {
  name: 'Rippling',
  about: 'a custom app with users, and groups by PATCH',
  kind: 'rippling',
  checked: '2026-11',
  sources: {
    bridge: {
      title: 'petr-tichy/cloudflare-scim: a bridge built and tested against a custom app of Rippling',
      url: 'https://github.com/petr-tichy/cloudflare-scim',
      how: 'derived',
    },
    setup: {
      title: 'WorkOS documentation: Rippling SCIM',
      url: 'https://workos.com/docs/integrations/rippling-scim',
      how: 'documented',
    },
  },
  headers: { 'Content-Type': 'application/scim+json' },
  patience: { timeoutMs: 60_000 },
  reactions: [{ on: ['other', 'none', 'slow'], ...FAILED }],
  acts: [
    {
      act: 'connect',
      title: 'the app is connected, and read',
      steps: [
        tests('list users', '/Users?startIndex=1&count=100', [200], NOT_READ, [isList(NOT_READ)]),
        tests('list groups', '/Groups?startIndex=1&count=100', [200], NOT_READ, [isList(NOT_READ)]),
      ],
    },
    { act: 'joiner', title: 'people are hired', steps: [createsUser(user({}), FAILED), LISTED, LOOKS_MADE] },
    {
      act: 'existing',
      title: 'somebody has an account already',
      steps: [
        createsAgain(
          user({}),
          'the duplicate is refused',
          { does: 'believes that it made a second account: the person now has two' },
          FAILED,
        ),
      ],
    },
    ...putActs(user, FAILED).map((act) => (act.act === 'leaver' ? { ...act, steps: [...act.steps, LISTED] } : act)),
    patchedGroup({ create: { displayName: '{{groupName}}' }, failed: GROUP_FAILED }),
  ],
}
