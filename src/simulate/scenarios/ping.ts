// What PingFederate does: users by filter, POST and PUT, groups found by reading all of them.

import { ENTERPRISE_USER, type JsonObject, USER } from '../../protocol/index.ts'
import type { Consequence, Scenario } from '../scenario.ts'
import { deletes, eq, isList, LOOKS_GONE, LOOKS_MADE } from './parts.ts'
import { createsAgain, createsUser, deletesGroup, finds, looksUp, otherwise, patchedGroup, putActs } from './put.ts'

const FAILED: Consequence = { does: 'logs that the user could not be provisioned' }
const GROUP_FAILED: Consequence = { does: 'logs that the group could not be provisioned' }

const user = (changes: JsonObject): JsonObject => ({
  schemas: [USER, ENTERPRISE_USER],
  userName: '{{userName}}',
  externalId: '{{login}}',
  name: { givenName: '{{given}}', familyName: '{{family}}' },
  emails: [{ value: '{{userName}}', type: 'work', primary: true }],
  phoneNumbers: [{ value: '+1 555 010 0110', type: 'work' }],
  active: true,
  [ENTERPRISE_USER]: { department: '{{department}}' },
  ...changes,
})

/** PingFederate. */
export const PING: Scenario = {
  name: 'PingFederate',
  about: 'the SCIM provisioner: users by PUT as application/json, groups by PATCH',
  kind: 'ping',
  checked: '2026-11',
  sources: {
    provisioner: {
      title: 'Ping Identity documentation: SCIM Provisioner',
      how: 'documented',
    },
  },
  headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
  patience: { timeoutMs: 60_000 },
  reactions: [{ on: ['other', 'none', 'slow'], ...FAILED }],
  acts: [
    {
      act: 'joiner',
      title: 'people come into the scope of the channel',
      steps: [
        looksUp(eq('userName', 'userNameUrl'), [200]),
        createsUser(user({}), FAILED, { unless: 'found' }),
        LOOKS_MADE,
      ],
    },
    {
      act: 'existing',
      title: 'somebody has an account already',
      steps: [
        finds(
          eq('userName', 'userNameUrl'),
          { does: 'does not find the account that is there, and creates a second one' },
          { for: 'first' },
        ),
        createsAgain(
          user({}),
          'the duplicate is refused',
          { does: 'believes that it made a second account: the person now has two' },
          FAILED,
        ),
      ],
    },
    ...putActs((changes) => ({ ...user(changes), id: '{{u}}' }), FAILED),
    patchedGroup({
      before: [
        {
          name: 'read all groups, page by page',
          request: { method: 'GET', path: '/Groups?startIndex=1&count=100' },
          takes: [200],
          works: 'there is no group of this name yet',
          needs: [
            isList({
              does: 'cannot page through the groups, and creates the group a second time in each run',
              source: 'provisioner',
            }),
          ],
          reactions: otherwise(GROUP_FAILED),
        },
      ],
      create: { displayName: '{{groupName}}' },
      failed: GROUP_FAILED,
    }),
    {
      act: 'delete',
      title: 'people leave the scope, where the remove action is to delete',
      steps: [deletes('the account is deleted', FAILED), LOOKS_GONE, deletesGroup(GROUP_FAILED)],
    },
  ],
}
