// A deleted tenant is gone at once from what the record of requests shows, and forgotten in the background.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { environment as realEnvironment } from '../../src/environment.ts'
import type { RecordStore, RequestLine } from '../../src/record/index.ts'
import { postgresRecord } from '../../src/record/postgres/postgres.ts'
import { sqliteRecord } from '../../src/record/sqlite/sqlite.ts'
import { startRetention } from '../../src/server/record-retention.ts'
import { createTenancy, setRetention } from '../../src/tenancy/index.ts'
import { emptyPlace, onPostgres } from '../database-under-test.ts'
import { type Serving, serve } from '../serve.ts'

vi.setConfig({ testTimeout: 60_000 })

const MINUTE = 60_000

describe('in the background', () => {
  let numbered = 0
  function line(tenant: string, at: number): RequestLine {
    const id = `r_${String(++numbered).padStart(13, '0')}`
    const asked = { method: 'GET', route: '/Users', asks: 'search', path: '/Users' } as const
    const measured = { status: 404, us: 5, bytesIn: 0, bytesOut: 1, print: 'f00' }
    return { id, at, tenant, connection: 'entra-1', ...asked, ...measured, process: 'p' }
  }
  const countOf = (tenant: string, minute: number) => ({
    minute,
    tenant,
    connection: 'entra-1',
    asks: 'search' as const,
    outcome: 'refused' as const,
    n: 1,
    us: 5,
    buckets: Array.from({ length: 14 }, () => 0),
    last: minute + 1,
  })

  /** A directory, a record, and a process whose looks and pauses the test ends. */
  async function prepared() {
    const place = await emptyPlace()
    const store = await place.open()
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-gone-'))
    const open = async (): Promise<RecordStore> =>
      onPostgres ? postgresRecord({ url: place.database }) : sqliteRecord(join(folder, 'test.record.db'))
    let now = Date.now() - (Date.now() % MINUTE)
    const tenancy = createTenancy({ store, environment: { ...realEnvironment, now: () => now } })
    const problems: unknown[] = []
    /** One process: `look` lets it look; it pauses until it is stopped after so many steps. */
    const start = (record: RecordStore, steps = Number.POSITIVE_INFINITY) => {
      const looks: (() => void)[] = []
      let paused = 0
      const stop = startRetention({
        store,
        record,
        days: 14,
        report: (error) => problems.push(error),
        environment: {
          ...realEnvironment,
          now: () => now,
          setTimer: (ms, call, options) => {
            if (ms < 5 * MINUTE) return realEnvironment.setTimer(ms, call, options)
            looks.push(call)
            return () => {}
          },
          wait: (_ms, signal) =>
            ++paused < steps
              ? Promise.resolve()
              : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
        },
      })
      return { look: () => looks.at(-1)?.(), looks: () => looks.length, paused: () => paused, stop }
    }
    const close = async () => {
      await tenancy.close()
      await store.close()
      await place.remove()
      rmSync(folder, { recursive: true })
    }
    return { store, tenancy, open, start, problems, close, pass: (ms: number) => (now += ms), now: () => now }
  }

  test('requests go after the days that were set since the start, in a process that was started with others', async () => {
    const { store, open, start, now, close } = await prepared()
    const record = await open()
    const DAY = 24 * 60 * MINUTE
    await record.append({ lines: [0, 1, 2, 3, 20].map((days) => line('', now() - days * DAY - 1)), counts: [] })
    const lines = async () => (await record.page({ order: 'oldest', limit: 10 })).items.length
    const one = start(record)
    const looked = async () => {
      const before = one.looks()
      one.look()
      await expect.poll(() => one.looks()).toBe(before + 1)
    }
    await looked()
    expect(await lines()).toBe(4)
    await setRetention(store, realEnvironment, { recordDays: 2 }, { actor: 'ada', role: 'owner', tenants: undefined })
    await looked()
    expect(await lines()).toBe(2)
    await one.stop()
    await record.close()
    await close()
  })

  test('a deleted tenant is forgotten in steps, and gone on with after a restart; one made anew keeps its own', async () => {
    const { tenancy, open, start, problems, close, pass, now } = await prepared()
    for (const name of ['acme', 'anew', 'stays']) await tenancy.tenants.create(name)
    const record = await open()
    const at = now()
    const write = (tenant: string, lines: number) =>
      record.append({
        lines: Array.from({ length: lines }, () => line(tenant, now())),
        counts: [countOf(tenant, now())],
      })
    await write('acme', 5_000)
    await write('anew', 3)
    await write('stays', 3)
    await write('', 1)
    pass(10 * MINUTE)
    await tenancy.tenants.delete('acme')
    await tenancy.tenants.delete('anew')
    pass(10 * MINUTE)
    await tenancy.tenants.create('anew')
    await write('anew', 2)
    await write('stays', 1)
    pass(10 * MINUTE)

    const first = start(record, 1)
    first.look()
    await expect.poll(first.paused).toBe(1)
    await first.stop()
    // A step is 2,000 lines: what was begun is not finished.
    expect((await record.size()).lines).toBe(5_010 - 2_000)
    await record.close()

    const again = await open()
    const second = start(again)
    second.look()
    await expect.poll(second.looks).toBe(2)
    await second.stop()
    expect(problems).toEqual([])
    const kept = async (tenant: string) => {
      const { items } = await again.page({ tenants: [tenant], order: 'oldest', limit: 10 })
      const counts = await again.counts({ tenants: [tenant], from: 0, until: now(), by: 'minute' })
      return { lines: items.map((one) => one.at - at), counts: counts.map(({ minute }) => minute - at) }
    }
    expect(await kept('acme')).toEqual({ lines: [], counts: [] })
    expect(await kept('anew')).toEqual({ lines: [20 * MINUTE, 20 * MINUTE], counts: [20 * MINUTE] })
    expect(await kept('stays')).toEqual({ lines: [0, 0, 0, 20 * MINUTE], counts: [0, 20 * MINUTE] })
    expect((await again.size()).lines).toBe(7)
    await again.close()
    await close()
  })
})

