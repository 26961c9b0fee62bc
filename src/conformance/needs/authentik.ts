// What authentik needs of a server.

import { demand, demandStatus } from '../demand.ts'
import { dig } from '../json-access.ts'
import { changesMembers, createsGroup, REMOVES_BY_FILTER } from './groups.ts'
import { GROUP, look, makePerson, type Needs, USERS } from './need.ts'
import { creates, DELETES, DISABLES_BY_PUT, REFUSES_SECOND, replaces } from './users.ts'

/** What authentik sends. */
export const AUTHENTIK: Needs = {
  name: 'authentik',
  needs: [
    {
      title: '/ServiceProviderConfig can be read and declares what is supported',
      fix: 'Serve /ServiceProviderConfig with patch, filter and bulk: without it authentik only sends PUT.',
      async run({ declared: { config } }) {
        demandStatus(config, [200], 'GET /ServiceProviderConfig')
        for (const feature of ['patch', 'filter', 'bulk'])
          demand(
            config,
            typeof dig(config.body, feature, 'supported') === 'boolean',
            `${feature}.supported as a boolean`,
          )
      },
    },
    {
      ...creates({
        emails: [{ value: 'ada@example.com', type: 'other', primary: true }],
        name: { formatted: ' ', givenName: ' ', familyName: ' ' },
        displayName: '',
      }),
      title: 'a user is created with blanks for a name and an empty displayName',
    },
    REFUSES_SECOND,
    {
      title: 'after a 409 the user is found by a userName without quotes',
      fix: 'Read one bare word as a string in filters, or declare filter.supported false.',
      async run(probe) {
        if (probe.declared.has('filter') === false) return
        const made = await makePerson(probe)
        const { answer, resources } = await look(
          probe,
          USERS,
          `filter=${encodeURIComponent(`userName eq ${made.name}`)}`,
        )
        demand(answer, resources.length === 1 && resources[0]?.id === made.id, `the user ${made.name}`)
      },
    },
    replaces(),
    DISABLES_BY_PUT,
    DELETES,
    createsGroup({}),
    changesMembers(
      'members are added one operation each',
      ['a'],
      ({ b, c }) => [b, c].map((value) => ({ op: 'add', path: 'members', value: [{ value }] })),
      ['a', 'b', 'c'],
      'Apply several operations on members in one PATCH.',
    ),
    REMOVES_BY_FILTER,
    changesMembers(
      'a whole group as the value of one operation changes only what it names',
      ['a', 'b'],
      () => [{ op: 'replace', value: { schemas: [GROUP], externalId: 'lockstep-check-group' } }],
      ['a', 'b'],
      'Treat each member of a value without a path as its own operation; leave the members.',
    ),
  ],
}
