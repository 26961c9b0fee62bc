// The types of resources that declarations give: what comes out, what goes in, what is changed in place.

import { defineSchema, EnterpriseUser, type Group, type Infer, type InferDraft, type InferInput, User } from 'lockstep'
import { type Equal, expectType } from './expect-type.ts'

const Badge = defineSchema({
  id: 'urn:example:scim:schemas:extension:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { type: 'integer', required: true },
    colour: { canonicalValues: ['red', 'green'], closed: true },
    doors: { multiValued: true, canonicalValues: ['main', 'yard'], closed: true },
    size: { canonicalValues: ['small', 'large'] },
    pin: { mutability: 'writeOnly' },
    seed: { returned: 'never' },
    note: { required: true, returned: 'request' },
    serial: { required: true, mutability: 'readOnly' },
    issuer: { mutability: 'immutable' },
  },
})
const Employee = User.extend(Badge)
type Employee = Infer<typeof Employee>
type BadgeOut = NonNullable<Employee[typeof Badge.id]>
type BadgeIn = NonNullable<InferInput<typeof Employee>[typeof Badge.id]>

// What comes out has no secrets, and what a server gives only on request may be missing.
expectType<Equal<'password' extends keyof Employee ? true : false, false>>(true)
expectType<Equal<'pin' extends keyof BadgeOut ? true : false, false>>(true)
expectType<Equal<'seed' extends keyof BadgeOut ? true : false, false>>(true)
expectType<Equal<Employee['userName'], string>>(true)
expectType<Equal<Employee['active'], boolean | undefined>>(true)
expectType<Equal<BadgeOut['note'], string | undefined>>(true)
expectType<Equal<BadgeOut['serial'], string>>(true)
expectType<Equal<BadgeOut['number'], number>>(true)
expectType<Equal<Employee['meta']['version'], string | undefined>>(true)

// A closed list is a union; an open one takes any text, and editors offer what is canonical.
expectType<Equal<BadgeOut['colour'], 'red' | 'green' | undefined>>(true)
expectType<Equal<BadgeOut['doors'], ('main' | 'yard')[] | undefined>>(true)
expectType<Equal<BadgeOut['size'], 'small' | 'large' | (string & {}) | undefined>>(true)
const open: BadgeIn['size'] = 'medium'
// @ts-expect-error blue is no colour
const closed: BadgeIn['colour'] = 'blue'

// What goes in has no id, no meta and nothing else that only the server sets.
const created: InferInput<typeof Employee> = {
  userName: 'ann@acme.example',
  externalId: undefined,
  password: 'correct horse',
  emails: [{ value: 'ann@acme.example', type: 'work', primary: true }],
  [EnterpriseUser.id]: { department: 'Sales', manager: { value: '26118915' } },
  [Badge.id]: { number: 7, note: 'n', pin: '1234', seed: 's', colour: 'red', doors: ['main'] },
}
// @ts-expect-error userName is required
const nameless: InferInput<typeof User> = {}
// @ts-expect-error id is the server's
const withId: InferInput<typeof User> = { userName: 'a', id: '1' }
// @ts-expect-error meta is the server's
const withMeta: InferInput<typeof User> = { userName: 'a', meta: {} }
// @ts-expect-error groups change through the Group resource
const withGroups: InferInput<typeof User> = { userName: 'a', groups: [] }
// @ts-expect-error usernam is no attribute
const misspelt: InferInput<typeof User> = { userName: 'a', usernam: 'a' }
const manager: InferInput<typeof User> = {
  userName: 'a',
  // @ts-expect-error displayName of the manager is the server's
  [EnterpriseUser.id]: { manager: { displayName: 'x' } },
}
// @ts-expect-error display of a member is the server's
const member: InferInput<typeof Group> = { displayName: 'a', members: [{ value: '1', display: 'x' }] }
// @ts-expect-error number is required in a badge
const badgeless: InferInput<typeof Employee> = { userName: 'a', [Badge.id]: { note: 'n' } }
// @ts-expect-error serial is the server's
const serial: BadgeIn = { number: 1, note: 'n', serial: 'x' }

// What was read can be sent back with a change.
const again: InferInput<typeof User> = { ...({} as Infer<typeof User>), title: 'Chief' }

// A draft takes changes, of secrets too, and none of what only the server sets.
const draft = {} as InferDraft<typeof Employee>
draft.active = false
draft.password = 'correct horse'
draft.emails?.push({ value: 'a@acme.example' })
draft.userName = 'b@acme.example'
draft[EnterpriseUser.id] = { department: 'Sales' }
expectType<Equal<typeof draft.id, string>>(true)
// @ts-expect-error id never changes
draft.id = '2'
// @ts-expect-error meta is the server's
draft.meta = {}
// @ts-expect-error groups change through the Group resource
draft.groups = []
// @ts-expect-error nor by adding to the list
draft.groups?.push({ value: '1' })
// @ts-expect-error active is a boolean
draft.active = 'no'
// @ts-expect-error usernam is no attribute
draft.usernam = 'b'
const team = {} as InferDraft<typeof Group>
team.members?.push({ value: '1', type: 'User' })
const [first] = team.members ?? []
// @ts-expect-error members are added and removed, not changed
if (first !== undefined) first.value = '2'

// What was read is a draft.
const read: InferDraft<typeof User> = {} as Infer<typeof User>

// A required extension is there.
const Guarded = User.extend(Badge, { required: true })
expectType<Equal<Infer<typeof Guarded>[typeof Badge.id]['number'], number>>(true)
// @ts-expect-error the badge is required
const unguarded: InferInput<typeof Guarded> = { userName: 'a' }

export const examples = [
  ...[open, closed, created, nameless, withId, withMeta, withGroups, misspelt, manager, member, badgeless],
  ...[serial, again, read, unguarded],
]
