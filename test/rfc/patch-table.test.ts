// PATCH for every kind of attribute, operation and path. RFC 7644 §3.5.2.

import { beforeAll, expect, test } from 'vitest'
import { type Body, ENT, expectError, USER } from './client.ts'
import { BADGE, declare, serverWithBadge } from './custom.ts'
import { site, tenantOf } from './site.ts'

// Requirements block P.12, the semantics table: one test per cell. RFC 7644 §3.5.2.1 to §3.5.2.3.
const at = site()
const scim = serverWithBadge(at)
beforeAll(() => declare(at.server, scim, REQUIRED_TAG))

/** A resource type with an extension that its resources must have. */
const THING = 'urn:example:scim:schemas:thing:1.0:Thing'
const THING_TAG = 'urn:example:scim:schemas:extension:tag:1.0:Thing'
const REQUIRED_TAG = {
  schemas: [
    { id: THING, name: 'Thing', description: 'A thing', attributes: [{ name: 'label' }] },
    { id: THING_TAG, name: 'Tag', description: 'Its tag', attributes: [{ name: 'tag' }] },
  ],
  types: [
    {
      id: 'Thing',
      name: 'Thing',
      description: 'Things',
      endpoint: '/Things',
      schema: THING,
      schemaExtensions: [{ schema: THING_TAG, required: true }],
    },
  ],
}

const WORK = { value: 'work@example.com', type: 'work' }
const HOME = { value: 'home@example.com', type: 'home' }
const OTHER = { value: 'other@example.com', type: 'other' }

interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path?: string
  readonly value?: unknown
}

function pathOf(resource: Body): string {
  return resource.meta.location.slice(scim.base.length)
}

/** Carries out the operations and returns the resource as a GET shows it. */
async function patched(resource: Body, ...operations: readonly Operation[]): Promise<Body> {
  const answer = await scim.patch(pathOf(resource), operations)
  expect([200, 204], answer.text).toContain(answer.status)
  const read = await scim.get(pathOf(resource))
  if (answer.status === 200) expect(answer.body).toEqual(read.body)
  expect(answer.headers.get('etag')).toBe(read.headers.get('etag'))
  return read.body
}

/** Expects success and nothing changed: neither values nor version. */
async function unchanged(resource: Body, ...operations: readonly Operation[]): Promise<void> {
  const before = (await scim.get(pathOf(resource))).body
  expect(await patched(resource, ...operations)).toEqual(before)
}

/** Expects a refusal and nothing changed. */
async function refused(resource: Body, operation: Operation, scimType: string): Promise<void> {
  const before = (await scim.get(pathOf(resource))).body
  expectError(await scim.patch(pathOf(resource), [operation]), 400, scimType)
  expect((await scim.get(pathOf(resource))).body).toEqual(before)
}

/** The values of the primary entries. */
function primaries(emails: readonly Body[]): readonly string[] {
  return emails.filter((email) => email.primary === true).map((email) => email.value)
}

const withEmails = (...emails: readonly object[]) => scim.makeUser({ emails })

