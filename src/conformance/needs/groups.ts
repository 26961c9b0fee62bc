// Needs concerning groups that several identity providers share.

import type { JsonObject } from '../../protocol/index.ts'
import type { Probe } from '../case.ts'
import { demand, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig } from '../json-access.ts'
import { demandCreated, demandMembers, GROUP, GROUPS, look, makePerson, makeTeam, type Need } from './need.ts'
import { eq } from './users.ts'

/** A list of groups, also where no groups are provisioned. */
export function listsGroups(query: string): Need {
  return {
    title: 'groups are listed, also when there are none',
    fix: 'Answer GET /Groups with 200 and a list, even when only users are provisioned.',
    async run(probe) {
      await look(probe, GROUPS, query)
    },
  }
}

/** A look-up of a group by its name. */
export function findsGroup(query = ''): Need {
  return {
    title: 'a group is found by displayName',
    fix: 'Support filter=displayName eq "…" on groups.',
    async run(probe) {
      const team = await makeTeam(probe)
      const found = await look(probe, GROUPS, `${eq('displayName', team.name)}${query}`)
      demand(
        found.answer,
        found.resources.length === 1 && found.resources[0]?.id === team.id,
        `the group ${team.name} and no other`,
      )
      const none = await look(probe, GROUPS, `${eq('displayName', probe.name())}${query}`)
      demand(none.answer, none.resources.length === 0, 'an empty list for a name that no group has')
    },
  }
}

/** A group as this identity provider creates it. */
export function createsGroup(more: JsonObject): Need {
  return {
    title: 'a group is created from what it sends',
    fix: 'Accept groups without members, with an empty list of them, and with schemas and attributes that you do not know.',
    async run(probe) {
      const name = probe.name()
      const answer = await look(probe, GROUPS, 'count=1')
      if (answer.answer.status !== 200) throw new NotOffered('the server has no groups')
      const shown = await demandCreated(probe, GROUPS, { schemas: [GROUP], displayName: name, ...more })
      demand(
        await probe.get(`${GROUPS}/${String(shown.id)}`),
        shown.displayName === name,
        `displayName ${name} in the answer`,
      )
    },
  }
}

/** A change of members: who is in before, the operations, and who is in after. */
export function changesMembers(
  title: string,
  before: readonly ('a' | 'b' | 'c')[],
  operations: (ids: { readonly a: string; readonly b: string; readonly c: string }) => unknown,
  after: readonly ('a' | 'b' | 'c')[],
  fix: string,
): Need {
  return {
    title,
    fix,
    async run(probe) {
      const { ids, team } = await staffed(probe, before)
      const body = operations(ids)
      const answer = await probe.patch(team.path, body)
      await demandMembers(
        probe,
        answer,
        team.path,
        after.map((one) => ids[one]),
        title,
      )
    },
  }
}

/** Three people, and a group with some of them. */
async function staffed(probe: Probe, before: readonly ('a' | 'b' | 'c')[]) {
  const [a, b, c] = [(await makePerson(probe)).id, (await makePerson(probe)).id, (await makePerson(probe)).id] as const
  const ids = { a, b, c }
  return {
    ids,
    team: await makeTeam(
      probe,
      before.map((one) => ids[one]),
    ),
  }
}

/** The whole group by PUT. */
export function replacesGroup(
  more: (id: string) => JsonObject = () => ({}),
  member: (id: string) => JsonObject = (value) => ({ value }),
): Need {
  return {
    title: 'a group is replaced by PUT, including its members',
    fix: 'Accept PUT of a group, with or without id, and make its members just those that are given.',
    async run(probe) {
      const { ids, team } = await staffed(probe, ['a', 'b'])
      const answer = await probe.put(team.path, {
        schemas: [GROUP],
        displayName: team.name,
        members: [ids.b, ids.c].map(member),
        ...more(team.id),
      })
      await demandMembers(probe, answer, team.path, [ids.b, ids.c], 'PUT of the group')
    },
  }
}

/** A rename that keeps the members. */
export function renames(operation: (name: string, id: string) => JsonObject): Need {
  return {
    title: 'a group is renamed and keeps its members',
    fix: 'A replace without a path changes what it names; ignore an id in it.',
    async run(probe) {
      const { ids, team } = await staffed(probe, ['a', 'b'])
      const name = probe.name()
      const answer = await probe.patch(team.path, [operation(name, team.id)])
      await demandMembers(probe, answer, team.path, [ids.a, ids.b], 'a rename')
      const shown = await probe.get(team.path)
      demand([answer, shown], dig(shown.body, 'displayName') === name, `displayName ${name}`)
    },
  }
}

/** Deleting a group. */
export const DELETES_GROUP: Need = {
  title: 'a group is deleted',
  fix: 'Answer DELETE of a group with 204.',
  async run(probe) {
    const team = await makeTeam(probe)
    demandStatus(await probe.del(team.path), [204], 'DELETE of a group')
    demandStatus(await probe.get(team.path), [404], 'GET after DELETE')
  },
}

/** The common changes of members, as most identity providers send them. */
export const ADDS_MEMBERS = changesMembers(
  'members are added, and the others stay',
  ['a'],
  ({ b, c }) => [{ op: 'add', path: 'members', value: [{ value: b }, { value: c }] }],
  ['a', 'b', 'c'],
  'Accept add with path members and a list of values.',
)
/** Removal through a filter path. */
export const REMOVES_BY_FILTER = changesMembers(
  'a member is removed by members[value eq "…"], and the others stay',
  ['a', 'b'],
  ({ a }) => [{ op: 'remove', path: `members[value eq "${a}"]` }],
  ['b'],
  'Accept remove with a filter in the path.',
)
/** Removal by a list of values. */
export const REMOVES_BY_LIST = changesMembers(
  'members are removed by a list of values, and the others stay',
  ['a', 'b'],
  ({ a }) => [{ op: 'remove', path: 'members', value: [{ value: a }] }],
  ['b'],
  'A remove with path members and a value removes those in the value, and no others.',
)
/** Adding twice. */
export const ADDS_TWICE = changesMembers(
  'a member who is added again is there once',
  ['a'],
  ({ a }) => [{ op: 'add', path: 'members', value: [{ value: a }] }],
  ['a'],
  'Succeed, and keep one entry.',
)
/** Replacing all members. */
export const REPLACES_MEMBERS = changesMembers(
  'all members are replaced',
  ['a', 'b'],
  ({ b, c }) => [{ op: 'replace', path: 'members', value: [{ value: b }, { value: c }] }],
  ['b', 'c'],
  'Accept replace with path members.',
)
