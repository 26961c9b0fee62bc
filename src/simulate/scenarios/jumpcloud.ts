// What JumpCloud does: a connection test that writes, users by PUT, groups by PATCH.

import { ENTERPRISE_USER, GROUP, type JsonObject, USER } from '../../protocol/index.ts'
import type { ActStep, Consequence, Scenario } from '../scenario.ts'
import { deletes, eq, hasId, LOOKS_GONE, LOOKS_MADE, lookAtGroup, patch } from './parts.ts'
import { createsAgain, createsUser, deletesGroup, otherwise, patchedGroup, putActs } from './put.ts'

const FAILED: Consequence = { does: 'reports the export of this user as failed' }
const GROUP_FAILED: Consequence = { does: 'reports the export of the group as failed' }
const TEST_FAILED: Consequence = {
  does: 'reports that the connection test has failed, and the integration cannot be activated',
  source: 'custom',
}

const user = (changes: JsonObject): JsonObject => ({
  active: true,
  addresses: [],
  displayName: '{{displayName}}',
  emails: [{ primary: true, type: 'work', value: '{{userName}}' }],
  externalId: '{{hex}}',
  locale: 'en-US',
  name: { familyName: '{{family}}', givenName: '{{given}}' },
  phoneNumbers: [{ primary: true, type: 'work', value: 'tel:+1-555-010-0130' }],
  preferredLanguage: 'en-US',
  schemas: [USER, ENTERPRISE_USER],
  userName: '{{userName}}',
  ...changes,
})

const makesTest = (name: string, path: string, body: JsonObject, saved: string): ActStep => ({
  name,
  request: { method: 'POST', path, body },
  takes: [200, 201],
  works: 'the server can create',
  needs: [hasId(TEST_FAILED)],
  save: { [saved]: '/id' },
  reactions: [
    { on: [401, 403, 'none', 'slow'], stops: true, ...TEST_FAILED },
    {
      on: [409],
      fault: 'warning',
      does: 'finds what an earlier activation has left, and needs another address for its test',
    },
    { on: ['other'], ...TEST_FAILED },
  ],
})

const removesTest = (name: string, path: string, after: string): ActStep => ({
  name,
  after,
  request: { method: 'DELETE', path },
  takes: [200, 202, 204],
  works: 'the server can delete',
  reactions: [
    {
      on: [404, 405, 501],
      fault: 'warning',
      does: 'turns the test account off instead where DELETE is missing: it stays on the server, and takes up a seat',
      source: 'custom',
    },
    { on: ['other'], ...TEST_FAILED },
  ],
})

const TEST_USER: JsonObject = {
  active: true,
  emails: [{ primary: true, type: 'work', value: 'jc-test-{{run}}@{{domain}}' }],
  name: { familyName: 'User', givenName: 'Test' },
  schemas: [USER],
  userName: 'jc-test-{{run}}@{{domain}}',
}

/** JumpCloud. */
export const JUMPCLOUD: Scenario = {
  name: 'JumpCloud',
  about: 'a custom SCIM 2.0 integration: users by PUT, groups by PATCH',
  kind: 'jumpcloud',
  checked: '2026-11',
  sources: {
    custom: {
      title: 'JumpCloud Support: Identity Management using a Custom SCIM Integration',
      how: 'documented',
    },
    bodies: {
      title: 'Paul-E/scim-v2-rust, src/test_data/jumpcloud_*.json: captured requests',
      url: 'https://github.com/Paul-E/scim-v2-rust',
      how: 'observed',
    },
  },
  headers: { 'Content-Type': 'application/scim+json' },
  patience: { timeoutMs: 60_000 },
  reactions: [{ on: ['other', 'none', 'slow'], ...FAILED }],
  acts: [
    {
      act: 'connect',
      title: 'the integration is activated',
      steps: [
        makesTest('create a test user', '/Users', TEST_USER, 'testUser'),
        makesTest('create a test group', '/Groups', { displayName: 'jc-test-{{run}}', schemas: [GROUP] }, 'testGroup'),
        removesTest('delete the test group', '/Groups/{{testGroupUrl}}', 'testGroup'),
        removesTest('delete the test user', '/Users/{{testUserUrl}}', 'testUser'),
        makesTest('create the test user again, as a second activation does', '/Users', TEST_USER, 'secondUser'),
        removesTest('delete it again', '/Users/{{secondUserUrl}}', 'secondUser'),
      ],
    },
    { act: 'joiner', title: 'people are bound to the app', steps: [createsUser(user({}), FAILED), LOOKS_MADE] },
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
    ...putActs((changes) => ({ ...user(changes), id: '{{u}}', addresses: [], phoneNumbers: [] }), FAILED),
    patchedGroup({
      before: [
        {
          name: 'look for a group of this name, to take it over',
          request: { method: 'GET', path: `/Groups?${eq('displayName', 'groupNameUrl')}` },
          takes: [200, 404],
          works: 'there is none yet',
          reactions: otherwise(GROUP_FAILED),
        },
      ],
      create: { displayName: '{{groupName}}' },
      failed: GROUP_FAILED,
      after: [
        {
          name: 'rename the group',
          request: {
            method: 'PATCH',
            path: '/Groups/{{gUrl}}',
            body: patch({ op: 'replace', value: { displayName: '{{newGroupName}}' } }),
          },
          takes: [200, 204],
          works: 'the group is renamed',
          reactions: otherwise(GROUP_FAILED),
        },
        lookAtGroup({
          name: 'the name is new, and the members have stayed',
          body: [
            { path: '$.displayName', op: 'eq', value: '{{newGroupName}}' },
            { path: '$.members', op: 'length', value: '{{otherCount}}' },
          ],
          does: 'believes that the group has its new name and all its members, and it has not',
        }),
      ],
    }),
    {
      act: 'delete',
      title: 'a managed group is deleted, and with it the accounts of the run',
      steps: [deletesGroup(GROUP_FAILED), deletes('the account is deleted', FAILED), LOOKS_GONE],
    },
  ],
}
