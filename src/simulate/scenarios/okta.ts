// What Okta does: custom apps, which PUT everything, and catalogue apps, which PATCH what is not a profile.

import { GROUP, type JsonObject, USER } from '../../protocol/index.ts'
import type { Act, ActStep, Consequence, Need, Reaction, Scenario } from '../scenario.ts'
import { because, CONNECTOR, REACTIONS, REPORTED, SOURCES, TASKS } from './okta-facts.ts'
import {
  ALL_IN,
  eq,
  FIRST_OUT,
  findsAccount,
  findsNobodyElse,
  hasId,
  isList,
  LOOKS_MADE,
  LOOKS_MOVED,
  LOOKS_OFF,
  LOOKS_ON,
  lookAtGroup,
  patch,
} from './parts.ts'

const FIND = `/Users?${eq('userName', 'userNameUrl')}&startIndex=1&count=100`

function connectStep(name: string, path: string): ActStep {
  const refused = because(
    'shows a red error, and provisioning cannot be switched on',
    'test',
    `Error authenticating: {{phrase}}. ${CONNECTOR}`,
  )
  return {
    name,
    request: { method: 'GET', path },
    takes: [200],
    works: 'the connection is tested and saved',
    needs: [isList(because('refuses the list: its numbers must be numbers', 'spec'))],
    reactions: [
      { on: [401, 403], stops: true, ...refused },
      { on: ['none', 'slow'], stops: true, ...because(refused.does, 'timeout', 'Error authenticating: {{phrase}}') },
      { on: ['other'], ...refused },
    ],
  }
}

const CONNECT: Act = {
  act: 'connect',
  title: 'the connection is tested',
  steps: [
    connectStep('list users', '/Users?startIndex=1&count=2'),
    connectStep('list groups', '/Groups?startIndex=1&count=100'),
  ],
}

const verifies = (needs: readonly Need[], works: string): ActStep => ({
  name: 'look the person up',
  for: 'person',
  request: { method: 'GET', path: FIND },
  takes: [200, 404],
  works,
  needs,
  saveIfThere: { found: '/Resources/0/id' },
  reactions: [
    {
      on: ['other'],
      ...because(
        `marks the assignment as failed, and ${TASKS}`,
        'verify',
        `Automatic provisioning of user {{displayName}} to app … failed: Error while verifying if user {{userName}} exists: ${REPORTED}`,
      ),
    },
  ],
})

/** The body of a create. The password is one that Okta throws away. */
const NEW_USER: JsonObject = {
  schemas: [USER],
  userName: '{{userName}}',
  name: { givenName: '{{given}}', familyName: '{{family}}' },
  emails: [{ primary: true, value: '{{userName}}', type: 'work' }],
  displayName: '{{displayName}}',
  locale: 'en-US',
  externalId: '00u{{hex}}',
  groups: [],
  password: '9xk2mPq1-{{hex}}',
  active: true,
}

const created = (failed: string): Reaction => ({
  on: ['other'],
  ...because(
    `marks the assignment as failed, and ${TASKS}`,
    'conflict',
    `Automatic provisioning of user {{displayName}} to app … failed: Error while creating user {{userName}}: ${failed}`,
  ),
})

const JOINER: Act = {
  act: 'joiner',
  title: 'people are assigned to the app',
  steps: [
    verifies(findsNobodyElse('this person'), 'there is nobody of this name yet'),
    {
      name: 'create the account',
      for: 'person',
      unless: 'found',
      request: { method: 'POST', path: '/Users', body: NEW_USER },
      takes: [200, 201],
      works: 'the person is provisioned, and linked by the id of the answer',
      needs: [
        hasId(
          because(`marks the assignment as failed, and ${TASKS}`, 'reference', 'Create new user returned empty user'),
        ),
        { expect: { status: 201 }, fault: 'warning', ...because('expects 201 for a create', 'reference') },
      ],
      save: { u: '/id' },
      reactions: [created(REPORTED)],
    },
    LOOKS_MADE,
  ],
}

