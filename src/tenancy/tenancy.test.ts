// Tests tenants, connections, tokens and authentication.

import { afterEach, expect, test } from 'vitest'
import { hashToken, makeToken } from '../access/index.ts'
import { type Environment, environment } from '../environment.ts'
import type { Store } from '../store/index.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { createTenancy, type Tenancy } from './tenancy.ts'

const MINUTE = 60_000
const open: { close: () => Promise<void> }[] = []

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

function start(file = ':memory:') {
  const clock = { now: 1_700_000_000_000 }
  const own: Environment = { ...environment, now: () => clock.now }
  const store: Store = sqliteStore(file)
  const tenancy: Tenancy = createTenancy({ store, environment: own })
  open.push(store, tenancy)
  return { clock, store, tenancy }
}

async function add(store: Store, type: string, id: string): Promise<void> {
  const draft = { tenant: 'acme', type, id, text: JSON.stringify({ id }), display: id }
  await store.commit([
    { write: 'create', draft, at: 1_700_000_000_000, index: [], log: { op: 'create', actor: 'test', paths: [] } },
  ])
}

test.each(['acme', 'a', '0', 'a-b', '-', 'x'.repeat(63)])('a tenant can be named %s', async (name) => {
  const { tenancy } = start()
  expect((await tenancy.tenants.create(name)).name).toBe(name)
  expect((await tenancy.tenants.list()).map((tenant) => tenant.name)).toEqual([name])
})

test.each(['', 'Acme', 'a_b', 'a.b', 'a/b', 'ä', 'x'.repeat(64), 'a\n'])(
  'a tenant can not be named %j',
  async (name) => {
    const { tenancy } = start()
    await expect(tenancy.tenants.create(name)).rejects.toMatchObject({ code: 'ERR_INVALID' })
  },
)

test('a second tenant of the same name is refused, and an unknown one can be neither shown nor deleted', async () => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  await expect(tenancy.tenants.create('acme')).rejects.toMatchObject({ code: 'ERR_EXISTS' })
  await expect(tenancy.tenants.show('other')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  await expect(tenancy.tenants.delete('other')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
})

test('default is kept for the first start, which goes on where it was cut short', async () => {
  const { tenancy } = start()
  await expect(tenancy.tenants.create('default')).rejects.toThrow(/first start/)
  expect(await tenancy.tenants.isFirstStart()).toBe(true)
  await tenancy.tenants.createDefault()
  expect((await tenancy.tenants.createDefault()).name).toBe('default')
  await tenancy.tenants.endFirstStart()
  expect(await tenancy.tenants.isFirstStart()).toBe(false)
})

test('a first start that has just been finished by a process that has ended is not begun again', async () => {
  const { tenants } = start().tenancy
  expect(await tenants.claimFirstStart('one', () => false)).toBe(true)
  const isGone = () => {
    // Handed in before the second process takes the lease.
    void tenants.endFirstStart()
    return true
  }
  expect(await tenants.claimFirstStart('two', isGone)).toBe(false)
})

test('an import goes on from where the process before it has got to until it took over', async () => {
  const file = { checksum: 'c', created: 1, offset: 10, line: 1 }
  const { store, tenancy } = start()
  const other = createTenancy({ store, environment })
  open.push(other)
  await tenancy.imports.begin('acme', file, { name: 'one', hasEnded: () => false })
  const record = { tenant: 'acme', kind: 'arrival', key: 'arrival' }
  const hasEnded = () => {
    // Its last commit, which the database had got before it ended.
    const fence = { write: 'fence', lease: { tenant: 'acme', name: 'import' }, epoch: 1 } as const
    void store.commit([fence, { write: 'record', record, value: { checksum: 'c', offset: 20, line: 2 } }])
    return true
  }
  expect(await other.imports.begin('acme', file, { name: 'two', hasEnded })).toMatchObject({ offset: 20, line: 2 })
})

test('a token lets its connection in, with kind, profile and rights', async () => {
  const { tenancy, store } = start()
  await tenancy.tenants.create('acme')
  await add(store, 'User', 'someone')
  const { connection, token } = await tenancy.connections.create('acme', {
    kind: 'entra',
    profile: 'strict',
    label: 'Entra of the head office',
    rights: { User: { read: true, write: false } },
    subject: 'someone',
  })
  const found = await tenancy.authenticate('acme', `Bearer ${token}`)
  expect(found).toMatchObject({
    principal: {
      tenant: 'acme',
      actor: connection.id,
      profile: { kind: 'strict' },
      rights: { User: { read: true, write: false } },
      subject: 'someone',
    },
  })
})

test('a known header is answered at once, without a promise', async () => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  const { token } = await tenancy.connections.create('acme')
  await tenancy.authenticate('acme', `Bearer ${token}`)
  await tenancy.flush()
  await new Promise((resolve) => setTimeout(resolve, 20))
  await tenancy.authenticate('acme', `Bearer ${token}`)
  expect(tenancy.authenticate('acme', `Bearer ${token}`)).toHaveProperty('principal.tenant', 'acme')
})

