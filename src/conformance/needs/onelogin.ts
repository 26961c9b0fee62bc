// What OneLogin needs of a server.

import { demandStatus } from '../demand.ts'
import { ADDS_MEMBERS, createsGroup, listsGroups, REMOVES_BY_FILTER } from './groups.ts'
import { demandCreated, makePerson, type Needs, person, USERS } from './need.ts'
import { creates, DELETES, DISABLES_BY_PUT, findsByName, findsNobody, REFUSES_SECOND, replaces } from './users.ts'

/** What OneLogin sends: PUT for users, PATCH for groups, and URLs that end in ? or &. */
export const ONELOGIN: Needs = {
  name: 'OneLogin',
  needs: [
    findsNobody('&', '+'),
    findsByName('&', '+'),
    creates({}),
    REFUSES_SECOND,
    {
      title: 'a body of application/json is read',
      fix: 'Accept application/json as well as application/scim+json.',
      async run(probe) {
        await demandCreated(probe, USERS, person(probe.name()), { 'content-type': 'application/json' })
      },
    },
    { ...replaces({}, '?'), title: 'a user is updated by PUT to a URL that ends in ?' },
    DISABLES_BY_PUT,
    { ...DELETES, optional: true },
    listsGroups('startIndex=1'),
    createsGroup({}),
    ADDS_MEMBERS,
    REMOVES_BY_FILTER,
    {
      title: 'null and texts for booleans, from old templates',
      fix: 'Read null as not set and "true" as true.',
      optional: true,
      async run(probe) {
        const made = await makePerson(probe)
        demandStatus(
          await probe.put(made.path, { ...(await probe.read(made)), active: 'true', title: null }),
          [200],
          'PUT with active "true" and title null',
        )
      },
    },
  ],
}
