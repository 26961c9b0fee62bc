// Operations of a PATCH: paths that do not exist and values that do not fit are compile errors.

import { defineSchema, EnterpriseUser, type Group, type PatchOperation, User } from 'lockstep'

const Badge = defineSchema({
  id: 'urn:example:scim:schemas:extension:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { type: 'integer', required: true },
    colour: { canonicalValues: ['red', 'green'], closed: true },
    doors: { multiValued: true },
    serial: { mutability: 'readOnly' },
  },
})
const Employee = User.extend(Badge)

export const users: readonly PatchOperation<typeof User>[] = [
  { op: 'replace', path: 'active', value: false },
  { op: 'add', path: 'name.givenName', value: 'Ann' },
  { op: 'replace', path: 'name', value: { familyName: 'Lee' } },
  { op: 'replace', path: 'password', value: 'correct horse' },
  { op: 'replace', path: 'externalId', value: '00u1' },
  { op: 'add', path: 'emails', value: [{ value: 'ann@acme.example', type: 'work' }] },
  { op: 'add', path: 'emails', value: { value: 'ann@acme.example' } },
  { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'ann@acme.example' } },
  { op: 'replace', path: 'emails[type eq "work"].value', value: 'ann@acme.example' },
  { op: 'replace', path: 'emails[not (type eq "work")].primary', value: false },
  { op: 'replace', path: `${EnterpriseUser.id}:department`, value: 'Sales' },
  { op: 'replace', path: `${EnterpriseUser.id}:manager.value`, value: '26118915' },
  { op: 'replace', path: `${EnterpriseUser.id}:manager`, value: { value: '26118915' } },
  { op: 'remove', path: 'nickName' },
  { op: 'remove', path: 'emails[type eq "home"]' },
  { op: 'remove', path: 'emails[type eq "home"].display' },
  { op: 'add', value: { title: 'Chief', [EnterpriseUser.id]: { department: 'Sales' } } },
  // @ts-expect-error activ is no attribute
  { op: 'replace', path: 'activ', value: false },
  // @ts-expect-error active is a boolean
  { op: 'replace', path: 'active', value: 'false' },
  // @ts-expect-error replac is no operation
  { op: 'replac', path: 'active', value: false },
  // @ts-expect-error operations are written in lower case
  { op: 'Replace', path: 'active', value: false },
  // @ts-expect-error a replace needs a value
  { op: 'replace', path: 'active' },
  // @ts-expect-error a remove has none
  { op: 'remove', path: 'nickName', value: 'x' },
  // @ts-expect-error a remove says what
  { op: 'remove' },
  // @ts-expect-error userName is required
  { op: 'remove', path: 'userName' },
  // @ts-expect-error id never changes
  { op: 'replace', path: 'id', value: '2' },
  // @ts-expect-error groups change through the Group resource
  { op: 'add', path: 'groups', value: [{ value: '1' }] },
  // @ts-expect-error the manager's name is the server's
  { op: 'replace', path: `${EnterpriseUser.id}:manager.displayName`, value: 'x' },
  // @ts-expect-error an e-mail address has no kind
  { op: 'replace', path: 'emails[kind eq "work"].value', value: 'x' },
  // @ts-expect-error nor a street
  { op: 'replace', path: 'emails[type eq "work"].street', value: 'x' },
  // @ts-expect-error its value is text
  { op: 'replace', path: 'emails[type eq "work"].value', value: 7 },
  // @ts-expect-error it has no street
  { op: 'add', path: 'emails', value: [{ street: 'x' }] },
  // @ts-expect-error titel is no attribute
  { op: 'add', value: { titel: 'Chief' } },
]

export const employees: readonly PatchOperation<typeof Employee>[] = [
  { op: 'replace', path: 'active', value: false },
  { op: 'replace', path: `${Badge.id}:number`, value: 7 },
  { op: 'replace', path: `${Badge.id}:colour`, value: 'red' },
  { op: 'add', path: `${Badge.id}:doors`, value: 'main' },
  { op: 'add', path: `${Badge.id}:doors`, value: ['main'] },
  // @ts-expect-error blue is no colour
  { op: 'replace', path: `${Badge.id}:colour`, value: 'blue' },
  // @ts-expect-error serial is the server's
  { op: 'replace', path: `${Badge.id}:serial`, value: '1' },
  // @ts-expect-error number is required
  { op: 'remove', path: `${Badge.id}:number` },
]

export const groups: readonly PatchOperation<typeof Group>[] = [
  { op: 'add', path: 'members', value: [{ value: '2819c223' }] },
  { op: 'remove', path: 'members[value eq "2819c223"]' },
  { op: 'remove', path: 'members' },
  { op: 'replace', path: 'displayName', value: 'Staff' },
  // @ts-expect-error display of a member is the server's
  { op: 'add', path: 'members', value: [{ value: '1', display: 'x' }] },
  // @ts-expect-error a group has no userName
  { op: 'replace', path: 'userName', value: 'x' },
]

/** Operations of a type that was read at run time may be any. */
export const loose: PatchOperation = { op: 'Replace', path: 'anything', value: 1 }
