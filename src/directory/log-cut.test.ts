// A log that another process cuts while it is pruned, or that is erased from after the cut.

import { expect, test } from 'vitest'
import { Group, type Json, STRICT, User } from '../protocol/index.ts'
import { memoryStore, type Write } from '../store/index.ts'
import type { Context } from './context.ts'
import { createDirectory } from './directory.ts'

const context: Context = { tenant: 'acme', actor: 'test', allow: STRICT }
const person: Json = { schemas: [User.schema.id], userName: 'ada', displayName: 'Ada' }

function setUp() {
  const store = memoryStore()
  const directory = createDirectory({ store })
  return { store, directory }
}

test('a prune notes what it has cut though it fails, and goes on from where another one has cut meanwhile', async () => {
  const { store, directory } = setUp()
  await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 0 }])
  const log = { actor: 'test', paths: [] }
  const ref = { tenant: 'acme', type: 'Tenant', id: 'acme' }
  const notes = Array.from({ length: 2_500 }, (): Write => ({ write: 'note', ref, at: 1, log }))
  await store.commit(notes)
  let calls = 0
  const keep = async () => {
    calls++
    if (calls === 1) await store.commit([{ write: 'trim', tenant: 'acme', upTo: 2_100 }])
  }
  const failing = async () => {
    if (calls++ > 0) throw new Error('full')
  }
  await expect(directory.pruneLog('acme', { before: 2, actor: 'test', keep: failing })).rejects.toThrow('full')
  const noted = (await store.changes('acme', 2_500, 10)).map((line) => line.paths.map((path) => path.new))
  expect(noted).toEqual([['log pruned', 1_000, 1_000]])
  calls = 0
  const pruned = await directory.pruneLog('acme', { before: 2, actor: 'test', keep })
  expect([pruned.begins, calls]).toEqual([2_501, 2])
})

test('what the lines of others show of a person is erased though the lines of its own were cut', async () => {
  const { store, directory } = setUp()
  const { stored: ada } = await directory.create(context, 'User', person)
  const { place = 0 } = (await store.tenant('acme')) ?? {}
  const manager = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  await directory.create(context, 'User', {
    schemas: [User.schema.id, manager],
    userName: 'bea',
    [manager]: { manager: { value: ada.id, displayName: 'Ada' } },
  })
  await directory.create(context, 'Group', { schemas: [Group.schema.id], displayName: 'g' })
  await directory.remove(context, 'User', ada.id)
  const last = (await store.changes('acme', place, 100)).findLast(({ op }) => op === 'delete')
  const ref = { tenant: 'acme', type: 'User', id: ada.id }
  await store.commit([{ write: 'trim', tenant: 'acme', upTo: place }])
  expect((await directory.erase(ref, 'test')).lines).toBeGreaterThan(0)
  expect(JSON.stringify(await store.changes('acme', place, 100))).not.toMatch(/Ada/)
  await store.commit([{ write: 'trim', tenant: 'acme', upTo: last?.place ?? 0 }])
  await expect(directory.erase({ ...ref, id: 'nobody' }, 'test')).rejects.toMatchObject({
    status: 404,
    detail: expect.stringMatching(/begins at place \d+, holds nothing of a User/),
  })
})
