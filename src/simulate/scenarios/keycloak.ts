// What the SCIM event listener of Keycloak does: POST without a look-up, PUT on every change.

import { GROUP, type JsonObject, USER } from '../../protocol/index.ts'
import type { ActStep, Consequence, Scenario } from '../scenario.ts'
import { deletes, hasId, LOOKS_GONE, LOOKS_MADE } from './parts.ts'
import { createsAgain, createsUser, deletesGroup, LOOKS_ALL_IN, LOOKS_FIRST_OUT, otherwise, putActs } from './put.ts'

const source = 'extension'
const FAILED: Consequence = { does: 'logs an error, and does not try again', source }

const user = (changes: JsonObject): JsonObject => ({
  schemas: [USER],
  externalId: 'kc-{{uuid}}',
  userName: '{{userName}}',
  displayName: '{{displayName}}',
  name: { givenName: '{{given}}', familyName: '{{family}}' },
  emails: [{ value: '{{userName}}' }],
  active: true,
  roles: [{ value: 'viewer' }],
  ...changes,
})

const member = (list: 'members' | 'others') => [{ $each: list, item: { value: '{{u}}', $ref: 'Users/{{u}}' } }]

const replaces = (name: string, works: string, list: 'members' | 'others'): ActStep => ({
  name,
  request: {
    method: 'PUT',
    path: '/Groups/{{gUrl}}',
    body: {
      schemas: [GROUP],
      id: '{{g}}',
      externalId: 'kc-{{uuid4}}',
      displayName: '{{groupName}}',
      members: member(list),
    },
  },
  takes: [200, 204],
  works,
  reactions: otherwise(FAILED),
})

/** Keycloak, by the extension of libre.sh that mitodl keeps. */
export const KEYCLOAK: Scenario = {
  name: 'Keycloak',
  about: 'the event listener extension keycloak-scim (libre.sh, mitodl): Keycloak itself sends no SCIM',
  kind: 'keycloak',
  checked: '2026-11',
  sources: {
    extension: {
      title: 'mitodl/keycloak-scim, src/main/java/sh/libre/scim',
      url: 'https://github.com/mitodl/keycloak-scim',
      how: 'derived',
    },
  },
  headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
  contentTypeAlways: true,
  patience: { timeoutMs: 5_000 },
  reactions: [
    { on: ['slow'], does: 'gives up after five seconds, and tries up to ten times with growing pauses', source },
    { on: ['none'], does: 'tries up to ten times with growing pauses', source },
    { on: ['other'], ...FAILED },
  ],
  acts: [
    {
      act: 'joiner',
      title: 'people register',
      steps: [
        createsUser(user({}), FAILED, {
          name: 'create the account, without a look-up',
          reactions: [
            { on: [409], does: 'leaves the person without a mapping: no change of theirs is sent any more', source },
            { on: ['other'], ...FAILED },
          ],
        }),
        LOOKS_MADE,
      ],
    },
    {
      act: 'existing',
      title: 'somebody has an account already',
      steps: [
        createsAgain(
          user({}),
          'the duplicate is refused. There is no look-up, so that the person stays without a mapping',
          { does: 'maps the person to a second account: they now have two', source },
          FAILED,
        ),
      ],
    },
    ...putActs((changes) => ({ ...user(changes), id: '{{u}}' }), FAILED),
    {
      act: 'group',
      title: 'a group is made, and people join it',
      steps: [
        {
          name: 'create the group, without a members key',
          request: {
            method: 'POST',
            path: '/Groups',
            body: { schemas: [GROUP], externalId: 'kc-{{uuid4}}', displayName: '{{groupName}}' },
          },
          takes: [200, 201],
          works: 'the group is created, and its id is kept',
          needs: [hasId(FAILED)],
          save: { g: '/id' },
          reactions: otherwise(FAILED),
        },
        replaces('people join: replace the group', 'the group has its members', 'members'),
        LOOKS_ALL_IN,
        replaces('one leaves: replace the group', 'the group has its members', 'others'),
        LOOKS_FIRST_OUT,
      ],
    },
    {
      act: 'delete',
      title: 'people are deleted',
      steps: [deletes('the account is deleted', FAILED), LOOKS_GONE, deletesGroup(FAILED)],
    },
  ],
}
