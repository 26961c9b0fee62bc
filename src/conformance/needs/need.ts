// One need of an identity provider, and the requests and demands that needs are made of.

import { ENTERPRISE_USER, GROUP, type JsonObject, USER } from '../../protocol/index.ts'
import type { Made, Probe } from '../case.ts'
import { demand, demandList, demandResource, demandStatus } from '../demand.ts'
import { Blocked, NotOffered } from '../fault.ts'
import { dig, objects } from '../json-access.ts'
import type { Exchange } from '../wire/exchange.ts'

/** One thing that an identity provider sends, and how it must be answered. */
export interface Need {
  readonly title: string
  readonly fix: string
  /** Only some set-ups of this identity provider have it: reported, but no reason for it not to work. */
  readonly optional?: true
  readonly run: (probe: Probe) => Promise<void>
}

/** What one identity provider needs. */
export interface Needs {
  readonly name: string
  readonly needs: readonly Need[]
}

/** Where users are: identity providers do not read /ResourceTypes. */
export const USERS = '/Users'
/** Where groups are. */
export const GROUPS = '/Groups'

/** The list at an endpoint for a query that is already encoded. */
export async function look(
  probe: Probe,
  endpoint: string,
  query: string,
): Promise<{ readonly answer: Exchange; readonly resources: readonly JsonObject[] }> {
  const answer = await probe.get(`${endpoint}?${query}`)
  return { answer, resources: demandList(answer, `GET ${endpoint}`).resources }
}

/** A user as identity providers create one: core attributes, one primary e-mail address for work. */
export function person(name: string, more: JsonObject = {}): JsonObject {
  return {
    schemas: [USER],
    userName: name,
    name: { givenName: 'Ada', familyName: 'Lockstep' },
    displayName: 'Ada Lockstep',
    emails: [{ value: name, type: 'work', primary: true }],
    active: true,
    ...more,
  }
}

/** Creates a user; throws `Blocked` when that fails, which has a need of its own. */
export async function makePerson(
  probe: Probe,
  more: JsonObject = {},
): Promise<Pick<Made, 'id' | 'path' | 'name' | 'body'>> {
  const name = probe.name()
  const answer = await probe.post(USERS, person(name, more))
  const id = dig(answer.body, 'id')
  if (answer.status !== 201 || typeof id !== 'string')
    throw new Blocked(`creating a user failed: ${answer.status}`, [answer])
  return { id, name, path: `${USERS}/${encodeURIComponent(id)}`, body: answer.body as JsonObject }
}

/** Creates a group with members. */
export async function makeTeam(
  probe: Probe,
  members: readonly string[] = [],
): Promise<Pick<Made, 'id' | 'path' | 'name'>> {
  const name = probe.name()
  const list = members.length === 0 ? {} : { members: members.map((value) => ({ value })) }
  const answer = await probe.post(GROUPS, { schemas: [GROUP], displayName: name, ...list })
  const id = dig(answer.body, 'id')
  if ([404, 501].includes(answer.status))
    throw new NotOffered(`the server has no groups: POST ${GROUPS} was answered ${answer.status}`)
  if (answer.status !== 201 || typeof id !== 'string')
    throw new Blocked(`creating a group failed: ${answer.status}`, [answer])
  return { id, name, path: `${GROUPS}/${encodeURIComponent(id)}` }
}

/** Demands that a creation is answered with the whole resource. */
export async function demandCreated(
  probe: Probe,
  endpoint: string,
  body: JsonObject,
  headers = {},
): Promise<JsonObject> {
  const answer = await probe.post(endpoint, body, headers)
  const shown = demandResource(answer, [201], `POST ${endpoint}`)
  demand(answer, typeof shown.id === 'string' && shown.id !== '', 'id as a string in the answer')
  return shown
}

/** Demands that a change is accepted, and returns the resource afterwards. */
export async function demandChanged(
  probe: Probe,
  answer: Exchange,
  path: string,
  statuses: readonly number[],
  what: string,
): Promise<{ readonly both: readonly Exchange[]; readonly body: JsonObject }> {
  demandStatus(answer, statuses, what)
  const shown = await probe.get(path)
  return { both: [answer, shown], body: demandResource(shown, [200], `GET ${path}`) }
}

/** Ids of the members of a group now, and the answer that shows them. */
export async function membersOf(
  probe: Probe,
  path: string,
): Promise<{ readonly shown: Exchange; readonly ids: readonly string[] }> {
  const shown = await probe.get(path)
  return {
    shown,
    ids: objects(dig(shown.body, 'members'))
      .map((one) => String(dig(one, 'value')))
      .toSorted(),
  }
}

/** Demands that a PATCH of a group leaves just these members. */
export async function demandMembers(
  probe: Probe,
  answer: Exchange,
  path: string,
  ids: readonly string[],
  what: string,
): Promise<void> {
  demandStatus(answer, [200, 204], what)
  const now = await membersOf(probe, path)
  demand(
    [answer, now.shown],
    now.ids.join() === [...ids].toSorted().join(),
    ids.length === 0 ? 'a group without members' : `the members ${ids.join(', ')} and no others`,
  )
}

export { ENTERPRISE_USER, GROUP, USER }
