// Work on one key runs in order.

import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createKeyedMutex } from './keyed-mutex.ts'
import { createHasher } from './password.ts'
import { isOutdated, passwordMatches } from './scrypt.ts'
import { createIds } from './uuid.ts'

describe('lanes', () => {
  test('work on one key runs one after the other, on others beside it, and a failure holds up none', async () => {
    const inTurn = createKeyedMutex()
    const seen: string[] = []
    const work = (key: string, name: string, ms: number, fails = false) =>
      inTurn(key, async () => {
        seen.push(`${name} begins`)
        await wait(ms)
        seen.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      })
    const all = [work('k', 'one', 30, true), work('k', 'two', 1), work('other', 'three', 1), work('k', 'four', 1)]
    const came = await Promise.allSettled(all)
    expect(came.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect(seen.filter((one) => !one.startsWith('three'))).toEqual(
      ['one', 'two', 'four'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    )
    expect(seen.indexOf('three ends')).toBeLessThan(seen.indexOf('one ends'))
  })
})

describe('ids', () => {
  test('rise, are unique and are UUIDs of version 7, whatever the clock does', () => {
    let now = 1_700_000_000_000
    const random = (bytes: Uint8Array) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>)
    const newId = createIds({ now: () => now, random })
    const ids: string[] = []
    for (let at = 0; at < 10_000; at++) {
      if (at === 5_000) now -= 60_000
      if (at === 9_000) now += 120_000
      ids.push(newId())
    }
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
    for (const id of ids.slice(0, 100))
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })
})

describe('hashes of passwords', () => {
  test('differ each time, fit only their password, and many at once all come', async () => {
    const hash = createHasher()
    const hashes = await Promise.all(Array.from({ length: 5 }, () => hash('acme', 'correct horse')))
    expect(new Set(hashes).size).toBe(5)
    const [first = ''] = hashes
    expect(await passwordMatches('correct horse', first)).toBe(true)
    expect(await passwordMatches('correct horsf', first)).toBe(false)
    for (const hash of ['md5$x', '', 'scrypt$14$8$5$$', 'scrypt$40$8$1$AAAA$AAAA', first.replace('$14$', '$13$')])
      expect(await passwordMatches('correct horse', hash)).toBe(false)
    expect(first).toMatch(/^scrypt\$14\$8\$5\$/)
    expect(isOutdated(first)).toBe(false)
  })

  test('of one tenant do not keep those of another one waiting, however many there are', async () => {
    const hash = createHasher()
    const done: string[] = []
    const note = (tenant: string) => hash(tenant, 'correct horse').then(() => done.push(tenant))
    const many = Array.from({ length: 12 }, () => note('many'))
    await Promise.all([...many, note('one')])
    // Two are under way before it comes, and one of the others may have its turn.
    expect(done.indexOf('one')).toBeLessThanOrEqual(4)
  })

  test('nobody waits for any more are not made', async () => {
    let going = true
    let asked = 0
    const hash = createHasher(() => {
      asked++
      if (!going) throw new Error('stopped')
    })
    const first = Promise.all([hash('acme', 'a'), hash('acme', 'b')])
    const others = Array.from({ length: 5 }, (_, at) => hash('acme', `${at}`).catch((error: Error) => error.message))
    going = false
    await first
    expect(await Promise.all(others)).toEqual(Array(5).fill('stopped'))
    expect(asked).toBe(7)
  })
})