// P-370: no path.
test('P-370 add without path: each member is added as by an add of its own', async () => {
  const made = await scim.makeUser({ emails: [WORK], title: 'Dr', name: { familyName: 'F' } })
  const read = await patched(made, {
    op: 'add',
    value: { nickName: 'N', emails: [HOME], name: { givenName: 'G' } },
  })
  expect(read.nickName).toBe('N')
  expect(read.title).toBe('Dr')
  expect(read.emails).toEqual([WORK, HOME])
  expect(read.name).toEqual({ familyName: 'F', givenName: 'G' })
})
test.each([['text'], [7], [true], [null], [[{ nickName: 'N' }]]])(
  'P-370 add without path and a value that is no object (%j): invalidValue',
  async (value) => {
    await refused(await scim.makeUser(), { op: 'add', value }, 'invalidValue')
  },
)
test('P-370 replace without path: each member replaced, members not named stay', async () => {
  const made = await scim.makeUser({ emails: [WORK], title: 'Dr', name: { familyName: 'F' } })
  const read = await patched(made, {
    op: 'replace',
    value: { nickName: 'N', emails: [HOME], name: { givenName: 'G' } },
  })
  expect(read.nickName).toBe('N')
  expect(read.title).toBe('Dr')
  expect(read.emails).toEqual([HOME])
  expect(read.name).toEqual({ familyName: 'F', givenName: 'G' })
})
test('P-370 replace without path on a group leaves the members alone', async () => {
  const member = await scim.makeUser()
  const group = await scim.makeGroup({ members: [{ value: member.id }] })
  const read = await patched(group, { op: 'replace', value: { displayName: `${group.displayName}-renamed` } })
  expect(read.members.map((one: Body) => one.value)).toEqual([member.id])
})
test.each([['text'], [7], [null], [[{ nickName: 'N' }]]])(
  'P-370 replace without path and a value that is no object (%j): invalidValue',
  async (value) => {
    await refused(await scim.makeUser(), { op: 'replace', value }, 'invalidValue')
  },
)
test('P-370 remove without path: noTarget', async () => {
  const made = await scim.makeUser({ nickName: 'N' })
  await refused(made, { op: 'remove' }, 'noTarget')
  await refused(made, { op: 'remove', value: { nickName: 'N' } }, 'noTarget')
})

// P-371: singular simple, unset.
test.each(['add', 'replace'] as const)('P-371 %s of a simple attribute without value sets it', async (op) => {
  expect((await patched(await scim.makeUser(), { op, path: 'nickName', value: 'N' })).nickName).toBe('N')
})
test('P-371 remove of a simple attribute without value: no change', async () => {
  await unchanged(await scim.makeUser(), { op: 'remove', path: 'nickName' })
})

// P-372: singular simple, set.
test.each(['add', 'replace'] as const)('P-372 %s of a simple attribute with a value replaces it', async (op) => {
  expect((await patched(await scim.makeUser({ nickName: 'A' }), { op, path: 'nickName', value: 'B' })).nickName).toBe(
    'B',
  )
})
test('P-372 remove of a simple attribute unassigns it; required and readOnly ones: mutability', async () => {
  const made = await scim.makeUser({ nickName: 'A' })
  expect(await patched(made, { op: 'remove', path: 'nickName' })).not.toHaveProperty('nickName')
  await refused(made, { op: 'remove', path: 'userName' }, 'mutability')
  await refused(made, { op: 'remove', path: 'id' }, 'mutability')
})

// P-373: singular complex.
test.each(['add', 'replace'] as const)(
  'P-373 %s of a complex attribute sets what is given, keeps the rest',
  async (op) => {
    const made = await scim.makeUser({ name: { givenName: 'A', familyName: 'F' } })
    const read = await patched(made, { op, path: 'name', value: { givenName: 'B', middleName: 'M' } })
    expect(read.name).toEqual({ givenName: 'B', familyName: 'F', middleName: 'M' })
  },
)
test('P-373 remove of a complex attribute unassigns all of it', async () => {
  const made = await scim.makeUser({ name: { givenName: 'A', familyName: 'F' } })
  expect(await patched(made, { op: 'remove', path: 'name' })).not.toHaveProperty('name')
})

// P-374: sub-attribute of a singular complex one.
test.each(['add', 'replace'] as const)('P-374 %s of a sub-attribute sets it, and makes the parent', async (op) => {
  const bare = await scim.makeUser()
  expect((await patched(bare, { op, path: 'name.givenName', value: 'G' })).name).toEqual({ givenName: 'G' })
  const named = await scim.makeUser({ name: { givenName: 'A', familyName: 'F' } })
  const read = await patched(named, { op, path: 'name.givenName', value: 'B' })
  expect(read.name).toEqual({ givenName: 'B', familyName: 'F' })
})
test('P-374 remove of a sub-attribute; the parent goes when it is empty', async () => {
  const made = await scim.makeUser({ name: { givenName: 'A', familyName: 'F' } })
  expect((await patched(made, { op: 'remove', path: 'name.givenName' })).name).toEqual({ familyName: 'F' })
  expect(await patched(made, { op: 'remove', path: 'name.familyName' })).not.toHaveProperty('name')
})

