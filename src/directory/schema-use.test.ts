// Changes of schemas while data is there.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Group, PATCH_OP, STRICT, User } from '../protocol/index.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import type { Context } from './context.ts'
import { createDirectory, type Directory } from './directory.ts'
import { documentOf } from './document.ts'

const context: Context = { tenant: 'acme', actor: 'test', allow: STRICT }
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Two directories on one file, as a server and a command beside it have. */
function twins(): readonly [Directory, Directory] {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-'))
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const open = () => {
    const store = sqliteStore(join(folder, 'test.db'))
    closing.push(() => store.close())
    return createDirectory({ store, types: [User, Group] })
  }
  return [open(), open()]
}

const makeUser = async (directory: Directory, userName: string, more = {}) =>
  (await directory.create(context, 'User', { schemas: [User.schema.id], userName, ...more })).stored.id
const rename = (directory: Directory, id: string, userName: string) =>
  directory.patch(context, 'User', id, {
    schemas: [PATCH_OP],
    Operations: [{ op: 'replace', path: 'userName', value: userName }],
  })

/** Lets the work before it get a few steps ahead. */
async function steps(count: number): Promise<void> {
  for (let step = 0; step < count; step++) await Promise.resolve()
}

test('reindexing while users are renamed leaves no old name behind', async () => {
  const [server, command] = twins()
  const ids = await Promise.all(Array.from({ length: 20 }, (_, at) => makeUser(server, `old-${at}`)))
  for (let round = 0; round < 30; round++) {
    const renamed = Promise.all(ids.map((id, at) => rename(server, id, `round-${round}-${at}`)))
    await steps(round)
    expect(await command.reindex('acme', User)).toBe(20)
    await renamed
  }
  for (let round = 0; round < 29; round++) await makeUser(server, `round-${round}-7`)
})

test('dropping an attribute while users are changed and deleted loses no change and stops at nothing', async () => {
  const [server, command] = twins()
  for (let round = 0; round < 20; round++) {
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, at) => makeUser(server, `r${round}-${at}`, { title: 'x' })),
    )
    const [first = '', ...others] = ids
    const works = [
      server.remove(context, 'User', first),
      ...others.map((id, at) => rename(server, id, `n${round}-${at}`)),
    ]
    await steps(round)
    await command.rewrite('acme', ['User'], 'test', ({ title: _gone, ...rest }) => rest)
    await Promise.all(works)
    for (const [at, id] of others.entries()) {
      const stored = await command.get({ tenant: 'acme', type: 'User', id })
      expect(stored && documentOf(stored)).toMatchObject({ userName: `n${round}-${at}` })
      expect(stored && documentOf(stored)).not.toHaveProperty('title')
    }
  }
})

test('resources are counted up to a bound, past which none is read', async () => {
  const [server] = twins()
  await Promise.all(Array.from({ length: 5 }, (_, at) => makeUser(server, `bound-${at}`)))
  for (const [most, counted] of [
    [4, 4],
    [5, 5],
    [6, 5],
  ] as const) {
    let read = 0
    expect(await server.countUse('acme', ['User'], () => ++read > 0, most)).toBe(counted)
    expect(read).toBe(counted)
  }
})

test('removing all of a type while some are deleted by others', async () => {
  const [server, command] = twins()
  for (let round = 0; round < 10; round++) {
    const ids = await Promise.all(Array.from({ length: 10 }, (_, at) => makeUser(server, `r${round}-${at}`)))
    const works = ids.slice(0, 5).map((id) => server.remove(context, 'User', id))
    await steps(round)
    await command.removeAll('acme', 'User', 'test')
    const came = await Promise.allSettled(works)
    expect(came.every((one) => one.status === 'fulfilled' || one.reason.status === 404)).toBe(true)
    expect(await command.countUse('acme', ['User'], () => true)).toBe(0)
  }
})
