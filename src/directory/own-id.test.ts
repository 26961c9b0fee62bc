// Ids and dates that the host gives its resources.

import { expect, test } from 'vitest'
import { environment } from '../environment.ts'
import { STRICT, User } from '../protocol/index.ts'
import { memoryStore } from '../store/index.ts'
import type { Context } from './context.ts'
import { createDirectory } from './directory.ts'
import { faultOfId } from './own-id.ts'

const context: Context = { tenant: 'acme', actor: 'test', allow: STRICT }
const person = (userName: string) => ({ schemas: [User.schema.id], userName, id: 'from-the-body' })

test('a resource has the id and the date that it is given, not those of its body', async () => {
  const seen: string[] = []
  const hooks = {
    prepare: ({ id }: { readonly id: string }) => void seen.push(`prepare ${id}`),
    commit: ({ id }: { readonly id: string }) => void seen.push(`commit ${id}`),
  }
  const directory = createDirectory({ store: memoryStore(), hooks, environment: { ...environment, now: () => 5_000 } })
  const { stored } = await directory.create(context, 'User', person('ada'), { id: '42', created: 1_000 })
  expect(stored).toMatchObject({ id: '42', created: 1_000, modified: 5_000 })
  expect(JSON.parse(stored.text)).toMatchObject({ id: '42', userName: 'ada' })
  expect(await directory.get({ tenant: 'acme', type: 'User', id: '42' })).toMatchObject({ id: '42', created: 1_000 })
  expect(seen).toEqual(['prepare 42', 'commit 42'])
  await directory.create(context, 'User', person('bea'), { id: '43', silent: true })
  expect(seen).toHaveLength(2)
})

test('an id is taken once in a tenant, by whatever type, and free again in another', async () => {
  const directory = createDirectory({ store: memoryStore() })
  await directory.create(context, 'User', person('ada'), { id: 'a1' })
  const again = directory.create(context, 'User', person('bea'), { id: 'a1' })
  await expect(again).rejects.toMatchObject({
    status: 409,
    scimType: 'uniqueness',
    detail: expect.stringMatching(/id a1/),
  })
  const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'g' }
  await expect(directory.create(context, 'Group', group, { id: 'a1' })).rejects.toMatchObject({ status: 409 })
  const elsewhere = await directory.create({ ...context, tenant: 'other' }, 'User', person('ada'), { id: 'a1' })
  expect(elsewhere.stored.id).toBe('a1')
})

test.each(['1', 'a', '_x', '-x', '550e8400-e29b-41d4-a716-446655440000', 'auth0:12', 'ann@acme.example', 'a~b.c'])(
  '%s is an id',
  (id) => expect(faultOfId(id)).toBeUndefined(),
)

test.each([
  '',
  '.',
  '..',
  '.search',
  'a/b',
  'a b',
  'a?b',
  'a#b',
  'a%2Fb',
  'a\n',
  'ä',
  'a|b',
  'a"',
  'bulkId',
  'bulkId:1',
  7,
  null,
])('%j is none, in words', (id) => expect(faultOfId(id)).toMatch(/^an id /))

test('a date in the future, or none at all, is refused', async () => {
  const directory = createDirectory({ store: memoryStore(), environment: { ...environment, now: () => 5_000 } })
  for (const created of [65_001, -1, 0.5, Number.NaN]) {
    await expect(directory.create(context, 'User', person('ada'), { created })).rejects.toThrow(/^created: must be/)
  }
  // The clock of the host's database may be ahead of this one.
  expect((await directory.create(context, 'User', person('ada'), { created: 9_000 })).stored.created).toBe(5_000)
})
