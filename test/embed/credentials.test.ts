// Credentials of identity providers: made, hashed, rotated, revoked, slowed; in the store and in a table.

import { hash } from 'node:crypto'
import {
  bearer,
  type CredentialRow,
  environment,
  type LockstepOptions,
  lockstep,
  makeCredential,
  memoryStore,
} from 'lockstep'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyPlace, type Place } from '../database-under-test.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function place(): Promise<Place> {
  const made = await emptyPlace()
  closing.push(made.remove)
  return made
}

/** An app on a database; several may share one. */
function appOn({ open }: Pick<Place, 'open'>, options: Partial<LockstepOptions> = {}) {
  const scim = lockstep({ store: () => open(), url: '/t/:tenant/scim/v2', ...options })
  closing.push(scim.close)
  const ask = (tenant: string, token: string, path = '/Users') =>
    scim.fetch(new Request(`http://x/t/${tenant}/scim/v2${path}`, { headers: { authorization: `Bearer ${token}` } }))
  return { scim, ask, of: scim.credentials('acme') }
}

const DAY_MS = 86_400_000

describe.each([
  ['the database', place],
  ['memory', async (): Promise<Pick<Place, 'open'>> => ({ open: async () => memoryStore() })],
])('kept in %s', (_name, at) => {
  test('a token lets its identity provider in, into its tenant alone', async () => {
    const { scim, ask, of } = appOn(await at())
    expect(await of.list()).toEqual([])
    const { token, credential } = await of.mint({ label: 'Okta production', kind: 'okta' })
    expect(credential).toMatchObject({
      label: 'Okta production',
      kind: 'okta',
      rights: { '*': { read: true, write: true } },
    })
    expect(credential.id).toMatch(/^okta-[a-z0-9]{6}$/)
    expect((await ask('acme', token)).status).toBe(200)
    expect((await ask('other', token)).status).toBe(401)
    expect((await ask('acme', `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).status).toBe(401)
    expect((await ask('acme', 'nonsense')).status).toBe(401)
    // The log names it.
    const users = new Request('http://x/t/acme/scim/v2/Users', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ann' }),
    })
    expect((await scim.fetch(users)).status).toBe(201)
    const { directory } = await scim.open()
    expect((await directory.changes('acme', 0, 100)).map(({ actor, op }) => `${actor} ${op}`)).toEqual([
      'app note',
      `${credential.id} create`,
    ])
  })

  test('two tokens live while an administrator changes over, and a third is refused with what to do', async () => {
    const { ask, of } = appOn(await at())
    const first = await of.mint()
    const second = await of.rotate(first.credential.id)
    expect(second.credential.tokens).toHaveLength(2)
    for (const { token } of [first, second]) expect((await ask('acme', token)).status).toBe(200)
    await expect(of.rotate(first.credential.id)).rejects.toMatchObject({
      code: 'ERR_IN_USE',
      message: expect.stringMatching(
        /2 live tokens.*scim\.credentials\('acme'\)\.revoke\('generic-.*tokenId\).*revokeOthers: true/,
      ),
    })
    await of.revoke(first.credential.id, second.credential.tokens[0]?.id)
    expect((await ask('acme', first.token)).status).toBe(401)
    expect((await ask('acme', second.token)).status).toBe(200)
    const third = await of.rotate(first.credential.id, { revokeOthers: true })
    expect((await ask('acme', second.token)).status).toBe(401)
    expect((await ask('acme', third.token)).status).toBe(200)
    await of.revoke(first.credential.id)
    expect((await ask('acme', third.token)).status).toBe(401)
    expect(await of.list()).toEqual([])
    await expect(of.rotate('okta-none')).rejects.toMatchObject({
      code: 'ERR_NOT_FOUND',
      message: expect.stringContaining("see them with: scim.credentials('acme').list()"),
    })
  })

  test('rights are those of the types of the app, and bind', async () => {
    const { ask, of } = appOn(await at())
    const { token } = await of.mint({ rights: { users: { read: true, write: false } } })
    expect((await ask('acme', token)).status).toBe(200)
    expect((await ask('acme', token, '/Groups')).status).toBe(403)
    await expect(of.mint({ rights: { Devices: { read: true, write: true } } })).rejects.toThrow(
      'no resource type "Devices"',
    )
    await expect(of.mint({ kind: 'oktopus' as never })).rejects.toThrow('is not a kind of connection')
    await expect(of.mint({ label: ' ' })).rejects.toThrow('1 to 200 characters')
  })

  test('a token ends when it was said to, after a year by default', async () => {
    let now = Date.parse('2026-01-01')
    const { ask, of } = appOn(await at(), { environment: { ...environment, now: () => now } })
    const short = await of.mint({ expires: new Date(now + DAY_MS) })
    const year = await of.mint()
    const ever = await of.mint({ expires: null })
    expect(short.credential.tokens[0]?.expires).toEqual(new Date('2026-01-02'))
    expect(ever.credential.tokens[0]).not.toHaveProperty('expires')
    const statuses = async () =>
      Promise.all([short, year, ever].map(async ({ token }) => (await ask('acme', token)).status))
    expect(await statuses()).toEqual([200, 200, 200])
    now += DAY_MS
    expect(await statuses()).toEqual([401, 200, 200])
    now += 365 * DAY_MS
    expect(await statuses()).toEqual([401, 401, 200])
    await expect(of.mint({ expires: new Date(now - 1) })).rejects.toThrow('more than nothing')
  })

  test('when a token was last used is known afterwards', async () => {
    const now = Date.parse('2026-01-01')
    const { ask, of } = appOn(await at(), { environment: { ...environment, now: () => now } })
    const { token } = await of.mint()
    expect((await of.list())[0]?.tokens[0]).not.toHaveProperty('lastUsed')
    await ask('acme', token)
    await expect.poll(async () => (await of.list())[0]?.tokens[0]?.lastUsed).toEqual(new Date(now))
  })

  test('without a tenant in the URL it is the one that the token names, of whatever name', async () => {
    const { scim } = appOn(await at(), { url: '/scim/v2' })
    for (const tenant of ['acme', 'org_2abc', 'Größe & Söhne']) {
      const { token } = await scim.credentials(tenant).mint()
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
      const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ann' })
      expect((await scim.fetch(new Request('http://x/scim/v2/Users', { method: 'POST', headers, body }))).status).toBe(
        201,
      )
      expect(await scim.users(tenant).find({ userName: 'ann' })).toMatchObject({ userName: 'ann' })
    }
  })

  test('wrong ones are told to wait after a while, and right ones are let in all the same', async () => {
    const { ask, of } = appOn(await at())
    const { token } = await of.mint()
    const statuses: number[] = []
    for (let at = 0; at < 320; at++) statuses.push((await ask('acme', `wrong${at}`)).status)
    expect(statuses.slice(0, 300)).toEqual(Array.from({ length: 300 }, () => 401))
    const last = await ask('acme', 'wrong')
    expect(statuses).toContain(429)
    expect([last.status, Number(last.headers.get('retry-after'))]).toEqual([429, 1])
    expect((await ask('acme', token)).status).toBe(200)
    expect((await ask('other', 'wrong')).status).toBe(401)
  })
})

test('in the database there is no token, only its hash', async () => {
  const at = await place()
  const { ask, of } = appOn(at)
  const { token } = await of.mint()
  expect((await ask('acme', token)).status).toBe(200)
  const dump = await at.dump()
  expect(dump).toContain(hash('sha256', token))
  expect(dump).not.toContain(token.split('_')[2])
})

test('what one process revokes, others refuse within a second or so', async () => {
  const at = await place()
  const one = appOn(at)
  const other = appOn(at)
  const { token, credential } = await one.of.mint()
  expect((await other.ask('acme', token)).status).toBe(200)
  await one.of.revoke(credential.id)
  await expect.poll(async () => (await other.ask('acme', token)).status, { timeout: 20_000 }).toBe(401)
})

describe('in a table of the app', () => {
  function table() {
    let ms = 0
    const rows = new Map<string, CredentialRow>()
    const asked: string[] = []
    const used: [string, Date][] = []
    const made = appOn(
      { open: async () => memoryStore() },
      {
        environment: { ...environment, now: () => Date.parse('2026-01-01') + ms, monotonic: () => ms },
        credentials: {
          find: async (key) => {
            asked.push(key)
            return rows.get(key) ?? null
          },
          used: (key, when) => used.push([key, when]),
        },
      },
    )
    return { ...made, rows, asked, used, later: (by: number) => (ms += by) }
  }

  test('a token is found by its hash, at most once a second, and told as used at most once a minute', async () => {
    const { ask, rows, asked, used, later } = table()
    const { token, hash: key } = makeCredential('acme')
    expect(key).toBe(hash('sha256', token))
    rows.set(key, { tenant: 'acme', actor: 'okta', kind: 'okta' })
    for (let at = 0; at < 5; at++) expect((await ask('acme', token)).status).toBe(200)
    expect(asked).toEqual([key])
    later(1_000)
    await ask('acme', token)
    expect([asked, used]).toEqual([[key, key], [[key, new Date('2026-01-01')]]])
    later(59_000)
    await ask('acme', token)
    expect(used).toHaveLength(2)
    expect((await ask('other', token)).status).toBe(401)
  })

  test('revoked or ended there, it is refused within a second', async () => {
    const { ask, rows, later } = table()
    const { token, hash: key } = makeCredential('acme')
    rows.set(key, { tenant: 'acme', actor: 'okta', expires: new Date('2026-01-02') })
    expect((await ask('acme', token)).status).toBe(200)
    rows.delete(key)
    later(1_000)
    expect((await ask('acme', token)).status).toBe(401)
    rows.set(key, { tenant: 'acme', actor: 'okta', expires: Date.parse('2026-01-02') })
    later(1_000)
    expect((await ask('acme', token)).status).toBe(200)
    later(DAY_MS)
    expect((await ask('acme', token)).status).toBe(401)
  })

  test('a table that can not be asked is 503 with Retry-After, and asked again', async () => {
    const reported: unknown[] = []
    let works = false
    const { ask } = appOn(
      { open: async () => memoryStore() },
      {
        report: ({ error }) => reported.push(error),
        credentials: {
          find: () => {
            if (works) return { tenant: 'acme', actor: 'okta' }
            throw new Error('connection refused')
          },
        },
      },
    )
    const down = await ask('acme', 'some-token')
    expect([down.status, down.headers.get('retry-after')]).toEqual([503, '2'])
    expect(reported).toHaveLength(1)
    works = true
    expect((await ask('acme', 'some-token')).status).toBe(200)
  })

  test('a use that can not be noted fails no request, and is reported', async () => {
    const reported: unknown[] = []
    const { ask } = appOn(
      { open: async () => memoryStore() },
      {
        report: ({ error }) => reported.push(error),
        credentials: {
          find: () => ({ tenant: 'acme', actor: 'okta' }),
          used: () => Promise.reject(new Error('read-only')),
        },
      },
    )
    expect((await ask('acme', 'some-token')).status).toBe(200)
    await expect.poll(() => reported.map(String)).toEqual(['Error: read-only'])
  })

  test('none are made in the store then', async () => {
    const { of } = table()
    await expect(of.mint()).rejects.toThrow(/credentials: the app keeps credentials.*makeCredential/)
    const own = appOn({ open: async () => memoryStore() }, { authenticate: bearer({}) })
    await expect(own.of.list()).rejects.toThrow(/authenticate: the app checks credentials itself/)
  })
})

test('tenants have names that can stand in a URL', () => {
  const { scim } = appOn({ open: async () => memoryStore() })
  for (const name of ['', 'a/b', '..', 'x'.repeat(201), undefined as unknown as string]) {
    expect(() => scim.credentials(name)).toThrow('tenant: must be a name')
  }
})
