// Steps of providers that write whole users by PUT and groups by PATCH, which most of them do.

import { GROUP, type JsonObject } from '../../protocol/index.ts'
import type { Act, ActStep, Consequence, Need, Reaction } from '../scenario.ts'
import {
  ALL_IN,
  FIRST_OUT,
  findsAccount,
  findsNobodyElse,
  hasId,
  LOOKS_MOVED,
  LOOKS_OFF,
  LOOKS_ON,
  lookAtGroup,
  MEMBERS,
  patch,
} from './parts.ts'

/** What comes of any status that is not taken. */
export function otherwise(consequence: Consequence): readonly Reaction[] {
  return [{ on: ['other'], ...consequence }]
}

/** A search for a person before they are created; whoever is found is kept as `found`. */
export function looksUp(query: string, takes: readonly number[]): ActStep {
  return {
    name: 'look the person up',
    for: 'person',
    request: { method: 'GET', path: `/Users?${query}` },
    takes,
    works: 'there is nobody of this name yet',
    needs: findsNobodyElse('this person'),
    saveIfThere: { found: '/Resources/0/id' },
  }
}

/** A create of a user. */
export function createsUser(body: JsonObject, failed: Consequence, more: Partial<ActStep> = {}): ActStep {
  return {
    name: 'create the account',
    for: 'person',
    request: { method: 'POST', path: '/Users', body },
    takes: [200, 201],
    works: 'the account is created, and its id is kept',
    needs: [hasId(failed)],
    save: { u: '/id' },
    reactions: otherwise(failed),
    ...more,
  }
}

/** A second create of the first person, which must be refused. */
export function createsAgain(body: JsonObject, works: string, twice: Consequence, other: Consequence): ActStep {
  return {
    name: 'create the account a second time',
    for: 'first',
    after: 'u',
    request: { method: 'POST', path: '/Users', body },
    takes: [409],
    works,
    reactions: [
      { on: [200, 201], ...twice },
      { on: ['other'], ...other },
    ],
  }
}

/** A search that must find the account of a person. */
export function finds(query: string, failed: Consequence, more: Partial<ActStep> = {}): ActStep {
  return {
    name: 'find the account',
    for: 'person',
    after: 'u',
    request: { method: 'GET', path: `/Users?${query}` },
    takes: [200],
    works: 'the account is found',
    needs: [findsAccount(failed)],
    reactions: otherwise(failed),
    ...more,
  }
}

/** A PUT of a whole user. */
export function putsUser(
  name: string,
  works: string,
  body: JsonObject,
  failed: Consequence,
  path = '/Users/{{uUrl}}',
): ActStep {
  return {
    name,
    for: 'person',
    after: 'u',
    request: { method: 'PUT', path, body },
    takes: [200, 204],
    works,
    reactions: otherwise(failed),
  }
}

/** Mover, leaver and returner by PUT: the same user, with another name, off, and on again. Steps before each may be added. */
export function putActs(
  user: (changes: JsonObject) => JsonObject,
  failed: Consequence,
  before: readonly ActStep[] = [],
  path?: string,
): readonly Act[] {
  const renamed = {
    name: { givenName: '{{given}}', familyName: '{{newFamily}}', formatted: '{{newDisplayName}}' },
    displayName: '{{newDisplayName}}',
  }
  const put = (name: string, works: string, changes: JsonObject) =>
    putsUser(name, works, user({ ...renamed, ...changes }), failed, path)
  return [
    {
      act: 'mover',
      title: 'people change their names',
      steps: [...before, put('replace the account', 'the change is made', {}), LOOKS_MOVED],
    },
    {
      act: 'leaver',
      title: 'people leave',
      steps: [...before, put('turn the account off', 'the account is off', { active: false }), LOOKS_OFF],
    },
    {
      act: 'returner',
      title: 'people come back',
      steps: [...before, put('turn the account on', 'the account is on again', { active: true }), LOOKS_ON],
    },
  ]
}

/** How one provider writes a group. */
export interface GroupWays {
  /** How it finds the group, if it does. */
  readonly before?: readonly ActStep[]
  readonly create: JsonObject
  readonly failed: Consequence
  /** Appended to the paths of writes. */
  readonly end?: string
  readonly add?: readonly JsonObject[]
  /** Looks and changes after the first members are in. */
  readonly remove?: JsonObject
  /** What it sends instead of both, unless this variable is there. */
  readonly instead?: { readonly unless: string; readonly add: ActStep; readonly remove: ActStep }
  readonly after?: readonly ActStep[]
}

/** Creates a group, adds everybody by PATCH, and takes one out. */
export function patchedGroup({
  before = [],
  create,
  failed,
  end = '',
  add,
  remove,
  instead,
  after = [],
}: GroupWays): Act {
  const only = instead === undefined ? {} : { when: instead.unless }
  const change = (name: string, works: string, operations: readonly JsonObject[]): ActStep => ({
    name,
    ...only,
    request: { method: 'PATCH', path: `/Groups/{{gUrl}}${end}`, body: patch(...operations) },
    takes: [200, 204],
    works,
    reactions: otherwise(failed),
  })
  return {
    act: 'group',
    title: 'a group is provisioned',
    steps: [
      ...before,
      {
        name: 'create the group',
        request: { method: 'POST', path: `/Groups${end}`, body: { schemas: [GROUP], ...create } },
        takes: [200, 201],
        works: 'the group is created, and its id is kept',
        needs: [hasId(failed)],
        save: { g: '/id' },
        reactions: otherwise(failed),
      },
      change('add the members', 'the members are added', add ?? [{ op: 'add', path: 'members', value: MEMBERS }]),
      ...(instead === undefined ? [] : [{ ...instead.add, unless: instead.unless }]),
      LOOKS_ALL_IN,
      change('remove one member', 'the member is removed', [
        remove ?? { op: 'remove', path: 'members[value eq "{{firstU}}"]' },
      ]),
      ...(instead === undefined ? [] : [{ ...instead.remove, unless: instead.unless }]),
      LOOKS_FIRST_OUT,
      ...after,
    ],
  }
}

/** Everybody is in the group. */
export const LOOKS_ALL_IN = lookAtGroup({
  name: 'all are in',
  body: ALL_IN,
  does: 'believes that all of them are in the group, and they are not',
})

/** The first has left the group, and nobody else. */
export const LOOKS_FIRST_OUT = lookAtGroup({
  name: 'one is out, and the others have stayed',
  body: FIRST_OUT,
  does: 'believes that one member has left, and the group has others than it should have',
})

/** The removal of the group. */
export function deletesGroup(failed: Consequence, path = '/Groups/{{gUrl}}'): ActStep {
  return {
    name: 'delete the group',
    after: 'g',
    request: { method: 'DELETE', path },
    takes: [200, 202, 204, 404],
    works: 'the group is deleted',
    reactions: otherwise(failed),
  }
}

/** One request of a connection test. */
export function tests(
  name: string,
  path: string,
  takes: readonly number[],
  failed: Consequence,
  needs: readonly Need[] = [],
): ActStep {
  return {
    name,
    request: { method: 'GET', path },
    takes,
    works: 'the connection is tested',
    needs,
    reactions: [
      { on: [401, 403, 'none', 'slow'], stops: true, ...failed },
      { on: ['other'], ...failed },
    ],
  }
}
