// Cases: groups and their members. RFC 7643 §4.2.

import type { JsonObject } from '../../protocol/index.ts'
import type { DeclaredAttribute } from '../attribute-path.ts'
import type { Case, Made, Probe } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import type { Exchange } from '../exchange.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, member, memberIds, objects, resolveReference, valueAt } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const GROUPS = 'RFC 7643 §4.2'
const { must, should, may, own } = requirements(GROUPS)
const REFERENCES = 'RFC 7643 §2.3.7'

/** The description of a part of members; throws where the server has none. */
function partOfMembers(probe: Probe, name: string): DeclaredAttribute {
  const { attribute } = probe.groups().attribute('members')
  const part = attribute.subAttributes.find((one) => one.name === name)
  if (part === undefined) throw new NotOffered(`members have no ${name}`)
  return part
}

/** Goes on only where members have references that are described as such. */
function referring(probe: Probe): void {
  const { type } = partOfMembers(probe, '$ref')
  if (type !== 'reference') throw new NotOffered(`members.$ref is a ${type}`)
}

/** Makes a group with one member that is named in some way, and demands that it is the one meant. */
async function demandMember(
  probe: Probe,
  named: JsonObject,
  user: Made,
): Promise<{ readonly path: string; readonly shown: Exchange }> {
  const { type, body } = probe.groups()
  const answer = await probe.post(type.endpoint, body(probe.name(), { members: [named] }))
  const made = demandResource(answer, [201, 200], `a group with the member ${JSON.stringify(named)}`)
  const path = `${type.endpoint}/${encodeURIComponent(String(made.id))}`
  const shown = await probe.get(path)
  demand([answer, shown], memberIds(shown.body).join() === user.id, `the member ${user.id}`)
  return { path, shown }
}

/** Demands that an operation on the type of a member, which is immutable, is refused and changes nothing. */
async function demandUnchanged(probe: Probe, operation: JsonObject): Promise<void> {
  const { mutability } = partOfMembers(probe, 'type')
  if (mutability !== 'immutable' && mutability !== 'readOnly') throw new NotOffered(`members.type is ${mutability}`)
  const user = await probe.make()
  const group = await probe.makeGroup([{ value: user.id, type: probe.subject().type.name }])
  const typeOf = (body: unknown) => member(objects(dig(body, 'members'))[0], 'type')
  // What has no value yet may be given one.
  if (typeOf(await probe.read(group)) === undefined) throw new NotOffered('members do not show their type')
  const answer = await probe.patch(group.path, [{ ...operation, path: `members[value eq "${user.id}"].type` }])
  demandRefusal(answer, `${String(operation.op)} of the type of a member`, {
    keyword: ['mutability', 'invalidPath', 'invalidValue'],
  })
  const shown = await probe.get(group.path)
  demand([answer, shown], typeOf(shown.body) === probe.subject().type.name, 'the member with its type, as before')
}

