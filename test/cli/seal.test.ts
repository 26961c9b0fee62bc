// Keys that seal secrets: made beside the database, rotated, gone; and secrets that never show.

import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { environment } from '../../src/environment.ts'
import { openSite, readSettings } from '../../src/site/index.ts'
import { sealKeysOf } from '../../src/site/seal-keys.ts'
import { createSealer, makeSealKey } from '../../src/tenancy/index.ts'
import { folder, run } from './run.ts'

const CANARY = 'canary-3f9a'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A database with the secrets of two apps and of a signing key, sealed by the installation's own key. */
async function sealedPlace(env: { readonly [name: string]: string } = {}) {
  const dir = folder()
  ends.push(dir.remove)
  const database = `sqlite:${dir.path('a.db')}`
  const site = await openSite(readSettings({ database }, env))
  await site.tenancy.tenants.create('acme')
  const put = async (tenant: string, kind: string, key: string, wrap: (sealed: string) => object) => {
    const record = { tenant, kind, key }
    const value = wrap(await site.sealer.seal(`${CANARY} ${key}`, record)) as never
    await site.store.commit([{ write: 'record', record, value }])
  }
  await put('acme', 'app', 'crm', (sealed) => ({ id: 'crm', credentials: { kind: 'bearer', sealed } }))
  await put('acme', 'app', 'hr', (sealed) => ({ id: 'hr', hooks: [{ sealed }, { sealed }] }))
  await put('', 'signing-key', 'k1', (sealed) => ({ kid: 'k1', sealed }))
  await site.close()
  return { path: dir.path, database, keyFile: dir.path('a.db.seal-key') }
}

const seal = async (
  what: string,
  database: string,
  env: { readonly [name: string]: string } = {},
  ...flags: string[]
) => {
  const ran = await run(['seal', what, '--database', database, '--json', ...flags], env)
  return { ...ran, found: ran.stdout === '' ? undefined : JSON.parse(ran.stdout) }
}

/** Opens what was sealed for the app crm. */
async function opened(database: string, env: { readonly [name: string]: string } = {}) {
  const site = await openSite(readSettings({ database }, env), { create: false })
  try {
    const record = { tenant: 'acme', kind: 'app', key: 'crm' }
    const [found] = await site.store.records('acme', 'app', { key: 'crm' })
    const app = found?.value as { readonly credentials: { readonly sealed: string } } | undefined
    return await site.sealer.open(app?.credentials.sealed ?? '', record)
  } finally {
    await site.close()
  }
}

test('without a key one is made beside the database, for its owner only, when the first secret is sealed', async () => {
  const { database, keyFile } = await sealedPlace()
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  const { code, found } = await seal('check', database)
  expect(code).toBe(0)
  expect(found).toMatchObject({ secrets: 4, unopened: [], renewed: 0, file: keyFile })
  expect(found.byKey).toEqual({ [found.keys[0]]: 4 })
  expect(await opened(database)).toBe(`${CANARY} crm`)
})

test('nothing is made where nothing is sealed', async () => {
  const dir = folder()
  ends.push(dir.remove)
  const database = `sqlite:${dir.path('a.db')}`
  await (await openSite(readSettings({ database }, {}))).close()
  expect((await seal('check', database)).found).toMatchObject({ keys: [], secrets: 0 })
  expect(() => statSync(dir.path('a.db.seal-key'))).toThrow('ENOENT')
})

test('two processes that seal first at the same time use one key', async () => {
  const dir = folder()
  ends.push(dir.remove)
  const settings = readSettings({ database: `sqlite:${dir.path('a.db')}` }, {})
  const sites = await Promise.all([openSite(settings), openSite(settings)])
  const record = { tenant: '', kind: 'signing-key', key: 'x' }
  const values = await Promise.all(sites.map((site) => site.sealer.seal('x', record)))
  expect(new Set(values.map((value) => value.split('.')[1])).size).toBe(1)
  for (const site of sites) await site.close()
})

test('rotating with a new key seals everything again; the old key can be taken out of the file', async () => {
  const { database, keyFile } = await sealedPlace()
  const before = (await seal('check', database)).found.keys[0]
  const { code, found } = await seal('rotate', database, {}, '--new-key')
  expect(code).toBe(0)
  expect(found).toMatchObject({ secrets: 4, renewed: 4, unopened: [], keys: [expect.any(String), before] })
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  const old = readFileSync(keyFile, 'utf8').trim().split('\n').at(-1) ?? ''
  writeFileSync(keyFile, readFileSync(keyFile, 'utf8').replace(old, ''))
  expect((await seal('check', database)).found).toMatchObject({ byKey: { [found.keys[0]]: 4 }, unopened: [] })
  expect(await opened(database)).toBe(`${CANARY} crm`)
  // Once more changes nothing.
  expect((await seal('rotate', database)).found).toMatchObject({ renewed: 0 })
})

