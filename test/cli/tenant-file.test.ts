// Moving a tenant between databases with export and import.

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { endLine, readRow, rowLine, startChecksum } from '../../src/cli/tenants/tenant-file.ts'
import { type Serving, serve } from '../serve.ts'
import { folder, run } from './run.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ends: (() => unknown)[] = []
/** A process of this machine that is no more. */
const ENDED = { name: `${hostname()} 99999999 1`, hasEnded: () => false }
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function place() {
  const dir = folder()
  ends.push(dir.remove)
  return dir.path
}

async function serving(): Promise<Serving> {
  const server = await serve()
  ends.push(server.close)
  return server
}

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await run([...args, '--json'])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout)
}
const refusal = async (...args: string[]) => {
  const { code, stderr } = await run(args)
  expect(code).not.toBe(0)
  return stderr
}
const ask = (base: string, token: string, path: string, init: RequestInit = {}) =>
  fetch(`${base}${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' },
  })

/** A tenant "acme" with people, one deleted and one changed, and a nested group. */
async function filled() {
  const server = await serving()
  const { base, token } = await server.connection('okta', { tenant: await server.tenant('acme') })
  const post = async (path: string, body: object) =>
    (await (await ask(base, token, path, { method: 'POST', body: JSON.stringify(body) })).json()) as { id: string }
  // A password is dear to hash: some have one.
  const person = (i: number) =>
    post('/Users', { schemas: [USER], userName: `Ünï${i}`, ...(i % 10 === 2 && { password: `Geheim!${i}` }) })
  const people = await Promise.all(Array.from({ length: 30 }, (_, i) => person(i)))
  const members = people.slice(0, 20).map(({ id }) => ({ value: id }))
  const inner = await post('/Groups', { displayName: 'inner', members })
  await post('/Groups', { displayName: 'outer', members: [{ value: inner.id }] })
  await ask(base, token, `/Users/${people[0]?.id}`, { method: 'DELETE' })
  await ask(base, token, `/Users/${people[1]?.id}`, {
    method: 'PATCH',
    body: JSON.stringify({
      Operations: [
        { op: 'add', path: 'title', value: 'Dr' },
        // Escaped on a terminal, never in the file.
        { op: 'add', path: 'nickName', value: 'a\u200bb' },
      ],
    }),
  })
  const item = (key: string) => ({ tenant: 'acme', queue: 'links/crm', key })
  await server.store.commit([
    { write: 'item', item: item('a'), set: { value: { z: 1, a: [2] }, tag: 'p', state: 'ready', due: 5 } },
    { write: 'item', item: item('session'), set: { expires: 4_000_000_000_000 } },
    { write: 'cursor', tenant: 'acme', reader: 'hub', place: 3 },
    { write: 'trim', tenant: 'acme', upTo: 2 },
  ])
  return { server, base, token, database: server.database }
}

test('the line of an item keeps the order of the members of its value, by which it is compared', () => {
  const item = { tag: '', lane: 0, due: 1, state: '', mark: 0, done: 0, place: 0 }
  const line = rowLine({ row: 'item', queue: 'q', key: 'k', ...item, value: { z: 1, a: { y: 1, b: 2 } } })
  expect(JSON.stringify((readRow(line) as { readonly value?: unknown }).value)).toBe('{"z":1,"a":{"y":1,"b":2}}')
})

/** Everything that a tenant shows, regardless of its URL and of the order of members. */
const everything = async (base: string, token: string) => {
  const read = async (path: string) => JSON.parse((await (await ask(base, token, path)).text()).replaceAll(base, ''))
  const groups: { readonly Resources: readonly { readonly members: { readonly value: string }[] }[] } =
    await read('/Groups?count=200')
  for (const { members } of groups.Resources) members.sort((a, b) => (a.value < b.value ? -1 : 1))
  return [await read('/Users?count=200'), groups, await read('/Schemas')]
}

describe('a tenant moves', { timeout: 120_000 }, () => {
  test('to another database, unchanged: its token works there, and both checksums are the same', async () => {
    const old = await filled()
    const options = { usage: old.server.directory, actor: 'test' }
    await old.server.tenancy.schemas.putIndexes('acme', 'User', ['title'], options)
    const path = place()
    const out = await json('tenant', 'export', 'acme', path('acme.tenant'), '--database', old.database)
    expect(out).toMatchObject({ tenant: 'acme', resources: 31, log: 38 })
    expect(existsSync(path('acme.tenant.part'))).toBe(false)

    const server = await serving()
    const { database } = server
    const back = await json('tenant', 'import', path('acme.tenant'), '--database', database)
    expect(back).toEqual({ tenant: 'acme', from: 'acme', resources: 31, log: 38, checksum: out.checksum })
    const base = `${server.url}/tenants/acme/scim/v2`
    expect(await everything(base, old.token)).toEqual(await everything(old.base, old.token))
    // Declared indexes are there, and stay in use.
    const indexes = await server.tenancy.schemas.listIndexes('acme', { usage: server.directory })
    expect(indexes.filter(({ own }) => own)).toEqual([{ type: 'User', path: 'title', own: true, ready: true }])
    const doctors = `/Users?filter=${encodeURIComponent('title eq "dr"')}`
    expect(await (await ask(base, old.token, doctors)).json()).toMatchObject({ totalResults: 1 })
    expect(await server.store.changes('acme', 2, 100)).toEqual(await old.server.store.changes('acme', 2, 100))
    const again = await json('tenant', 'export', 'acme', path('again.tenant'), '--database', database)
    // The token was used meanwhile, so the record of its last use may differ.
    expect(again).toMatchObject({ resources: 31, log: 38 })
    const rowsOf = (name: string) =>
      readFileSync(path(name), 'utf8')
        .split('\n')
        .filter((line) => !/^\{"(end|row":"record)"/.test(line))
    expect(rowsOf('again.tenant')).toEqual(rowsOf('acme.tenant'))
  })

  test("under another name its own tokens don't work, and the command says so", async () => {
    const old = await filled()
    const path = place()
    await json('tenant', 'export', 'acme', path('acme.tenant'), '--database', old.database)
    const told = await run(['tenant', 'import', path('acme.tenant'), '--as', 'twin', '--database', old.database])
    expect(told).toMatchObject({ code: 0, stderr: '' })
    expect(told.stdout).toContain("don't work here")
    expect((await ask(`${old.server.url}/tenants/twin/scim/v2`, old.token, '/Users')).status).toBe(401)
    const { token } = await old.server.connection('generic', { tenant: 'twin' })
    expect((await everything(`${old.server.url}/tenants/twin/scim/v2`, token))[0]).toEqual(
      (await everything(old.base, old.token))[0],
    )
  })

  test('an incomplete import is not served; it resumes, and then it is', async () => {
    const old = await filled()
    const path = place()
    await json('tenant', 'export', 'acme', path('acme.tenant'), '--database', old.database)
    const lines = readFileSync(path('acme.tenant'), 'utf8').split('\n')
    const { checksum } = JSON.parse(lines.at(-2) ?? '')
    const { created } = JSON.parse(lines[0] ?? '')
    const half = 20
    const bytes = (count: number) => Buffer.byteLength(lines.slice(0, count).join('\n')) + 1

    const server = await serving()
    const { database } = server
    const { imports } = server.tenancy
    await imports.begin('acme', { checksum, created, offset: bytes(1), line: 1 }, ENDED)
    const rows = lines.slice(1, half).map(readRow)
    await imports.put('acme', rows, { checksum, offset: bytes(half), line: half })
    const base = `${server.url}/tenants/acme/scim/v2`
    const answer = await ask(base, old.token, '/Users')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('is being imported') })
    expect((await ask(base, 'lk_acme_nobody', '/Users')).status).toBe(401)
    for (const command of [
      ['tenant', 'show', 'acme'],
      ['query', 'User', '--tenant', 'acme'],
      ['connection', 'create', 'acme'],
      ['tenant', 'export', 'acme', path('half.tenant')],
    ]) {
      expect(await refusal(...command, '--database', database)).toContain('is being imported')
    }
    const { stdout } = await run(['tenant', 'list', '--database', database])
    expect(stdout).toMatch(/^acme .*not served: the import is incomplete$/m)
    const admin = await server.tenancy.adminTokens.create({})
    const asked = await ask(`${server.url}/admin/v1`, admin.token, '/tenants/acme')
    expect([asked.status, asked.headers.get('retry-after')]).toEqual([503, '30'])

    // One process at a time, for as long as it may be at it.
    const elsewhere = { name: 'elsewhere 1 1', hasEnded: () => true }
    await imports.begin('acme', { checksum, created, offset: 0, line: 1 }, elsewhere)
    expect(await refusal('tenant', 'import', path('acme.tenant'), '--database', database)).toContain('another process')
    await imports.begin('acme', { checksum, created, offset: 0, line: 1 }, { ...ENDED, hasEnded: () => true })

    // Only the same file resumes.
    const other = await filledElse(path('else.tenant'))
    expect(await refusal('tenant', 'import', other, '--as', 'acme', '--database', database)).toContain('another file')
    expect(await json('tenant', 'import', path('acme.tenant'), '--database', database)).toMatchObject({ checksum })
    expect(await everything(base, old.token)).toEqual(await everything(old.base, old.token))
  })

  test('a change in the database during the import is detected, and nothing is served', async () => {
    const old = await filled()
    const path = place()
    await json('tenant', 'export', 'acme', path('acme.tenant'), '--database', old.database)
    const lines = readFileSync(path('acme.tenant'), 'utf8').split('\n')
    const { checksum } = JSON.parse(lines.at(-2) ?? '')
    const { created } = JSON.parse(lines[0] ?? '')
    const server = await serving()
    const offset = Buffer.byteLength(lines[0] ?? '') + 1
    await server.tenancy.imports.begin('acme', { checksum, created, offset, line: 1 }, ENDED)
    const record = { tenant: 'acme', kind: 'token', key: 'smuggled' }
    await server.store.commit([{ write: 'record', record, value: {} }])
    const { database } = server
    expect(await refusal('tenant', 'import', path('acme.tenant'), '--database', database)).toContain('is not served')
    expect((await ask(`${server.url}/tenants/acme/scim/v2`, old.token, '/Users')).status).toBe(503)
    expect(await json('tenant', 'delete', 'acme', '--yes', '--database', database)).toMatchObject({ deleted: true })
    expect(await json('tenant', 'import', path('acme.tenant'), '--database', database)).toMatchObject({ checksum })
  })

  test('an export to - writes the same bytes to standard output, and nothing else', async () => {
    const { database } = await filled()
    const path = place()
    const exported = await json('tenant', 'export', 'acme', path('acme.tenant'), '--database', database)
    const { code, stdout, stderr } = await run(['tenant', 'export', 'acme', '-', '--json', '--database', database])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(readFileSync(path('acme.tenant'), 'utf8'))
    writeFileSync(path('piped.tenant'), stdout)
    const imported = await json('tenant', 'import', path('piped.tenant'), '--database', `sqlite:${path('new.db')}`)
    expect(imported.checksum).toBe(exported.checksum)
    expect(existsSync('-')).toBe(false)
  })

  test('an interrupted export resumes, unless the tenant has changed', async () => {
    const { server, base, token, database } = await filled()
    const path = place()
    await server.tenancy.flush()
    const whole = await json('tenant', 'export', 'acme', path('whole.tenant'), '--database', database)
    const text = readFileSync(path('whole.tenant'))
    for (const share of [0.01, 0.1, 0.5, 0.7, 0.99]) {
      const name = path(`cut-${share}.tenant`)
      writeFileSync(`${name}.part`, text.subarray(0, Math.floor(text.length * share)))
      expect(await json('tenant', 'export', 'acme', name, '--database', database)).toEqual({ ...whole, file: name })
      expect(readFileSync(name).equals(text)).toBe(true)
    }
    writeFileSync(path('late.tenant.part'), text.subarray(0, Math.floor(text.length * 0.9)))
    await ask(base, token, '/Users', { method: 'POST', body: JSON.stringify({ schemas: [USER], userName: 'late' }) })
    const late = await json('tenant', 'export', 'acme', path('late.tenant'), '--database', database)
    expect(late).toMatchObject({ resources: 32, log: 38 })
    expect(readFileSync(path('late.tenant'), 'utf8').match(/"row":"resource"/g)).toHaveLength(32)
    writeFileSync(path('revoked.tenant.part'), readFileSync(path('late.tenant')).subarray(0, 5_000))
    await server.tenancy.connections.create('acme', { kind: 'generic' })
    const revoked = await json('tenant', 'export', 'acme', path('revoked.tenant'), '--database', database)
    expect(revoked.rows).toBe(late.rows + 3)
    expect(await refusal('tenant', 'export', 'acme', path('late.tenant'), '--database', database)).toContain('exists')
  })

  test('a file of the previous version, without work items, is imported', async () => {
    const { database } = await filled()
    const path = place()
    await json('tenant', 'export', 'acme', path('now.tenant'), '--database', database)
    const lines = readFileSync(path('now.tenant'), 'utf8').split('\n').slice(0, -2)
    const before = lines.filter((line) => !/^\{"row":"(item|cursor|cut|change)"/.test(line))
    const checksum = startChecksum()
    for (const [at, line] of before.entries()) {
      const old = at > 0 ? line : line.replace('"version":2', '"version":1').replace(/"place":\d+/, '"place":0')
      before[at] = old
      checksum.add(old)
    }
    writeFileSync(path('old.tenant'), `${before.join('\n')}\n${endLine(checksum.text())}\n`)
    const there = `sqlite:${path('there.db')}`
    expect(await json('tenant', 'import', path('old.tenant'), '--database', there)).toMatchObject({ resources: 31 })
  })

  test('a file that is truncated, altered or no tenant file is refused before anything is written', async () => {
    const { database } = await filled()
    const path = place()
    await json('tenant', 'export', 'acme', path('good.tenant'), '--database', database)
    const good = readFileSync(path('good.tenant'), 'utf8')
    const empty = `sqlite:${path('new.db')}`
    const refused = (text: string) => {
      writeFileSync(path('bad.tenant'), text)
      return refusal('tenant', 'import', path('bad.tenant'), '--database', empty)
    }
    expect(await refused(good.slice(0, -100))).toContain('no end line')
    expect(await refused(good.slice(0, good.length / 2))).toContain('is truncated')
    expect(await refused(good.replace('"Dr"', '"Mr"').replace('\\"Dr\\"', '\\"Mr\\"'))).toContain('was altered')
    expect(await refused(good.split('\n').toSpliced(9, 1).join('\n'))).toContain('was altered')
    expect(await refused(good.replace('"version":2,', '"version":3,'))).toContain('format version 3')
    expect(await refused('{"schemas":[]}\n')).toContain('is not a tenant file')
    expect(await refused('')).toContain('is empty')
    appendFileSync(path('good.tenant'), '{}\n')
    expect(await refusal('tenant', 'import', path('good.tenant'), '--database', empty)).toContain('after its end line')
    expect(await refusal('tenant', 'import', path('none.tenant'), '--database', empty)).toContain("can't be read")
    expect(existsSync(path('new.db'))).toBe(false)
    writeFileSync(path('good.tenant'), good)
    expect(await refusal('tenant', 'import', path('good.tenant'), '--database', database)).toContain('exists already')
    expect(await refusal('tenant', 'import', path('good.tenant'), '--as', 'A_b', '--database', empty)).toContain('name')
  })
})

/** The file of another tenant. */
async function filledElse(file: string): Promise<string> {
  const server = await serving()
  const tenant = await server.tenant()
  await json('tenant', 'export', tenant, file, '--database', server.database)
  return file
}
