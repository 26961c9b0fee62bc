// What authentik does: POSTs at once, searches after a 409, and sends one operation for each member.

import { GROUP, type JsonObject, USER } from '../../protocol/index.ts'
import type { ActStep, Consequence, Scenario } from '../scenario.ts'
import { ALL_IN, deletes, LOOKS_GONE, LOOKS_MADE, MEMBERS, OTHERS } from './parts.ts'
import { createsAgain, createsUser, deletesGroup, finds, otherwise, patchedGroup, putActs, putsUser } from './put.ts'

const source = 'client'
const FAILED: Consequence = {
  does: 'marks the sync of this object as failed, and tries it again at the next full sync',
  source,
}

const user = (changes: JsonObject): JsonObject => ({
  schemas: [USER],
  active: true,
  emails: [{ primary: true, type: 'other', value: '{{userName}}' }],
  externalId: 'ak{{uuid}}',
  name: { familyName: '{{family}}', formatted: '{{displayName}}', givenName: '{{given}}' },
  displayName: '{{displayName}}',
  userName: '{{userName}}',
  ...changes,
})

const BLIND: Consequence = {
  does: 'assumes that the server knows neither PATCH nor filters: it PUTs whole groups, and finds nobody after a 409',
  source,
}

/** What it reads before each sync, and believes. */
const CONFIGURATION: ActStep = {
  name: 'read what the server can do',
  request: { method: 'GET', path: '/ServiceProviderConfig' },
  takes: [200],
  works: 'it knows whether to PATCH and to search',
  needs: [
    {
      expect: {
        body: [
          { path: '$.patch.supported', op: 'type', value: 'boolean' },
          { path: '$.filter.supported', op: 'type', value: 'boolean' },
          { path: '$.bulk.maxOperations', op: 'type', value: 'integer' },
        ],
      },
      fault: 'warning',
      ...BLIND,
    },
  ],
  saveIfThere: { canPatch: '/patch/supported', canFilter: '/filter/supported' },
  reactions: [
    { on: ['none', 'slow'], stops: true, ...FAILED },
    { on: ['other'], fault: 'warning', ...BLIND },
  ],
}

const putsGroup = (name: string, list: 'members' | 'others'): ActStep => ({
  name,
  request: {
    method: 'PUT',
    path: '/Groups/{{gUrl}}',
    body: {
      schemas: [GROUP],
      id: '{{g}}',
      externalId: '{{uuid4}}',
      displayName: '{{groupName}}',
      members: list === 'members' ? MEMBERS : OTHERS,
    },
  },
  takes: [200, 204],
  works: 'the group is as in the sync',
  reactions: otherwise(FAILED),
})

/** authentik. */
export const AUTHENTIK: Scenario = {
  name: 'authentik',
  about: 'the SCIM provider in its default mode',
  kind: 'authentik',
  checked: '2026-11',
  sources: {
    client: {
      title: 'goauthentik/authentik, authentik/providers/scim/clients',
      url: 'https://github.com/goauthentik/authentik/tree/main/authentik/providers/scim/clients',
      how: 'derived',
    },
  },
  headers: { 'Content-Type': 'application/scim+json', Accept: 'application/scim+json' },
  contentTypeAlways: true,
  patience: { timeoutMs: 60_000, again: { on: [429], times: 3 } },
  reactions: [{ on: ['other', 'none', 'slow'], ...FAILED }],
  acts: [
    {
      act: 'joiner',
      title: 'a sync begins, and people come into its scope',
      steps: [
        CONFIGURATION,
        createsUser(user({}), FAILED, { name: 'create the account, without a look-up' }),
        LOOKS_MADE,
      ],
    },
    {
      act: 'existing',
      title: 'somebody has an account already',
      steps: [
        createsAgain(
          user({}),
          'the duplicate is refused, so it searches',
          { does: 'takes the second account for the right one: the person now has two', source },
          { does: 'takes it for a failure: it searches only after a 409', source },
        ),
        finds(
          'filter=userName%20eq%20{{userNameUrl}}',
          { does: 'cannot find the account after the 409, and fails at this person in each sync', source },
          { name: 'find the account, by a filter without quotes', for: 'first', when: 'canFilter' },
        ),
        {
          ...putsUser('take the account over', 'the account is taken over', { ...user({}), id: '{{u}}' }, FAILED),
          for: 'first',
          when: 'canFilter',
        },
      ],
    },
    ...putActs((changes) => ({ ...user(changes), id: '{{u}}' }), FAILED),
    patchedGroup({
      create: { externalId: '{{uuid4}}', displayName: '{{groupName}}' },
      failed: FAILED,
      add: [{ $each: 'members', item: { op: 'add', path: 'members', value: [{ value: '{{u}}' }] } }],
      instead: {
        unless: 'canPatch',
        add: putsGroup('replace the group with all its members', 'members'),
        remove: putsGroup('replace the group without one of them', 'others'),
      },
      after: [
        {
          name: 'read the group back, to send the difference',
          request: { method: 'GET', path: '/Groups/{{gUrl}}' },
          takes: [200],
          works: 'there is no difference',
          needs: [
            {
              expect: { body: [{ path: '$.members', op: 'length', value: '{{otherCount}}' }] },
              fault: 'warning',
              does: 'sends the difference again in each sync: the group does not show the members that it was given',
              source,
            },
          ],
          reactions: otherwise(FAILED),
        },
        {
          name: 'replace the whole group without a path',
          when: 'canPatch',
          request: {
            method: 'PATCH',
            path: '/Groups/{{gUrl}}',
            body: {
              schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
              Operations: [
                {
                  op: 'replace',
                  value: {
                    schemas: [GROUP],
                    externalId: '{{uuid4}}',
                    displayName: '{{groupName}}',
                    members: [{ $each: 'members', item: { value: '{{u}}' } }],
                  },
                },
              ],
            },
          },
          takes: [200, 204],
          works: 'the group is as in the sync',
          reactions: otherwise(FAILED),
        },
        {
          name: 'all are in again',
          when: 'canPatch',
          look: true,
          request: { method: 'GET', path: '/Groups/{{gUrl}}' },
          takes: [200],
          works: 'the group is as it should be',
          needs: [
            {
              expect: { body: ALL_IN },
              fault: 'unnoticed',
              does: 'believes that the group is as it was sent, and it is not',
            },
          ],
        },
      ],
    }),
    {
      act: 'delete',
      title: 'people leave the scope',
      steps: [deletes('the account is deleted', FAILED), LOOKS_GONE, deletesGroup(FAILED)],
    },
  ],
}
