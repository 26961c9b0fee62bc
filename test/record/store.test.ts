// The contract of the record of requests, on memory, a SQLite file and PostgreSQL.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Count, RecordStore, RequestLine, Retention } from '../../src/record/index.ts'
import { memoryRecord } from '../../src/record/memory.ts'
import { postgresRecord } from '../../src/record/postgres/postgres.ts'
import { sqliteRecord } from '../../src/record/sqlite/sqlite.ts'
import { emptyPlace, onPostgres } from '../database-under-test.ts'

/** A record, and another process's way to the same one where there is one. */
interface Opened {
  readonly store: RecordStore
  readonly again: (() => Promise<RecordStore>) | undefined
  readonly remove: () => Promise<void>
}

const STORES: readonly (readonly [name: string, open: () => Promise<Opened>])[] = onPostgres
  ? [
      [
        'PostgreSQL',
        async () => {
          const place = await emptyPlace()
          const open = () => postgresRecord({ url: place.database })
          return { store: await open(), again: open, remove: place.remove }
        },
      ],
    ]
  : [
      ['memory', async () => ({ store: memoryRecord(), again: undefined, remove: async () => undefined })],
      [
        'SQLite',
        async () => {
          const folder = mkdtempSync(join(tmpdir(), 'lockstep-record-'))
          const open = async () => sqliteRecord(join(folder, 'test.record.db'))
          return { store: await open(), again: open, remove: async () => rmSync(folder, { recursive: true }) }
        },
      ],
    ]

const T = Date.UTC(2026, 10, 30, 12)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

let numbered = 0
function line(more: Partial<RequestLine> = {}): RequestLine {
  const n = ++numbered
  return {
    id: `r_${String(n).padStart(13, '0')}`,
    at: T + n,
    tenant: 'acme',
    connection: 'entra-1',
    kind: 'entra',
    method: 'GET',
    route: '/Users/{id}',
    asks: 'read',
    path: '/Users/‹id›',
    status: 200,
    us: 500,
    bytesIn: 0,
    bytesOut: 10,
    process: 'p',
    ...more,
  }
}

function count(more: Partial<Count> = {}): Count {
  const buckets = Array.from({ length: 14 }, (_, at) => (at === 1 ? 2 : 0))
  return {
    minute: T,
    tenant: 'acme',
    connection: 'entra-1',
    asks: 'read',
    outcome: 'answered',
    n: 2,
    us: 1_500,
    buckets,
    last: T + 7,
    ...more,
  }
}

const KEEP: Retention = {
  before: 0,
  minutesBefore: 0,
  hoursBefore: 0,
  valuesBefore: 0,
  most: 1_000_000,
  mostBytes: 2 ** 40,
  fair: 100,
  step: 1_000,
}

