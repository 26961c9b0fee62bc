// What handlers are given, as TypeScript sees it.

import { expect, expectTypeOf, test } from 'vitest'
import { lockstep } from '../../../src/embed/index.ts'
import { defineSchema, Group, memoryStore, User } from '../../../src/index.ts'

const Badge = defineSchema({
  id: 'urn:example:badge',
  name: 'Badge',
  attributes: { number: { type: 'integer', required: true } },
})
const Employee = User.extend(Badge, { required: true })

test('documents have the types of the app, and db the type of the wrapper', () => {
  lockstep({
    store: memoryStore(),
    types: [Employee, Group],
    transaction: () => ({ insert: (row: string) => row }),
    on: {
      'user.created': ({ user, db, place }) => {
        expectTypeOf(user.userName).toEqualTypeOf<string>()
        expectTypeOf(user['urn:example:badge'].number).toEqualTypeOf<number>()
        expectTypeOf(db.insert).toBeFunction()
        expectTypeOf(place).toEqualTypeOf<number>()
        // @ts-expect-error a password is never in an event
        user.password
      },
      'user.updated': ({ changed, before }) => {
        expectTypeOf(changed).toEqualTypeOf<ReadonlySet<string>>()
        expectTypeOf(before.id).toEqualTypeOf<string>()
      },
      'membership.added': ({ group, users }) => {
        expectTypeOf(group.displayName).toEqualTypeOf<string>()
        for (const ids of users.chunks(10)) expectTypeOf(ids).toEqualTypeOf<readonly string[]>()
      },
    },
    after: {
      'role.revoked': ({ user, role, through, cause, attempt, signal }) => {
        expectTypeOf(user.userName).toEqualTypeOf<string>()
        expectTypeOf(role).toEqualTypeOf<string>()
        expectTypeOf(through.displayName).toEqualTypeOf<string>()
        expectTypeOf(cause).toEqualTypeOf<
          'membership' | 'group updated' | 'group deleted' | 'deactivated' | 'deleted'
        >()
        expectTypeOf(attempt).toEqualTypeOf<number>()
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      },
    },
    roles: ({ displayName }) => (displayName.startsWith('Eng') ? 'editor' : undefined),
    guards: { seats: 5, deactivations: { most: 3, within: '30m' } },
  })
  lockstep({
    store: memoryStore(),
    // Nothing is known of types that are loaded by tenant, but that they are those of the RFC.
    types: async () => [Employee, Group],
    on: { 'user.created': ({ user }) => expectTypeOf(user.userName).toEqualTypeOf<string>() },
  })
})

test('roles are those that groups give, in handlers and guards', () => {
  lockstep({
    store: memoryStore(),
    roles: { Owners: 'owner', Admins: ['admin', 'billing'] },
    guards: { lastOf: 'owner' },
    on: {
      'role.granted': ({ role, roles }) => {
        expectTypeOf(role).toEqualTypeOf<'owner' | 'admin' | 'billing'>()
        expectTypeOf(roles).toEqualTypeOf<readonly ('owner' | 'admin' | 'billing')[]>()
      },
    },
    after: { 'role.revoked': ({ role }) => expectTypeOf(role).toEqualTypeOf<'owner' | 'admin' | 'billing'>() },
  })
  const options = { store: memoryStore(), roles: { Owners: 'owner' } } as const
  // @ts-expect-error no group gives it
  expect(() => lockstep({ ...options, guards: { lastOf: 'ovner' } })).toThrow('did you mean owner?')
  // Roles that are loaded are any text.
  const loaded: Record<string, string> = { Owners: 'owner' }
  lockstep({
    store: memoryStore(),
    roles: loaded,
    on: { 'role.granted': ({ role }) => expectTypeOf(role).toEqualTypeOf<string>() },
  })
})
