// What Auth0's outbound SCIM does: events become POST, PUT and DELETE within a second and a half.

import { type JsonObject, USER } from '../../protocol/index.ts'
import type { ActStep, Consequence, Scenario } from '../scenario.ts'
import { deletes, eq, hasId, LOOKS_GONE, LOOKS_MADE } from './parts.ts'
import { createsAgain, createsUser, finds, putActs } from './put.ts'

const source = 'outbound'
const FAILED: Consequence = { does: 'marks the delivery of this event as failed; it may deliver it again', source }
const SHAPE: Consequence = {
  does: 'marks the delivery as failed: the answer has not the shape that it needs',
  source,
  shows: 'invalid response shape',
}

const user = (changes: JsonObject): JsonObject => ({
  schemas: [USER],
  externalId: 'auth0|{{hex}}',
  active: true,
  userName: '{{userName}}',
  emails: [{ value: '{{userName}}', type: 'work', primary: true }],
  name: { givenName: '{{given}}', familyName: '{{family}}', formatted: '{{displayName}}' },
  displayName: '{{displayName}}',
  nickName: '{{given}}',
  ...changes,
})

/** By externalId; by userName where a server refuses that filter. */
const FIND: readonly ActStep[] = [
  finds('filter=externalId%20eq%20%22auth0%7C{{hex}}%22', SHAPE, {
    name: 'find the account by externalId',
    saveIfThere: { byExternalId: '/Resources/0/id' },
    reactions: [
      {
        on: [400, 403, 501],
        fault: 'warning',
        does: 'searches by userName instead, since the filter is refused',
        source,
      },
      { on: ['other'], ...FAILED },
    ],
  }),
  finds(eq('userName', 'userNameUrl'), SHAPE, { name: 'find the account by userName', unless: 'byExternalId' }),
]

/** Auth0. */
export const AUTH0: Scenario = {
  name: 'Auth0',
  about: 'the outbound SCIM action of an event stream: users only, within 1.5 seconds',
  kind: 'auth0',
  checked: '2026-11',
  sources: {
    outbound: {
      title: 'Auth0: send outbound SCIM (auth0/docs-v2, send-outbound-scim)',
      url: 'https://auth0.com/docs/customize/events/send-outbound-scim',
      how: 'documented',
    },
  },
  headers: { 'Content-Type': 'application/scim+json', Accept: 'application/scim+json' },
  patience: { timeoutMs: 1_500, again: { on: [429, 500, 502, 503, 504], times: 1 } },
  reactions: [
    {
      on: ['slow'],
      does: 'gives up after 1.5 seconds, and marks the delivery of this event as failed; it may deliver it again',
      source,
    },
    { on: ['other', 'none'], ...FAILED },
  ],
  acts: [
    {
      act: 'joiner',
      title: 'people sign up',
      steps: [createsUser(user({}), FAILED, { needs: [hasId(SHAPE)] }), LOOKS_MADE],
    },
    {
      act: 'existing',
      title: 'an event is delivered twice',
      steps: [
        createsAgain(
          user({}),
          'the second delivery is refused, and nothing is doubled',
          { does: 'takes the event for done: the person now has two accounts' },
          FAILED,
        ),
      ],
    },
    ...putActs(user, FAILED, FIND),
    {
      act: 'delete',
      title: 'people are deleted, on or off',
      steps: [...FIND, deletes('the account is deleted', FAILED), LOOKS_GONE],
    },
  ],
}
