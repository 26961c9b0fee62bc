// The commands import and export on real files.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { createDirectory } from '../../src/directory/index.ts'
import { Group, STRICT, User } from '../../src/protocol/index.ts'
import { readSettings } from '../../src/site/index.ts'
import { emptyPlace, runsHere } from '../database-under-test.ts'
import { folder, MAIN, run } from './run.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const made: { remove: () => unknown }[] = []
afterEach(async () => {
  for (const one of made.splice(0)) await one.remove()
})

async function fresh(...tenants: string[]) {
  const dir = folder()
  made.push(dir)
  const place = await emptyPlace()
  const { database } = place
  made.push(place)
  const lockstep = (...args: string[]) => run([...args, '--database', database])
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await lockstep(...args, '--json')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    return JSON.parse(stdout)
  }
  for (const tenant of tenants) await json('tenant', 'create', tenant)
  const write = (name: string, lines: readonly unknown[]) => {
    writeFileSync(
      dir.path(name),
      lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
    )
    return dir.path(name)
  }
  const read = (name: string) =>
    readFileSync(dir.path(name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  return { place, dir, database, lockstep, json, write, read }
}

const people = [
  { schemas: [GROUP], id: 'g1', displayName: 'Everyone', members: [{ value: 'u1' }, { value: 'u2' }, { value: 'g2' }] },
  { schemas: [USER, ENT], id: 'u1', userName: 'ada', externalId: 'e1', [ENT]: { manager: { value: 'u2' } } },
  { schemas: [USER], id: 'u2', userName: 'bob' },
  { schemas: [GROUP], id: 'g2', displayName: 'Nobody' },
]

test('an import assigns new ids and keeps references; running it again changes nothing', async () => {
  const { json, write, dir } = await fresh('acme')
  const file = write('people.jsonl', people)
  expect(await json('import', file, '--tenant', 'acme')).toEqual({
    tenant: 'acme',
    read: 4,
    created: 4,
    updated: 0,
    unchanged: 0,
    rejected: 0,
  })
  expect(existsSync(dir.path('people.jsonl.place'))).toBe(false)
  const users = (await json('query', 'users', '--tenant', 'acme', '--sort-by', 'userName')).Resources
  expect(users.map((user: { userName: string }) => user.userName)).toEqual(['ada', 'bob'])
  const [ada, bob] = users
  expect(ada.id).not.toBe('u1')
  expect(ada[ENT].manager.value).toBe(bob.id)
  const [group] = (await json('query', 'Group', '--tenant', 'acme', '--filter', 'displayName eq "everyone"')).Resources
  expect(new Set(group.members.map((member: { value: string }) => member.value))).toEqual(
    new Set([
      ada.id,
      bob.id,
      (await json('query', 'Group', '--tenant', 'acme', '--filter', 'displayName eq "nobody"')).Resources[0].id,
    ]),
  )
  expect(await json('import', file, '--tenant', 'acme')).toMatchObject({ created: 0, rejected: 0 })
  expect((await json('query', 'users', '--tenant', 'acme', '--sort-by', 'userName')).Resources).toEqual(users)
})

test('matching is by externalId, then by userName', async () => {
  const { json, write } = await fresh('acme')
  await json(
    'import',
    write('a.jsonl', [
      { schemas: [USER], userName: 'ada', externalId: 'e1' },
      { schemas: [USER], userName: 'bob' },
    ]),
    '--tenant',
    'acme',
  )
  const changed = write('b.jsonl', [
    { schemas: [USER], userName: 'ada.lovelace', externalId: 'e1' },
    { schemas: [USER], userName: 'BOB', displayName: 'Bob' },
  ])
  expect(await json('import', changed, '--tenant', 'acme')).toMatchObject({ created: 0, updated: 2 })
  const { Resources } = await json('query', 'User', '--tenant', 'acme', '--sort-by', 'userName')
  expect(Resources.map((user: { userName: string }) => user.userName)).toEqual(['ada.lovelace', 'BOB'])
})

test('a bad line goes to FILE.rejected with the reason, and the rest are imported', async () => {
  const { write, read, lockstep } = await fresh('acme')
  const file = write('mixed.jsonl', [
    { schemas: [USER], userName: 'ada' },
    '{"schemas": [',
    '[]',
    { schemas: ['urn:unknown'], userName: 'x' },
    { schemas: [USER], displayName: 'no name' },
    { schemas: [GROUP], displayName: 'G', members: [{ value: 'nobody-here' }] },
    '',
    { schemas: [USER], userName: 'bob' },
  ])
  const first = await lockstep('import', file, '--tenant', 'acme', '--json')
  expect([first.code, first.stderr]).toEqual([1, ''])
  expect(JSON.parse(first.stdout)).toEqual({
    tenant: 'acme',
    read: 7,
    created: 3,
    updated: 0,
    unchanged: 0,
    rejected: 4,
    incomplete: 1,
    rejectedFile: `${file}.rejected`,
  })
  const rejected = read('mixed.jsonl.rejected')
  expect(rejected.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6])
  expect(rejected.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/not JSON/),
    expect.stringMatching(/not a JSON object/),
    expect.stringMatching(/resource type can't be found/),
    expect.stringMatching(/userName/),
    expect.stringMatching(/^created as \S+, but 1 member was left out because it does not exist here: nobody-here$/),
  ])
  const again = await lockstep('import', file, '--tenant', 'acme')
  expect(again.stdout).toMatch(/7 lines read: 0 created, .* 4 rejected/)
  expect(again.code).toBe(1)
})

