// What Okta needs of a server.

import { demand, demandStatus } from '../demand.ts'
import { dig, texts } from '../json-access.ts'
import {
  ADDS_MEMBERS,
  ADDS_TWICE,
  changesMembers,
  createsGroup,
  findsGroup,
  listsGroups,
  REMOVES_BY_FILTER,
  REPLACES_MEMBERS,
  renames,
  replacesGroup,
} from './groups.ts'
import { look, type Needs, USERS } from './need.ts'
import {
  creates,
  DISABLES_BY_PUT,
  disablesByPatch,
  findsByName,
  findsNobody,
  KEEPS_DISABLED,
  PAGES_OF_100,
  REFUSES_SECOND,
  replaces,
  SHARES_EXTERNAL_ID,
} from './users.ts'

const PAGE = '&startIndex=1&count=100'

/** What Okta sends: custom apps PUT, catalogue apps PATCH as well. */
export const OKTA: Needs = {
  name: 'Okta',
  needs: [
    {
      title: 'the connection test: a list of two users',
      fix: 'Answer GET /Users?startIndex=1&count=2 with a list.',
      run: async (probe) => {
        await look(probe, USERS, 'startIndex=1&count=2')
      },
    },
    listsGroups('startIndex=1&count=100'),
    findsNobody(PAGE),
    findsByName(PAGE),
    creates({ locale: 'en-US', groups: [], password: 'Tl0ckstep-x9' }),
    REFUSES_SECOND,
    replaces({ groups: [] }),
    DISABLES_BY_PUT,
    disablesByPatch(
      'a catalogue app disables and enables by PATCH without a path',
      (active) => ({ op: 'replace', value: { active } }),
      'Accept replace without a path, with false as a JSON boolean.',
    ),
    KEEPS_DISABLED,
    SHARES_EXTERNAL_ID,
    PAGES_OF_100,
    {
      title: 'an unknown id is 404 with a SCIM error',
      fix: 'Answer errors with schemas, status as a string, and detail.',
      async run(probe) {
        const answer = await probe.get(`${USERS}/lockstep-nobody`)
        demandStatus(answer, [404], 'GET of an id that does not exist')
        demand(
          answer,
          texts(dig(answer.body, 'schemas')).some((urn) => urn.endsWith(':Error')),
          'a SCIM error as the body',
        )
      },
    },
    findsGroup(PAGE),
    createsGroup({ members: [] }),
    changesMembers(
      'one PATCH removes by a filter and adds by a list',
      ['a'],
      ({ a, b }) => [
        { op: 'remove', path: `members[value eq "${a}"]` },
        { op: 'add', path: 'members', value: [{ value: b, display: 'ada' }] },
      ],
      ['b'],
      'Apply both operations in order; ignore display.',
    ),
    ADDS_MEMBERS,
    ADDS_TWICE,
    REMOVES_BY_FILTER,
    REPLACES_MEMBERS,
    changesMembers(
      'all members are replaced by an empty list',
      ['a', 'b'],
      () => [{ op: 'replace', path: 'members', value: [] }],
      [],
      'An empty list clears the group.',
    ),
    renames((displayName, id) => ({ op: 'replace', value: { id, displayName } })),
    replacesGroup(),
  ],
}
