// What Google Workspace needs of a server.

import { demand } from '../demand.ts'
import { dig, isUnassigned, objects } from '../json-access.ts'
import { makePerson, makeTeam, membersOf, type Needs, person, USERS } from './need.ts'
import {
  creates,
  DELETES,
  disablesByPatch,
  FREES_NAMES,
  findsByName,
  findsNobody,
  KEEPS_DISABLED,
  REFUSES_SECOND,
} from './users.ts'

/** What Google Workspace sends. */
export const GOOGLE: Needs = {
  name: 'Google Workspace',
  needs: [
    findsNobody('&startIndex=1'),
    findsByName('&startIndex=1'),
    creates({}, { 'content-type': 'application/json' }),
    REFUSES_SECOND,
    {
      title: 'core attributes are at the top level of the answer',
      fix: 'Do not nest core attributes under the core URN.',
      async run(probe) {
        const name = probe.name()
        const answer = await probe.post(USERS, person(name))
        demand(
          answer,
          dig(answer.body, 'userName') === name && objects(dig(answer.body, 'emails')).length === 1,
          'userName and emails at the top level',
        )
      },
    },
    disablesByPatch(
      'a user is disabled and enabled by PATCH without a path',
      (active) => ({ op: 'replace', value: { active } }),
      'Accept replace without a path.',
    ),
    KEEPS_DISABLED,
    DELETES,
    FREES_NAMES,
    {
      title: 'a deleted user is out of all groups',
      fix: 'Remove deleted users from members.',
      async run(probe) {
        const made = await makePerson(probe)
        const team = await makeTeam(probe, [made.id])
        await probe.del(made.path)
        const { shown, ids } = await membersOf(probe, team.path)
        demand(shown, isUnassigned(ids), 'a group without the deleted user')
      },
    },
  ],
}
