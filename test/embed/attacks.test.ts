// What an app meets on a bad day: a kill at the worst moment, many at once, mixed bulks, guesses, odd tenants.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  createDirectory,
  LENIENT,
  type LockstepOptions,
  lockstep,
  makeCredential,
  memoryStore,
  ScimError,
  type Store,
  User,
} from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyPlace, onPostgres } from '../database-under-test.ts'
import { DATABASES } from './databases.ts'

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

const WHO = () => ({ tenant: 'acme', actor: 'okta' })

function start(store: Store, options: Partial<LockstepOptions> = {}) {
  const scim = lockstep({ store, authenticate: WHO, ...options } as LockstepOptions)
  ending.push(scim.close)
  return scim
}

async function all<T>(list: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const one of list) found.push(one)
  return found
}

/** Starts the app in a process of its own, and kills it once it has said that. */
async function killOnce(args: readonly string[], said: (line: string) => boolean): Promise<void> {
  const script = fileURLToPath(new URL('killed-app.ts', import.meta.url))
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let killed = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!text.split('\n').some(said)) return
    killed = true
    child.kill('SIGKILL')
  })
  await ended
  expect(killed, complaints).toBe(true)
}

describe('killed', () => {
  test('while adopting: called again, it goes on, and nobody is there twice', async () => {
    const place = await emptyPlace()
    ending.push(place.remove)
    await killOnce(['adopt', place.database], (line) => Number(line) >= 400)
    const store = await place.open()
    ending.push(() => store.close())
    const scim = start(store)
    const people = Array.from({ length: 3_000 }, (_, n) => ({ id: `p${n}`, userName: `p${n}@x.example` }))
    const report = await scim.adopt('acme', people)
    expect(report.same).toBeGreaterThanOrEqual(400)
    expect([report.adopted + report.same, report.refusals]).toEqual([3_000, 0])
    expect(report.adopted).toBeGreaterThan(0)
    const [row] = await store.tenants({ limit: 1 })
    expect(row?.resources).toEqual({ User: 3_000 })
  })

  test('between the commit and its handlers: they run in the next process', async () => {
    const place = await emptyPlace()
    ending.push(place.remove)
    await killOnce(['create', place.database], (line) => line === 'done')
    const store = await place.open()
    ending.push(() => store.close())
    const told: string[] = []
    const scim = start(store, {
      after: { 'user.created': ({ user, attempt }) => void told.push(`${user.userName} ${attempt}`) },
      background: false,
    })
    await scim.after.run()
    await scim.after.run()
    expect(told).toEqual(['ann@x.example 1'])
  })
})

