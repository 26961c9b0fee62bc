// Parts that the scenarios of several identity providers share.

import { type JsonObject, PATCH_OP } from '../../protocol/index.ts'
import type { ActStep, Consequence, Need } from '../scenario.ts'
import type { Assertion } from '../wire/expectation.ts'

/** The body of a PATCH. */
export function patch(...operations: readonly JsonObject[]): JsonObject {
  return { schemas: [PATCH_OP], Operations: operations }
}

/** A search by one attribute. Spaces are `%20`, or a plus sign where the provider writes forms. */
export function eq(attribute: string, variable: string, space: '%20' | '+' = '%20'): string {
  return `filter=${attribute}${space}eq${space}%22{{${variable}}}%22`
}

/** The answer has an id of its own, as text. */
export function hasId(consequence: Consequence): Need {
  return { expect: { body: [{ path: '$.id', op: 'type', value: 'string' }] }, ...consequence }
}

/** The answer is a list with an honest total. */
export function isList(consequence: Consequence): Need {
  return { expect: { body: [{ path: '$.totalResults', op: 'type', value: 'integer' }] }, ...consequence }
}

/** A search for a person who is not there must find nobody, least of all somebody else. */
export function findsNobodyElse(name: string): readonly Need[] {
  return [
    {
      expect: { body: [{ path: '$.Resources[*].userName', op: 'only', value: '{{userName}}' }] },
      does: `takes an account of the answer for ${name}, which is somebody else's, and changes that one from now on`,
    },
    {
      expect: { body: [{ path: '$.Resources', op: 'length', value: 0 }] },
      fault: 'warning',
      does: 'takes over the account of this name that is there. Here it is left alone, since this simulation has not made it: choose another seed',
    },
  ]
}

/** A search must find the account that was made for a person. */
export function findsAccount(consequence: Consequence): Need {
  return {
    expect: {
      body: [
        { path: '$.Resources', op: 'length', value: 1 },
        { path: '$.Resources[0].id', op: 'eq', value: '{{u}}' },
      ],
    },
    ...consequence,
  }
}

/** What is looked for in an account or a group. */
interface Look extends Consequence {
  readonly name: string
  readonly for?: 'person' | 'first'
  readonly body: readonly Assertion[]
  /** What a 404 comes to. */
  readonly gone?: string
  readonly fault?: 'warning' | 'unnoticed'
}

/** Our own look at an account: what the provider believes, and what is there. */
export function lookAtPerson({ name, body, gone, fault = 'unnoticed', ...rest }: Look): ActStep {
  const { for: each = 'person', ...consequence } = rest
  return {
    name,
    for: each,
    look: true,
    request: { method: 'GET', path: '/Users/{{uUrl}}' },
    takes: [200],
    works: 'the account is as it should be',
    needs: [{ expect: { body }, fault, ...consequence }],
    ...(gone === undefined ? {} : { reactions: [{ on: [404], does: gone }] }),
  }
}

/** Our own look at the group. */
export function lookAtGroup({ name, body, fault = 'unnoticed', does, source }: Look): ActStep {
  return {
    name,
    look: true,
    request: { method: 'GET', path: '/Groups/{{gUrl}}' },
    takes: [200],
    works: 'the group is as it should be',
    needs: [{ expect: { body }, fault, does, ...(source === undefined ? {} : { source }) }],
  }
}

/** All who have an account are members, each once. */
export const ALL_IN: readonly Assertion[] = [{ path: '$.members', op: 'length', value: '{{memberCount}}' }]

/** All but the first are members, and the first is not. */
export const FIRST_OUT: readonly Assertion[] = [
  { path: '$.members', op: 'length', value: '{{otherCount}}' },
  { path: '$.members[*].value', op: 'ne', value: '{{firstU}}' },
]

/** The account was made as it was sent. */
export const LOOKS_MADE = lookAtPerson({
  name: 'the account is there',
  body: [
    { path: '$.userName', op: 'ieq', value: '{{userName}}' },
    { path: '$.active', op: 'eq', value: true },
    { path: '$.name.familyName', op: 'eq', value: '{{family}}' },
  ],
  does: 'believes that the account is as it was sent, and never finds out',
})

/** The account carries the new name. */
export const LOOKS_MOVED = lookAtPerson({
  name: 'the account has the new name',
  body: [
    { path: '$.name.familyName', op: 'eq', value: '{{newFamily}}' },
    { path: '$.userName', op: 'ieq', value: '{{userName}}' },
    { path: '$.active', op: 'eq', value: true },
  ],
  does: 'believes that the person has the new name, and the app shows another, or has lost more with it',
})

/** The account is off. */
export const LOOKS_OFF = lookAtPerson({
  name: 'the account is off',
  body: [{ path: '$.active', op: 'eq', value: false }],
  does: 'believes that the person has no access any more, and they still have it',
  gone: 'believes that the account is off and will look for it by its id when the person returns; it is gone',
})

/** The account is on again. */
export const LOOKS_ON = lookAtPerson({
  name: 'the account is on again',
  body: [
    { path: '$.active', op: 'eq', value: true },
    { path: '$.userName', op: 'ieq', value: '{{userName}}' },
  ],
  does: 'believes that the person has access again, and they cannot sign in',
})

/** The account is gone. */
export const LOOKS_GONE: ActStep = {
  name: 'the account is gone',
  for: 'person',
  look: true,
  request: { method: 'GET', path: '/Users/{{uUrl}}' },
  takes: [404, 410],
  works: 'nothing is left of it',
  reactions: [{ on: [200], does: 'believes that the account is gone, and it is still there' }],
}

/** The removal of a person, and what comes of a refusal. */
export function deletes(works: string, refused: Consequence, path = '/Users/{{uUrl}}'): ActStep {
  return {
    name: 'delete the account',
    for: 'person',
    request: { method: 'DELETE', path },
    takes: [200, 202, 204, 404],
    works,
    reactions: [{ on: ['other'], ...refused }],
  }
}

/** All members as a list of values. */
export const MEMBERS = [{ $each: 'members', item: { value: '{{u}}' } }]
/** All members but the first. */
export const OTHERS = [{ $each: 'others', item: { value: '{{u}}' } }]
