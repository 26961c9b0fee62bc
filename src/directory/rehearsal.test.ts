// Rehearsals leave no trace, in memory and on SQLite, with and without a thread that writes.

import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { openMemory, openSqliteFile, openSqliteInMemory } from '../../test/local-stores.ts'
import { Group, STRICT, User } from '../protocol/index.ts'
import type { Store, Write } from '../store/index.ts'
import { createDirectory, type Hooks } from './index.ts'

const STORES = {
  memory: openMemory,
  sqlite: openSqliteInMemory,
  'sqlite with a thread': openSqliteFile({ threads: true }),
}

const context = { tenant: 'acme', actor: 'test', allow: STRICT }
const person = (userName: string, more: object = {}) => ({ schemas: [User.schema.id], userName, ...more })
const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe.each(Object.entries(STORES))('in %s', (_name, open) => {
  async function start(hooks: Hooks = {}) {
    const { store, close } = await open()
    closing.push(close)
    const directory = createDirectory({ store: store as Store, hooks })
    const noted: Write[] = []
    return { store, directory, noted, rehearsal: directory.rehearsal((writes) => noted.push(...writes)) }
  }

  test('any mix of writes leaves no trace', async () => {
    const { directory, noted, rehearsal } = await start()
    const { stored: ada } = await directory.create(context, 'User', person('ada'))
    const { stored: field } = await directory.create(context, 'Group', {
      schemas: [Group.schema.id],
      displayName: 'Field',
      members: [{ value: ada.id }],
    })
    const state = async () =>
      JSON.stringify([
        await directory.changes('acme', 0, 100),
        await directory.get({ tenant: 'acme', type: 'User', id: ada.id }),
        await directory.memberPage({ tenant: 'acme', type: 'Group', id: field.id }, 10),
      ])
    const before = await state()
    const write = fc.oneof(
      fc.string({ minLength: 1 }).map((name) => () => rehearsal.create(context, 'User', person(name))),
      fc.string().map((title) => () => rehearsal.replace(context, 'User', ada.id, person('ada', { title }))),
      fc.constant(() => rehearsal.remove(context, 'User', ada.id)),
      fc.constant(() => rehearsal.remove(context, 'Group', field.id)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 4 }), async (writes) => {
        for (const one of writes) await one().catch(() => undefined)
        expect(await state()).toBe(before)
      }),
      { numRuns: 20 },
    )
    expect(noted.length).toBeGreaterThan(0)
  })

  test('conflicts are those of a real write', async () => {
    const { directory, noted, rehearsal } = await start()
    await directory.create(context, 'User', person('ada'))
    await expect(rehearsal.create(context, 'User', person('Ada'))).rejects.toMatchObject({ scimType: 'uniqueness' })
    await expect(
      rehearsal.create(context, 'Group', {
        schemas: [Group.schema.id],
        displayName: 'x',
        members: [{ value: 'none' }],
      }),
    ).rejects.toMatchObject({ scimType: 'invalidValue' })
    expect(noted).toEqual([])
  })

  test('a tenant that is not there is not made', async () => {
    const { directory, rehearsal } = await start()
    await expect(rehearsal.create({ ...context, tenant: 'new' }, 'User', person('ada'))).rejects.toMatchObject({
      status: 404,
    })
    expect(await directory.changes('new', 0, 10)).toEqual([])
  })
})

test('of the hooks only prepare is called, and told that it is a rehearsal', async () => {
  const { store, close } = await openMemory()
  closing.push(close)
  const called: string[] = []
  const hooks: Hooks = {
    prepare: ({ rehearsal }) => void called.push(`prepare ${rehearsal}`),
    commit: () => void called.push('commit'),
    transaction: () => void called.push('transaction'),
    password: () => void called.push('password'),
  }
  const directory = createDirectory({ store: store as Store, hooks })
  await directory.create(context, 'User', person('boss'))
  called.length = 0
  await directory.rehearsal(() => {}).create(context, 'User', person('ada', { password: 'secret' }))
  expect(called).toEqual(['prepare true'])
})
