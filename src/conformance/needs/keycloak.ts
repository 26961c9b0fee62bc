// What Keycloak needs of a server.

import { demandStatus } from '../demand.ts'
import { changesMembers, createsGroup, REPLACES_MEMBERS, replacesGroup } from './groups.ts'
import { makePerson, type Needs } from './need.ts'
import { creates, DELETES, DISABLES_BY_PUT, disablesByPatch, REFUSES_SECOND, replaces } from './users.ts'

/** What the two SCIM extensions for Keycloak send. */
export const KEYCLOAK: Needs = {
  name: 'Keycloak (extensions)',
  needs: [
    {
      ...creates({ emails: [{ value: 'ada@example.com' }], roles: [{ value: 'offline_access' }] }),
      title: 'a user is created with e-mails without type, and roles',
    },
    {
      ...creates({ groups: [{ value: 'd3f1', display: 'staff', type: 'direct' }], meta: { resourceType: 'User' } }),
      title: "a user is created with Keycloak's own group ids in groups, which are ignored",
    },
    REFUSES_SECOND,
    replaces(),
    DISABLES_BY_PUT,
    {
      ...disablesByPatch(
        'PATCH mode disables by the text "false"',
        (active) => ({ op: 'replace', path: 'active', value: String(active) }),
        'Read "false" as false.',
      ),
      optional: true,
    },
    DELETES,
    {
      title: 'DELETE with a media type and no body is done',
      fix: 'Ignore Content-Type on requests without a body.',
      async run(probe) {
        const made = await makePerson(probe)
        demandStatus(
          await probe.del(made.path, { 'content-type': 'application/scim+json' }),
          [204],
          'DELETE with Content-Type',
        )
      },
    },
    createsGroup({ meta: { resourceType: 'Group' } }),
    {
      ...replacesGroup(
        (id) => ({ id }),
        (value) => ({ value, $ref: `Users/${value}` }),
      ),
      title: 'a group is replaced by PUT with relative references',
    },
    { ...REPLACES_MEMBERS, optional: true },
    {
      ...changesMembers(
        'PATCH mode removes all members without a value',
        ['a', 'b'],
        () => [{ op: 'remove', path: 'members' }],
        [],
        'A remove with path members alone clears the group.',
      ),
      optional: true,
    },
  ],
}