// P-375: multi-valued, no filter.
test('P-375 add to a list appends; an equal value is not added again', async () => {
  const made = await withEmails(WORK)
  expect((await patched(made, { op: 'add', path: 'emails', value: [HOME] })).emails).toEqual([WORK, HOME])
  await unchanged(made, { op: 'add', path: 'emails', value: [HOME] })
  const read = await patched(made, { op: 'add', path: 'emails', value: [WORK, OTHER] })
  expect(read.emails).toEqual([WORK, HOME, OTHER])
})
test('P-375 add of an entry with the same value and type updates it', async () => {
  const made = await withEmails(WORK)
  const read = await patched(made, { op: 'add', path: 'emails', value: [{ ...WORK, display: 'W' }] })
  expect(read.emails).toEqual([{ ...WORK, display: 'W' }])
})
test('P-375 replace of a list: the array takes the place of all; [] and null unassign', async () => {
  const made = await withEmails(WORK, HOME)
  expect((await patched(made, { op: 'replace', path: 'emails', value: [OTHER] })).emails).toEqual([OTHER])
  expect(await patched(made, { op: 'replace', path: 'emails', value: [] })).not.toHaveProperty('emails')
  await patched(made, { op: 'add', path: 'emails', value: [WORK] })
  expect(await patched(made, { op: 'replace', path: 'emails', value: null })).not.toHaveProperty('emails')
})
test('P-375 remove of a list: all; with a value only the equal ones; with [] none', async () => {
  const made = await withEmails(WORK, HOME, OTHER)
  const some = await patched(made, { op: 'remove', path: 'emails', value: [{ value: WORK.value }] })
  expect(some.emails).toEqual([HOME, OTHER])
  await unchanged(made, { op: 'remove', path: 'emails', value: [] })
  await unchanged(made, { op: 'remove', path: 'emails', value: [{ value: 'nobody@example.com' }] })
  expect((await patched(made, { op: 'remove', path: 'emails', value: HOME })).emails).toEqual([OTHER])
  expect(await patched(made, { op: 'remove', path: 'emails' })).not.toHaveProperty('emails')
})
test('P-375 members: add without duplicates, remove with a value only those, [] none, without a value all', async () => {
  const [a, b, c] = [await scim.makeUser(), await scim.makeUser(), await scim.makeUser()]
  const group = await scim.makeGroup({ members: [{ value: a.id }] })
  const ids = (read: Body) => (read.members ?? []).map((member: Body) => member.value).toSorted()
  const added = await patched(group, {
    op: 'add',
    path: 'members',
    value: [{ value: a.id }, { value: b.id }, { value: c.id }],
  })
  expect(ids(added)).toEqual([a.id, b.id, c.id].toSorted())
  const removed = await patched(group, { op: 'remove', path: 'members', value: [{ value: b.id }] })
  expect(ids(removed)).toEqual([a.id, c.id].toSorted())
  await unchanged(group, { op: 'remove', path: 'members', value: [] })
  await unchanged(group, { op: 'remove', path: 'members', value: [{ value: b.id }] })
  expect(ids(await patched(group, { op: 'replace', path: 'members', value: [{ value: b.id }] }))).toEqual([b.id])
  expect(ids(await patched(group, { op: 'remove', path: 'members' }))).toEqual([])
})

// P-376: sub-attribute of a list, without filter.
test.each(['add', 'replace'] as const)(
  'P-376 %s of a sub-attribute sets it on every entry; without any: noTarget',
  async (op) => {
    const made = await withEmails(WORK, HOME)
    const read = await patched(made, { op, path: 'emails.type', value: 'other' })
    expect(read.emails).toEqual([
      { ...WORK, type: 'other' },
      { ...HOME, type: 'other' },
    ])
    await refused(await scim.makeUser(), { op, path: 'emails.type', value: 'other' }, 'noTarget')
  },
)
test('P-376 remove of a sub-attribute takes it from every entry', async () => {
  const made = await withEmails(WORK, HOME)
  const read = await patched(made, { op: 'remove', path: 'emails.type' })
  expect(read.emails).toEqual([{ value: WORK.value }, { value: HOME.value }])
  await unchanged(await scim.makeUser(), { op: 'remove', path: 'emails.type' })
})