describe.each(STORES)('the record on %s', (_name, open) => {
  let opened: Opened
  let store: RecordStore
  const more: RecordStore[] = []
  beforeEach(async () => {
    opened = await open()
    store = opened.store
  })
  afterEach(async () => {
    for (const one of more.splice(0)) await one.close()
    await store.close()
    await opened.remove()
  })
  const write = (...lines: readonly RequestLine[]) => store.append({ lines, counts: [] })

  test('gives a line back as it was, with its place', async () => {
    const whole = line({
      token: 'abc',
      status: 409,
      type: 'User',
      resource: '0198a1b2-1111-7111-8111-111111111111',
      version: 3,
      code: 'SCIM_UNIQUENESS',
      detail: 'Ein „Zitat“ mit ü, \u0007 und "Anführung"',
      print: 'f00',
      bends: ['a', 'b'],
      left: ['favouriteColour'],
      address: '10.0.0.0/24',
      agent: 'curl',
      about: ['h1', 'h2'],
      body: 'shape',
      sent: '{"userName":"‹text 7›"}',
    })
    await write(line(), whole)
    const found = await store.line(whole.id)
    expect(found).toEqual({ ...whole, place: found?.place })
    expect(await store.line(whole.id, ['globex'])).toBeUndefined()
    expect(await store.line('r_none')).toBeUndefined()
    expect(await store.place()).toBe(found?.place)
  })

  test('pages join to the whole, in both orders', async () => {
    const lines = Array.from({ length: 25 }, () => line())
    await write(...lines)
    for (const order of ['newest', 'oldest'] as const) {
      const ids: string[] = []
      let after: number | undefined
      do {
        const { items, next } = await store.page({ order, after, limit: 10 })
        ids.push(...items.map(({ id }) => id))
        after = next
      } while (after !== undefined)
      const wanted = lines.map(({ id }) => id)
      expect(ids).toEqual(order === 'oldest' ? wanted : wanted.reverse())
    }
    expect(await store.page({ order: 'newest', limit: 25 })).not.toHaveProperty('next')
  })

  test.each([
    ['a tenant', { tenants: ['globex'] }, [3]],
    ['a tenant that never was', { tenants: ['none'] }, []],
    ['a connection', { connection: 'okta-1' }, [2]],
    ['failures', { outcomes: ['refused', 'failed'] }, [1, 3]],
    ['what went well', { outcomes: ['answered'] }, [0, 2]],
    ['a status', { statuses: [404, 500] }, [3]],
    ['a print', { print: 'f00' }, [1]],
    ['what was bent', { bent: 'any' }, [2]],
    ['what was bent by one', { bent: 'capital-op' }, [2]],
    ['what was bent by another', { bent: 'other' }, []],
    ['a resource', { resource: 'x1' }, [2]],
    ['a hash', { about: 'h1' }, [0, 3]],
    ['a hash in a tenant', { about: 'h1', tenants: ['acme'] }, [0]],
    ['a part of the path', { text: 'FILTER' }, [0]],
    ['the slow ones', { took: 10_000 }, [3]],
    ['a kind of request', { asks: 'update' }, [2]],
    ['a range', { from: T + 900, until: T + 5_000 }, [1, 2]],
  ] as const)('finds %s', async (_what, filter, wanted) => {
    const lines = [
      line({ at: T, path: '/Users?filter=‹text 3›', about: ['h1'] }),
      line({ at: T + 1_000, status: 409, print: 'f00', code: 'SCIM_UNIQUENESS' }),
      line({ at: T + 2_000, connection: 'okta-1', resource: 'x1', bends: ['capital-op'], asks: 'update' }),
      line({ at: T + 5_000, tenant: 'globex', status: 500, print: 'f01', us: 20_000, about: ['h1', 'h2'] }),
    ]
    await write(...lines)
    const { items } = await store.page({ ...filter, order: 'oldest', limit: 100 })
    expect(items.map(({ id }) => id)).toEqual(wanted.map((at) => lines[at]?.id))
  })

  test('counts of several processes add up, by tenant and over all', async () => {
    const counts = [count(), count({ tenant: 'globex', n: 5 }), count({ asks: 'create', minute: T + MINUTE })]
    await store.append({ lines: [], counts })
    await store.append({ lines: [], counts: [count({ n: 3, us: 500, last: T + 3 })] })
    const range = { from: T, until: T + HOUR, by: 'minute' } as const
    const own = await store.counts({ ...range, tenants: ['acme'] })
    expect(own.map(({ asks, n, us, last }) => [asks, n, us, last])).toEqual([
      ['read', 5, 2_000, T + 7],
      ['create', 2, 1_500, T + 7],
    ])
    expect(own[0]?.buckets[1]).toBe(4)
    const all = await store.counts(range)
    expect(all.map(({ tenant, connection, n }) => [tenant, connection, n])).toEqual([
      ['', '', 10],
      ['', '', 2],
    ])
    expect(await store.counts({ ...range, tenants: ['acme'], connection: 'okta-1' })).toEqual([])
    expect(await store.counts({ ...range, tenants: ['none'] })).toEqual([])
  })

  test('tells when connections were heard, over minutes and hours, and their longest silence', async () => {
    const at = (minute: number, more: Partial<Count> = {}) =>
      count({ minute: T + minute * MINUTE, last: T + minute * MINUTE + 500, ...more })
    const counts = [at(0), at(0, { asks: 'create' }), at(10), at(100), at(130), at(5, { tenant: 'globex' })]
    await store.append({ lines: [], counts: [...counts, at(7, { connection: '' })] })
    const wanted = [
      { tenant: 'acme', connection: 'entra-1', first: T, last: T + 130 * MINUTE + 500, longestMs: 90 * MINUTE - 500 },
    ]
    expect(await store.heard({ tenants: ['acme'], from: T })).toEqual(wanted)
    expect((await store.heard({ from: T })).map(({ tenant }) => tenant).sort()).toEqual(['acme', 'globex'])
    expect(await store.heard({ tenants: ['none'], from: T })).toEqual([])
    while (await store.trim({ ...KEEP, minutesBefore: T + 2 * HOUR })) {}
    const [rough] = await store.heard({ tenants: ['acme'], from: T })
    expect(rough).toMatchObject({ first: T, last: T + 130 * MINUTE + 500 })
  })

  test('minutes become hours, and hours go, and nothing is counted twice', async () => {
    const counts = [0, 1, 59, 60, 61, 130].map((minute) => count({ minute: T + minute * MINUTE }))
    await store.append({ lines: [], counts })
    const retention = { ...KEEP, minutesBefore: T + 2 * HOUR }
    while (await store.trim(retention)) {}
    const hours = await store.counts({ from: 0, until: T + 24 * HOUR, by: 'hour', tenants: ['acme'] })
    expect(hours.map(({ minute, n }) => [minute, n])).toEqual([
      [T, 6],
      [T + HOUR, 4],
    ])
    const minutes = await store.counts({ from: 0, until: T + 24 * HOUR, by: 'minute' })
    expect(minutes.map(({ minute }) => minute)).toEqual([T + 130 * MINUTE])
    await store.trim({ ...retention, hoursBefore: T + HOUR })
    expect(await store.counts({ from: 0, until: T + 24 * HOUR, by: 'hour' })).toHaveLength(1)
  })

  test('like failures are one, those with the newest first', async () => {
    await write(
      line({ status: 409, print: 'f00', resource: 'a' }),
      line({ status: 409, print: 'f00', resource: 'b' }),
      line({ status: 404, print: 'f01' }),
      line({ status: 409, print: 'f00', resource: 'b' }),
      line({ status: 409, print: 'f00', tenant: 'globex' }),
    )
    const faults = await store.faults({ tenants: ['acme'], from: 0, limit: 10 })
    expect(faults.map(({ print, count, resources }) => [print, count, resources])).toEqual([
      ['f00', 3, 2],
      ['f01', 1, 0],
    ])
    expect(faults[0]?.newest.resource).toBe('b')
    expect(await store.faults({ from: 0, limit: 10 })).toHaveLength(3)
    expect(await store.faults({ print: 'f01', from: 0, limit: 10 })).toHaveLength(1)
    expect(await store.faults({ from: T * 2, limit: 10 })).toEqual([])
  })

  test('old lines go step by step, with all that leads to them', async () => {
    await write(...Array.from({ length: 30 }, (_, at) => line({ at: T + at, about: ['h1'] })))
    expect([await store.older(T + 20, 100), await store.older(T + 20, 7), await store.older(T, 100)]).toEqual([
      20, 7, 0,
    ])
    const retention = { ...KEEP, before: T + 20, step: 8 }
    let steps = 1
    while (await store.trim(retention)) steps++
    expect(steps).toBeGreaterThanOrEqual(2)
    const { items } = await store.page({ order: 'oldest', limit: 100 })
    expect(items.map(({ at }) => at - T)).toEqual(Array.from({ length: 10 }, (_, at) => at + 20))
    expect((await store.page({ order: 'oldest', limit: 100, about: 'h1' })).items).toHaveLength(10)
    expect(await store.size()).toMatchObject({ lines: 10, oldest: T + 20 })
  })

  test("a flood pushes out its own tenant's lines, and nobody's last ones", async () => {
    await write(...Array.from({ length: 40 }, () => line({ tenant: 'quiet' })))
    await write(...Array.from({ length: 400 }, () => line({ tenant: 'loud' })))
    const retention = { ...KEEP, most: 120, fair: 50, step: 100 }
    while (await store.trim(retention)) {}
    await store.trim(retention)
    const linesOf = async (tenant: string) =>
      (await store.page({ order: 'oldest', limit: 1_000, tenants: [tenant] })).items.length
    expect(await linesOf('quiet')).toBe(40)
    expect(await linesOf('loud')).toBe(80)
  })

  test('recorded values end before their line', async () => {
    await write(
      line({ at: T, body: 'values', sent: '{"userName":"bjensen"}' }),
      line({ at: T, body: 'shape', sent: '{}' }),
    )
    await store.trim({ ...KEEP, valuesBefore: T + 1 })
    const { items } = await store.page({ order: 'oldest', limit: 10 })
    expect(items.map(({ body, sent }) => [body, sent])).toEqual([
      [undefined, undefined],
      ['shape', '{}'],
    ])
  })

  test('a tenant is forgotten step by step, and one of the same name begins anew', async () => {
    const lines = Array.from({ length: 5 }, () => line({ about: ['h1'], print: 'f' }))
    const minutes = [0, 1, 2].map((n) => count({ minute: T + n * MINUTE }))
    await store.append({ lines: [...lines, line({ tenant: 'globex' }), line({ tenant: '' })], counts: minutes })
    while (await store.trim({ ...KEEP, minutesBefore: T + MINUTE })) {}
    expect([...(await store.tenants())].sort((a, b) => (a.tenant < b.tenant ? -1 : 1))).toEqual([
      { tenant: 'acme', oldest: lines[0]?.at },
      { tenant: 'globex', oldest: expect.any(Number) },
    ])
    const left = async () => (await store.page({ order: 'oldest', limit: 10, tenants: ['acme'] })).items.length
    const sizes: number[] = []
    do sizes.push(await left())
    while (await store.forget('acme', { before: T + HOUR, step: 2 }))
    expect(sizes).toEqual([5, 3, 1, 0])
    expect(await store.forget('never was', { before: T + HOUR, step: 2 })).toBe(false)
    expect((await store.page({ order: 'oldest', limit: 10 })).items.map(({ tenant }) => tenant)).toEqual(['globex', ''])
    for (const by of ['minute', 'hour'] as const)
      expect(await store.counts({ from: 0, until: T * 2, by, tenants: ['acme'] })).toEqual([])
    expect(await store.faults({ from: 0, limit: 10 })).toEqual([])
    expect((await store.page({ order: 'oldest', limit: 10, about: 'h1' })).items).toEqual([])
    expect((await store.tenants()).map(({ tenant }) => tenant)).toEqual(['globex'])
    expect((await store.size()).lines).toBe(2)
    await write(line())
    expect(await left()).toBe(1)
    expect((await store.size()).lines).toBe(3)
  })

  test('of a tenant only what is older than a moment is forgotten', async () => {
    const lines = [line(), line(), line()]
    const minutes = [0, 1, 2].map((n) => count({ minute: T + n * MINUTE }))
    await store.append({ lines, counts: minutes })
    const before = lines[1]?.at ?? 0
    while (await store.forget('acme', { before, step: 10 })) {}
    const { items } = await store.page({ order: 'oldest', limit: 10 })
    expect(items.map(({ id }) => id)).toEqual(lines.slice(1).map(({ id }) => id))
    // A minute goes when all of it is older.
    const counted = async () =>
      (await store.counts({ from: 0, until: T * 2, by: 'minute', tenants: ['acme'] })).map(({ minute }) => minute - T)
    expect(await counted()).toEqual([0, MINUTE, 2 * MINUTE])
    while (await store.forget('acme', { before: T + 2 * MINUTE + 1, step: 10 })) {}
    expect(await counted()).toEqual([2 * MINUTE])
    expect(await store.tenants()).toEqual([{ tenant: 'acme', oldest: T + 3 * MINUTE }])
    const sums = await store.counts({ from: 0, until: T * 2, by: 'minute' })
    expect(sums.map(({ n }) => n)).toEqual([2, 2, 2])
  })

  test('several processes append at once, and readers see each line once, in the order of places', async () => {
    const { again } = opened
    if (again === undefined) return
    const processes = [store, await again(), await again()]
    more.push(...processes.slice(1))
    const seen: string[] = []
    let place = 0
    let isWriting = true
    const reading = (async () => {
      const reader = processes[1] as RecordStore
      for (;;) {
        const last = !isWriting
        const { items } = await reader.page({ order: 'oldest', after: place, limit: 1_000 })
        seen.push(...items.map(({ id }) => id))
        place = items.at(-1)?.place ?? place
        if (last && items.length === 0) return
      }
    })()
    const written = await Promise.all(
      processes.map(async (one, at) => {
        const ids: string[] = []
        for (let batch = 0; batch < 8; batch++) {
          const lines = Array.from({ length: 30 }, () => line({ process: String(at), tenant: `t${at}` }))
          await one.append({ lines, counts: [count({ tenant: 'acme', n: 1 })] })
          ids.push(...lines.map(({ id }) => id))
        }
        return ids
      }),
    )
    isWriting = false
    await reading
    expect(seen).toHaveLength(720)
    expect(new Set(seen)).toEqual(new Set(written.flat()))
    // What one process wrote stays in its order.
    for (const ids of written) expect(seen.filter((id) => ids.includes(id))).toEqual(ids)
    const [counted] = await store.counts({ from: 0, until: T * 2, by: 'minute', tenants: ['acme'] })
    expect(counted?.n).toBe(24)
  })
})
