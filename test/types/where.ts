// Typed filters: names, operators and values that do not fit are compile errors.

import { defineSchema, EnterpriseUser, Group, type ResourceType, User, type Where, where } from 'lockstep'

const Badge = defineSchema({
  id: 'urn:example:scim:schemas:extension:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { type: 'integer', required: true },
    weight: { type: 'decimal' },
    issued: { type: 'dateTime' },
    colour: { canonicalValues: ['red', 'green'], closed: true },
    pin: { mutability: 'writeOnly' },
  },
})
const Employee = User.extend(Badge)

const filters: Where<typeof User>[] = [
  where(User, 'userName', 'eq', 'ann@acme.example'),
  where(User, 'id', 'eq', '2819c223'),
  where(User, 'name.givenName', 'sw', 'A').or('name.givenName', 'eq', null),
  where(User, 'emails.value', 'ew', '@acme.example').and('active', 'eq', true),
  where(User, 'emails', 'co', '@acme.example'),
  where(User, 'emails.type', 'eq', 'work').and('emails.type', 'eq', 'private'),
  where(User, 'title', 'pr').and(where(User, 'userType', 'eq', 'Intern').or('active', 'eq', false)),
  where(User, 'emails', 'has', (email) => email('type', 'eq', 'work').and('value', 'ew', '@acme.example')),
  where(User, 'meta.created', 'gt', new Date(0)).and('meta.lastModified', 'lt', '2026-01-01T00:00:00Z').not(),
  where(User, `${EnterpriseUser.id}:department`, 'eq', 'Sales'),
  where(User, `${EnterpriseUser.id}:manager.value`, 'eq', '26118915'),
]
export const badges = [
  where(Employee, `${Badge.id}:number`, 'ge', 7).and(`${Badge.id}:weight`, 'lt', 1.5),
  where(Employee, `${Badge.id}:issued`, 'ge', new Date(0)).and(`${Badge.id}:colour`, 'eq', 'red'),
]

// @ts-expect-error usernam is no attribute
where(User, 'usernam', 'eq', 'a')
// @ts-expect-error name has no part of this name
where(User, 'name.givenname', 'eq', 'a')
// @ts-expect-error nobody can search by a password
where(User, 'password', 'eq', 'a')
// @ts-expect-error eqq is no operator
where(User, 'userName', 'eqq', 'a')
// @ts-expect-error a boolean has no order
where(User, 'active', 'gt', true)
// @ts-expect-error active is a boolean
where(User, 'active', 'eq', 'true')
// @ts-expect-error pr has no value
where(User, 'title', 'pr', 'x')
// @ts-expect-error eq has one
where(User, 'title', 'eq')
// @ts-expect-error undefined is no value
where(User, 'title', 'eq', undefined)
// @ts-expect-error has is for lists
where(User, 'name', 'has', (name) => name('givenName', 'eq', 'a'))
// @ts-expect-error an e-mail address has no such part
where(User, 'emails', 'has', (email) => email('street', 'eq', 'a'))
// @ts-expect-error neither after and
where(User, 'title', 'pr').and('activ', 'eq', true)
// @ts-expect-error a filter on groups is none on users
where(User, 'title', 'pr').and(where(Group, 'members.value', 'eq', '1'))
// @ts-expect-error User has no badge
where(User, `${Badge.id}:number`, 'ge', 7)
// @ts-expect-error number is a number
where(Employee, `${Badge.id}:number`, 'eq', '7')
// @ts-expect-error blue is no colour
where(Employee, `${Badge.id}:colour`, 'eq', 'blue')
// @ts-expect-error a pin is never shown
where(Employee, `${Badge.id}:pin`, 'pr')

// A filter on users goes on with employees, who have all that users have.
where(Employee, `${Badge.id}:number`, 'ge', 7).and(where(User, 'active', 'eq', true))

/** A type that was read at run time takes any name. */
export const byHand = (type: ResourceType) =>
  where(type, 'anything', 'eq', 1).and('tags', 'has', (tag) => tag('value', 'pr'))

export { filters }
