// Calls of the client: names that a type lacks are compile errors.

import {
  type Client,
  type Draft,
  defineSchema,
  filter,
  Group,
  type Received,
  type ResourceType,
  type Sent,
  User,
  where,
} from 'lockstep/client'
import { diff } from 'lockstep/protocol'
import { type Equal, expectType } from './expect-type.ts'

const Badge = defineSchema({
  id: 'urn:example:scim:schemas:extension:badge:1.0:User',
  name: 'Badge',
  attributes: { number: { type: 'integer', required: true } },
})
const Employee = User.extend(Badge)

export async function searches(app: Client, domain: string, size?: number) {
  await app.query(User, { filter: where(User, 'emails.value', 'ew', domain), sortBy: 'name.familyName', count: size })
  await app.query(User, { filter: filter`emails.value ew ${domain}`, attributes: ['userName', 'emails.value'] })
  await app.query(Employee, { filter: where(User, 'active', 'eq', true), sortBy: `${Badge.id}:number` })
  await app.get(User, '1', {
    excludedAttributes: ['photos', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
  })
  // @ts-expect-error a filter on groups finds no users
  await app.query(User, { filter: where(Group, 'members.value', 'eq', '1') })
  // @ts-expect-error a filter on employees' badges finds no users
  await app.query(User, { filter: where(Employee, `${Badge.id}:number`, 'pr') })
  // @ts-expect-error usernam is no attribute
  await app.query(User, { sortBy: 'usernam' })
  // @ts-expect-error a name as a whole has no order
  await app.query(User, { sortBy: 'name' })
  // @ts-expect-error nope is no attribute
  await app.get(User, '1', { attributes: ['userName', 'nope'] })
  // @ts-expect-error a password is never shown
  await app.get(User, '1', { attributes: ['password'] })
  // @ts-expect-error photo is no attribute
  app.list(User, { excludedAttributes: ['photo'] })
  // @ts-expect-error a group has no userName
  app.list(Group, { attributes: ['userName'] })
  const [found] = (await app.query(Employee)).resources
  expectType<Equal<typeof found, Received<typeof Employee> | undefined>>(true)
  expectType<Equal<Received<typeof User>['active'], boolean | undefined>>(true)
}

export async function writes(app: Client) {
  const ann = await app.create(User, { userName: 'ann@acme.example', password: 'correct horse' })
  await app.replace(User, ann.id, { ...ann, title: 'Chief' })
  // @ts-expect-error nobody reads a password
  ann.password
  // @ts-expect-error id is the server's
  await app.create(User, { userName: 'a', id: '1' })
  // @ts-expect-error groups change through the Group resource
  await app.create(User, { userName: 'a', groups: [] })
  // @ts-expect-error usernam is no attribute
  await app.create(User, { usernam: 'a' })
  await app.patch(User, ann.id, [
    { op: 'replace', path: 'active', value: false },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'ann@acme.example' },
  ])
  // @ts-expect-error activ is no attribute
  await app.patch(User, ann.id, [{ op: 'replace', path: 'activ', value: false }])
  // @ts-expect-error replac is no operation
  await app.patch(User, ann.id, [{ op: 'replac', path: 'active', value: false }])
  // @ts-expect-error active is a boolean
  await app.patch(User, ann.id, [{ op: 'replace', path: 'active', value: 'no' }])
  for (const operations of diff({ userName: 'a' }, { userName: 'b' }, User).patches)
    await app.patch(User, ann.id, operations)
}

export async function updates(app: Client, ann: Received<typeof User>) {
  await app.update(User, ann, (draft) => {
    draft.active = false
    draft.password = 'correct horse'
    draft.emails = [{ value: 'ann@acme.example', type: 'work' }]
  })
  await app.update(User, ann, (draft) => ({ ...draft, title: 'Chief' }))
  await app.update(User, ann, (draft) => {
    // @ts-expect-error id never changes
    draft.id = '2'
    // @ts-expect-error groups change through the Group resource
    draft.groups = []
    // @ts-expect-error activ is no attribute
    draft.activ = false
  })
  const leave = (draft: Draft<typeof User>) => {
    draft.active = false
  }
  await app.update(User, ann.id, leave)
}

/** What is known of a type only at run time takes any name. */
export async function untyped(app: Client, type: ResourceType, resource: Sent<ResourceType>) {
  const made = await app.create(type, resource)
  await app.query(type, { filter: where(type, 'anything', 'eq', 1), sortBy: 'anything', attributes: ['anything'] })
  await app.patch(type, made.id, [{ op: 'Replace', path: 'anything', value: 1 }])
  await app.update(type, made, (draft) => {
    draft.anything = 1
  })
  expectType<Equal<typeof made.anything, unknown>>(true)
}
