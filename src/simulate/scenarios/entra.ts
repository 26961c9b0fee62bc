// What Microsoft Entra ID does: PATCH only, in its default dialect or with the flag aadOptscim062020.

import { ENTERPRISE_USER, GROUP, type JsonObject, USER } from '../../protocol/index.ts'
import type { Act, ActStep, Reaction, Scenario } from '../scenario.ts'
import { DEFAULT, type Dialect, FLAG } from './entra-dialects.ts'
import {
  because,
  INCOMPATIBLE,
  type Key,
  REACTIONS,
  RETRIED,
  SOURCES,
  UNREADABLE,
  WEB_RESPONSE,
} from './entra-facts.ts'
import {
  ALL_IN,
  deletes,
  eq,
  FIRST_OUT,
  findsAccount,
  findsNobodyElse,
  hasId,
  isList,
  LOOKS_GONE,
  LOOKS_MADE,
  LOOKS_MOVED,
  LOOKS_OFF,
  LOOKS_ON,
  lookAtGroup,
  lookAtPerson,
  patch,
} from './parts.ts'

const testFailed = (source: Key): readonly Reaction[] => {
  const refused = because(
    'reports that the test has failed, and the configuration cannot be saved',
    source,
    INCOMPATIBLE,
  )
  return [
    { on: [401, 403, 'none', 'slow'], stops: true, does: refused.does },
    { on: ['other'], ...refused },
  ]
}

function probes(name: string, path: string, source: Key): ActStep {
  const notEmpty = because('reports that the test has failed: the right answer is an empty list', source, INCOMPATIBLE)
  return {
    name,
    request: { method: 'GET', path },
    takes: [200],
    works: 'nothing is found, as it should be',
    needs: [
      isList(notEmpty),
      { expect: { body: [{ path: '$.Resources', op: 'length', value: 0 }] }, ...notEmpty },
      {
        expect: { headers: { 'Content-Type': { begins: 'application/scim+json' } } },
        fault: 'warning',
        ...because('is documented to need application/scim+json', 'scim'),
      },
    ],
    reactions: testFailed(source),
  }
}

const CONNECT: Act = {
  act: 'connect',
  title: 'the connection is tested',
  steps: [
    probes('look for a user that cannot exist', `/Users?${eq('userName', 'uuid1', '+')}`, 'scim'),
    probes(
      'look for a group that cannot exist, even when only users are provisioned',
      `/Groups?excludedAttributes=members&${eq('displayName', 'uuid2', '+')}`,
      'groups',
    ),
  ],
}

const FIND = `/Users?${eq('userName', 'userName', '+')}`

const NEW_USER: JsonObject = {
  schemas: [USER, ENTERPRISE_USER],
  externalId: '{{uuid}}',
  userName: '{{userName}}',
  active: true,
  displayName: '{{displayName}}',
  emails: [{ primary: true, type: 'work', value: '{{userName}}' }],
  meta: { resourceType: 'User' },
  name: { formatted: '{{displayName}}', familyName: '{{family}}', givenName: '{{given}}' },
  roles: [],
}

const JOINER: Act = {
  act: 'joiner',
  title: 'people are assigned to the app',
  steps: [
    {
      name: 'match',
      for: 'person',
      request: { method: 'GET', path: FIND },
      takes: [200],
      works: 'there is nobody of this name yet',
      needs: [isList(UNREADABLE), ...findsNobodyElse('this person')],
      saveIfThere: { found: '/Resources/0/id' },
    },
    {
      name: 'create the account',
      for: 'person',
      unless: 'found',
      request: { method: 'POST', path: '/Users', body: NEW_USER },
      takes: [200, 201],
      works: 'the account is created, and linked by the id of the answer',
      needs: [
        hasId(UNREADABLE),
        {
          expect: { body: [{ path: '$.externalId', op: 'eq', value: '{{uuid}}' }] },
          fault: 'warning',
          ...because('sees a difference, and sends externalId again in each cycle', 'resent'),
        },
      ],
      save: { u: '/id' },
    },
    LOOKS_MADE,
  ],
}