// P-377: multi-valued with a filter that matches.
test.each(['add', 'replace'] as const)('P-377 %s through a filter merges the object into each match', async (op) => {
  const made = await withEmails(WORK, HOME)
  const read = await patched(made, { op, path: 'emails[type eq "work"]', value: { display: 'W' } })
  expect(read.emails).toEqual([{ ...WORK, display: 'W' }, HOME])
})
test('P-377 replace through a filter with null removes the matches', async () => {
  const made = await withEmails(WORK, HOME)
  expect((await patched(made, { op: 'replace', path: 'emails[type eq "work"]', value: null })).emails).toEqual([HOME])
})
test('P-377 remove through a filter; the attribute goes with the last value', async () => {
  const made = await withEmails(WORK, HOME)
  expect((await patched(made, { op: 'remove', path: 'emails[type eq "work"]' })).emails).toEqual([HOME])
  expect(await patched(made, { op: 'remove', path: 'emails[type eq "home"]' })).not.toHaveProperty('emails')
})
test('P-377 remove of one member by filter removes that one', async () => {
  const [a, b] = [await scim.makeUser(), await scim.makeUser()]
  const group = await scim.makeGroup({ members: [{ value: a.id }, { value: b.id }] })
  const read = await patched(group, { op: 'remove', path: `members[value eq "${a.id}"]` })
  expect(read.members.map((member: Body) => member.value)).toEqual([b.id])
})

// P-378: multi-valued with a filter that matches nothing.
test('P-378 add through a filter without match makes the element from eq terms and the value', async () => {
  const made = await withEmails(HOME)
  const one = await patched(made, { op: 'add', path: 'emails[type eq "work"]', value: { value: WORK.value } })
  expect(one.emails).toEqual([HOME, { type: 'work', value: WORK.value }])
  const two = await patched(made, {
    op: 'add',
    path: 'emails[type eq "other" and display eq "D"]',
    value: { value: OTHER.value },
  })
  expect(two.emails).toContainEqual({ ...OTHER, display: 'D' })
})
test.each(['emails[type co "work"]', 'emails[type eq "work" or type eq "x"]', 'emails[not (type eq "home")]'])(
  'P-378 add through %j without match: noTarget',
  async (path) => {
    await refused(await withEmails(HOME), { op: 'add', path, value: { value: WORK.value } }, 'noTarget')
  },
)
test('P-378 add through a filter whose term the value contradicts: invalidValue', async () => {
  const made = await withEmails(HOME)
  await refused(made, { op: 'add', path: 'emails[type eq "work"]', value: OTHER }, 'invalidValue')
})
test('P-378 replace through a filter without match: noTarget', async () => {
  await refused(await withEmails(HOME), { op: 'replace', path: 'emails[type eq "work"]', value: WORK }, 'noTarget')
  await refused(await scim.makeUser(), { op: 'replace', path: 'emails[type eq "work"]', value: WORK }, 'noTarget')
})
test('P-378 remove through a filter without match: no change', async () => {
  await unchanged(await withEmails(HOME), { op: 'remove', path: 'emails[type eq "work"]' })
  await unchanged(await scim.makeUser(), { op: 'remove', path: 'emails[type eq "work"]' })
  const group = await scim.makeGroup({ members: [{ value: (await scim.makeUser()).id }] })
  await unchanged(group, { op: 'remove', path: 'members[value eq "nobody"]' })
})

