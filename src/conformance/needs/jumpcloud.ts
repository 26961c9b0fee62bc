// What JumpCloud needs of a server.

import { demand, demandStatus } from '../demand.ts'
import { isUnassigned } from '../json-access.ts'
import { ADDS_MEMBERS, DELETES_GROUP, findsGroup, REMOVES_BY_LIST, renames } from './groups.ts'
import { demandChanged, ENTERPRISE_USER, makePerson, type Needs, USER } from './need.ts'
import { creates, DELETES, DISABLES_BY_PUT, FREES_NAMES, findsByName, REFUSES_SECOND, replaces } from './users.ts'

/** What JumpCloud sends; its connection test writes. */
export const JUMPCLOUD: Needs = {
  name: 'JumpCloud',
  needs: [
    { ...DELETES, title: 'the connection test: a user is created and deleted' },
    { ...DELETES_GROUP, title: 'the connection test: a group is created and deleted' },
    FREES_NAMES,
    findsByName(),
    creates({
      schemas: [USER, ENTERPRISE_USER],
      locale: 'en-US',
      preferredLanguage: 'en-US',
      phoneNumbers: [{ value: 'tel:+1-201-555-0123', type: 'work', primary: true }],
    }),
    REFUSES_SECOND,
    replaces({ addresses: [], phoneNumbers: [] }),
    {
      title: 'null in a PUT means not set',
      fix: 'Read null as unassigned.',
      async run(probe) {
        const made = await makePerson(probe)
        const answer = await probe.put(made.path, { ...(await probe.read(made)), emails: null })
        const now = await demandChanged(probe, answer, made.path, [200], 'PUT with emails null')
        demand(now.both, isUnassigned(now.body.emails), 'no emails')
      },
    },
    {
      title: 'schemas in another order are read',
      fix: 'Look for the base schema anywhere in schemas.',
      async run(probe) {
        const made = await makePerson(probe)
        demandStatus(
          await probe.put(made.path, { ...(await probe.read(made)), schemas: [ENTERPRISE_USER, USER] }),
          [200],
          'PUT with the enterprise schema first',
        )
      },
    },
    DISABLES_BY_PUT,
    findsGroup(),
    ADDS_MEMBERS,
    { ...REMOVES_BY_LIST, optional: true },
    renames((displayName) => ({ op: 'replace', value: { displayName } })),
  ],
}
