// Which resource a line of an import means, in JSON and CSV.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { readSettings } from '../../src/site/index.ts'
import { emptyPlace } from '../database-under-test.ts'
import { folder, run } from './run.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const made: { remove: () => unknown }[] = []
afterEach(async () => {
  for (const one of made.splice(0)) await one.remove()
})

async function fresh() {
  const dir = folder()
  made.push(dir)
  const { database, remove } = await emptyPlace()
  made.push({ remove })
  const lockstep = (...args: string[]) => run([...args, '--database', database])
  const json = async (...args: string[]) => JSON.parse((await lockstep(...args, '--json')).stdout)
  await json('tenant', 'create', 'acme')
  const write = (name: string, text: string | Uint8Array) => {
    writeFileSync(dir.path(name), text)
    return dir.path(name)
  }
  const lines = (name: string, all: readonly unknown[]) =>
    write(name, all.map((one) => `${JSON.stringify(one)}\n`).join(''))
  const load = (file: string, ...more: string[]) => json('import', file, '--tenant', 'acme', ...more)
  const all = async (type: string) => (await json('query', type, '--tenant', 'acme', '--count', '100')).Resources
  const changes = async () =>
    (await lockstep('log', '--tenant', 'acme', '--limit', '1000')).stdout.split('\n').length - 1
  return { dir, database, lockstep, json, write, lines, load, all, changes }
}

type Shown = { [name: string]: never }
const byName = (a: Shown, b: Shown) => (String(a.userName) < String(b.userName) ? -1 : 1)

describe('matching of lines to resources', () => {
  const old = { schemas: [USER], userName: 'old@x.example', externalId: '00u1', active: false }
  const young = { schemas: [USER], userName: 'new@x.example', externalId: '00u1', active: true }

  test.each([
    ['the known one first', [old, young]],
    ['the known one last', [young, old]],
  ])('two people with the same externalId stay two (%s)', async (_case, both) => {
    const { lines, load, all } = await fresh()
    await load(lines('first.jsonl', [old]))
    const [before] = await all('User')
    expect(await load(lines('both.jsonl', both))).toMatchObject({ read: 2, created: 1, unchanged: 1, updated: 0 })
    const after = (await all('User')).toSorted(byName)
    expect(after.map((user: Shown) => [user.userName, user.active])).toEqual([
      ['new@x.example', true],
      ['old@x.example', false],
    ])
    expect(after[1].id).toBe(before.id)
  })

  test('two spellings of a userName mean one person', async () => {
    const { lines, load } = await fresh()
    const both = ['ada b', ' ADA\u00a0b '].map((userName) => ({ schemas: [USER], userName }))
    expect(await load(lines('both.jsonl', both))).toMatchObject({ read: 2, created: 1, updated: 1, rejected: 0 })
  })

  test('an externalId does not take a name that belongs to another line', async () => {
    const { lines, load, all } = await fresh()
    await load(lines('first.jsonl', [old]))
    const nameless = { schemas: [USER], userName: 'old@x.example', active: false }
    await load(lines('both.jsonl', [young, nameless]))
    expect((await all('User')).map((user: Shown) => user.userName).toSorted()).toEqual([
      'new@x.example',
      'old@x.example',
    ])
  })

  test('a unique externalId matches although the name changed', async () => {
    const { lines, load, all } = await fresh()
    await load(lines('first.jsonl', [old]))
    const [before] = await all('User')
    expect(await load(lines('young.jsonl', [young]))).toMatchObject({ created: 0, updated: 1 })
    expect(await all('User')).toMatchObject([{ id: before.id, userName: 'new@x.example' }])
  })

  test('userName takes precedence over externalId', async () => {
    const { lines, load, all } = await fresh()
    await load(
      lines('first.jsonl', [
        { schemas: [USER], userName: 'ada', externalId: 'e1' },
        { schemas: [USER], userName: 'bob', externalId: 'e2' },
      ]),
    )
    await load(lines('second.jsonl', [{ schemas: [USER], userName: 'ada', externalId: 'e2', title: 'Dr' }]))
    expect((await all('User')).toSorted(byName)).toMatchObject([{ userName: 'ada', title: 'Dr' }, { userName: 'bob' }])
  })

  test('the n-th group with a name matches the n-th line, however often the file is imported', async () => {
    const { lines, load, all, changes } = await fresh()
    const people = ['a', 'b', 'c'].map((id) => ({ schemas: [USER], id, userName: id }))
    const groups = ['a', 'b', 'c'].map((id) => ({ schemas: [GROUP], displayName: 'Sales', members: [{ value: id }] }))
    const file = lines('groups.jsonl', [...groups, ...people])
    expect(await load(file)).toMatchObject({ read: 6, created: 6 })
    const before = await all('Group')
    const log = await changes()
    for (const more of [[], ['--restart']]) {
      expect(await load(file, ...more)).toEqual({
        tenant: 'acme',
        read: 6,
        created: 0,
        updated: 0,
        unchanged: 6,
        rejected: 0,
      })
    }
    expect(await all('Group')).toEqual(before)
    expect(await changes()).toBe(log)
  })

  test('groups with the same name are distinguished by externalId', async () => {
    const { lines, load, all } = await fresh()
    const group = (externalId?: string) => ({
      schemas: [GROUP],
      displayName: 'Sales',
      ...(externalId ? { externalId } : {}),
    })
    await load(lines('one.jsonl', [group('g1')]))
    expect(await load(lines('three.jsonl', [group('g2'), group(), group('g1')]))).toMatchObject({
      created: 2,
      unchanged: 1,
    })
    expect((await all('Group')).map((one: Shown) => one.externalId ?? '').toSorted()).toEqual(['', 'g1', 'g2'])
  })
})