// P-379: filter and sub-attribute.
test.each(['add', 'replace'] as const)('P-379 %s of a filtered sub-attribute sets it on each match', async (op) => {
  const made = await withEmails(WORK, { ...OTHER, type: 'work' }, HOME)
  const read = await patched(made, { op, path: 'emails[type eq "work"].display', value: 'W' })
  expect(read.emails).toEqual([{ ...WORK, display: 'W' }, { ...OTHER, type: 'work', display: 'W' }, HOME])
})
test('P-379 add of a filtered sub-attribute without match makes the element; not from other filters', async () => {
  const made = await withEmails(HOME)
  const read = await patched(made, { op: 'add', path: 'emails[type eq "work"].value', value: WORK.value })
  expect(read.emails).toEqual([HOME, WORK])
  await refused(made, { op: 'add', path: 'emails[type sw "oth"].value', value: OTHER.value }, 'noTarget')
})
test('P-379 replace of a filtered sub-attribute without match: noTarget', async () => {
  const made = await withEmails(HOME)
  await refused(made, { op: 'replace', path: 'emails[type eq "work"].value', value: WORK.value }, 'noTarget')
})
test('P-379 remove of a filtered sub-attribute; the element stays unless it becomes empty', async () => {
  const made = await withEmails(WORK, HOME, { value: 'bare@example.com' })
  const read = await patched(made, { op: 'remove', path: 'emails[type eq "work"].type' })
  expect(read.emails).toEqual([{ value: WORK.value }, HOME, { value: 'bare@example.com' }])
  const less = await patched(made, { op: 'remove', path: 'emails[value eq "bare@example.com"].value' })
  expect(less.emails).toEqual([{ value: WORK.value }, HOME])
  await unchanged(made, { op: 'remove', path: 'emails[type eq "nope"].value' })
})

// P-380: a value with primary true.
test('P-380 add of a primary value takes primary from the others', async () => {
  const made = await withEmails({ ...WORK, primary: true })
  const read = await patched(made, { op: 'add', path: 'emails', value: [{ ...HOME, primary: true }] })
  expect(read.emails).toHaveLength(2)
  expect(primaries(read.emails)).toEqual([HOME.value])
})
test('P-380 replace of an element with a primary one takes primary from the others', async () => {
  const made = await withEmails({ ...WORK, primary: true }, HOME)
  const read = await patched(made, { op: 'replace', path: 'emails[type eq "home"]', value: { ...HOME, primary: true } })
  expect(primaries(read.emails)).toEqual([HOME.value])
})
test('P-380 remove of the primary element leaves no primary', async () => {
  const made = await withEmails({ ...WORK, primary: true }, HOME)
  expect(primaries((await patched(made, { op: 'remove', path: 'emails[primary eq true]' })).emails)).toEqual([])
})

// P-381: a path to primary.
test.each(['add', 'replace'] as const)('P-381 %s of primary true by path takes it from the others', async (op) => {
  const made = await withEmails({ ...WORK, primary: true }, HOME)
  const read = await patched(made, { op, path: `emails[value eq "${HOME.value}"].primary`, value: true })
  expect(primaries(read.emails)).toEqual([HOME.value])
})
test('P-381 remove of primary by path', async () => {
  const made = await withEmails({ ...WORK, primary: true }, HOME)
  const read = await patched(made, { op: 'remove', path: 'emails[type eq "work"].primary' })
  expect(read.emails).toEqual([WORK, HOME])
})
test('P-381 primary true on more than one entry at once: invalidValue', async () => {
  await refused(await withEmails(WORK, HOME), { op: 'replace', path: 'emails.primary', value: true }, 'invalidValue')
})

// RFC 7643 §2.4: left out, primary is false, in the brackets of a path too.
test('P-381 a path finds the entries that leave primary out', async () => {
  const made = await withEmails({ ...WORK, primary: true }, HOME)
  const read = await patched(made, { op: 'replace', path: 'emails[primary eq false].display', value: 'At home' })
  expect(read.emails).toEqual([
    { ...WORK, primary: true },
    { ...HOME, display: 'At home' },
  ])
  const left = await patched(made, { op: 'remove', path: 'emails[primary eq false]' })
  expect(left.emails).toEqual([{ ...WORK, primary: true }])
})
test('P-381 a path that asks for another type as well finds nothing', async () => {
  const path = 'emails[type eq "other" and primary eq false].display'
  await refused(await withEmails({ ...WORK, primary: true }, HOME), { op: 'replace', path, value: 'x' }, 'noTarget')
})