describe.each(DATABASES)('many at once on %s', (_name, on) => {
  async function open(options: Partial<LockstepOptions> = {}) {
    const database = await on()
    ending.push(database.end)
    return { database, scim: start(database.store, options) }
  }

  test('twenty updates of one person by the app itself: none is lost, none refused', async () => {
    const { scim } = await open()
    const users = scim.users('acme')
    const { id } = await users.create({ userName: 'ann', title: '' })
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        users.update(id, (draft) => {
          draft.title = `${draft.title ?? ''},${n}`
        }),
      ),
    )
    const titles = ((await users.get(id))?.title ?? '').split(',').filter((one) => one !== '')
    expect(titles.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  test('first sign-ins in many windows: one person, and everybody is let in', async () => {
    const connection = {
      id: 'sso',
      kind: 'okta',
      issuer: 'https://acme.okta.com',
      domains: ['x.example'],
      jit: 'create',
    } as const
    const { scim } = await open({ signIn: { connections: () => [connection] } })
    const arrival = {
      tenant: 'acme',
      issuer: connection.issuer,
      subject: '00u1',
      email: 'ann@x.example',
      emailVerified: true,
    }
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => scim.signIn(arrival)))
    const ids = outcomes.map((one) => (one.outcome === 'accepted' ? one.person.id : one.why))
    expect(new Set(ids).size).toBe(1)
    expect(await all(scim.users('acme').list())).toHaveLength(1)
    // The name of somebody else's is still refused.
    expect(await scim.signIn({ ...arrival, subject: '00u2' })).toMatchObject({ outcome: 'refused' })
  })

  test('deactivations held over several processes: as many as may be, and no more', async () => {
    const guards = { deactivations: { most: 3, within: '1h' } } as const
    const { database, scim } = await open({ guards })
    const other = start((await database.again?.()) ?? database.store, { guards })
    const ids = await Promise.all(
      Array.from(
        { length: 10 },
        async (_, n) => (await scim.users('acme').create({ userName: `u${n}`, active: true })).id,
      ),
    )
    const outcomes = await Promise.allSettled(
      ids.map((id, n) =>
        (n % 2 === 0 ? scim : other).users('acme').update(id, (draft) => {
          draft.active = false
        }),
      ),
    )
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused).toHaveLength(7)
    for (const error of refused) expect(error).toMatchObject({ status: 403, message: expect.stringMatching(/^Held:/) })
    expect(await all(scim.users('acme').list({ active: false }))).toHaveLength(3)
  })

  test('a bulk of everything: each operation stands or falls by itself, with its handlers and guards', async () => {
    const told: string[] = []
    const { scim } = await open({
      guards: { seats: 3, deactivations: { most: 1, within: '1h' } },
      on: {
        'user.created': ({ user }) => {
          told.push(`+${user.userName}`)
          if (user.userName === 'barred') throw new ScimError(403, 'Not here')
        },
        'user.deactivated': ({ user }) => void told.push(`-${user.userName}`),
        'membership.added': ({ users }) => void told.push(`members ${users.count}`),
      },
      background: false,
      after: { 'user.created': ({ user }) => void told.push(`later ${user.userName}`) },
    })
    const make = (userName: string) => ({
      method: 'POST',
      path: '/Users',
      bulkId: userName,
      data: { schemas: [User.schema.id], userName },
    })
    const leave = (userName: string) => ({
      method: 'PATCH',
      path: `/Users/bulkId:${userName}`,
      data: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value: false }],
      },
    })
    const group = {
      method: 'POST',
      path: '/Groups',
      bulkId: 'g',
      data: {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
        displayName: 'All',
        members: [{ value: 'bulkId:ann' }, { value: 'bulkId:bea' }],
      },
    }
    const Operations = [
      make('ann'),
      make('barred'),
      make('bea'),
      make('cid'),
      make('dan'),
      group,
      leave('ann'),
      leave('bea'),
      make('eve'),
    ]
    const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations })
    const headers = { 'content-type': 'application/scim+json' }
    const answer = await scim.fetch(new Request('http://x/scim/v2/Bulk', { method: 'POST', headers, body }))
    const done = (await answer.json()) as { readonly Operations: readonly { readonly status: string }[] }
    // Three seats: dan has none, until ann has gone; one may go, so bea stays.
    expect(done.Operations.map(({ status }) => status)).toEqual([
      '201',
      '403',
      '201',
      '201',
      '403',
      '201',
      '200',
      '403',
      '201',
    ])
    const kept = told.filter((one) => !one.startsWith('later'))
    expect(kept).toEqual(['+ann', '+barred', '+bea', '+cid', 'members 2', '-ann', '+eve'])
    await scim.after.run()
    // In order for one person, not among people.
    expect(told.filter((one) => one.startsWith('later')).sort()).toEqual([
      'later ann',
      'later bea',
      'later cid',
      'later eve',
    ])
  })

  test('who is deactivated by adopting again is signed out everywhere', async () => {
    const { scim } = await open({ signIn: { connections: () => [] } })
    const ann = { id: '1', userName: 'ann', active: true }
    await scim.adopt('acme', [ann])
    const ended = new Promise((resolve) => void scim.signIns.onEnd(resolve))
    await scim.adopt('acme', [{ ...ann, title: 'Dr' }], { existing: 'update' })
    await scim.adopt('acme', [{ ...ann, active: false }], { existing: 'update' })
    expect(await ended).toMatchObject({ tenant: 'acme', person: '1', cause: 'deactivated' })
  })

  test('a tenant without a name is refused in words, below the door too', async () => {
    const { database } = await open()
    const directory = createDirectory({ store: database.store })
    const body = { schemas: [User.schema.id], userName: 'ann' }
    await expect(directory.create({ tenant: '', actor: 'x', allow: LENIENT }, 'User', body)).rejects.toThrow(
      /tenant: must be the name/,
    )
  })
})

test.runIf(onPostgres)('seats that are read in the transaction need no second connection', async () => {
  const place = await emptyPlace()
  ending.push(place.remove)
  const pool = new pg.Pool({ connectionString: place.database, max: 2 })
  pool.on('error', () => undefined)
  ending.push(() => pool.end())
  await pool.query('create table plans (org text primary key, seats integer)')
  await pool.query(`insert into plans values ('acme', 1)`)
  const scim = lockstep({
    store: () => postgresStore({ pool }),
    authenticate: WHO,
    guards: {
      seats: async (tenant, { db }) =>
        (await db.query('select seats from plans where org = $1', [tenant])).rows[0]?.seats ?? 0,
    },
  })
  ending.push(scim.close)
  await scim.users('acme').create({ userName: 'ann' })
  await expect(scim.users('acme').create({ userName: 'bea' })).rejects.toMatchObject({ status: 403 })
})

test.skipIf(onPostgres)('guesses from everywhere, each another token, cost no memory', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const known = await makeCredential('acme')
  for (const options of [
    { store: memoryStore() },
    {
      store: memoryStore(),
      credentials: { find: async (hash: string) => (hash === known.hash ? { id: 'okta', tenant: 'acme' } : undefined) },
    },
  ]) {
    const scim = lockstep(options as unknown as LockstepOptions)
    ending.push(scim.close)
    const guess = async (n: number) => {
      const headers = { authorization: `Bearer ${'x'.repeat(1_000)}${n}` }
      const { status } = await scim.fetch(new Request('http://x/scim/v2/Users', { headers }))
      expect([401, 429]).toContain(status)
    }
    for (let n = 0; n < 2_000; n++) await guess(n)
    gc()
    const before = process.memoryUsage().heapUsed
    for (let n = 2_000; n < 10_000; n++) await guess(n)
    gc()
    // 8,000 tokens of a kilobyte each would be 8 MB and more.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000)
  }
})