test('of more tokens than are kept in memory, those in use stay in it', async () => {
  const { tenancy, store, clock } = start()
  await tenancy.tenants.create('acme')
  const { connection, token } = await tenancy.connections.create('acme')
  const tokens = Array.from({ length: 10_500 }, () => makeToken('acme', environment))
  await store.commit(
    tokens.map((one) => ({
      write: 'record',
      record: { tenant: 'acme', kind: 'token', key: hashToken(one) },
      tag: connection.id,
      value: { connection: connection.id, created: 1 },
    })),
  )
  await tenancy.authenticate('acme', `Bearer ${token}`)
  await tenancy.flush()
  let late = 0
  for (const one of tokens) {
    clock.now += 1
    await tenancy.authenticate('acme', `Bearer ${one}`)
    // The first one is asked for all the while.
    const answer = tenancy.authenticate('acme', `Bearer ${token}`)
    if (answer instanceof Promise) late++
    await answer
  }
  expect(late).toBe(0)
})

test('P-020 without a bearer token the request is refused', async () => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  expect(await tenancy.authenticate('acme', undefined)).toEqual({ reason: 'missing' })
  expect(await tenancy.authenticate('acme', 'Basic YTpi')).toEqual({ reason: 'missing' })
  expect(await tenancy.authenticate('acme', 'Bearer ')).toEqual({ reason: 'malformed' })
  expect(await tenancy.authenticate('acme', 'Bearer nonsense')).toMatchObject({ reason: 'invalid' })
})

test("P-046 a token of one tenant is invalid on another's path, whether it has been used or not", async () => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  await tenancy.tenants.create('other')
  const { token } = await tenancy.connections.create('acme')
  const foreign = token.replace('lk_acme_', 'lk_other_')
  expect(await tenancy.authenticate('other', `Bearer ${token}`)).toMatchObject({ reason: 'invalid' })
  await tenancy.authenticate('acme', `Bearer ${token}`)
  expect(await tenancy.authenticate('other', `Bearer ${token}`)).toMatchObject({ reason: 'invalid' })
  expect(await tenancy.authenticate('other', `Bearer ${foreign}`)).toMatchObject({ reason: 'invalid' })
  expect(await tenancy.authenticate('nobody', `Bearer ${token}`)).toMatchObject({ reason: 'invalid' })
})

test('P-022 a token ends when it was said to, also one that is known already', async () => {
  const { tenancy, clock } = start()
  await tenancy.tenants.create('acme')
  const { token } = await tenancy.connections.create('acme', { lifetimeMs: MINUTE })
  expect(await tenancy.authenticate('acme', `Bearer ${token}`)).toHaveProperty('principal')
  clock.now += MINUTE - 1
  expect(await tenancy.authenticate('acme', `Bearer ${token}`)).toHaveProperty('principal')
  clock.now += 1
  expect(await tenancy.authenticate('acme', `Bearer ${token}`)).toMatchObject({ reason: 'expired' })
})