test('keys from the environment: two live, the first seals; a new one has to be put there', async () => {
  const [old, young] = [makeSealKey(environment), makeSealKey(environment)]
  const { database, keyFile } = await sealedPlace({ LOCKSTEP_SEAL_KEY: old })
  expect(() => statSync(keyFile)).toThrow('ENOENT')
  const env = { LOCKSTEP_SEAL_KEY: `${young} ${old}` }
  expect((await seal('rotate', database, env)).found).toMatchObject({ renewed: 4 })
  expect(await opened(database, { LOCKSTEP_SEAL_KEY: young })).toBe(`${CANARY} crm`)
  const refused = await seal('rotate', database, env, '--new-key')
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('put a new one before the others in LOCKSTEP_SEAL_KEY')
})

test('with another key secrets stay as they are, each is named, and the exit code says so', async () => {
  const { database, keyFile } = await sealedPlace()
  const env = { LOCKSTEP_SEAL_KEY: makeSealKey(environment) }
  for (const what of ['check', 'rotate']) {
    const { code, found } = await seal(what, database, env)
    expect(code).toBe(1)
    expect(found.renewed).toBe(0)
    expect(found.unopened.map(({ tenant, kind, key }: { [name: string]: string }) => [tenant, kind, key])).toEqual([
      ['', 'signing-key', 'k1'],
      ['acme', 'app', 'crm'],
      ['acme', 'app', 'hr'],
      ['acme', 'app', 'hr'],
    ])
  }
  await expect(opened(database, env)).rejects.toMatchObject({ code: 'ERR_SEALED', reason: 'key' })
  expect(await opened(database)).toBe(`${CANARY} crm`)
  rmSync(keyFile)
  const { code, stderr } = await run(['seal', 'check', '--database', database])
  expect(code).toBe(1)
  expect(stderr).toContain('acme: The secret of app crm can')
})

test('a secret never shows: not in the database, a backup, an export, output or errors, and the key in none of them', async () => {
  const { path, database, keyFile } = await sealedPlace()
  const key = readFileSync(keyFile, 'utf8').trim().split('\n').at(-1) ?? ''
  const outputs = [
    await run(['backup', path('b.db'), '--database', database]),
    await run(['tenant', 'export', 'acme', path('acme.jsonl'), '--database', database]),
    await run(['seal', 'check', '--database', database]),
    await run(['seal', 'rotate', '--new-key', '--database', database]),
    await run(['seal', 'check', '--database', database], { LOCKSTEP_SEAL_KEY: key.slice(1) }),
    await run(['seal', 'check', '--database', database], { LOCKSTEP_SEAL_KEY: makeSealKey(environment) }),
  ]
  const left = [
    ...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ...['a.db', 'a.db-wal', 'b.db', 'acme.jsonl'].map((name) => {
      try {
        return readFileSync(path(name), 'latin1')
      } catch {
        return ''
      }
    }),
  ]
  expect(outputs.slice(0, 4).map(({ code, stderr }) => [code, stderr])).toEqual(Array(4).fill([0, '']))
  // The sealed form is there: the test looks at the right files.
  expect(left.filter((text) => text.includes('s1.')).length).toBeGreaterThanOrEqual(3)
  for (const text of left) {
    expect(text.includes(CANARY)).toBe(false)
    expect(text.includes(key.slice(1, 30))).toBe(false)
  }
})

test('a tenant that moves takes its sealed secrets along; they open where the key is', async () => {
  const { path, database, keyFile } = await sealedPlace()
  const there = `sqlite:${path('there.db')}`
  await run(['tenant', 'export', 'acme', path('acme.jsonl'), '--database', database])
  const moved = await run(['tenant', 'import', path('acme.jsonl'), '--database', there])
  expect([moved.code, moved.stderr]).toEqual([0, ''])
  const { code, found } = await seal('check', there)
  expect([code, found.unopened.length]).toEqual([1, 3])
  expect((await seal('check', there, { LOCKSTEP_SEAL_KEY_FILE: keyFile })).found).toMatchObject({ unopened: [] })
  expect(await opened(there, { LOCKSTEP_SEAL_KEY_FILE: keyFile })).toBe(`${CANARY} crm`)
})

test('on PostgreSQL a secret is refused without a key, and the server needs none to start', async () => {
  const settings = readSettings({ database: 'postgres://me@localhost/x' }, {})
  const keys = sealKeysOf(settings)
  expect(await keys.load({ make: true })).toEqual([])
  const sealer = createSealer(keys.load, environment)
  await expect(sealer.seal('canary', { tenant: '', kind: 'app', key: 'x' })).rejects.toMatchObject({
    code: 'ERR_CONFIG',
  })
})

test('a key file that is not there, or has no key, is refused with its path', async () => {
  const { database, path } = await sealedPlace()
  const missing = await seal('check', database, { LOCKSTEP_SEAL_KEY_FILE: path('none') })
  expect(missing.code).not.toBe(0)
  expect(missing.stderr).toContain(path('none'))
})
