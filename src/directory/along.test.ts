// What is committed along with a write, and what the log lines of one request have in common.

import { expect, test } from 'vitest'
import { Group, type Json, PATCH_OP, STRICT, User } from '../protocol/index.ts'
import { memoryStore } from '../store/index.ts'
import { AlongConflict } from './commit.ts'
import type { Context } from './context.ts'
import { createDirectory } from './directory.ts'
import type { AlongWrite } from './outcome.ts'

const context: Context = { tenant: 'acme', actor: 'test', allow: STRICT }
const QUEUE = 'links/hr'
const link = (key: string, value: Json, more: { readonly ifAbsent?: boolean } = {}): AlongWrite => ({
  write: 'item',
  item: { tenant: 'acme', queue: QUEUE, key },
  set: { value },
  ...more,
})
const person = (userName: string): Json => ({ schemas: [User.schema.id], userName })
const patch = (value: Json): Json => ({ schemas: [PATCH_OP], Operations: [{ op: 'replace', value }] })

function setUp() {
  const store = memoryStore()
  const directory = createDirectory({ store })
  const links = async () => (await store.items('acme', QUEUE, { limit: 10 })).map(({ key, value }) => [key, value])
  return { store, directory, links }
}

test('each kind of write takes rows along, which know the id of the resource', async () => {
  const { store, directory, links } = setUp()
  const { stored } = await directory.create(context, 'User', person('ada'), { along: (id) => [link('1', id)] })
  const { id } = stored
  expect(await links()).toEqual([['1', id]])
  await directory.patch(context, 'User', id, patch({ title: 'Dr' }), { along: () => [link('1', 'patched')] })
  expect(await links()).toEqual([['1', 'patched']])
  await directory.replace(context, 'User', id, person('bea'), { along: (of) => [link('2', of)] })
  await directory.remove(context, 'User', id, { along: () => [link('1', 'gone')] })
  expect(await links()).toEqual([
    ['1', 'gone'],
    ['2', id],
  ])
  expect((await store.changes('acme', 0, 10)).map(({ op }) => op)).toEqual(['create', 'patch', 'replace', 'delete'])
})

test('a write that changes nothing takes them along all the same', async () => {
  const { store, directory, links } = setUp()
  const { stored } = await directory.create(context, 'User', person('ada'))
  const note: AlongWrite = {
    write: 'note',
    ref: { tenant: 'acme', type: 'SignIn', id: stored.id },
    at: 1,
    log: { actor: 'signal', paths: [] },
  }
  const options = { along: () => [link('seen', 1, { ifAbsent: true }), note] }
  const same = await directory.patch(context, 'User', stored.id, patch({ userName: 'ada' }), options)
  expect([same.changed, await links()]).toEqual([false, [['seen', 1]]])
  expect((await store.changes('acme', 1, 10)).map(({ op }) => op)).toEqual(['note'])
})

test('a conflict among them undoes the write, is not tried again, and says which one it was', async () => {
  const { store, directory, links } = setUp()
  const { stored } = await directory.create(context, 'User', person('ada'), { along: () => [link('seen', 1)] })
  let calls = 0
  const along = () => {
    calls++
    return [link('other', 1), link('seen', 2, { ifAbsent: true })]
  }
  for (const write of [
    directory.patch(context, 'User', stored.id, patch({ title: 'Dr' }), { along }),
    directory.create(context, 'User', person('bea'), { along }),
    directory.remove(context, 'User', stored.id, { along }),
  ]) {
    const error = await write.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(AlongConflict)
    expect((error as AlongConflict).conflict).toMatchObject({ reason: 'exists', at: 1, what: 'seen' })
  }
  expect([calls, await links()]).toEqual([3, [['seen', 1]]])
  expect(await store.changes('acme', 0, 10)).toHaveLength(1)
  await expect(directory.create(context, 'User', person('ada'), { along })).rejects.toMatchObject({ status: 409 })
})

test('lines of one request have their txn in common', async () => {
  const { store, directory } = setUp()
  const { stored: ada } = await directory.create(context, 'User', person('ada'))
  const members = [{ value: ada.id }]
  await directory.create(context, 'Group', { schemas: [Group.schema.id], displayName: 'g', members })
  await directory.remove(context, 'User', ada.id)
  const txn = directory.newTxn()
  expect(txn).toMatch(/^[\w-]{22}$/)
  await directory.create({ ...context, txn }, 'User', person('bea'))
  await directory.create({ ...context, txn }, 'User', person('cat'))
  const lines = await store.changes('acme', 0, 10)
  const of = lines.map((line) => line.txn)
  expect(of.slice(0, 2)).toEqual([undefined, undefined])
  expect(of[2]).toMatch(/^[\w-]{22}$/)
  expect(of.slice(3)).toEqual([of[2], txn, txn])
})
