// Cases: groups and their members. RFC 7643 §4.2.

import type { JsonObject } from '../../protocol/index.ts'
import type { DeclaredAttribute } from '../attribute-path.ts'
import type { Case, Made, Probe } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, member, memberIds, objects, resolveReference, valueAt, without } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { created } from '../walks/created.ts'
import { demandShown, membersAre, shows, that } from '../walks/expectation.ts'
import { add, elementsOf, remove, replace } from '../walks/operation.ts'
import type { Run } from '../walks/plan.ts'
import { readBack } from '../walks/read-back.ts'
import { refused } from '../walks/refused.ts'

const { must, should, may, own } = requirements('RFC 7643 §4.2', ['S-132/members'])
const REFERENCES = 'RFC 7643 §2.3.7'
const GROUPS_OF_USERS = 'RFC 7643 §4.1.2'
const MODIFY = 'RFC 7644 §3.5.2'
const VALUES = ['invalidValue', 'invalidSyntax'] as const
const CHANGE = ['mutability', 'invalidPath', 'invalidValue'] as const

/** The description of a part of members; throws where the server has none. */
function partOfMembers(probe: Probe, name: string): DeclaredAttribute {
  const { attribute } = probe.groups().attribute('members')
  const part = attribute.subAttributes.find((one) => one.name === name)
  if (part === undefined) throw new NotOffered(`members have no ${name}`)
  return part
}

/** Goes on only where members have references that are declared as such. */
function mustRefer(probe: Probe): void {
  const { type } = partOfMembers(probe, '$ref')
  if (type !== 'reference') throw new NotOffered(`members.$ref is a ${type}`)
}

/** Creates a group with these members. */
const createGroup = (probe: Probe, ...members: readonly JsonObject[]) => probe.create({ members }, probe.groups())

/** A walk: a group with a member that the server should not accept is refused. */
function memberRefused(what: string, of: (user: Made) => JsonObject): Run {
  return refused(async (_, probe) => {
    probe.groups()
    return { by: createGroup(probe, of(await probe.make())), what, keyword: VALUES }
  })
}

/** Creates a group with a member that is named in some way, and demands that it is the user who is meant. */
async function demandNamed(probe: Probe, named: JsonObject, user: Made) {
  const answer = await createGroup(probe, named)
  const { id } = demandResource(answer, [201, 200], `a group with the member ${JSON.stringify(named)}`)
  const path = `${probe.groups().type.endpoint}/${encodeURIComponent(String(id))}`
  const shown = await probe.get(path)
  demandShown([answer, shown], shown.body, membersAre(user.id))
  return { path, shown }
}

/** A walk: a group is created with a member that is named in some way. */
function memberNamed(name: (user: Made) => JsonObject): Run {
  return async (probe) => {
    mustRefer(probe)
    const user = await probe.make()
    await demandNamed(probe, name(user), user)
  }
}

/** A walk: a PATCH of the type of a member, which is immutable, is refused and changes nothing. */
function memberTypeKept(operation: (path: string, type: string) => JsonObject): Run {
  return refused(async ({ type }, probe) => {
    const { mutability } = partOfMembers(probe, 'type')
    if (mutability !== 'immutable' && mutability !== 'readOnly') throw new NotOffered(`members.type is ${mutability}`)
    const user = await probe.make()
    const on = await probe.makeGroup([{ value: user.id, type: type.name }])
    const typeOf = (group: unknown) => member(objects(dig(group, 'members'))[0], 'type')
    // What has no value yet may be given one.
    if (typeOf(await probe.read(on)) === undefined) throw new NotOffered('members do not show their type')
    const patch = operation(`${elementsOf('members', 'value', user.id)}.type`, probe.groups().type.name)
    return {
      by: probe.patch(on.path, [patch]),
      what: `${String(patch.op)} of the type of a member`,
      keyword: CHANGE,
      on,
      expect: that('the member with its type, as before', (group) => typeOf(group) === type.name),
    }
  })
}

const noMembers = that('no members', (group) => isUnassigned(member(group, 'members')))