test('a line that is not UTF-8 is rejected, so that no name loses letters', async () => {
  const { lockstep, read, dir } = await fresh('acme')
  const file = dir.path('latin1.jsonl')
  const line = (userName: string) => `${JSON.stringify({ schemas: [USER], userName, displayName: 'Jürgen' })}\n`
  writeFileSync(file, Buffer.concat([Buffer.from(line('one'), 'latin1'), Buffer.from(line('two'))]))
  const { code, stdout } = await lockstep('import', file, '--tenant', 'acme', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ created: 1, rejected: 1 })
  expect(read('latin1.jsonl.rejected')).toMatchObject([{ line: 1, reason: expect.stringMatching(/not UTF-8/) }])
})

test('an interrupted import resumes', async () => {
  const { json, write, database } = await fresh('acme')
  const lines = Array.from({ length: 1_000 }, (_, at) => ({ schemas: [USER], id: `u${at}`, userName: `user${at}` }))
  const file = write('many.jsonl', [
    ...lines,
    { schemas: [GROUP], displayName: 'All', members: lines.map(({ id }) => ({ value: id })) },
  ])
  // The checkpoint of a run that was killed after its first batch.
  await json('import', write('first.jsonl', lines.slice(0, 256)), '--tenant', 'acme')
  const { Resources } = await json('query', 'User', '--tenant', 'acme', '--count', '1000', '--attributes', 'userName')
  const ids = Resources.map(({ id, userName }: { id: string; userName: string }) => [userName.replace('user', 'u'), id])
  const { statSync } = await import('node:fs')
  const { size, mtimeMs } = statSync(file)
  const offset = lines.slice(0, 256).reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0)
  const head = { size, mtimeMs, tenant: 'acme', database: readSettings({ database }, {}).database }
  const step = {
    offset,
    line: 256,
    counts: { created: 256, updated: 0, unchanged: 0, rejected: 0 },
    ids,
    pending: [],
    rejectedBytes: 0,
  }
  writeFileSync(`${file}.place`, `${JSON.stringify(head)}\n${JSON.stringify(step)}\n{"offset":99`)
  expect(await json('import', file, '--tenant', 'acme')).toMatchObject({
    read: 1_001,
    created: 1_001,
    updated: 0,
    unchanged: 0,
    rejected: 0,
  })
  const [group] = (await json('query', 'Group', '--tenant', 'acme')).Resources
  expect(group.members).toHaveLength(1_000)
})