test('P-022 a token lives a year by default', async () => {
  const { tenancy, clock } = start()
  await tenancy.tenants.create('acme')
  const { connection } = await tenancy.connections.create('acme')
  expect(connection.tokens[0]?.expires).toBe(clock.now + 365 * 24 * 60 * MINUTE)
  const forever = await tenancy.connections.create('acme', { lifetimeMs: null })
  expect(forever.connection.tokens[0]).not.toHaveProperty('expires')
})

test('two tokens live at once for rotation; a third is refused until one is revoked', async () => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  const first = await tenancy.connections.create('acme')
  const { id } = first.connection
  const second = await tenancy.connections.rotate('acme', id)
  for (const { token } of [first, second]) {
    expect(await tenancy.authenticate('acme', `Bearer ${token}`)).toHaveProperty('principal.actor', id)
  }
  await expect(tenancy.connections.rotate('acme', id)).rejects.toMatchObject({ code: 'ERR_IN_USE' })
  await tenancy.connections.revoke('acme', id, first.connection.tokens[0]?.id)
  expect(await tenancy.authenticate('acme', `Bearer ${first.token}`)).toMatchObject({ reason: 'invalid' })
  expect(await tenancy.authenticate('acme', `Bearer ${second.token}`)).toHaveProperty('principal')
  const third = await tenancy.connections.rotate('acme', id, { revokeOthers: true })
  expect(await tenancy.authenticate('acme', `Bearer ${second.token}`)).toMatchObject({ reason: 'invalid' })
  expect(third.connection.tokens).toHaveLength(1)
})

test('P-021 a revoked connection is out at once, with all its tokens', async () => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  const { connection, token } = await tenancy.connections.create('acme')
  await tenancy.authenticate('acme', `Bearer ${token}`)
  await tenancy.connections.revoke('acme', connection.id)
  expect(await tenancy.authenticate('acme', `Bearer ${token}`)).toMatchObject({ reason: 'invalid' })
  expect(await tenancy.connections.list('acme')).toEqual([])
  await expect(tenancy.connections.show('acme', connection.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
})

test('a changed connection keeps its tokens, which get the new rights at once', async () => {
  const { store, tenancy } = start()
  await tenancy.tenants.create('changed')
  const { connection, token } = await tenancy.connections.create('changed', { kind: 'okta' })
  await tenancy.authenticate('changed', `Bearer ${token}`)
  const rights = { User: { read: true, write: false } }
  const after = await tenancy.connections.change('changed', connection.id, { kind: 'entra', label: 'Head', rights })
  expect(after).toMatchObject({ id: connection.id, kind: 'entra', label: 'Head', created: connection.created })
  const found = await tenancy.authenticate('changed', `Bearer ${token}`)
  expect(found).toMatchObject({ principal: { actor: connection.id, rights } })
  const [line] = (await store.changes('changed', 0, 10)).slice(-1)
  expect(line?.paths).toEqual([
    { path: 'verb', new: 'changed' },
    { path: 'label', old: 'okta', new: 'Head' },
    { path: 'kind', old: 'okta', new: 'entra' },
    { path: 'rights', old: 'all', new: 'read:users' },
  ])
  await tenancy.connections.change('changed', connection.id, { kind: 'entra', label: 'Head', rights })
  expect((await store.changes('changed', 0, 10)).at(-1)?.place).toBe(line?.place)
})

test('a deleted tenant takes its tokens with it', async () => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  const { token } = await tenancy.connections.create('acme')
  await tenancy.authenticate('acme', `Bearer ${token}`)
  await tenancy.tenants.delete('acme')
  expect(await tenancy.authenticate('acme', `Bearer ${token}`)).toMatchObject({ reason: 'invalid' })
})

