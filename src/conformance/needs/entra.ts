// What Microsoft Entra ID needs of a server.

import { demand, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, objects } from '../json-access.ts'
import {
  ADDS_TWICE,
  changesMembers,
  createsGroup,
  findsGroup,
  REMOVES_BY_FILTER,
  REMOVES_BY_LIST,
  renames,
} from './groups.ts'
import {
  demandChanged,
  ENTERPRISE_USER,
  GROUP,
  GROUPS,
  look,
  makePerson,
  makeTeam,
  type Need,
  type Needs,
  USER,
  USERS,
} from './need.ts'
import {
  creates,
  DELETES,
  disablesByPatch,
  eq,
  findsByExternalId,
  findsByName,
  findsNobody,
  KEEPS_DISABLED,
  REFUSES_SECOND,
} from './users.ts'

/** A PATCH of a user, and what has to hold afterwards. */
function patches(
  title: string,
  fix: string,
  operations: readonly unknown[],
  holds: (body: unknown) => boolean,
  expected: string,
): Need {
  return {
    title,
    fix,
    async run(probe) {
      const made = await makePerson(probe)
      const now = await demandChanged(probe, await probe.patch(made.path, operations), made.path, [200, 204], title)
      demand(now.both, holds(now.body), expected)
    },
  }
}

const work = (body: unknown) => objects(dig(body, 'emails')).filter((one) => one.type === 'work')