test('totals add up, and what was left out is reported', async () => {
  const { dir, lines, lockstep } = await fresh()
  const file = lines('people.jsonl', [
    { schemas: [GROUP], displayName: 'Staff', members: [{ value: 'u1' }, { value: 'nobody' }] },
    { schemas: [USER], id: 'u1', userName: 'ada' },
    { schemas: [USER] },
  ])
  const first = await lockstep('import', file, '--tenant', 'acme')
  expect(first.stdout).toContain(
    '3 lines read: 2 created, 0 updated, 0 unchanged, 1 rejected.\n1 created with something left out.\n',
  )
  expect(first.code).toBe(1)
  const rejected = readFileSync(`${file}.rejected`, 'utf8')
  expect(rejected).toContain('but 1 member was left out because it does not exist here: nobody')
  expect(statSync(`${file}.rejected`).mode & 0o077).toBe(0)
  const second = await lockstep('import', file, '--tenant', 'acme')
  expect(second.stdout).toContain('3 lines read: 0 created, 0 updated, 2 unchanged, 1 rejected.')
  const one = await lockstep('import', lines('one.jsonl', [{ schemas: [USER], userName: 'zoe' }]), '--tenant', 'acme')
  expect(one.stdout).toBe('1 line read: 1 created, 0 updated, 0 unchanged, 0 rejected.\n')
  expect(existsSync(dir.path('one.jsonl.place'))).toBe(false)
  expect(existsSync(dir.path('one.jsonl.lock'))).toBe(false)
})