// P-382: two primaries in one value.
test.each(['add', 'replace'] as const)('P-382 %s of two primaries in one value: invalidValue', async (op) => {
  const value = [
    { ...WORK, primary: true },
    { ...HOME, primary: true },
  ]
  await refused(await withEmails(OTHER), { op, path: 'emails', value }, 'invalidValue')
  await refused(await withEmails(OTHER), { op, value: { emails: value } }, 'invalidValue')
})

// P-383: an extension by its URN.
test.each(['add', 'replace'] as const)('P-383 %s of an extension merges the object', async (op) => {
  const made = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'D', costCenter: 'C' } })
  const read = await patched(made, { op, path: ENT, value: { department: 'E', division: 'V' } })
  expect(read[ENT]).toEqual({ department: 'E', costCenter: 'C', division: 'V' })
  const bare = await patched(await scim.makeUser(), { op, path: ENT, value: { department: 'E' } })
  expect(bare[ENT]).toEqual({ department: 'E' })
  expect(bare.schemas).toContain(ENT)
})
test('P-383 remove of an extension takes it and its URN', async () => {
  const made = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'D' } })
  const read = await patched(made, { op: 'remove', path: ENT })
  expect(read).not.toHaveProperty([ENT])
  expect(read.schemas).toEqual([USER])
})
test('P-383 remove of a required extension: mutability', async () => {
  const made = await scim.post('/Things', {
    schemas: [THING, THING_TAG],
    label: 'one',
    [THING_TAG]: { tag: 't' },
  })
  expect(made.status, made.text).toBe(201)
  await refused(made.body, { op: 'remove', path: THING_TAG }, 'mutability')
})

// P-384: paths with a URN.
test.each(['add', 'replace'] as const)('P-384 %s through a path with a URN', async (op) => {
  const boss = await scim.makeUser({ displayName: 'Boss' })
  const made = await scim.makeUser()
  const read = await patched(made, { op, path: `${ENT}:manager.value`, value: boss.id })
  expect(read[ENT].manager).toMatchObject({ value: boss.id, displayName: 'Boss' })
  expect(read.schemas).toContain(ENT)
  const more = await patched(made, { op, path: `${ENT}:department`, value: 'D' })
  expect(more[ENT].department).toBe('D')
  expect(more[ENT].manager.value).toBe(boss.id)
})
test('P-384 remove through a path with a URN; the URN goes with the last value', async () => {
  const boss = await scim.makeUser()
  const made = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { manager: { value: boss.id }, department: 'D' } })
  const read = await patched(made, { op: 'remove', path: `${ENT}:manager.value` })
  expect(read[ENT]).toEqual({ department: 'D' })
  expect((await patched(made, { op: 'remove', path: `${ENT}:department` })).schemas).toEqual([USER])
})

// P-385: schemas.
test('P-385 add to schemas is accepted; listed once the extension has a value', async () => {
  const made = await scim.makeUser()
  await unchanged(made, { op: 'add', path: 'schemas', value: [ENT] })
  const read = await patched(
    made,
    { op: 'add', path: 'schemas', value: [ENT] },
    { op: 'add', path: `${ENT}:department`, value: 'D' },
  )
  expect(read.schemas.toSorted()).toEqual([USER, ENT].toSorted())
})
test('P-385 replace of schemas clears a dropped extension; dropping the base: mutability', async () => {
  const made = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'D' } })
  await refused(made, { op: 'replace', path: 'schemas', value: [ENT] }, 'mutability')
  await unchanged(made, { op: 'replace', path: 'schemas', value: [ENT, USER] })
  const read = await patched(made, { op: 'replace', path: 'schemas', value: [USER] })
  expect(read).not.toHaveProperty([ENT])
  expect(read.schemas).toEqual([USER])
})
test('P-385 remove from schemas: by value as dropping; all, or the base: mutability', async () => {
  const made = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'D' } })
  await refused(made, { op: 'remove', path: 'schemas' }, 'mutability')
  await refused(made, { op: 'remove', path: 'schemas', value: [USER] }, 'mutability')
  expect((await patched(made, { op: 'remove', path: 'schemas', value: [ENT] })).schemas).toEqual([USER])
})

