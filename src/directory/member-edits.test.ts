// How many members are read for edits of members.

import { describe, expect, test } from 'vitest'
import { Group, type Json, LENIENT, LIMITS, PATCH_OP, STRICT, User } from '../protocol/index.ts'
import type { Store } from '../store/contract/index.ts'
import { memoryStore } from '../store/memory/memory.ts'
import type { Context } from './context.ts'
import { createDirectory, type Directory } from './directory.ts'
import { HeavyWrite, LIGHT_TEXT, LIGHT_WORK } from './heavy-write.ts'

const context: Context = { tenant: 'acme', actor: 'test', allow: STRICT }
const lenient: Context = { ...context, allow: LENIENT }
const patch = (Operations: readonly Json[]): Json => ({ schemas: [PATCH_OP], Operations })
const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))

/** A store that counts the members that are read from it. */
function counting(): { readonly store: Store<undefined>; readonly read: { rows: number; calls: number } } {
  const read = { rows: 0, calls: 0 }
  const store = memoryStore()
  return {
    read,
    store: {
      ...store,
      async *members(ref) {
        read.calls++
        for await (const chunk of store.members(ref)) {
          read.rows += chunk.length
          yield chunk
        }
      },
      async membersAmong(ref, ids) {
        read.calls++
        const found = await store.membersAmong(ref, ids)
        read.rows += found.length
        return found
      },
    },
  }
}

async function groupOf(directory: Directory, count: number): Promise<{ readonly id: string; readonly ids: string[] }> {
  const ids: string[] = []
  for (let at = 0; at < count; at++) {
    const { stored } = await directory.create(context, 'User', { schemas: [User.schema.id], userName: `u${at}` })
    ids.push(stored.id)
  }
  const members = ids.map((value) => ({ value }))
  const { stored } = await directory.create(context, 'Group', { schemas: [Group.schema.id], displayName: 'g', members })
  return { id: stored.id, ids }
}

describe('edits of members read those they are about', () => {
  const { store, read } = counting()
  const directory = createDirectory({ store, types: [User, Group] })
  const made = groupOf(directory, 600)
  const edited = async (operations: readonly Json[], given = context) => {
    const { id } = await made
    Object.assign(read, { rows: 0, calls: 0 })
    const outcome = await directory.patch(given, 'Group', id, patch(operations))
    return { ...read, changed: outcome.changed }
  }

  test('400 of them by id, all at once', async () => {
    const { ids } = await made
    const operations = ids
      .slice(0, 400)
      .map((id) => ({ op: 'replace', path: `members[value eq "${id}"].type`, value: 'User' }))
    expect(await edited(operations)).toEqual({ rows: 400, calls: 1, changed: false })
  })

  test('by id and more, or by several ids', async () => {
    const { ids } = await made
    const [a, b] = ids
    const operations = [
      { op: 'replace', path: `members[value eq "${a}" and type eq "User"].type`, value: 'User' },
      { op: 'replace', path: `members[value eq "${a}" or value eq "${b}"].type`, value: 'User' },
      { op: 'remove', path: 'members[value eq "nobody"].type' },
    ]
    expect(await edited(operations)).toEqual({ rows: 2, calls: 1, changed: false })
  })

  test('the group once, for all that name nobody', async () => {
    const operations = times(20, () => ({ op: 'replace', path: 'members[type eq "User"].type', value: 'User' }))
    expect(await edited(operations)).toEqual({ rows: 600, calls: 1, changed: false })
    expect(await edited([{ op: 'replace', path: 'members.type', value: 'User' }])).toMatchObject({ rows: 600 })
  })

  test('none, to add and to remove', async () => {
    const { ids } = await made
    const some = ids.slice(0, 50)
    const removed = some.map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` }))
    expect(await edited(removed)).toEqual({ rows: 0, calls: 0, changed: true })
    const added = some.map((value) => ({ op: 'add', path: 'members', value: [{ value }] }))
    expect(await edited(added)).toEqual({ rows: 0, calls: 0, changed: true })
  })

  test('P-390 what cannot be changed is refused at the first operation that would', async () => {
    const { ids } = await made
    const change = (value: string) => ({ op: 'replace', path: `members[value eq "${ids[0]}"].type`, value })
    await expect(edited([change('User'), change('Group')])).rejects.toMatchObject({ scimType: 'mutability' })
    const nobody = { op: 'replace', path: 'members[value eq "nobody"].type', value: 'User' }
    await expect(edited([nobody, change('Group')])).rejects.toMatchObject({ scimType: 'noTarget' })
    await expect(edited([change('Group'), nobody])).rejects.toMatchObject({ scimType: 'mutability' })
    const all = { op: 'replace', path: 'members.type', value: 'Group' }
    await expect(edited([all], lenient)).rejects.toMatchObject({ scimType: 'mutability' })
  })

  test('P-345 adds and removals after each other keep their order', async () => {
    const { id, ids } = await made
    const [a = '', b = ''] = ids
    const add = (value: string) => ({ op: 'add', path: 'members', value: [{ value }] })
    const remove = (value: string) => ({ op: 'remove', path: `members[value eq "${value}"]` })
    await edited([remove(a), remove(b), add(a), remove(a), add(b), add(b), remove(a), add(a), remove(b)])
    const found = await store.membersAmong({ tenant: 'acme', type: 'Group', id }, [a, b])
    expect(found.map((member) => member.id)).toEqual([a])
    await edited([add(b)])
  })
})

describe('walks over a group are counted', () => {
  const directory = createDirectory({ store: memoryStore(), types: [User, Group] })
  const made = groupOf(directory, 1_100)
  const remove = (terms: number): Json => ({
    op: 'remove',
    path: `members[${times(terms, (at) => `display co "nobody ${at}"`).join(' or ')}]`,
  })
  const edited = async (operations: readonly Json[], light = false) =>
    directory.patch(context, 'Group', (await made).id, patch(operations), { light })

  test('once is what it takes; so often that it would take long is 413', async () => {
    const most = Math.floor(LIMITS.EDIT_WORK / 1_100)
    expect((await edited([remove(1)])).changed).toBe(false)
    const refused = expect.objectContaining({ status: 413, detail: expect.stringContaining('send several requests') })
    await expect(edited(times(1_000, () => remove(1)))).rejects.toEqual(refused)
    await expect(edited(times(10, () => remove(Math.ceil(most / 10) + 1)))).rejects.toEqual(refused)
  })

  test('a light write refuses it sooner, and so it does what concerns a large resource', async () => {
    const few = Math.floor(LIGHT_WORK / 1_100)
    expect((await edited([remove(few)], true)).changed).toBe(false)
    await expect(edited([remove(few + 1)], true)).rejects.toBeInstanceOf(HeavyWrite)
    const body: Json = { schemas: [User.schema.id], userName: 'large', title: 'x'.repeat(LIGHT_TEXT) }
    const { stored } = await directory.create(context, 'User', body)
    const light = { light: true }
    const change = patch([{ op: 'replace', path: 'active', value: false }])
    await expect(directory.patch(context, 'User', stored.id, change, light)).rejects.toBeInstanceOf(HeavyWrite)
    await expect(directory.replace(context, 'User', stored.id, body, light)).rejects.toBeInstanceOf(HeavyWrite)
    await expect(directory.remove(context, 'User', stored.id, light)).rejects.toBeInstanceOf(HeavyWrite)
    expect((await directory.patch(context, 'User', stored.id, change)).changed).toBe(true)
  })
})