/** The cases of the group "Groups". */
export const GROUP_CASES: readonly Case[] = [
  must('S-132', 'a group can be created without members', {
    fix: 'Take groups with a displayName alone; members come later.',
    async run(probe) {
      const groups = probe.groups()
      const name = probe.name()
      const answer = await probe.post(groups.type.endpoint, groups.body(name))
      const body = demandResource(answer, [201, 200], 'the creation of a group')
      demand(answer, valueAt(body, groups.named) === name, `displayName "${name}"`)
    },
  }),
  must('S-132/name', 'a group without displayName is refused', {
    fix: 'Answer 400 invalidValue to a group without displayName (required, erratum 5368).',
    async run(probe) {
      const groups = probe.groups()
      const { displayName: _, ...body } = groups.body(probe.name())
      demandRefusal(await probe.post(groups.type.endpoint, body), 'the creation of a group without displayName', {
        keyword: ['invalidValue', 'invalidSyntax'],
      })
    },
  }),
  must('S-132/members', 'a group is created with its members', {
    fix: 'Store members by value and show them on GET.',
    needs: ['S-132'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const groups = probe.groups()
      const answer = await probe.post(
        groups.type.endpoint,
        groups.body(probe.name(), { members: [{ value: one.id }, { value: other.id }] }),
      )
      const body = demandResource(answer, [201, 200], 'the creation of a group with two members')
      const shown = await probe.get(`${groups.type.endpoint}/${String(body.id)}`)
      demand(
        [answer, shown],
        memberIds(shown.body).join() === [one.id, other.id].toSorted().join(),
        `the members ${one.id} and ${other.id}`,
      )
    },
  }),
  must('P-064', 'meta.resourceType of a group is Group', {
    section: 'RFC 7644 §3.3.1',
    fix: 'Set meta.resourceType by the endpoint.',
    needs: ['S-132'],
    async run(probe) {
      const { exchange } = await probe.makeGroup()
      demand(
        exchange,
        dig(exchange.body, 'meta', 'resourceType') === probe.groups().type.name,
        `meta.resourceType "${probe.groups().type.name}"`,
      )
    },
  }),
  must('S-008/types', 'no user and group share an id', {
    section: 'RFC 7643 §3.1',
    fix: 'Make ids unique across all resource types.',
    needs: ['S-132'],
    async run(probe) {
      const [user, group] = [await probe.make(), await probe.makeGroup()]
      demand([user.exchange, group.exchange], user.id !== group.id, 'another id for the group than for the user')
      demandRefusal(
        await probe.get(`${probe.groups().type.endpoint}/${encodeURIComponent(user.id)}`),
        "a user's id at /Groups",
        { status: [404] },
      )
    },
  }),
  should('S-134', 'members have a $ref', {
    fix: "Fill members.$ref with the member's URI.",
    needs: ['S-132/members'],
    async run(probe) {
      const user = await probe.make()
      const group = await probe.makeGroup([{ value: user.id }])
      const shown = await probe.get(group.path)
      const [first] = objects(dig(shown.body, 'members'))
      demand(
        shown,
        String(member(first, '$ref') ?? '').endsWith(encodeURIComponent(user.id)),
        `$ref that ends in ${user.id}`,
        'OWN',
      )
      const type = member(first, 'type')
      demand(shown, type === undefined || type === 'User', 'type User, or none')
    },
  }),
  may('S-134/nested', 'a group can be a member of a group', {
    fix: 'Take groups as members, with type Group.',
    needs: ['S-132/members'],
    async run(probe) {
      const inner = await probe.makeGroup()
      const groups = probe.groups()
      const answer = await probe.post(
        groups.type.endpoint,
        groups.body(probe.name(), { members: [{ value: inner.id, type: 'Group' }] }),
      )
      if (answer.status === 400 || answer.status === 501) throw new NotOffered('nested groups are refused')
      const body = demandResource(answer, [201, 200], 'a group in a group')
      const shown = await probe.get(`${groups.type.endpoint}/${String(body.id)}`)
      demand([answer, shown], memberIds(shown.body).includes(inner.id), `the member ${inner.id}`)
    },
  }),
  must('S-133', 'the value of a member does not change', {
    fix: 'Answer 400 mutability to a change of members[…].value; members are added and removed whole.',
    needs: ['S-132/members', 'P-340'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const group = await probe.makeGroup([{ value: one.id }])
      const answer = await probe.patch(group.path, [
        { op: 'replace', path: `members[value eq "${one.id}"].value`, value: other.id },
      ])
      demandRefusal(answer, 'a change of the value of a member', {
        keyword: ['mutability', 'invalidPath', 'invalidValue'],
      })
    },
  }),
  own('S-135', 'a member without a value is refused', {
    fix: 'Answer 400 invalidValue to a member that names nobody.',
    needs: ['S-132'],
    async run(probe) {
      const groups = probe.groups()
      demandRefusal(
        await probe.post(groups.type.endpoint, groups.body(probe.name(), { members: [{ display: 'lockstep' }] })),
        'a group with a member without value',
        { keyword: ['invalidValue', 'invalidSyntax'] },
      )
    },
  }),
  own('S-048', 'a member that does not exist is refused', {
    section: 'RFC 7643 §2.3.7',
    fix: 'Answer 400 invalidValue and say which id; never keep it dangling, never answer 500.',
    needs: ['S-132'],
    async run(probe) {
      const groups = probe.groups()
      demandRefusal(
        await probe.post(groups.type.endpoint, groups.body(probe.name(), { members: [{ value: 'lockstep-nobody' }] })),
        'a group with a member that does not exist',
        { keyword: ['invalidValue', 'invalidSyntax'] },
      )
    },
  }),
  own('S-136/none', 'a member type that is none is refused', {
    fix: 'Answer 400 invalidValue to a type other than User and Group.',
    needs: ['S-132/members'],
    async run(probe) {
      const groups = probe.groups()
      const user = await probe.make()
      demandRefusal(
        await probe.post(
          groups.type.endpoint,
          groups.body(probe.name(), { members: [{ value: user.id, type: 'lockstep' }] }),
        ),
        'a member of the type "lockstep"',
        { keyword: ['invalidValue', 'invalidSyntax'] },
      )
    },
  }),
  own('S-132/same-name', 'two groups may have the same displayName', {
    fix: 'displayName has uniqueness none in RFC 7643 §8.7.1; refusing it is allowed, and Entra wants it so.',
    needs: ['S-132'],
    async run(probe) {
      const groups = probe.groups()
      if (groups.named.attribute.uniqueness !== 'none') throw new NotOffered('displayName of groups is unique')
      const made = await probe.makeGroup()
      demandStatus(
        await probe.post(groups.type.endpoint, groups.body(made.name)),
        [201, 200],
        'a second group with the same displayName',
      )
    },
  }),
  own('S-136', 'a type that contradicts the member is refused', {
    fix: 'Answer 400 invalidValue when type does not fit the resource that value names.',
    needs: ['S-132/members'],
    async run(probe) {
      const groups = probe.groups()
      const user = await probe.make()
      demandRefusal(
        await probe.post(
          groups.type.endpoint,
          groups.body(probe.name(), { members: [{ value: user.id, type: 'Group' }] }),
        ),
        'a user as a member of type Group',
        { keyword: ['invalidValue', 'invalidSyntax'] },
      )
    },
  }),
  must('S-117', 'groups of a user shows its groups', {
    section: 'RFC 7643 §4.1.2',
    fix: 'Compute groups of a user from the members of groups.',
    needs: ['S-132/members'],
    async run(probe) {
      const place = probe.subject().attribute('groups')
      const user = await probe.make()
      const group = await probe.makeGroup([{ value: user.id }])
      const shown = await probe.get(user.path)
      if (isUnassigned(valueAt(shown.body, place)) && !probe.declared.described)
        throw new NotOffered('groups of users are not shown')
      const entry = objects(valueAt(shown.body, place)).find((one) => member(one, 'value') === group.id)
      demand([group.exchange, shown], entry !== undefined, `the group ${group.id} in groups`, 'SHOULD')
      const type = member(entry, 'type')
      demand(shown, type === undefined || type === 'direct', 'type direct, or none')
    },
  }),
  should('S-117/indirect', 'groups of a user shows indirect memberships', {
    section: 'RFC 7643 §4.1.2',
    fix: 'Follow nested groups, with type indirect.',
    needs: ['S-117', 'S-134/nested'],
    async run(probe) {
      const place = probe.subject().attribute('groups')
      const user = await probe.make()
      const inner = await probe.makeGroup([{ value: user.id }])
      const outer = await probe.makeGroup([{ value: inner.id, type: 'Group' }])
      const shown = await probe.get(user.path)
      const entry = objects(valueAt(shown.body, place)).find((one) => member(one, 'value') === outer.id)
      if (entry === undefined) throw new NotOffered('indirect memberships are not shown')
      demand(shown, member(entry, 'type') === 'indirect' || member(entry, 'type') === undefined, 'type indirect')
    },
  }),
  must('S-118/post', 'groups in the creation of a user is ignored', {
    section: 'RFC 7643 §4.1.2',
    fix: 'Ignore groups in POST and PUT of a user.',
    needs: ['S-132'],
    async run(probe) {
      const subject = probe.subject()
      subject.attribute('groups')
      const group = await probe.makeGroup()
      const answer = await probe.post(
        subject.type.endpoint,
        subject.body(probe.name(), { groups: [{ value: group.id }] }),
      )
      demandStatus(answer, [201, 200], 'the creation of a user with groups')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).length === 0, 'a group without members')
    },
  }),
  must('S-118/patch', 'PATCH of groups of a user is refused', {
    section: 'RFC 7644 §3.5.2',
    fix: 'Answer 400 mutability to a PATCH of groups: it is readOnly.',
    needs: ['S-132', 'P-340'],
    async run(probe) {
      probe.subject().attribute('groups')
      const [user, group] = [await probe.make(), await probe.makeGroup()]
      demandRefusal(
        await probe.patch(user.path, [{ op: 'add', path: 'groups', value: [{ value: group.id }] }]),
        'add of groups to a user',
        { keyword: ['mutability'] },
      )
    },
  }),
  must('S-046', 'a reference may be relative to the base URL', {
    section: REFERENCES,
    fix: 'Take "Users/{id}" for $ref, and resolve it against the URL of the server up to but without the endpoint.',
    needs: ['S-132/members'],
    async run(probe) {
      referring(probe)
      const user = await probe.make()
      await demandMember(probe, { value: user.id, $ref: user.path.slice(1) }, user)
    },
  }),
  must('S-080/members', 'members: null means a group without members', {
    section: 'RFC 7643 §2.5',
    fix: 'Take null for no members.',
    needs: ['S-080', 'S-132/members'],
    async run(probe) {
      const { type, body } = probe.groups()
      const answer = await probe.post(type.endpoint, body(probe.name(), { members: null }))
      const empty = demandResource(answer, [201, 200], 'a group with members: null')
      demand(answer, isUnassigned(member(empty, 'members')), 'no members')
    },
  }),
  must('P-307/members', 'members: null in a PUT empties a group', {
    section: 'RFC 7643 §2.5',
    fix: 'Take null for no members in a PUT as well.',
    needs: ['P-307', 'S-080/members'],
    async run(probe) {
      const { body } = probe.groups()
      const made = await probe.makeGroup([{ value: (await probe.make()).id }])
      const put = await probe.put(made.path, body(made.name, { members: null }))
      demandStatus(put, [200, 204], 'PUT with members: null')
      const shown = await probe.get(made.path)
      demand([put, shown], isUnassigned(member(shown.body, 'members')), 'no members after the PUT')
    },
  }),
  must('S-046/shown', 'a reference that was given relative to the base URL leads to its resource', {
    section: REFERENCES,
    fix: 'Resolve relative references against the URL of the server up to but without the endpoint, not against that of the resource.',
    needs: ['S-046', 'S-047'],
    async run(probe) {
      const user = await probe.make()
      const { shown } = await demandMember(probe, { value: user.id, $ref: user.path.slice(1) }, user)
      const ref = String(member(objects(dig(shown.body, 'members'))[0], '$ref'))
      const base = probe.declared.config.url.replace(/ServiceProviderConfig$/, '')
      const there = await probe.get(resolveReference(ref, base))
      demand([shown, there], dig(there.body, 'id') === user.id, `a $ref that leads to the member, not ${ref}`)
    },
  }),
  own('S-046/alone', 'a member can be named by its reference alone', {
    section: REFERENCES,
    fix: 'Take the resource that $ref leads to where value is missing; neither is required (RFC 7643 §8.7.1).',
    needs: ['S-046'],
    async run(probe) {
      referring(probe)
      const user = await probe.make()
      await demandMember(probe, { $ref: user.path.slice(1) }, user)
    },
  }),
  must('S-087', 'references that differ in the version segment name the same resource', {
    section: 'RFC 7643 §2.4',
    fix: 'Leave a version like /v2 out of account when URIs of resources are compared.',
    needs: ['S-132/members', 'P-340', 'P-375/member-twice'],
    async run(probe) {
      referring(probe)
      const user = await probe.make()
      const base = probe.declared.config.url.replace(/\/ServiceProviderConfig$/, '')
      const other = /\/v\d+$/.test(base) ? base.replace(/\/v\d+$/, '') : `${base}/v2`
      const named = (at: string) => ({ value: user.id, $ref: `${at}${user.path}` })
      const { path } = await demandMember(probe, named(other), user)
      const answer = await probe.patch(path, [{ op: 'add', path: 'members', value: [named(base)] }])
      demandStatus(answer, [200, 204], `add of the member that is there, by ${base}${user.path}`)
      const shown = await probe.get(path)
      // That they are the same is a SHALL; that what is there already is not added again, a SHOULD (RFC 7644 §3.5.2.1).
      demand([answer, shown], memberIds(shown.body).join() === user.id, `the member ${user.id} once`, 'SHOULD')
    },
  }),
  must('P-390/replace', 'the type of a member does not change', {
    section: 'RFC 7644 §3.5.2',
    fix: 'Answer 400 mutability to a change of members[…].type; members are added and removed whole.',
    needs: ['S-132/members', 'P-340'],
    run: (probe) => demandUnchanged(probe, { op: 'replace', value: probe.groups().type.name }),
  }),
  must('P-390/remove', 'the type of a member can not be removed', {
    section: 'RFC 7644 §3.5.2',
    fix: 'Answer 400 mutability to a removal of members[…].type; members are added and removed whole.',
    needs: ['S-132/members', 'P-340'],
    run: (probe) => demandUnchanged(probe, { op: 'remove' }),
  }),
  own('P-405', 'a deleted user is in no group', {
    section: 'RFC 7644 §3.6',
    fix: 'Take deleted resources out of members.',
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