/** The cases of the group "Groups". */
export const GROUP_CASES: readonly Case[] = [
  must('S-132', 'a group can be created without members', {
    fix: 'Accept groups with a displayName alone; members come later.',
    needs: [],
    run: created((_, probe) => {
      const [{ type, named, body }, name] = [probe.groups(), probe.name()]
      return {
        by: probe.post(type.endpoint, body(name)),
        what: 'the creation of a group',
        answered: shows(named, name),
      }
    }),
  }),
  must('S-132/name', 'a group without displayName is refused', {
    fix: 'Answer 400 invalidValue to a group without displayName (required, erratum 5368).',
    needs: [],
    run: refused((_, probe) => {
      const { type, body, attribute } = probe.groups()
      return {
        by: probe.post(type.endpoint, without(body(probe.name()), attribute('displayName'))),
        what: 'the creation of a group without displayName',
        keyword: VALUES,
      }
    }),
  }),
  must('S-132/members', 'a group is created with its members', {
    fix: 'Store members by value and show them on GET.',
    needs: ['S-132'],
    run: created(async (_, probe) => {
      const [one, other] = await probe.makeEach({}, {})
      return {
        by: createGroup(probe, { value: one.id }, { value: other.id }),
        of: probe.groups(),
        what: 'the creation of a group with two members',
        expect: membersAre(one.id, other.id),
      }
    }),
  }),
  must('P-064', 'meta.resourceType of a group is Group', {
    section: 'RFC 7644 §3.3.1',
    fix: 'Set meta.resourceType by the endpoint.',
    needs: ['S-132'],
    async run(probe) {
      const { exchange, type } = await probe.makeGroup()
      demand(exchange, dig(exchange.body, 'meta', 'resourceType') === type.name, `meta.resourceType "${type.name}"`)
    },
  }),
  must('S-008/types', 'a user and a group never share an id', {
    section: 'RFC 7643 §3.1',
    fix: 'Make ids unique across all resource types.',
    needs: ['S-132'],
    async run(probe) {
      const [user, group] = [await probe.make(), await probe.makeGroup()]
      demand([user.exchange, group.exchange], user.id !== group.id, 'another id for the group than for the user')
      const answer = await probe.get(`${group.type.endpoint}/${encodeURIComponent(user.id)}`)
      demandRefusal(answer, "a user's id at /Groups", { status: [404] })
    },
  }),
  should('S-134', 'members have a $ref', {
    fix: "Fill members.$ref with the member's URI.",
    run: readBack(async (_, probe) => {
      const { id } = await probe.make()
      const on = await probe.makeGroup([{ value: id }])
      const part = (group: unknown, name: string) => member(objects(dig(group, 'members'))[0], name)
      const isItsUri = (group: unknown) => String(part(group, '$ref') ?? '').endsWith(encodeURIComponent(id))
      return {
        on,
        expect: [
          that(`$ref that ends in ${id}`, isItsUri, 'OWN'),
          that('type User, or none', (group) =>
            [undefined, 'User'].includes(part(group, 'type') as string | undefined),
          ),
        ],
      }
    }),
  }),
  may('S-134/nested', 'a group can be a member of a group', {
    fix: 'Accept groups as members, with type Group.',
    async run(probe) {
      const { id, type } = await probe.makeGroup()
      const answer = await createGroup(probe, { value: id, type: 'Group' })
      if (answer.status === 400 || answer.status === 501) throw new NotOffered('nested groups are refused')
      const body = demandResource(answer, [201, 200], 'a group in a group')
      const shown = await probe.get(`${type.endpoint}/${String(body.id)}`)
      demand([answer, shown], memberIds(shown.body).includes(id), `the member ${id}`)
    },
  }),
  must('S-133', 'the value of a member does not change', {
    fix: 'Answer 400 mutability to a change of members[…].value; members are added and removed whole.',
    needs: ['S-132/members', 'P-340'],
    run: refused(async (_, probe) => {
      const [one, other] = await probe.makeEach({}, {})
      const { path } = await probe.makeGroup([{ value: one.id }])
      return {
        by: probe.patch(path, [replace(`${elementsOf('members', 'value', one.id)}.value`, other.id)]),
        what: 'a change of the value of a member',
        keyword: CHANGE,
      }
    }),
  }),
  own('S-135', 'a member without a value is refused', {
    fix: 'Answer 400 invalidValue to a member without value.',
    needs: ['S-132'],
    run: memberRefused('a group with a member without value', () => ({ display: 'lockstep' })),
  }),
  own('S-048', 'a member that does not exist is refused', {
    section: REFERENCES,
    fix: 'Answer 400 invalidValue and say which id; never keep it dangling, never answer 500.',
    needs: ['S-132'],
    run: memberRefused('a group with a member that does not exist', () => ({ value: 'lockstep-nobody' })),
  }),
  own('S-136/none', 'an unknown member type is refused', {
    fix: 'Answer 400 invalidValue to a type other than User and Group.',
    run: memberRefused('a member of the type "lockstep"', ({ id }) => ({ value: id, type: 'lockstep' })),
  }),
  own('S-132/same-name', 'two groups may have the same displayName', {
    fix: 'displayName has uniqueness none in RFC 7643 §8.7.1; refusing it is allowed, and Entra wants it so.',
    needs: ['S-132'],
    run: created(async (_, probe) => {
      const { type, named, body } = probe.groups()
      if (named.attribute.uniqueness !== 'none') throw new NotOffered('displayName of groups is unique')
      const { name } = await probe.makeGroup()
      return { by: probe.post(type.endpoint, body(name)), what: 'a second group with the same displayName' }
    }),
  }),
  own('S-136', 'a type that contradicts the member is refused', {
    fix: 'Answer 400 invalidValue when type does not fit the resource that value names.',
    run: memberRefused('a user as a member of type Group', ({ id }) => ({ value: id, type: 'Group' })),
  }),
  must('S-117', "a user's groups lists the groups of the user", {
    section: GROUPS_OF_USERS,
    fix: 'Compute groups of a user from the members of groups.',
    async run(probe) {
      const path = probe.subject().attribute('groups')
      const user = await probe.make()
      const group = await probe.makeGroup([{ value: user.id }])
      const shown = await probe.get(user.path)
      const groups = valueAt(shown.body, path)
      if (isUnassigned(groups) && !probe.declared.described) throw new NotOffered('groups of users are not shown')
      const entry = objects(groups).find((one) => member(one, 'value') === group.id)
      demand([group.exchange, shown], entry !== undefined, `the group ${group.id} in groups`, 'SHOULD')
      const type = member(entry, 'type')
      demand(shown, type === undefined || type === 'direct', 'type direct, or none')
    },
  }),
  should('S-117/indirect', "a user's groups lists indirect memberships", {
    section: GROUPS_OF_USERS,
    fix: 'Follow nested groups, with type indirect.',
    needs: ['S-117', 'S-134/nested'],
    async run(probe) {
      const path = probe.subject().attribute('groups')
      const user = await probe.make()
      const inner = await probe.makeGroup([{ value: user.id }])
      const outer = await probe.makeGroup([{ value: inner.id, type: 'Group' }])
      const shown = await probe.get(user.path)
      const entry = objects(valueAt(shown.body, path)).find((one) => member(one, 'value') === outer.id)
      if (entry === undefined) throw new NotOffered('indirect memberships are not shown')
      const type = member(entry, 'type')
      demand(shown, type === undefined || type === 'indirect', 'type indirect')
    },
  }),
  must('S-118/post', 'groups is ignored when a user is created', {
    section: GROUPS_OF_USERS,
    fix: 'Ignore groups in POST and PUT of a user.',
    needs: ['S-132'],
    async run(probe) {
      probe.subject().attribute('groups')
      const { id, path } = await probe.makeGroup()
      const answer = await probe.create({ groups: [{ value: id }] })
      demandStatus(answer, [201, 200], 'the creation of a user with groups')
      const shown = await probe.get(path)
      demand([answer, shown], memberIds(shown.body).length === 0, 'a group without members')
    },
  }),
  must('S-118/patch', "PATCH of a user's groups is refused", {
    section: MODIFY,
    fix: 'Answer 400 mutability to a PATCH of groups: it is readOnly.',
    needs: ['S-132', 'P-340'],
    run: refused(async ({ attribute }, probe) => {
      const groups = attribute('groups')
      const [{ path }, { id }] = [await probe.make(), await probe.makeGroup()]
      const by = probe.patch(path, [add(groups, [{ value: id }])])
      return { by, what: 'add of groups to a user', keyword: ['mutability'] }
    }),
  }),
  must('S-046', 'a reference may be relative to the base URL', {
    section: REFERENCES,
    fix: 'Accept "Users/{id}" for $ref, and resolve it against the URL of the server up to but without the endpoint.',
    run: memberNamed(({ id, path }) => ({ value: id, $ref: path.slice(1) })),
  }),
  must('S-080/members', '"members": null means a group without members', {
    section: 'RFC 7643 §2.5',
    fix: 'Treat null as no members.',
    needs: ['S-080', 'S-132/members'],
    run: created((_, probe) => ({
      by: probe.create({ members: null }, probe.groups()),
      what: 'a group with members: null',
      answered: noMembers,
    })),
  }),
  must('P-307/members', '"members": null in a PUT empties a group', {
    section: 'RFC 7643 §2.5',
    fix: 'Treat null as no members in a PUT as well.',
    needs: ['P-307', 'S-080/members'],
    async run(probe) {
      const { path, name } = await probe.makeGroup([{ value: (await probe.make()).id }])
      const answer = await probe.put(path, probe.groups().body(name, { members: null }))
      demandStatus(answer, [200, 204], 'PUT with members: null')
      const shown = await probe.get(path)
      demand([answer, shown], noMembers.holds(shown.body), 'no members after the PUT')
    },
  }),
  must('S-046/shown', 'a reference that was given relative to the base URL leads to its resource', {
    section: REFERENCES,
    fix: 'Resolve relative references against the URL of the server up to but without the endpoint, not against that of the resource.',
    needs: ['S-046', 'S-047'],
    async run(probe) {
      const user = await probe.make()
      const { shown } = await demandNamed(probe, { value: user.id, $ref: user.path.slice(1) }, user)
      const ref = String(member(objects(dig(shown.body, 'members'))[0], '$ref'))
      const there = await probe.get(resolveReference(ref, `${probe.base}/`))
      demand([shown, there], dig(there.body, 'id') === user.id, `a $ref that leads to the member, not ${ref}`)
    },
  }),
  own('S-046/alone', 'a member can be named by its reference alone', {
    section: REFERENCES,
    fix: 'Use the resource that $ref leads to where value is missing; neither is required (RFC 7643 §8.7.1).',
    needs: ['S-046'],
    run: memberNamed(({ path }) => ({ $ref: path.slice(1) })),
  }),
  must('S-087', 'references that differ only in the version segment name the same resource', {
    section: 'RFC 7643 §2.4',
    fix: 'Disregard a version like /v2 when URIs of resources are compared.',
    needs: ['S-132/members', 'P-340', 'P-375/member-twice'],
    async run(probe) {
      mustRefer(probe)
      const { base } = probe
      const user = await probe.make()
      const other = /\/v\d+$/.test(base) ? base.replace(/\/v\d+$/, '') : `${base}/v2`
      const named = (at: string) => ({ value: user.id, $ref: `${at}${user.path}` })
      const { path } = await demandNamed(probe, named(other), user)
      const answer = await probe.patch(path, [add('members', [named(base)])])
      demandStatus(answer, [200, 204], `add of the member that is there, by ${base}${user.path}`)
      const shown = await probe.get(path)
      // That they are the same is a SHALL; that what is there already is not added again, a SHOULD (RFC 7644 §3.5.2.1).
      demand([answer, shown], memberIds(shown.body).join() === user.id, `the member ${user.id} once`, 'SHOULD')
    },
  }),
  must('P-390/replace', 'the type of a member does not change', {
    section: MODIFY,
    fix: 'Answer 400 mutability to a change of members[…].type; members are added and removed whole.',
    needs: ['S-132/members', 'P-340'],
    run: memberTypeKept((path, type) => replace(path, type)),
  }),
  must('P-390/remove', 'the type of a member cannot be removed', {
    section: MODIFY,
    fix: 'Answer 400 mutability to a removal of members[…].type; members are added and removed whole.',
    needs: ['S-132/members', 'P-340'],
    run: memberTypeKept((path) => remove(path)),
  }),
  own('P-405', 'a deleted user is no longer in any group', {
    section: 'RFC 7644 §3.6',
    fix: 'Remove deleted resources from members.',
    needs: ['S-132/members', 'P-400'],
    async run(probe) {
      const user = await probe.make()
      const group = await probe.makeGroup([{ value: user.id }])
      await probe.del(user.path)
      const shown = await probe.get(group.path)
      demand(shown, !memberIds(shown.body).includes(user.id), `no member ${user.id}, which was deleted`)
    },
  }),
]
