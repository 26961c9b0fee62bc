// The RFC's own PATCH examples. RFC 7644 §3.5.2.

import { beforeEach, expect, test } from 'vitest'
import { type Body, expectError } from './client.ts'
import { site } from './site.ts'

// The examples of RFC 7644 §3.5.2 as printed, with the ids of this server in place of the RFC's. Errata 5050 and 8096
// are taken into account.
const at = site()
const scim = at.strict()

let babs: Body
let james: Body
let group: Body

/** A member as the examples print it: display, $ref, value. */
function member(user: Body): Body {
  return { display: user.displayName, $ref: user.meta.location, value: user.id }
}

async function memberIds(): Promise<readonly string[]> {
  const read = (await scim.get(`/Groups/${group.id}`)).body
  return (read.members ?? []).map((one: Body) => one.value).toSorted()
}

beforeEach(async () => {
  babs = await scim.makeUser({
    displayName: 'Babs Jensen',
    emails: [
      { value: 'bjensen@example.com', type: 'work', primary: true },
      { value: 'old@jensen.org', type: 'other' },
    ],
    addresses: [
      { type: 'work', streetAddress: '100 Universal City Plaza', locality: 'Hollywood', country: 'US', primary: true },
      { type: 'home', streetAddress: '456 Hollywood Blvd', locality: 'Hollywood', country: 'US' },
    ],
  })
  james = await scim.makeUser({ displayName: 'James Smith' })
  group = await scim.makeGroup()
})

test('P-394 §3.5.2.1: add a member to a group', async () => {
  const answer = await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [member(babs)] }])
  expect(answer.status, answer.text).toBe(204)
  expect(await memberIds()).toEqual([babs.id])
})

test('P-394 §3.5.2.1: add several attributes without a path', async () => {
  const answer = await scim.patch(`/Users/${babs.id}`, [
    { op: 'add', value: { emails: [{ value: 'babs@jensen.org', type: 'home' }], nickname: 'Babs' } },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.nickName).toBe('Babs')
  expect(answer.body.emails).toEqual([...babs.emails, { value: 'babs@jensen.org', type: 'home' }])
})

test('P-394 §3.5.2.2: remove a single member by filter', async () => {
  await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [member(babs), member(james)] }])
  const answer = await scim.patch(`/Groups/${group.id}`, [{ op: 'remove', path: `members[value eq "${babs.id}"]` }])
  expect(answer.status, answer.text).toBe(204)
  expect(await memberIds()).toEqual([james.id])
})

test('P-394 §3.5.2.2: remove all members', async () => {
  await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [member(babs), member(james)] }])
  const answer = await scim.patch(`/Groups/${group.id}`, [{ op: 'remove', path: 'members' }])
  expect(answer.status, answer.text).toBe(204)
  expect(await memberIds()).toEqual([])
})

test('P-394 §3.5.2.2: remove a value by a compound filter', async () => {
  const answer = await scim.patch(`/Users/${babs.id}`, [
    { op: 'remove', path: 'emails[type eq "work" and value ew "example.com"]' },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.emails).toEqual([{ value: 'old@jensen.org', type: 'other' }])
})

test('P-394 §3.5.2.2: remove one member and add another in one request', async () => {
  await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [member(babs)] }])
  const answer = await scim.patch(`/Groups/${group.id}`, [
    { op: 'remove', path: `members[value eq "${babs.id}"]` },
    { op: 'add', path: 'members', value: [member(james)] },
  ])
  expect(answer.status, answer.text).toBe(204)
  expect(await memberIds()).toEqual([james.id])
})

test('P-394 §3.5.2.2: the same as printed, without the space after eq, is 400 invalidFilter', async () => {
  const answer = await scim.patch(`/Groups/${group.id}`, [
    { op: 'remove', path: `members[value eq"${babs.id}"]` },
    { op: 'add', path: 'members', value: [member(james)] },
  ])
  expectError(answer, 400, 'invalidFilter')
  expect(await memberIds()).toEqual([])
})

test('P-394 §3.5.2.2: remove all members, then add others', async () => {
  await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [member(babs)] }])
  const answer = await scim.patch(`/Groups/${group.id}`, [
    { op: 'remove', path: 'members' },
    { op: 'add', path: 'members', value: [member(babs), member(james)] },
  ])
  expect(answer.status, answer.text).toBe(204)
  expect(await memberIds()).toEqual([babs.id, james.id].toSorted())
})

test('P-394 §3.5.2.3: replace all members in a single replace', async () => {
  const third = await scim.makeUser()
  await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [member(third)] }])
  const answer = await scim.patch(`/Groups/${group.id}`, [
    { op: 'replace', path: 'members', value: [member(babs), member(james)] },
  ])
  expect(answer.status, answer.text).toBe(204)
  expect(await memberIds()).toEqual([babs.id, james.id].toSorted())
})

test('P-394 §3.5.2.3: replace an address by filter', async () => {
  const address = {
    type: 'work',
    streetAddress: '911 Universal City Plaza',
    locality: 'Hollywood',
    region: 'CA',
    postalCode: '91608',
    country: 'US',
    formatted: '911 Universal City Plaza\nHollywood, CA 91608 US',
    primary: true,
  }
  const answer = await scim.patch(`/Users/${babs.id}`, [
    { op: 'replace', path: 'addresses[type eq "work"]', value: address },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.addresses).toEqual([address, babs.addresses[1]])
})

test('P-394 §3.5.2.3: replace a sub-attribute by filter', async () => {
  const answer = await scim.patch(`/Users/${babs.id}`, [
    { op: 'replace', path: 'addresses[type eq "work"].streetAddress', value: '1010 Broadway Ave' },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.addresses).toEqual([
    { ...babs.addresses[0], streetAddress: '1010 Broadway Ave' },
    babs.addresses[1],
  ])
})

test('P-394 §3.5.2.3: replace several attributes without a path', async () => {
  const emails = [
    { value: 'bjensen@example.com', type: 'work', primary: true },
    { value: 'babs@jensen.org', type: 'home' },
  ]
  const answer = await scim.patch(`/Users/${babs.id}`, [{ op: 'replace', value: { emails, nickname: 'Babs' } }])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.emails).toEqual(emails)
  expect(answer.body.nickName).toBe('Babs')
  expect(answer.body.addresses).toEqual(babs.addresses)
})

test.each(['members', 'name.familyName', 'addresses[type eq "work"]'])(
  'P-394 figure 8: the path %j is read',
  async (path) => {
    const [resource, value] =
      path === 'members'
        ? [`/Groups/${group.id}`, [member(babs)]]
        : [`/Users/${babs.id}`, path === 'name.familyName' ? 'Jensen' : { region: 'CA' }]
    const answer = await scim.patch(resource, [{ op: 'add', path, value }])
    expect([200, 204], answer.text).toContain(answer.status)
  },
)

test('P-394 figure 8: members[…].displayName names no sub-attribute: 400 invalidPath', async () => {
  await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [member(babs)] }])
  const answer = await scim.patch(`/Groups/${group.id}`, [
    { op: 'replace', path: `members[value eq "${babs.id}"].displayName`, value: 'x' },
  ])
  expectError(answer, 400, 'invalidPath')
})