test('an export of one tenant can be imported into another', async () => {
  const { json, write, read, dir, lockstep } = await fresh('acme', 'beta')
  await json('import', write('people.jsonl', people), '--tenant', 'acme')
  expect(await json('export', dir.path('out.jsonl'), '--tenant', 'acme')).toEqual({
    tenant: 'acme',
    file: dir.path('out.jsonl'),
    exported: 4,
  })
  const lines = read('out.jsonl')
  expect(lines.map(({ meta }) => meta.resourceType)).toEqual(['User', 'User', 'Group', 'Group'])
  expect(existsSync(dir.path('out.jsonl.place'))).toBe(false)
  const { stdout } = await lockstep('export', '--tenant', 'acme')
  expect(stdout).toBe(readFileSync(dir.path('out.jsonl'), 'utf8'))
  expect(await json('import', dir.path('out.jsonl'), '--tenant', 'beta')).toMatchObject({ created: 4, rejected: 0 })
  const [group] = (await json('query', 'Group', '--tenant', 'beta', '--filter', 'displayName eq "everyone"')).Resources
  expect(group.members).toHaveLength(3)
})

test('an interrupted export resumes', async () => {
  const { json, write, dir } = await fresh('acme')
  await json('import', write('people.jsonl', people), '--tenant', 'acme')
  const file = dir.path('out.jsonl')
  await json('export', file, '--tenant', 'acme')
  const whole = readFileSync(file, 'utf8')
  const first = whole.split('\n')[0] ?? ''
  const head = JSON.stringify({ tenant: 'acme', database: dir.path('lockstep.db'), types: ['User', 'Group'] })
  writeFileSync(file, `${first}\n{"half a li`)
  writeFileSync(
    `${file}.place`,
    JSON.stringify({ head, type: 'User', after: JSON.parse(first).id, bytes: Buffer.byteLength(first) + 1, count: 1 }),
  )
  expect(await json('export', file, '--tenant', 'acme')).toMatchObject({ exported: 4 })
  expect(readFileSync(file, 'utf8')).toBe(whole)
})

test('get prints one resource, query a page, and errors take one line', async () => {
  const { json, lockstep, write } = await fresh('acme')
  await json('import', write('people.jsonl', people), '--tenant', 'acme')
  const [ada] = (await json('query', 'User', '--tenant', 'acme', '--filter', 'userName eq "ada"')).Resources
  expect(await json('get', 'User', ada.id, '--tenant', 'acme')).toEqual(ada)
  expect(await json('get', 'users', ada.id, '--tenant', 'acme', '--attributes', 'userName')).toEqual({
    schemas: ada.schemas,
    id: ada.id,
    userName: 'ada',
  })
  const page = await json(
    'query',
    'User',
    '--tenant',
    'acme',
    '--sort-by',
    'userName',
    '--sort-order',
    'descending',
    '--start-index',
    '2',
    '--count',
    '1',
  )
  expect(page).toMatchObject({ totalResults: 2, startIndex: 2, Resources: [{ userName: 'ada' }] })
  const table = await lockstep('query', 'User', '--tenant', 'acme', '--attributes', 'userName,meta.version')
  expect(table.stdout).toMatch(/ID +USERNAME +META.VERSION/)
  expect(table.stdout).toMatch(/2 of 2/)
  for (const [args, code, message] of [
    [['get', 'User', 'nobody'], 1, /no User with the id nobody/],
    [['get', 'Device', 'x'], 2, /no resource type "Device"; it has User, Group/],
    [['query', 'User', '--filter', 'userName ='], 1, /filter/],
    [['query', 'User', '--tenant', 'gone'], 1, /no tenant named "gone"/],
    [['import', 'nowhere.jsonl'], 2, /nowhere.jsonl can't be read/],
  ] as const) {
    const ran = await lockstep(...args, ...(args.some((arg) => arg === '--tenant') ? [] : ['--tenant', 'acme']))
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr.trim().split('\n')).toHaveLength(1)
    expect(ran.code).toBe(code)
  }
})