// P-386: a list of simple values with a filter.
const withTags = (...tags: readonly string[]) => scim.makeUser({ schemas: [USER, BADGE], [BADGE]: { tags } })
test('P-386 add through a filter on simple values: a match stays, no match makes the value', async () => {
  const made = await withTags('a', 'b')
  await unchanged(made, { op: 'add', path: `${BADGE}:tags[value eq "a"]`, value: 'a' })
  const read = await patched(made, { op: 'add', path: `${BADGE}:tags[value eq "c"]`, value: 'c' })
  expect(read[BADGE].tags).toEqual(['a', 'b', 'c'])
})
test('P-386 replace through a filter on simple values', async () => {
  const made = await withTags('a', 'b')
  const read = await patched(made, { op: 'replace', path: `${BADGE}:tags[value eq "a"]`, value: 'c' })
  expect(read[BADGE].tags.toSorted()).toEqual(['b', 'c'])
  await refused(made, { op: 'replace', path: `${BADGE}:tags[value eq "z"]`, value: 'y' }, 'noTarget')
})
test('P-386 remove through a filter on simple values', async () => {
  const made = await withTags('a', 'b')
  expect((await patched(made, { op: 'remove', path: `${BADGE}:tags[value eq "a"]` }))[BADGE].tags).toEqual(['b'])
  await unchanged(made, { op: 'remove', path: `${BADGE}:tags[value eq "z"]` })
})

// P-387: readOnly.
test.each(['add', 'replace', 'remove'] as const)('P-387 %s of a readOnly attribute: mutability', async (op) => {
  const made = await scim.makeUser()
  for (const [path, value] of [
    ['id', 'x'],
    ['groups', [{ value: made.id }]],
    ['meta', { resourceType: 'X' }],
    ['meta.lastModified', '2026-01-01T00:00:00Z'],
  ] as const) {
    await refused(made, op === 'remove' ? { op, path } : { op, path, value }, 'mutability')
  }
})

// P-388: immutable, set.
test.each(['add', 'replace'] as const)(
  'P-388 %s of an immutable attribute with a value: mutability unless equal',
  async (op) => {
    const made = await scim.makeUser({ schemas: [USER, BADGE], [BADGE]: { serial: 'c', serials: ['a'] } })
    await refused(made, { op, path: `${BADGE}:serial`, value: 'd' }, 'mutability')
    await refused(made, { op, path: BADGE, value: { serial: 'd' } }, 'mutability')
    await refused(made, { op, value: { [BADGE]: { serial: 'd' } } }, 'mutability')
    await refused(made, { op, path: `${BADGE}:serials`, value: ['b'] }, 'mutability')
    await unchanged(made, { op, path: `${BADGE}:serial`, value: 'c' })
    await unchanged(made, { op, path: `${BADGE}:serials`, value: ['a'] })
  },
)
test('P-388 remove of an immutable attribute with a value: mutability', async () => {
  const made = await scim.makeUser({ schemas: [USER, BADGE], [BADGE]: { serial: 'c' } })
  await refused(made, { op: 'remove', path: `${BADGE}:serial` }, 'mutability')
  await refused(made, { op: 'remove', path: BADGE }, 'mutability')
})

// P-389: immutable, unset.
test.each(['add', 'replace'] as const)('P-389 %s of an immutable attribute without a value sets it', async (op) => {
  const read = await patched(await scim.makeUser(), { op, path: `${BADGE}:serial`, value: 'c' })
  expect(read[BADGE]).toEqual({ serial: 'c' })
})
test('P-389 remove of an immutable attribute without a value: no change', async () => {
  await unchanged(await scim.makeUser(), { op: 'remove', path: `${BADGE}:serial` })
})