const EXISTING: Act = {
  act: 'existing',
  title: 'somebody has an account already',
  steps: [
    {
      name: 'look the person up in capitals',
      for: 'first',
      after: 'u',
      request: { method: 'GET', path: `/Users?${eq('userName', 'userNameUpper')}&startIndex=1&count=100` },
      takes: [200],
      works: 'the account is found, and linked',
      needs: [
        findsAccount(because('fails its test of the integration: names must compare without regard to case', 'spec')),
      ],
    },
    {
      name: 'create the account a second time',
      for: 'first',
      after: 'u',
      request: { method: 'POST', path: '/Users', body: NEW_USER },
      takes: [409],
      works: 'the job stops, and shows the detail of the answer',
      needs: [
        {
          expect: { body: [{ path: '$.detail', op: 'type', value: 'string' }] },
          fault: 'warning',
          ...because('has no reason to show to the administrator', 'tasks'),
        },
      ],
      reactions: [
        { on: [200, 201], ...because('fails its test of the integration: the person now has two accounts', 'spec') },
        {
          on: ['other'],
          ...because('fails its test of the integration: a duplicate must be refused with 409', 'spec'),
        },
      ],
    },
  ],
}

/** Reads the account, then PUTs what was read with the changes over it: read-only attributes included. */
function replaces(name: string, works: string, changes: JsonObject, needs: readonly Need[], failed: Consequence) {
  const read: ActStep = {
    name: 'read the account',
    for: 'person',
    after: 'u',
    request: { method: 'GET', path: '/Users/{{uUrl}}' },
    takes: [200],
    works: 'the account is read, to send it back with the change',
    needs: [hasId(failed)],
    save: { was: '' },
    reactions: [{ on: ['other'], ...failed }],
  }
  const put: ActStep = {
    name,
    for: 'person',
    after: 'u',
    request: { method: 'PUT', path: '/Users/{{uUrl}}', body: { $merge: ['{{was}}', { groups: [] }, changes] } },
    takes: [200],
    works,
    needs: [hasId(failed), ...needs],
    reactions: [{ on: ['other'], ...failed }],
  }
  return [read, put]
}

const PUSH_FAILED = because(
  `marks the profile push as failed, and ${TASKS}`,
  'profile',
  `Automatic profile push of user {{displayName}} to app … failed: Error while trying to push profile update for {{userName}}: ${REPORTED}`,
)

const MOVER: Act = {
  act: 'mover',
  title: 'people change their names',
  steps: [
    ...replaces(
      'push the profile',
      'the profile is pushed',
      {
        name: { givenName: '{{given}}', middleName: '', familyName: '{{newFamily}}' },
        displayName: '{{newDisplayName}}',
      },
      [],
      PUSH_FAILED,
    ),
    LOOKS_MOVED,
  ],
}

const OFF_FAILED = because(`marks the deactivation as failed, and ${TASKS}: the person keeps their access`, 'tasks')
const ON_FAILED = because(
  `marks the assignment as failed, forgets the account, and will not turn it off when the person leaves again`,
  'unlinked',
)
const IS_ON: Need = {
  expect: { bodyOptional: true, body: [{ path: '$.active', op: 'eq', value: true }] },
  ...because(
    'reports a delay in reactivating the remote user: the answer does not say that it is active',
    'reactivation',
  ),
}

const verifiesAgain = verifies(
  [findsAccount({ does: 'does not find the account that it turned off, and tries to create a second one' })],
  'the account is found again',
)

const GROUP_ERRORS =
  'marks the push as failed, and lists the group under Push Groups > Errors, until an administrator retries it'
const GROUP_FAILED: readonly Reaction[] = [
  { on: [400], ...because(`${GROUP_ERRORS}; a 400 is final, so that whatever came with it is lost`, 'final') },
  { on: [501], ...because(`${GROUP_ERRORS}; it does not try PUT instead`, 'patch') },
  { on: ['other'], ...because(GROUP_ERRORS, 'groups') },
]

const pushes = (name: string, works: string, request: ActStep['request']): ActStep => ({
  name,
  request,
  takes: [200, 204],
  works,
  reactions: GROUP_FAILED,
})

const put = (body: JsonObject): ActStep['request'] => ({ method: 'PUT', path: '/Groups/{{gUrl}}', body })
const change = (...operations: readonly JsonObject[]): ActStep['request'] => ({
  method: 'PATCH',
  path: '/Groups/{{gUrl}}',
  body: patch(...operations),
})

const member = { value: '{{u}}', display: '{{userName}}' }
const ALL = [{ $each: 'members', item: member }]
const REST = [{ $each: 'others', item: member }]