test.each([['query User --count 1000'], ['export'], ['log --limit 5000']])(
  '%s ends quietly when the reader stops',
  async (command) => {
    const { json, write, database } = await fresh('acme')
    const lines = Array.from({ length: 2_000 }, (_, at) => ({
      schemas: [USER],
      userName: `user${at}`,
      title: 'x'.repeat(99),
    }))
    await json('import', write('many.jsonl', lines), '--tenant', 'acme')
    const child = spawn(process.execPath, [MAIN, ...command.split(' '), '--tenant', 'acme', '--database', database])
    let stderr = ''
    child.stderr.on('data', (more: Buffer) => {
      stderr += more
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const [code] = await once(child, 'close')
    expect([code, stderr]).toEqual([0, ''])
  },
)

test('erase, by userName or id, needs a deleted person and confirmation, and leaves no value behind', async () => {
  const { json, lockstep, write, place } = await fresh('acme')
  const file = write('erased.jsonl', [{ userName: 'zqxada', name: { familyName: 'Zqxlovelace' } }])
  await json('import', file, '--tenant', 'acme')
  const there = await lockstep('erase', 'zqxada', '--tenant', 'acme', '--yes')
  expect([there.code, there.stderr]).toEqual([1, expect.stringMatching(/still exists.*--delete/)])
  const unsure = await lockstep('erase', 'ZQXADA', '--tenant', 'acme', '--delete')
  expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringMatching(/--yes/)])
  expect(await place.dump()).toContain('Zqxlovelace')
  const erased = await json('erase', 'ZQXADA', '--tenant', 'acme', '--delete', '--yes')
  expect(erased).toEqual({ tenant: 'acme', type: 'User', id: expect.any(String), lines: 2 })
  const dump = (await place.dump()).toLowerCase()
  for (const secret of ['zqxada', 'zqxlovelace']) expect(dump.includes(secret)).toBe(false)
  const { stdout } = await lockstep('log', '--tenant', 'acme')
  expect(stdout).toMatch(new RegExp(`note +User ${erased.id} +by cli +erased; lines: 2`))
  const unknown = await lockstep('erase', 'zqxada', '--tenant', 'acme', '--yes')
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/never had a User/)])
  expect(await json('erase', erased.id, '--tenant', 'acme', '--yes')).toMatchObject({ id: erased.id, lines: 0 })
})

test('the log is shown from a given place, and followed', async () => {
  const { json, lockstep, write, database } = await fresh('acme')
  await json('import', write('people.jsonl', people), '--tenant', 'acme')
  const lines = (await lockstep('log', '--tenant', 'acme', '--json', '--after', '1', '--limit', '3')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toMatchObject([{ place: 2, op: 'note' }, { place: 3, op: 'create', actor: 'import' }, { place: 4 }])
  const shown = (await lockstep('log', '--tenant', 'acme')).stdout
  expect(shown).toMatch(/create +User .* by import/)
  expect(shown).toMatch(/note +Tenant acme +by cli +created$/m)
  expect(shown).toMatch(/note +Connection generic-\w+ +by cli +created; label: "generic"; kind: "generic"/)

  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [MAIN, 'log', '--follow', '--tenant', 'acme', '--json', '--database', database])
  let followed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    followed += chunk
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await expect.poll(() => followed, { timeout: 10_000 }).toContain('"place":1')
  await json('import', write('more.jsonl', [{ schemas: [USER], userName: 'cid' }]), '--tenant', 'acme')
  await expect.poll(() => followed, { timeout: 10_000 }).toContain('"new":"cid"')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('schemas and types are put, listed and deleted', async () => {
  const { json, lockstep, write, dir } = await fresh('acme')
  const urn = 'urn:example:scim:schemas:extension:badge:1.0:User'
  writeFileSync(
    dir.path('badge.json'),
    JSON.stringify({ id: urn, name: 'Badge', attributes: [{ name: 'number', type: 'integer' }] }),
  )
  await json('schema', 'put', dir.path('badge.json'), '--extends', 'User', '--tenant', 'acme')
  expect(await json('schema', 'list', '--tenant', 'acme')).toContainEqual(
    expect.objectContaining({ id: urn, own: true, types: ['User'] }),
  )
  await json(
    'import',
    write('b.jsonl', [{ schemas: [USER, urn], userName: 'ada', [urn]: { number: 7 } }]),
    '--tenant',
    'acme',
  )
  expect((await json('query', 'User', '--tenant', 'acme', '--filter', `${urn}:number gt 6`)).totalResults).toBe(1)
  const refused = await lockstep('schema', 'delete', urn, '--tenant', 'acme')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/1 resource would lose it; force drops/)])
  await json('schema', 'delete', urn, '--tenant', 'acme', '--force')
  expect((await json('query', 'User', '--tenant', 'acme')).Resources[0]).not.toHaveProperty([urn])

  writeFileSync(dir.path('role.json'), '{"name":"Role"}')
  await json('type', 'put', dir.path('role.json'), '--tenant', 'acme')
  expect((await json('type', 'list', '--tenant', 'acme')).map(({ name }: { name: string }) => name)).toEqual([
    'User',
    'Group',
    'Role',
  ])
  await json('type', 'delete', 'Role', '--tenant', 'acme')
  expect((await lockstep('schema', 'put', dir.path('nothing.json'), '--tenant', 'acme')).code).toBe(2)
})