const EXISTING: Act = {
  act: 'existing',
  title: 'somebody has an account already',
  steps: [
    {
      name: 'match in capitals',
      for: 'first',
      after: 'u',
      request: { method: 'GET', path: `/Users?${eq('userName', 'userNameUpper', '+')}` },
      takes: [200],
      works: 'the account is found, and linked',
      needs: [findsAccount(because('does not find the account, and creates a second one', 'duplicates'))],
    },
    {
      name: 'match by externalId',
      for: 'first',
      after: 'u',
      request: { method: 'GET', path: `/Users?${eq('externalId', 'uuid', '+')}` },
      takes: [200],
      works: 'the account is found by externalId too, where that is the matching attribute',
      needs: [
        {
          ...findsAccount(
            because('does not find the account where it matches by externalId, and creates a second one', 'duplicates'),
          ),
          fault: 'warning',
        },
      ],
    },
    {
      name: 'create the account a second time',
      for: 'first',
      after: 'u',
      request: { method: 'POST', path: '/Users', body: NEW_USER },
      takes: [409],
      works: 'the duplicate is refused, and the reason is in the log',
      reactions: [
        {
          on: [200, 201],
          ...because('fails the check of its validator: the person now has two accounts', 'validator'),
        },
        {
          on: ['other'],
          ...because('fails the check of its validator: a duplicate must be refused with 409', 'validator'),
        },
      ],
    },
  ],
}

const personPatch = (name: string, works: string, ...operations: readonly JsonObject[]): ActStep => ({
  name,
  for: 'person',
  after: 'u',
  request: { method: 'PATCH', path: '/Users/{{uUrl}}', body: patch(...operations) },
  takes: [200, 204],
  works,
})

const groupPatch = (name: string, works: string, ...operations: readonly JsonObject[]): ActStep => ({
  name,
  request: { method: 'PATCH', path: '/Groups/{{gUrl}}', body: patch(...operations) },
  takes: [200, 204],
  works,
})

const AGAIN = 'sees a difference, and sends the same again in each cycle'

function moverAct(dialect: Dialect): Act {
  return {
    act: 'mover',
    title: 'people change their names and departments, and one gets a manager',
    steps: [
      personPatch('send what has changed', 'the change is made', ...dialect.changes),
      LOOKS_MOVED,
      lookAtPerson({
        name: 'title and department come back as sent',
        fault: 'warning',
        body: [
          { path: '$.title', op: 'eq', value: '{{newTitle}}' },
          { path: `$["${ENTERPRISE_USER}"].department`, op: 'eq', value: '{{newDepartment}}' },
        ],
        does: AGAIN,
        source: 'resent',
      }),
      {
        ...personPatch('set the manager', 'the manager is set', {
          op: dialect.add,
          path: `${ENTERPRISE_USER}:manager`,
          value: '{{boss}}',
        }),
        for: 'first',
        when: 'boss',
      },
      {
        ...lookAtPerson({
          name: 'the manager comes back as an object',
          for: 'first',
          fault: 'warning',
          body: [{ path: `$["${ENTERPRISE_USER}"].manager.value`, op: 'eq', value: '{{boss}}' }],
          does: AGAIN,
          source: 'resent',
        }),
        when: 'boss',
      },
    ],
  }
}

