// What PingFederate and PingOne need of a server.

import { demand, demandList, demandStatus } from '../demand.ts'
import { member, objects } from '../json-access.ts'
import { ADDS_MEMBERS, createsGroup, listsGroups, REMOVES_BY_FILTER, replacesGroup } from './groups.ts'
import { demandCreated, GROUP, GROUPS, makeTeam, type Needs, person, USERS } from './need.ts'
import {
  creates,
  DELETES,
  DISABLES_BY_PUT,
  eq,
  findsByName,
  findsNobody,
  LISTS_AT_ONCE,
  REFUSES_SECOND,
  replaces,
} from './users.ts'

const JSON_BODY = { 'content-type': 'application/json' }

/** What PingFederate and PingOne send. */
export const PING: Needs = {
  name: 'Ping Identity',
  needs: [
    findsNobody(),
    findsByName(),
    creates({}, JSON_BODY),
    REFUSES_SECOND,
    replaces(),
    DISABLES_BY_PUT,
    { ...DELETES, optional: true },
    LISTS_AT_ONCE,
    listsGroups('startIndex=1&count=10'),
    {
      title: 'all groups are found page by page',
      fix: 'Page /Groups with startIndex and count in a stable order.',
      async run(probe) {
        const team = await makeTeam(probe)
        for (let startIndex = 1, seen = 0; startIndex < 1000; ) {
          const answer = await probe.get(`${GROUPS}?startIndex=${startIndex}&count=50`)
          const { resources, total } = demandList(answer, 'a page of groups')
          if (resources.some((one) => member(one, 'id') === team.id)) return
          seen += resources.length
          startIndex += resources.length
          demand(answer, resources.length > 0 && seen < total, `the group ${team.name} on one of the pages`)
        }
      },
    },
    createsGroup({}),
    ADDS_MEMBERS,
    REMOVES_BY_FILTER,
    replacesGroup(),
    {
      title: 'a group whose name is not ASCII is found',
      fix: 'Decode the filter as UTF-8.',
      async run(probe) {
        const name = `${probe.name()} Żółć 日本`
        await demandCreated(probe, GROUPS, { schemas: [GROUP], displayName: name })
        const answer = await probe.get(`${GROUPS}?${eq('displayName', name)}`)
        demand(answer, demandList(answer, 'a filter with letters outside ASCII').total === 1, `the group ${name}`)
      },
    },
    {
      title: 'PingOne: two primary addresses, one of them empty',
      fix: 'Drop empty entries and keep the first primary.',
      optional: true,
      async run(probe) {
        const name = probe.name()
        const answer = await probe.post(
          USERS,
          person(name, {
            emails: [
              { value: name, type: 'work', primary: true },
              { type: 'home', value: '', primary: true },
            ],
          }),
        )
        demandStatus(answer, [201], 'a creation with an empty second address')
        demand(
          answer,
          objects(member(answer.body, 'emails')).some((one) => one.value === name),
          'the address that has a value',
        )
      },
    },
  ],
}
