// Tests that a restored backup is noticed, and that nothing else looks like one.

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { watchRestores } from './restore-watch.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const never = (error: unknown) => {
  throw error
}

/** Opens the database for a while. */
async function opened<T>(use: (watch: ReturnType<typeof watchRestores>) => Promise<T>, file = 'a.db'): Promise<T> {
  const store = sqliteStore(join(dir, file))
  try {
    return await use(watchRestores(store, join(dir, `${file}.hub`), never))
  } finally {
    await store.close()
  }
}

/** A start, after which something is sent so many times. */
const session = (sent: number, file = 'a.db') =>
  opened(async (watch) => {
    const restored = await watch.isRestored()
    for (let times = 0; times <= sent; times++) await watch.count()
    return restored
  }, file)

test('starts and restarts look like none', async () => {
  for (const sent of [0, 3, 0, 1]) expect(await session(sent)).toBe(false)
})

test('an older copy in its place is one, once', async () => {
  await session(2)
  await copyFile(join(dir, 'a.db'), join(dir, 'backup.db'))
  await session(1)
  await copyFile(join(dir, 'backup.db'), join(dir, 'a.db'))
  expect(await session(0)).toBe(true)
  // It has to count beyond what the file said, or the next restore would not be noticed.
  expect(await session(0)).toBe(false)
})

test('a copy elsewhere is one: what it comes from may have gone on', async () => {
  await session(2)
  await copyFile(join(dir, 'a.db'), join(dir, 'b.db'))
  expect(await session(0, 'b.db')).toBe(true)
})

test('several processes at once count together', async () => {
  await session(0)
  const store = sqliteStore(join(dir, 'a.db'))
  const watches = Array.from({ length: 4 }, () => watchRestores(store, join(dir, 'a.db.hub'), never))
  await Promise.all(watches.map((watch) => watch.count()))
  await store.close()
  expect(await session(0)).toBe(false)
})

test('a folder that cannot be written is reported once, and looks like no restore', async () => {
  const store = sqliteStore(join(dir, 'a.db'))
  await writeFile(join(dir, 'file'), '')
  for (let start = 0; start < 3; start++) {
    const errors: unknown[] = []
    const watch = watchRestores(store, join(dir, 'file/a.db.hub'), (error) => errors.push(error))
    expect(await watch.isRestored()).toBe(false)
    await watch.count()
    await watch.count()
    expect(errors).toHaveLength(1)
  }
  await store.close()
})