test.runIf(runsHere('a backup is a complete database'))('a backup is a complete database', async () => {
  const { json, lockstep, write, dir } = await fresh('acme')
  await json('import', write('people.jsonl', people), '--tenant', 'acme')
  const file = dir.path('backup.db')
  expect(await json('backup', file)).toEqual({ file, bytes: expect.any(Number) })
  const { stdout } = await run(['query', 'User', '--tenant', 'acme', '--database', `sqlite:${file}`, '--json'])
  expect(JSON.parse(stdout).totalResults).toBe(2)
  expect((await lockstep('backup', file)).stderr).toMatch(/already exists/)
  const output = await lockstep('backup', '-')
  expect([output.code, output.stderr]).toEqual([2, expect.stringContaining('name a file')])
  expect(existsSync('-')).toBe(false)
})

test('changing a tenant of an app that embeds Lockstep warns that its hooks are not called', async () => {
  const { database, open, remove } = await emptyPlace()
  made.push({ remove })
  const store = await open()
  const directory = createDirectory({ store, types: [User, Group] })
  const { stored } = await directory.create({ tenant: 'acme', actor: 'app', allow: STRICT }, 'User', {
    schemas: [USER],
    userName: 'ada',
  })
  await store.close()
  const lockstep = (...args: string[]) => run([...args, '--tenant', 'acme', '--database', database])
  const patch = ['patch', 'User', stored.id, 'replace title Dr']
  expect(await lockstep(...patch)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("the app's hooks are not called"),
  })
  expect(await lockstep(...patch, '--json')).toMatchObject({ code: 0, stderr: '' })
  expect(await lockstep('query', 'User')).toMatchObject({ code: 0, stderr: '' })
  await run(['connection', 'create', 'acme', '--database', database])
  expect(await lockstep('delete', 'User', stored.id, '--yes')).toMatchObject({ code: 0, stderr: '' })
})

test('numbers in place of text keep their digits, as in requests, and are refused as whole values', async () => {
  const { lockstep, json, write, dir, read } = await fresh('acme')
  const file = write('numbers.jsonl', [
    `{"schemas":["${USER}"],"userName":5,"externalId":12345678901234567890,"title":1.0}`,
    `{"schemas":["${USER}"],"userName":"x","emails":5}`,
  ])
  const { code, stdout } = await lockstep('import', file, '--tenant', 'acme', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ created: 1, rejected: 1 })
  // Matching works with them, too.
  const again = await lockstep('import', file, '--tenant', 'acme', '--restart', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, rejected: 1 })
  await json('export', dir.path('out.jsonl'), '--tenant', 'acme', '--type', 'User')
  expect(read('out.jsonl')).toMatchObject([{ userName: '5', externalId: '12345678901234567890', title: '1.0' }])
})
