// Lookups of one person give the same answer from cached text and from the database.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL_RIGHTS } from '../src/access/index.ts'
import type { Directory } from '../src/directory/index.ts'
import { createDirectory, createProvider } from '../src/index.ts'
import type { Provider } from '../src/provider/index.ts'
import { profileOf } from '../src/quirks/index.ts'
import { type SqliteStore, sqliteStore } from '../src/store/sqlite/sqlite.ts'

// Decision 12: a look-up is answered from the index and from kept texts, which must never be older than the index.
describe.each([
  ['on its own thread', { threads: true }],
  ['on this thread', {}],
])('look-ups in a file that others write too, written %s', (_where, options) => {
  let folder: string
  let here: SqliteStore
  let there: SqliteStore
  let directory: Directory
  let other: Directory
  let provider: Provider
  const context = { tenant: 'acme', actor: 'somebody', allow: profileOf('generic').allow }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-look-ups-'))
    here = sqliteStore(join(folder, 'a.db'), options)
    there = sqliteStore(join(folder, 'a.db'))
    await here.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    directory = createDirectory({ store: here })
    other = createDirectory({ store: there })
    provider = createProvider({
      directory,
      authenticate: () => ({ tenant: 'acme', actor: 'idp', profile: profileOf('generic'), rights: ALL_RIGHTS }),
    })
  })
  afterEach(async () => {
    await here.close()
    await there.close()
    rmSync(folder, { recursive: true })
  })

  const create = async (door: Directory, userName: string) =>
    (await door.create(context, 'User', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName })).stored
      .id
  const rename = (door: Directory, id: string, userName: string) =>
    door.patch(context, 'User', id, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'userName', value: userName }],
    })
  const found = async (filter: string) => {
    const url = `http://scim.example/scim/v2/Users?filter=${encodeURIComponent(filter)}`
    const response = await provider.fetch(new Request(url))
    const list = (await response.json()) as { Resources: { id: string; userName: string; meta: { version: string } }[] }
    return list.Resources.map(({ id, userName, meta }) => [id, userName, meta.version])
  }

  test.each([
    ['this process', () => directory],
    ['another one', () => other],
  ])('a name given by %s is found at once, and the old one no more', async (_who, door) => {
    const id = await create(directory, 'ada')
    for (const _twice of [1, 2]) expect(await found('userName eq "ada"')).toEqual([[id, 'ada', 'W/"1"']])
    await rename(door(), id, 'grace')
    expect(await found('userName eq "ada"')).toEqual([])
    for (const _twice of [1, 2]) expect(await found('userName eq "grace"')).toEqual([[id, 'grace', 'W/"2"']])
    expect(await found('userName eq "grace" and active eq true')).toEqual([[id, 'grace', 'W/"2"']])
    expect(await found('userName eq "grace" and active eq false')).toEqual([])
  })

  test('a resource that reuses the row number of a deleted one is not mistaken for it', async () => {
    const first = await create(directory, 'ada')
    for (const _twice of [1, 2]) expect(await found('userName eq "ada"')).toHaveLength(1)
    await other.remove(context, 'User', first, {})
    // SQLite reuses the number of the last row.
    const second = await create(other, 'ada')
    for (const _twice of [1, 2]) expect(await found('userName eq "ada"')).toEqual([[second, 'ada', 'W/"1"']])
  })

  test('several come in order of id, whether kept or read', async () => {
    const ids = [await create(directory, 'an.a'), await create(directory, 'an.b'), await create(directory, 'an.c')]
    await found('userName eq "an.b"')
    for (const _twice of [1, 2]) expect((await found('userName sw "an."')).map(([id]) => id)).toEqual(ids.toSorted())
  })
})
