// What OneLogin does: users by PUT from a template, groups named by rules, URLs that end in ? or &.

import { type JsonObject, USER } from '../../protocol/index.ts'
import type { Consequence, Scenario } from '../scenario.ts'
import { deletes, LOOKS_GONE, LOOKS_MADE } from './parts.ts'
import {
  createsAgain,
  createsUser,
  deletesGroup,
  finds,
  looksUp,
  otherwise,
  patchedGroup,
  putActs,
  tests,
} from './put.ts'

const FAILED: Consequence = { does: 'reports the provisioning of this user as failed, until an administrator acts' }
const GROUP_FAILED: Consequence = { does: 'reports that the group could not be provisioned' }
const FIND = 'filter=userName+eq+%22{{userNameUrl}}%22&'

const user = (changes: JsonObject): JsonObject => ({
  schemas: [USER],
  userName: '{{userName}}',
  externalId: '9{{number}}{{run}}',
  name: { givenName: '{{given}}', familyName: '{{family}}', formatted: '{{displayName}}' },
  emails: [{ value: '{{userName}}', type: 'work', primary: true }],
  displayName: '{{displayName}}',
  title: '{{title}}',
  active: true,
  ...changes,
})

/** OneLogin. */
export const ONELOGIN: Scenario = {
  name: 'OneLogin',
  about: 'the SCIM provisioner with the core template: users by PUT, groups by PATCH',
  kind: 'onelogin',
  checked: '2026-11',
  sources: {
    api: {
      title: 'OneLogin developer documentation: Implement RESTful SCIM APIs',
      url: 'https://developers.onelogin.com/scim/implement-scim-apis',
      how: 'documented',
    },
    log: {
      title: 'goauthentik/authentik issue 11249: access log of OneLogin calls',
      url: 'https://github.com/goauthentik/authentik/issues/11249',
      how: 'observed',
    },
  },
  headers: { 'Content-Type': 'application/scim+json', 'User-Agent': null },
  patience: { timeoutMs: 60_000 },
  reactions: [{ on: ['other', 'none', 'slow'], ...FAILED }],
  acts: [
    {
      act: 'connect',
      title: 'the connection is tested',
      steps: [
        tests(
          'look for a user who does not exist',
          '/Users?filter=userName+eq+%22onelogin-test-{{run}}%22',
          [200, 404],
          {
            does: 'reports that the connection could not be established, and provisioning cannot be enabled',
            source: 'api',
          },
        ),
      ],
    },
    {
      act: 'joiner',
      title: 'people get the app by a role',
      steps: [looksUp(FIND, [200, 404]), createsUser(user({}), FAILED, { unless: 'found' }), LOOKS_MADE],
    },
    {
      act: 'existing',
      title: 'somebody has an account already',
      steps: [
        finds(FIND, { does: 'does not find the account that is there, and creates a second one' }, { for: 'first' }),
        createsAgain(
          user({}),
          'the duplicate is refused',
          { does: 'believes that it made a second account: the person now has two' },
          FAILED,
        ),
      ],
    },
    ...putActs(user, FAILED, [], '/Users/{{uUrl}}?'),
    patchedGroup({
      before: [
        {
          name: 'read all groups',
          request: { method: 'GET', path: '/Groups?' },
          takes: [200],
          works: 'the groups are read, to find those that rules name',
          reactions: otherwise(GROUP_FAILED),
        },
      ],
      create: { displayName: '{{groupName}}' },
      failed: GROUP_FAILED,
      end: '?',
    }),
    {
      act: 'delete',
      title: 'people are deleted, where the app is set to delete',
      steps: [deletes('the account is deleted', FAILED), LOOKS_GONE, deletesGroup(GROUP_FAILED)],
    },
  ],
}