function groupAct(add: ActStep['request'], remove: ActStep['request'], rename: ActStep['request']): Act {
  return {
    act: 'group',
    title: 'a group is pushed',
    steps: [
      {
        name: 'look the group up',
        request: { method: 'GET', path: `/Groups?${eq('displayName', 'groupNameUrl')}&startIndex=1&count=100` },
        takes: [200],
        works: 'there is no group of this name yet',
        needs: [
          {
            expect: { body: [{ path: '$.Resources[*].displayName', op: 'only', value: '{{groupName}}' }] },
            does: 'takes a group of the answer, which is another one, and changes its members from now on',
          },
        ],
        reactions: GROUP_FAILED,
      },
      {
        name: 'create the group, empty',
        request: {
          method: 'POST',
          path: '/Groups',
          body: { schemas: [GROUP], displayName: '{{groupName}}', members: [] },
        },
        takes: [200, 201],
        works: 'the group is created, and linked',
        needs: [hasId(because(GROUP_ERRORS, 'groups'))],
        save: { g: '/id' },
        reactions: GROUP_FAILED,
      },
      pushes('push the members', 'the members are pushed', add),
      lookAtGroup({
        name: 'all are in',
        body: ALL_IN,
        does: 'believes that all of them are in the group, and they are not',
      }),
      pushes('take one member out', 'the member is taken out', remove),
      lookAtGroup({
        name: 'one is out, and the others have stayed',
        body: FIRST_OUT,
        does: 'believes that one member has left, and the group has others than it should have',
      }),
      pushes('rename the group', 'the group is renamed', rename),
      lookAtGroup({
        name: 'the name is new, and the members have stayed',
        body: [{ path: '$.displayName', op: 'eq', value: '{{newGroupName}}' }, ...FIRST_OUT],
        does: 'believes that the group has its new name and all its members, and it has not',
      }),
    ],
  }
}

const ABOUT = {
  name: 'Okta',
  kind: 'okta',
  checked: '2026-11',
  sources: SOURCES,
  headers: {
    Accept: 'application/scim+json',
    'Accept-Charset': 'utf-8',
    'Content-Type': 'application/scim+json; charset=utf-8',
    'User-Agent': 'Okta SCIM Client 1.0.0',
  },
  // 429 slows it down; how often it comes again is not documented.
  patience: { timeoutMs: 60_000, again: { on: [429], times: 3 } },
  reactions: REACTIONS,
} as const satisfies Partial<Scenario>

/** A custom app, made with the App Integration Wizard: everything is a PUT. */
export const OKTA: Scenario = {
  ...ABOUT,
  about: 'a custom app, made with the App Integration Wizard: everything is a PUT',
  acts: [
    CONNECT,
    JOINER,
    EXISTING,
    MOVER,
    groupAct(
      put({ schemas: [GROUP], displayName: '{{groupName}}', members: ALL }),
      put({ schemas: [GROUP], displayName: '{{groupName}}', members: REST }),
      put({ schemas: [GROUP], id: '{{g}}', displayName: '{{newGroupName}}', members: REST }),
    ),
    {
      act: 'leaver',
      title: 'people are unassigned',
      steps: [...replaces('turn the account off', 'the account is off', { active: false }, [], OFF_FAILED), LOOKS_OFF],
    },
    {
      act: 'returner',
      title: 'people are assigned again',
      steps: [
        verifiesAgain,
        ...replaces('turn the account on', 'the account is on again', { active: true }, [IS_ON], ON_FAILED),
        LOOKS_ON,
      ],
    },
  ],
}

/** Turns an account off or on without a path: what the value does not name must stay. */
const switches = (active: boolean, needs: readonly Need[], failed: Consequence): ActStep => ({
  name: active ? 'turn the account on' : 'turn the account off',
  for: 'person',
  after: 'u',
  request: { method: 'PATCH', path: '/Users/{{uUrl}}', body: patch({ op: 'replace', value: { active } }) },
  takes: [200, 204],
  works: active ? 'the account is on again' : 'the account is off',
  needs,
  reactions: [{ on: ['other'], ...failed }],
})

/** An app of the catalogue, the public SCIM templates among them: PATCH for activation and groups, PUT for profiles. */
export const OKTA_OIN: Scenario = {
  ...ABOUT,
  about: 'an app of the catalogue (OIN) or a SCIM template: PUT for profiles, PATCH for all else',
  acts: [
    CONNECT,
    JOINER,
    EXISTING,
    MOVER,
    groupAct(
      change({ op: 'add', path: 'members', value: ALL }),
      change({ op: 'remove', path: 'members[value eq "{{firstU}}"]' }),
      change({ op: 'replace', value: { id: '{{g}}', displayName: '{{newGroupName}}' } }),
    ),
    { act: 'leaver', title: 'people are unassigned', steps: [switches(false, [], OFF_FAILED), LOOKS_OFF] },
    {
      act: 'returner',
      title: 'people are assigned again',
      steps: [verifiesAgain, switches(true, [IS_ON], ON_FAILED), LOOKS_ON],
    },
  ],
}