describe('over HTTP', () => {
  let server: Serving
  let owner: string
  beforeAll(async () => {
    server = await serve()
    owner = (await server.tenancy.adminTokens.create({})).token
  })
  afterAll(() => server.close())

  async function admin(path: string, token = owner) {
    const response = await fetch(`${server.url}/admin/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  const series = async (token: string) => {
    const { points } = (await admin('/series', token)).body
    return points.reduce((sum: number, { outcomes }: { outcomes: { answered: number; refused: number } }) => {
      return sum + outcomes.answered + outcomes.refused
    }, 0)
  }
  /** What a stream gives at its first look, from the beginning of the record. */
  async function streamed(token: string) {
    const leaving = new AbortController()
    const response = await fetch(`${server.url}/admin/v1/stream?topics=requests,series&after=requests:0`, {
      headers: { authorization: `Bearer ${token}` },
      signal: leaving.signal,
    })
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('\nid: requests:')) break
    }
    leaving.abort()
    return text
  }

  test('nothing shows a deleted tenant, nor one made anew under its name what was before', async () => {
    const made = await server.connection('entra')
    const { tenant } = made
    const other = await server.connection('entra')
    const limited = (await server.tenancy.adminTokens.create({ role: 'support', tenants: [tenant, other.tenant] }))
      .token
    const alone = (await server.tenancy.adminTokens.create({ role: 'support', tenants: [tenant] })).token
    const ask = async ({ base, token }: { readonly base: string; readonly token: string }) => {
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`${base}/Users/01988888-0000-7000-8000-000000000000`, { headers })
      await response.text()
      expect(response.status).toBe(404)
      return response.headers.get('x-request-id') ?? ''
    }
    const otherId = await ask(other)
    await expect.poll(async () => (await admin(`/requests/${otherId}`)).status, { timeout: 30_000 }).toBe(200)
    const id = await ask(made)
    await expect.poll(async () => (await admin(`/requests/${id}`)).status, { timeout: 30_000 }).toBe(200)
    await expect.poll(() => series(alone), { timeout: 30_000 }).toBe(1)
    const [fault] = (await admin(`/tenants/${tenant}/faults`)).body.items
    expect(fault.newest.id).toBe(id)

    await server.tenancy.tenants.delete(tenant)
    const shown = async () => {
      for (const token of [owner, limited]) {
        expect((await admin(`/requests/${id}`, token)).status).toBe(404)
        const { items } = (await admin('/requests', token)).body
        expect(items.filter((line: { tenant: string }) => line.tenant === tenant)).toEqual([])
        expect(JSON.stringify(items)).toContain(otherId)
        expect(
          (await admin('/attention', token)).body.items.filter((one: { tenant: string }) => one.tenant === tenant),
        ).toEqual([])
        const told = await streamed(token)
        expect(told).toContain(otherId)
        expect(told).not.toContain(id)
      }
    }
    await shown()
    expect(await series(alone)).toBe(0)
    expect((await admin(`/series?tenant=${tenant}`)).status).toBe(404)
    expect((await admin(`/tenants/${tenant}/faults`)).status).toBe(404)

    await server.tenant(tenant)
    await shown()
    expect((await admin(`/tenants/${tenant}/requests`)).body.items).toEqual([])
    expect((await admin(`/tenants/${tenant}/faults`)).body.items).toEqual([])
    expect((await admin(`/tenants/${tenant}/faults/${fault.print}`)).status).toBe(404)
  })
})
