// What Rippling needs of a server.

import { demand } from '../demand.ts'
import { ADDS_MEMBERS, DELETES_GROUP, listsGroups, REMOVES_BY_FILTER } from './groups.ts'
import { look, type Needs, USERS } from './need.ts'
import {
  creates,
  DISABLES_BY_PUT,
  KEEPS_DISABLED,
  LISTS_AT_ONCE,
  PAGES_OF_100,
  REFUSES_SECOND,
  replaces,
  SHARES_EXTERNAL_ID,
} from './users.ts'

/** What Rippling sends; it takes a user who is not in the list for deleted. */
export const RIPPLING: Needs = {
  name: 'Rippling',
  needs: [
    {
      title: 'users are listed with a total',
      fix: 'Answer GET /Users with totalResults.',
      async run(probe) {
        const { answer } = await look(probe, USERS, 'startIndex=1&count=100')
        demand(answer, /"totalResults"/i.test(answer.text), 'totalResults')
      },
    },
    listsGroups('startIndex=1&count=100'),
    creates({ emails: [{ value: 'ada@example.com' }] }),
    REFUSES_SECOND,
    SHARES_EXTERNAL_ID,
    replaces(),
    DISABLES_BY_PUT,
    KEEPS_DISABLED,
    LISTS_AT_ONCE,
    PAGES_OF_100,
    ADDS_MEMBERS,
    REMOVES_BY_FILTER,
    { ...DELETES_GROUP, optional: true },
  ],
}