test('when a token was last used is written at most once a minute', async () => {
  const { tenancy, clock, store } = start()
  await tenancy.tenants.create('acme')
  const { connection, token } = await tenancy.connections.create('acme')
  const lastUsed = async () => (await tenancy.connections.show('acme', connection.id)).tokens[0]?.lastUsed
  expect(await lastUsed()).toBeUndefined()
  const first = clock.now
  await tenancy.authenticate('acme', `Bearer ${token}`)
  await expect.poll(lastUsed).toBe(first)
  clock.now += MINUTE / 2
  await tenancy.authenticate('acme', `Bearer ${token}`)
  expect(await lastUsed()).toBe(first)
  clock.now += MINUTE / 2
  await tenancy.authenticate('acme', `Bearer ${token}`)
  await expect.poll(lastUsed).toBe(first + MINUTE)
  expect(JSON.stringify(await store.records('acme', 'token'))).not.toContain(token)
})

test.each([
  [{ kind: 'novell' }, /"novell" is not a kind of connection; the kinds are generic/],
  [{ profile: 'loose' }, /"loose" is not a profile/],
  [{ label: ' ' }, /label of a connection is 1 to 200/],
  [{ lifetimeMs: 0 }, /lifetime/],
])('a connection with %j is refused', async (draft, message) => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  await expect(tenancy.connections.create('acme', draft)).rejects.toThrow(message)
})

test('a connection acts for an existing user of its tenant only', async () => {
  const { tenancy, store } = start()
  await tenancy.tenants.create('acme')
  await tenancy.tenants.create('beta')
  await add(store, 'User', 'ada')
  await add(store, 'Group', 'crew')
  expect((await tenancy.connections.create('acme', { subject: 'ada' })).connection.subject).toBe('ada')
  const refusal = async (tenant: string, subject: string) =>
    tenancy.connections.create(tenant, { subject }).catch((error: Error) => error.message)
  expect(await refusal('acme', 'bob')).toMatch(/no user with the id "bob" in tenant "acme"/)
  expect(await refusal('acme', 'crew')).toMatch(/"crew" is the id of a Group/)
  expect(await refusal('beta', 'ada')).toMatch(/no user with the id "ada" in tenant "beta"/)
  expect(await tenancy.connections.list('beta')).toEqual([])
})

test('guessed tokens fill no memory and are refused', async () => {
  const { tenancy } = start()
  await tenancy.tenants.create('acme')
  for (let at = 0; at < 100; at++) {
    const guess = `lk_acme_${String(at).padStart(43, '0')}`
    expect(await tenancy.authenticate('acme', `Bearer ${guess}`)).toMatchObject({ reason: 'invalid' })
  }
})

test('the admin API refuses everyone until a token exists, and revoked tokens afterwards', async () => {
  const { tenancy, clock } = start()
  const { adminTokens } = tenancy
  expect(await adminTokens.authenticate(undefined)).toEqual({ reason: 'none' })
  const { admin, token } = await adminTokens.create({ label: 'console', lifetimeMs: MINUTE })
  expect(await adminTokens.authenticate(undefined)).toEqual({ reason: 'missing' })
  expect(await adminTokens.authenticate('Bearer x')).toMatchObject({ reason: 'invalid' })
  expect(await adminTokens.authenticate(`Bearer ${token}`)).toEqual({
    administrator: { actor: `admin:${admin.id}`, role: 'owner', tenants: undefined, signedIn: 'token' },
  })
  clock.now += MINUTE
  expect(await adminTokens.authenticate(`Bearer ${token}`)).toMatchObject({ reason: 'expired' })
  await adminTokens.revoke(admin.id)
  expect(await adminTokens.list()).toEqual([])
  await expect(adminTokens.revoke(admin.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
})

test('the public URL is remembered for commands', async () => {
  const { tenancy } = start()
  expect(await tenancy.publicUrl()).toBeUndefined()
  await tenancy.notePublicUrl('http://127.0.0.1:9000')
  expect(await tenancy.publicUrl()).toBe('http://127.0.0.1:9000')
})