/** What Microsoft Entra ID sends: PATCH only, in two dialects. */
export const ENTRA: Needs = {
  name: 'Microsoft Entra ID',
  needs: [
    findsNobody('', '+'),
    {
      title: 'the connection test: a search for a group that does not exist is 200 with an empty list',
      fix: 'Answer GET /Groups?excludedAttributes=members&filter=… with an empty list, also when no groups are provisioned.',
      async run(probe) {
        const { answer, resources } = await look(
          probe,
          GROUPS,
          `excludedAttributes=members&${eq('displayName', probe.name(), '+')}`,
        )
        demand(answer, resources.length === 0, 'an empty list')
      },
    },
    findsByName('', '+'),
    findsByExternalId(),
    {
      title: 'a user is found by the work e-mail address, when that is the matching attribute',
      fix: 'Support filter=emails[type eq "work"].value eq "…".',
      optional: true,
      async run(probe) {
        const made = await makePerson(probe)
        const { answer, resources } = await look(
          probe,
          USERS,
          `filter=${encodeURIComponent(`emails[type eq "work"].value eq "${made.name}"`)}`,
        )
        demand(answer, resources.length === 1 && resources[0]?.id === made.id, 'the user with this address')
      },
    },
    creates({ schemas: [USER, ENTERPRISE_USER], roles: [], meta: { resourceType: 'User' } }),
    REFUSES_SECOND,
    disablesByPatch(
      'the default dialect disables by Replace with the text "False"',
      (active) => ({ op: 'Replace', path: 'active', value: active ? 'True' : 'False' }),
      'Compare op without regard to case and read "False" as false; never by truthiness.',
    ),
    disablesByPatch(
      'the dialect with aadOptscim062020 disables by replace with false',
      (active) => ({ op: 'replace', path: 'active', value: active }),
      'Accept replace with path active and a JSON boolean.',
    ),
    patches(
      'several attributes are changed, each by its path',
      'Accept Add and Replace with paths such as name.familyName, and qualified ones of the enterprise extension.',
      [
        { op: 'Replace', path: 'displayName', value: 'Grace' },
        { op: 'Replace', path: 'name.familyName', value: 'Hopper' },
        { op: 'Add', path: `${ENTERPRISE_USER}:department`, value: 'Navy' },
      ],
      (body) =>
        dig(body, 'displayName') === 'Grace' &&
        dig(body, 'name', 'familyName') === 'Hopper' &&
        dig(body, ENTERPRISE_USER, 'department') === 'Navy',
      'displayName, name.familyName and the department with their new values',
    ),
    patches(
      'the dialect with aadOptscim062020 sends dotted and qualified names as keys',
      'Read the keys of a value without a path as paths.',
      [
        {
          op: 'replace',
          value: { displayName: 'Grace', 'name.familyName': 'Hopper', [`${ENTERPRISE_USER}:department`]: 'Navy' },
        },
      ],
      (body) =>
        dig(body, 'displayName') === 'Grace' &&
        dig(body, 'name', 'familyName') === 'Hopper' &&
        dig(body, ENTERPRISE_USER, 'department') === 'Navy',
      'displayName, name.familyName and the department with their new values',
    ),
    patches(
      'one element of a list is changed through a filter',
      'Accept emails[type eq "work"].value and leave the other elements and primary alone.',
      [{ op: 'Replace', path: 'emails[type eq "work"].value', value: 'grace@example.com' }],
      (body) =>
        work(body).length === 1 && work(body)[0]?.value === 'grace@example.com' && work(body)[0]?.primary === true,
      'the one work address with its new value, primary as before',
    ),
    patches(
      'an element that is not there yet is made from the filter',
      'Create the element with the type of the filter when it finds nothing, for Add and for Replace.',
      [
        { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1 201 555 0123' },
        { op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value: '+1 201 555 0124' },
      ],
      (body) => ['mobile', 'work'].every((type) => objects(dig(body, 'phoneNumbers')).some((one) => one.type === type)),
      'a mobile and a work number',
    ),
    patches(
      'an unknown attribute among known ones is left out and the rest is done',
      'Ignore operations on attributes that you do not have: default mappings send them, and refusing them loses deactivations.',
      [
        { op: 'Replace', path: 'displayName', value: 'Grace' },
        { op: 'Add', path: `${ENTERPRISE_USER}:lockstepNope`, value: 'x' },
      ],
      (body) => dig(body, 'displayName') === 'Grace',
      'displayName "Grace"',
    ),
    {
      title: 'the manager is set by id and removed again',
      fix: 'Store manager as an object under the enterprise URN, also when it is sent as a string.',
      optional: true,
      async run(probe) {
        const [boss, made] = [await makePerson(probe), await makePerson(probe)]
        const path = `${ENTERPRISE_USER}:manager`
        const set = await demandChanged(
          probe,
          await probe.patch(made.path, [{ op: 'Add', path, value: boss.id }]),
          made.path,
          [200, 204],
          'Add of the manager',
        )
        demand(set.both, dig(set.body, ENTERPRISE_USER, 'manager', 'value') === boss.id, `manager.value ${boss.id}`)
        const gone = await demandChanged(
          probe,
          await probe.patch(made.path, [{ op: 'Remove', path }]),
          made.path,
          [200, 204],
          'Remove of the manager',
        )
        demand(gone.both, dig(gone.body, ENTERPRISE_USER, 'manager', 'value') === undefined, 'no manager')
      },
    },
    KEEPS_DISABLED,
    DELETES,
    findsGroup('&excludedAttributes=members'),
    createsGroup({
      schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: 'lockstep-check-group',
    }),
    {
      title: 'a group is read without its members',
      fix: 'Honour excludedAttributes=members.',
      async run(probe) {
        const made = await makePerson(probe)
        const team = await makeTeam(probe, [made.id])
        const answer = await probe.get(`${team.path}?excludedAttributes=members`)
        demandStatus(answer, [200], 'GET of a group with excludedAttributes=members')
        demand(answer, dig(answer.body, 'members') === undefined, 'no members')
      },
    },
    changesMembers(
      'members are added with an empty $ref',
      ['a'],
      ({ b }) => [{ op: 'Add', path: 'members', value: [{ $ref: null, value: b }] }],
      ['a', 'b'],
      'Read value, ignore a null $ref.',
    ),
    { ...REMOVES_BY_LIST, title: 'Remove with a list of values removes those members and no others' },
    REMOVES_BY_FILTER,
    ADDS_TWICE,
    renames((displayName) => ({ op: 'Replace', path: 'displayName', value: displayName })),
    {
      title: 'a second group of the same name is 409, as the validator checks',
      fix: 'Keep displayName of groups unique; the RFC does not require it.',
      optional: true,
      async run(probe) {
        const team = await makeTeam(probe)
        demandStatus(
          await probe.post(GROUPS, { schemas: [GROUP], displayName: team.name }),
          [409],
          'a second group of the same name',
        )
      },
    },
    {
      title: 'a PATCH without any operation succeeds, as the validator checks',
      fix: 'Treat an empty list of operations as no change.',
      optional: true,
      async run(probe) {
        const made = await makePerson(probe)
        demandStatus(await probe.patch(made.path, []), [200, 204], 'a PATCH with an empty list')
      },
    },
    {
      title: 'answers have the media type application/scim+json',
      fix: 'Send Content-Type: application/scim+json.',
      async run(probe) {
        const made = await makePerson(probe)
        const answer = await probe.get(made.path, { accept: 'application/scim+json' })
        demand(
          answer,
          /^application\/scim\+json\b/i.test(answer.header('content-type') ?? ''),
          'Content-Type: application/scim+json',
        )
      },
    },
    {
      title: '/Schemas has no null in it',
      fix: 'Leave members without a value out of /Schemas.',
      optional: true,
      async run({ declared: { schemas } }) {
        if (schemas.status !== 200) throw new NotOffered(`/Schemas was answered ${schemas.status}`)
        demand(schemas, !/[:[,]\s*null\b/.test(schemas.text), 'no null')
      },
    },
  ],
}