function groupAct(dialect: Dialect): Act {
  return {
    act: 'group',
    title: 'a group is provisioned',
    steps: [
      {
        name: 'match the group by name',
        request: {
          method: 'GET',
          path: `/Groups?excludedAttributes=members&${eq('displayName', 'groupNameForm', '+')}`,
        },
        takes: [200],
        works: 'there is no group of this name yet',
        needs: [
          isList(UNREADABLE),
          {
            expect: { body: [{ path: '$.Resources[*].displayName', op: 'only', value: '{{groupName}}' }] },
            does: 'takes a group of the answer, which is another one, and changes its members from now on',
          },
        ],
      },
      {
        name: 'create the group, without members',
        request: {
          method: 'POST',
          path: '/Groups',
          body: {
            schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
            externalId: '{{uuid3}}',
            displayName: '{{groupName}}',
            meta: { resourceType: 'Group' },
          },
        },
        takes: [200, 201],
        works: 'the group is created, and linked',
        needs: [hasId(UNREADABLE)],
        save: { g: '/id' },
      },
      {
        name: 'read the group without members',
        request: { method: 'GET', path: '/Groups/{{gUrl}}?excludedAttributes=members' },
        takes: [200],
        works: 'the group is read',
        needs: [hasId(UNREADABLE)],
      },
      groupPatch('add the members', 'the members are added', dialect.addMembers),
      lookAtGroup({
        name: 'all are in',
        body: ALL_IN,
        does: 'believes that all of them are in the group, and they are not',
      }),
      groupPatch('remove one member', 'the member is removed', dialect.removeMember),
      lookAtGroup({
        name: 'one is out, and the others have stayed',
        body: FIRST_OUT,
        does: 'believes that one member has left, and the group has others than it should have',
        source: 'emptied',
      }),
      groupPatch('rename the group', 'the group is renamed', {
        op: dialect.replace,
        path: 'displayName',
        value: '{{newGroupName}}',
      }),
      lookAtGroup({
        name: 'the name is new, and the members have stayed',
        body: [{ path: '$.displayName', op: 'eq', value: '{{newGroupName}}' }, ...FIRST_OUT],
        does: 'believes that the group has its new name and all its members, and it has not',
      }),
    ],
  }
}

function actsOf(dialect: Dialect): readonly Act[] {
  const active = (value: string | boolean): JsonObject => ({ op: dialect.replace, path: 'active', value })
  return [
    CONNECT,
    JOINER,
    EXISTING,
    moverAct(dialect),
    groupAct(dialect),
    {
      act: 'leaver',
      title: 'people are unassigned, disabled or deleted for the time being',
      steps: [personPatch('turn the account off', 'the account is off', active(dialect.off)), LOOKS_OFF],
    },
    {
      act: 'returner',
      title: 'people come back',
      steps: [
        {
          name: 'match again',
          for: 'person',
          after: 'u',
          request: { method: 'GET', path: FIND },
          takes: [200],
          works: 'the account is found again',
          needs: [
            findsAccount(
              because('does not find the account that it turned off, and creates a second one', 'duplicates'),
            ),
          ],
        },
        personPatch('turn the account on', 'the account is on again', active(dialect.on)),
        LOOKS_ON,
      ],
    },
    {
      act: 'delete',
      title: 'people are deleted for good, 30 days after they were turned off',
      steps: [
        deletes('the account is deleted', because(RETRIED, 'message', WEB_RESPONSE)),
        LOOKS_GONE,
        {
          name: 'delete the group',
          after: 'g',
          request: { method: 'DELETE', path: '/Groups/{{gUrl}}' },
          takes: [200, 202, 204, 404],
          works: 'the group is deleted',
        },
      ],
    },
  ]
}

const ABOUT = {
  name: 'Microsoft Entra ID',
  kind: 'entra',
  checked: '2026-11',
  sources: SOURCES,
  headers: { 'Content-Type': 'application/scim+json; charset=utf-8', 'User-Agent': null },
  // How long it waits is not documented.
  patience: { timeoutMs: 60_000 },
  reactions: REACTIONS,
} as const satisfies Partial<Scenario>

/** The default dialect: capitalised operations, booleans as text, members removed by a list of values. */
export const ENTRA: Scenario = {
  ...ABOUT,
  about: 'the default dialect: capitalised operations, booleans as text',
  acts: actsOf(DEFAULT),
}

/** With the flag aadOptscim062020: lower case, real booleans, a path for each member that is removed. */
export const ENTRA_FLAG: Scenario = {
  ...ABOUT,
  about: 'with ?aadOptscim062020 in the tenant URL: the dialect that keeps to the RFC',
  acts: actsOf(FLAG),
}