// P-390: sub-attributes of a member.
test.each(['add', 'replace'] as const)(
  'P-390 %s of a sub-attribute of a member: mutability unless equal',
  async (op) => {
    const [a, b] = [await scim.makeUser(), await scim.makeUser()]
    const group = await scim.makeGroup({ members: [{ value: a.id }] })
    await refused(group, { op, path: `members[value eq "${a.id}"].type`, value: 'Group' }, 'mutability')
    await refused(group, { op, path: `members[value eq "${a.id}"].value`, value: b.id }, 'mutability')
    await unchanged(group, { op, path: `members[value eq "${a.id}"].type`, value: 'User' })
    await unchanged(group, { op, path: `members[value eq "${a.id}"].value`, value: a.id })
  },
)
test('P-390 remove of a sub-attribute of a member: mutability', async () => {
  const a = await scim.makeUser()
  const group = await scim.makeGroup({ members: [{ value: a.id }] })
  await refused(group, { op: 'remove', path: `members[value eq "${a.id}"].type` }, 'mutability')
  await refused(group, { op: 'remove', path: `members[value eq "${a.id}"].value` }, 'mutability')
})

// P-391: a filter on a singular attribute.
test.each(['add', 'replace', 'remove'] as const)(
  'P-391 %s with a filter on a singular attribute: invalidPath',
  async (op) => {
    const boss = await scim.makeUser()
    const made = await scim.makeUser({
      name: { givenName: 'a' },
      schemas: [USER, ENT],
      [ENT]: { manager: { value: boss.id } },
    })
    for (const path of [
      'name[givenName eq "a"]',
      'name[givenName eq "a"].familyName',
      `${ENT}:manager[value eq "${boss.id}"]`,
      'nickName[value eq "x"]',
    ]) {
      await refused(made, op === 'remove' ? { op, path } : { op, path, value: 'x' }, 'invalidPath')
    }
  },
)

// P-392: unknown attributes.
test.each(['add', 'replace', 'remove'] as const)('P-392 %s of an unknown attribute: invalidPath', async (op) => {
  const made = await scim.makeUser({ emails: [WORK] })
  for (const path of [
    'foo',
    'name.foo',
    'emails.foo',
    'emails[type eq "work"].foo',
    `${ENT}:foo`,
    'urn:x:y:z:foo',
    'department',
  ]) {
    await refused(made, op === 'remove' ? { op, path } : { op, path, value: 'x' }, 'invalidPath')
  }
  if (op !== 'remove') {
    await refused(made, { op, value: { foo: 'x' } }, 'invalidPath')
    await refused(made, { op, value: { nickName: 'n', 'name.foo': 'x' } }, 'invalidPath')
  }
})

// P-393: password.
test.each(['add', 'replace'] as const)('P-393 %s of password sets it, and it is never shown', async (op) => {
  const made = await scim.makeUser()
  const ref = { tenant: tenantOf(scim), type: 'User', id: made.id }
  expect(await at.server.store.secret(ref)).toBeUndefined()
  const answer = await scim.patch(`/Users/${made.id}`, [{ op, path: 'password', value: 'a new Passw0rd!' }])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.text).not.toContain('Passw0rd')
  expect(answer.body).not.toHaveProperty('password')
  const secret = await at.server.store.secret(ref)
  expect(secret).toEqual(expect.any(String))
  expect(secret).not.toContain('Passw0rd')
  expect(answer.headers.get('etag')).not.toBe(made.meta.version)
})
test('P-393 remove of password unassigns it', async () => {
  const made = await scim.makeUser({ password: 'an old Passw0rd!' })
  const ref = { tenant: tenantOf(scim), type: 'User', id: made.id }
  expect(await at.server.store.secret(ref)).toEqual(expect.any(String))
  const answer = await scim.patch(`/Users/${made.id}`, [{ op: 'remove', path: 'password' }])
  expect(answer.status, answer.text).toBe(200)
  expect(await at.server.store.secret(ref)).toBeUndefined()
})