describe('CSV', () => {
  const HEADER = [
    'id',
    'userName',
    'name.givenName',
    'emails[type eq "work"].value',
    'active',
    `${ENT}:department`,
    `${ENT}:manager`,
  ]

  test.each([
    [',', '', '\n'],
    [';', '\ufeff', '\r\n'],
    ['\t', '', '\n'],
  ])('with %j, %j before it and %j at its ends', async (delimiter, bom, end) => {
    const { write, load, all } = await fresh()
    const rows = [
      HEADER,
      ['1', 'ada', '"Ada ""Countess"" Lovelace"', 'ada@x.example', 'TRUE', '"R, D; and\nmore"', '2'],
      ['2', 'bob', '', '', 'false', '', ''],
      ['', '', '', '', '', '', ''],
    ]
    const file = write('people.csv', bom + rows.map((row) => row.join(delimiter) + end).join(''))
    expect(await load(file)).toEqual({ tenant: 'acme', read: 2, created: 2, updated: 0, unchanged: 0, rejected: 0 })
    const [ada, bob] = (await all('User')).toSorted(byName)
    expect(ada).toMatchObject({
      userName: 'ada',
      name: { givenName: 'Ada "Countess" Lovelace' },
      emails: [{ type: 'work', value: 'ada@x.example' }],
      active: true,
      [ENT]: { department: 'R, D; and\nmore', manager: { value: bob.id } },
    })
    expect(bob).toMatchObject({ userName: 'bob', active: false })
    expect(bob.emails).toBeUndefined()
    expect(await load(file)).toMatchObject({ created: 0, updated: 0, unchanged: 2, rejected: 0 })
  })

  test('attributes without a column keep their values, and an empty cell removes its value', async () => {
    const { write, lines, load, all } = await fresh()
    await load(
      lines('ada.jsonl', [
        {
          schemas: [USER, ENT],
          userName: 'ada',
          title: 'Dr',
          nickName: 'A',
          emails: [
            { type: 'work', value: 'w@x.example', display: 'W' },
            { type: 'home', value: 'h@x.example' },
          ],
          [ENT]: { department: 'R', costCenter: '7' },
        },
        { schemas: [GROUP], displayName: 'Staff', members: [] },
      ]),
    )
    await load(write('change.csv', `userName,title,emails[type eq "work"].value,department\nada,,new@x.example,D\n`))
    const [ada] = await all('User')
    expect(ada).toMatchObject({
      nickName: 'A',
      emails: [
        { type: 'work', value: 'new@x.example', display: 'W' },
        { type: 'home', value: 'h@x.example' },
      ],
      [ENT]: { department: 'D', costCenter: '7' },
    })
    expect(ada.title).toBeUndefined()
    await load(write('gone.csv', `userName,emails[type eq "work"].value\nada,\n`))
    expect((await all('User'))[0].emails).toEqual([{ type: 'home', value: 'h@x.example' }])
  })

  test('members are ids of the file or of the tenant', async () => {
    const { write, load, all } = await fresh()
    await load(write('people.csv', 'userName\nada\nbob\n'))
    const ids = (await all('User')).map((user: Shown) => user.id)
    expect(await load(write('groups.csv', `displayName,members\nStaff,${ids.join(' ')}\n`))).toMatchObject({
      created: 1,
      rejected: 0,
    })
    expect((await all('Group'))[0].members).toHaveLength(2)
    expect(await load(write('names.csv', 'displayName,externalId\nStaff,g1\n'))).toMatchObject({ updated: 1 })
    expect((await all('Group'))[0]).toMatchObject({
      externalId: 'g1',
      members: expect.arrayContaining([expect.anything(), expect.anything()]),
    })
  })

  test.each([
    ['Employee,Mail\nx,y\n', /"Employee" is not an attribute of User/],
    ['userNmae,active\nx,y\n', /"userNmae" is not an attribute of User; did you mean userName\?/],
    ['userName,userName\nx,y\n', /userName is there twice/],
    ['userName,name\nx,y\n', /name has sub-attributes; choose one, like name\.formatted/],
    ['userName,meta.created\nx,y\n', /meta\.created can't be imported because the server computes it/],
    ['userName,,active\nx,y,z\n', /column 2 has no name/],
    ['active,title\nx,y\n', /a User requires userName, but there is no such column/],
    ['userName,"active\nx,y\n', /a quotation mark is never closed/i],
    ['userName,emails[type co "w"].value\nx,y\n', /the brackets must select one value/],
    ['[{"userName":"a"},{"userName":"b"}]\n', /is a JSON list, but import needs one resource per line/],
  ])('a wrong header is refused before anything is imported: %j', async (text, message) => {
    const { write, lockstep, changes } = await fresh()
    const before = await changes()
    const { code, stderr } = await lockstep('import', write('wrong.csv', text), '--tenant', 'acme')
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)])
    expect(await changes()).toBe(before)
  })

  test('a header with one column is recognised without the extension .csv', async () => {
    const { write, load } = await fresh()
    expect(await load(write('people.txt', '\ufeff"userName"\r\nada\r\nbob\r\n'))).toMatchObject({
      created: 2,
      rejected: 0,
    })
  })

  test('a bad row is rejected with its line number, and the others are imported', async () => {
    const { write, lockstep } = await fresh()
    const rows = [
      'userName,active,title',
      'ada,true,"one',
      'two"',
      'bob,maybe,x',
      '',
      'cleo,true',
      'zed,true,"never closed',
      'eve,true,x',
    ]
    const file = write('people.csv', `${rows.join('\n')}\n`)
    const { code, stdout } = await lockstep('import', file, '--tenant', 'acme')
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('5 rows read: 2 created, 0 updated, 0 unchanged, 3 rejected.'),
    ])
    const rejected = readFileSync(`${file}.rejected`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'active must be true or false, not "maybe"'],
      [6, 'The row has 2 values, the header 3'],
      [7, 'A quotation mark is never closed'],
    ])
  })

  test('text that is not UTF-8 is not imported', async () => {
    const { write, lockstep, load } = await fresh()
    expect(await load(write('latin1.csv', Buffer.from('userName,title\nzo\u00eb,x\nada,y\n', 'latin1')))).toMatchObject(
      { created: 1, rejected: 1 },
    )
    const { stderr } = await lockstep(
      'import',
      write('utf16.csv', Buffer.from('\ufeffuserName,title\nada,y\n', 'utf16le')),
      '--tenant',
      'acme',
    )
    expect(stderr).toContain('is not UTF-8; save it as UTF-8')
  })

  test('resumes after an interruption', async () => {
    const { database, write, load, all } = await fresh()
    const row = (at: number) => `u${at},"a\nb"\n`
    const rows = Array.from({ length: 300 }, (_, at) => row(at))
    const file = write('people.csv', `userName,title\n${rows.join('')}`)
    await load(write('first.csv', `userName,title\n${rows.slice(0, 256).join('')}`))
    // The checkpoint of a run that was killed after its first batch.
    const { size, mtimeMs } = statSync(file)
    const head = { size, mtimeMs, tenant: 'acme', database: readSettings({ database }, {}).database }
    const step = {
      offset: Buffer.byteLength(`userName,title\n${rows.slice(0, 256).join('')}`),
      line: 1 + 2 * 256,
      counts: { created: 256, updated: 0, unchanged: 0, rejected: 0 },
      ids: [],
      pending: [],
      rejectedBytes: 0,
    }
    writeFileSync(`${file}.place`, `${JSON.stringify(head)}\n${JSON.stringify(step)}\n`)
    expect(await load(file)).toMatchObject({ read: 300, created: 300, updated: 0, unchanged: 0, rejected: 0 })
    expect(await all('User')).toHaveLength(100)
  })
})
