// Commands on remotes: storage, credentials, resources, completion.

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folder, MAIN, type Ran, run } from '../cli/run.ts'
import { type Serving, serve } from '../serve.ts'
import { raw, scripted } from './scripted.ts'

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
let server: Serving
const dir = folder()
const env = { XDG_CONFIG_HOME: dir.path('config'), XDG_CACHE_HOME: dir.path('cache') }
const file = () => dir.path('config/lockstep/remotes.json')

beforeAll(async () => {
  server = await serve()
})
afterAll(async () => {
  await server.close()
  dir.remove()
})

const lockstep = (args: readonly string[], more: { readonly [name: string]: string } = {}, input = ''): Promise<Ran> =>
  run(args, { ...env, ...more }, input)
async function json(...args: string[]) {
  const ran = await lockstep([...args, '--json'])
  expect([ran.stderr, ran.code]).toEqual(['', 0])
  return JSON.parse(ran.stdout)
}
const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** Saves a new tenant of the server as a remote; strict, so that nothing is tolerated. */
async function remote(name: string, kind = 'strict') {
  const { base, token } = await server.connection(kind)
  const ran = await lockstep(['remote', 'add', name, base, '--token-stdin', '--json'], {}, `${token}\n`)
  expect(ran.stderr).toBe('')
  return { base, token, said: JSON.parse(ran.stdout) }
}

// Each of these starts many processes, which takes its time on a machine that does other things too.
const SLOW = { timeout: 180_000 }

describe('remotes', SLOW, () => {
  test('are readable only by their owner, checked, listed, shown and removed, and never show a secret', async () => {
    const { base, token, said } = await remote('first')
    expect(said).toMatchObject({ remote: 'first', url: base, credentials: 'bearer token', types: ['User', 'Group'] })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(statSync(dir.path('config/lockstep')).mode & 0o777).toBe(0o700)
    const shown = [
      await lockstep(['remote', 'list']),
      await lockstep(['remote', 'show', 'first']),
      await lockstep(['remote', 'show', 'first', '--json']),
    ]
    for (const ran of shown) {
      expect(ran.code).toBe(0)
      expect(ran.stdout).toContain(base)
      expect(ran.stdout + ran.stderr).not.toContain(token)
    }
    expect(shown[1]?.stdout).toMatch(/Features +patch, filter, sort, etag/)
    expect(await json('remote', 'remove', 'first')).toEqual({ remote: 'first', removed: true })
    expect(await json('remote', 'list')).toEqual([])
    expect(readFileSync(file(), 'utf8')).not.toContain(token)
  })

  test('a file that other users can read is corrected, with a warning', async () => {
    await remote('open')
    chmodSync(file(), 0o644)
    const ran = await lockstep(['remote', 'list', '--json'])
    expect(ran.code).toBe(0)
    expect(ran.stderr).toMatch(/was readable by other users/)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect((await lockstep(['remote', 'list'])).stderr).toBe('')
  })

  test('tokens and whole remotes can come from the environment', async () => {
    const { base, token } = await server.connection('generic')
    const added = await lockstep(['remote', 'add', 'env', base, '--token-env', 'MY_TOKEN', '--no-check'])
    expect(added.code).toBe(0)
    expect(readFileSync(file(), 'utf8')).not.toContain(token)
    const missing = await lockstep(['query', 'User', '--remote', 'env'])
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('MY_TOKEN')])
    const asked = await lockstep(['query', 'User', '--remote', 'env', '--json'], { MY_TOKEN: token })
    expect(JSON.parse(asked.stdout).totalResults).toBe(0)
    const ci = { LOCKSTEP_REMOTE_CI_ONLY_URL: base, LOCKSTEP_REMOTE_CI_ONLY_TOKEN: token }
    expect(
      JSON.parse((await lockstep(['query', 'User', '--remote', 'ci-only', '--json'], ci)).stdout).totalResults,
    ).toBe(0)
  })

  test('wrong credentials are reported when the remote is added', async () => {
    const { base } = await server.connection('generic')
    const { stdout } = await lockstep(['remote', 'add', 'wrong', base, '--token-stdin'], {}, 'nonsense')
    expect(stdout).toMatch(/could not be reached: .*token/i)
  })

  test('a file that is not JSON is reported without its contents', async () => {
    const before = readFileSync(file(), 'utf8')
    writeFileSync(file(), '{"remotes": {"x": {"token": "lk_secret"', { mode: 0o600 })
    const ran = await lockstep(['remote', 'list'])
    expect([ran.code, ran.stderr.includes('lk_secret')]).toEqual([2, false])
    expect(ran.stderr).toMatch(/not JSON/)
    writeFileSync(file(), before, { mode: 0o600 })
  })

  test.each<[readonly string[], RegExp]>([
    [['remote', 'add', 'Name', 'https://x.example'], /"Name" is not a valid name for a remote/],
    [['remote', 'add', 'local', 'https://x.example'], /is not a valid name for a remote/],
    [['remote', 'add', 'x', 'nowhere', '--no-check'], /base URL/],
    [['remote', 'add', 'x', 'https://u:p@x.example', '--no-check'], /credentials/],
    [['remote', 'add', 'x', 'https://x.example', '--basic', 'me', '--token-env', 'T'], /Use only one of/],
    [['remote', 'add', 'x', 'https://x.example', '--basic', 'me'], /Password/],
    [['remote', 'add', 'x', 'https://x.example', '--token-env', 'lk_default_x-y'], /pass the name, not the secret/],
    [['remote', 'add', 'x', 'https://x.example', '--oauth', 'https://t.example/token'], /--client-id/],
    [['remote', 'add', 'x', 'https://x.example', '--app', 'awss'], /did you mean aws/],
    [['remote', 'remove', 'opne'], /did you mean open/],
    [['query', 'User', '--remote', 'opn'], /did you mean open/],
  ])('%j makes no sense', async (args, words) => {
    const ran = await lockstep(args)
    expect(ran.stderr).toMatch(words)
    expect(ran.code).toBe(2)
  })
})

describe('resources at a remote', SLOW, () => {
  test('are created, read, found, changed and deleted; names are checked against its own schemas', async () => {
    await remote('work')
    const at = ['--remote', 'work']
    const made = await lockstep(
      ['create', 'users', ...at, '--json'],
      {},
      '{"userName":"ada","emails":[{"value":"a@x.example","type":"work"}]}\n{"userName":"bob"}',
    )
    const [ada, bob] = lines(made.stdout)
    expect([ada.userName, bob.userName]).toEqual(['ada', 'bob'])
    expect(await json('get', 'User', ada.id, ...at)).toEqual(ada)
    expect((await json('query', 'User', '--filter', 'userName eq "bob"', ...at)).Resources).toHaveLength(1)
    const changed = await json(
      ...['patch', 'User', ada.id, 'replace displayName Ada Lovelace', 'replace active false', 'add externalId 007'],
      ...['replace emails[type eq "work"].value b@x.example', ...at],
    )
    expect(changed).toMatchObject({
      displayName: 'Ada Lovelace',
      active: false,
      externalId: '007',
      emails: [{ value: 'b@x.example', type: 'work' }],
    })
    writeFileSync(dir.path('ops.json'), '[{"op":"remove","path":"displayName"}]')
    expect(await json('patch', 'User', ada.id, '--file', dir.path('ops.json'), ...at)).not.toHaveProperty('displayName')
    const stale = await lockstep(['patch', 'User', ada.id, 'remove emails', '--if-match', 'W/"1"', ...at])
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringMatching(/version/)])
    expect(await json('delete', 'User', bob.id, '--yes', ...at)).toEqual({ id: bob.id, deleted: true })
    for (const [args, code, words] of [
      [['get', 'User', bob.id], 1, /no User/],
      [['get', 'Usr', '1'], 2, /did you mean User/],
      [['query', 'User', '--attributes', 'userNmae'], 2, /no attribute "userNmae"; did you mean userName/],
      [
        ['query', 'User', '--filter', 'nam.givenName eq "x" or title pr'],
        2,
        /"nam.givenName"; did you mean name.givenName/,
      ],
      [['query', 'User', '--sort-by', 'departmnt'], 2, /did you mean department/],
      [['patch', 'User', ada.id, 'replace titel x'], 2, /did you mean title/],
      [['patch', 'User', ada.id, 'replace title'], 2, /no value/],
      [['patch', 'User', ada.id, 'change title x'], 2, /is not an operation/],
      [['patch', 'User', ada.id], 2, /Pass operations/],
      [['create', 'User', dir.path('ops.json')], 2, /no attribute "op"/],
      [['create', 'User', dir.path('nothing.json')], 2, /can't be read/],
    ] as const) {
      const ran = await lockstep([...args, ...at])
      expect(ran.stderr).toMatch(words)
      expect(ran.code).toBe(code)
    }
    const wrong = await lockstep(['create', 'User', ...at], {}, '{"usrName":"x"}')
    expect(wrong.stderr).toMatch(/did you mean userName/)
  })
})

describe('many resources at once', SLOW, () => {
  const people = (...names: readonly string[]) => names.map((userName) => ({ userName }))
  const jsonLines = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).join('\n')

  test('a refused one is reported with its line or position, and the others are created', async () => {
    await remote('many')
    const at = ['create', 'User', '--remote', 'many']
    const ran = await lockstep(at, {}, `\n${jsonLines(people('ada', 'bob', 'ADA', 'cleo'))}\n`)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/^lockstep: line 4 of standard input: .*userName.*\n$/)
    expect(ran.stdout).toMatch(/^(User \S+ was created\.\n){3}3 created, 1 refused\.\n$/)
    const list = await lockstep([...at, '--json'], {}, JSON.stringify(people('bob', 'dora')))
    expect(list.code).toBe(1)
    expect(lines(list.stdout)).toMatchObject([
      { at: 1, failed: expect.stringContaining('userName') },
      { userName: 'dora' },
    ])
    expect((await json('query', 'User', '--remote', 'many')).totalResults).toBe(4)
    const alone = await lockstep(at, {}, '{"userName":"ada"}')
    expect([alone.code, alone.stdout]).toEqual([1, ''])
    expect(alone.stderr).not.toMatch(/line|element/)
  })

  test('a line with an unknown attribute is reported with its number, and nothing is created', async () => {
    const ran = await lockstep(
      ['create', 'User', '--remote', 'many'],
      {},
      jsonLines([...people('eve'), { usrName: 'x' }]),
    )
    expect([ran.code, ran.stderr]).toEqual([
      2,
      expect.stringMatching(/line 2 of standard input: .*did you mean userName/),
    ])
    expect((await json('query', 'User', '--remote', 'many')).totalResults).toBe(4)
  })

  test('stops at the first line when the credentials are refused', async () => {
    const { base, token } = await server.connection('strict')
    // The real server behind a proxy that refuses the credentials after a while.
    const closing = await scripted((wire) => (socket) => {
      if (wire.method === 'POST' && wire.body.includes('bob')) return socket.end(raw(401, ''))
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
      const body = wire.body === '' ? {} : { body: wire.body }
      fetch(base + wire.target, { method: wire.method, headers, ...body }).then(async (response) =>
        socket.end(raw(response.status, await response.text())),
      )
    })
    const ran = await lockstep(
      ['create', 'User', '--remote', 'closing'],
      { LOCKSTEP_REMOTE_CLOSING_URL: closing.url },
      jsonLines(people('ada', 'bob', 'cleo')),
    )
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(/^User \S+ was created\.\n$/)
    expect(ran.stderr).toMatch(/^lockstep: Line 2 of standard input: .*; the resources after it were not sent\n$/)
    expect(closing.seen.filter(({ method }) => method === 'POST')).toHaveLength(2)
    await closing.close()
  })
})

describe('two targets', SLOW, () => {
  const USERS = 'urn:ietf:params:scim:schemas:core:2.0:User'
  /** A tenant in its own database, with people, a chain of managers, and nested groups. */
  async function local(count: number) {
    const own = folder()
    const database = `sqlite:${own.path('own.db')}`
    expect((await lockstep(['tenant', 'create', 'acme', '--database', database])).code).toBe(0)
    const people = Array.from({ length: count }, (_, at) => ({
      schemas: [USERS, ENT],
      id: `u${at}`,
      userName: `user${at}`,
      emails: [{ value: `u${at}@x.example`, type: 'work', primary: true }],
      [ENT]: { department: 'R&D', ...(at === 0 ? {} : { manager: { value: `u${at - 1}` } }) },
    }))
    const groups = [
      { id: 'g1', displayName: 'Everyone', members: people.map(({ id }) => ({ value: id })) },
      { id: 'g2', displayName: 'Nested', members: [{ value: 'g1' }, { value: 'u1' }] },
    ].map((group) => ({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], ...group }))
    writeFileSync(own.path('all.jsonl'), [...people, ...groups].map((each) => `${JSON.stringify(each)}\n`).join(''))
    const ran = await lockstep(['import', own.path('all.jsonl'), '--tenant', 'acme', '--database', database, '--json'])
    expect(JSON.parse(ran.stdout)).toMatchObject({ rejected: 0 })
    return { database, remove: own.remove }
  }

  test('are compared, copied by the smallest PATCH, and equal afterwards; a second run has nothing to do', async () => {
    const { database, remove } = await local(40)
    await remote('target')
    const places = ['local:acme', 'target', '--database', database]
    const first = lines((await lockstep(['diff', ...places, '--json'])).stdout)
    expect(first.at(-1)).toEqual({
      summary: [
        { type: 'User', key: 'userName', a: 40, b: 0, onlyInA: 40, onlyInB: 0, differs: 0, same: 0, left: 0 },
        { type: 'Group', key: 'displayName', a: 2, b: 0, onlyInA: 2, onlyInB: 0, differs: 0, same: 0, left: 0 },
      ],
      notCompared: [],
    })
    const dry = lines((await lockstep(['copy', ...places, '--dry-run', '--json'])).stdout)
    expect(dry.at(-1)).toEqual({ dryRun: true, created: 42, updated: 0, deleted: 0, failed: 0, left: 0 })
    expect((await json('query', 'User', '--remote', 'target')).totalResults).toBe(0)

    const copied = lines((await lockstep(['copy', ...places, '--json'])).stdout)
    // Setting managers and members after the creation does not count as a change.
    expect(copied.at(-1)).toEqual({ ...dry.at(-1), dryRun: false })
    expect(copied.filter(({ done }) => done === 'completed')).toHaveLength(41)
    const same = lines((await lockstep(['diff', ...places, '--json', '--exit-code'])).stdout)
    expect(same).toHaveLength(1)
    expect(same[0].summary.map((row: { same: number }) => row.same)).toEqual([40, 2])
    expect(lines((await lockstep(['copy', ...places, '--json'])).stdout)).toEqual([
      { dryRun: false, created: 0, updated: 0, deleted: 0, failed: 0, left: 0 },
    ])

    // Differences are reported by attribute, and members by key.
    const at = ['--remote', 'target']
    const [user] = (await json('query', 'User', '--filter', 'userName eq "user7"', ...at)).Resources
    await json('patch', 'User', user.id, 'add title Dr', `replace ${ENT}:department Sales`, ...at)
    const [group] = (await json('query', 'Group', '--filter', 'displayName eq "Everyone"', ...at)).Resources
    await json('patch', 'Group', group.id, `remove members[value eq "${user.id}"]`, ...at)
    await lockstep(['create', 'User', ...at], {}, '{"userName":"stranger"}')
    const found = lines((await lockstep(['diff', ...places, '--json'])).stdout).slice(0, -1)
    expect(found).toEqual([
      { type: 'User', key: 'stranger', state: 'only in b', paths: [], operations: [] },
      {
        type: 'User',
        key: 'user7',
        state: 'differs',
        paths: ['title', `${ENT}:department`],
        operations: [
          { op: 'remove', path: 'title' },
          { op: 'replace', path: `${ENT}:department`, value: 'R&D' },
        ],
      },
      {
        type: 'Group',
        key: 'Everyone',
        state: 'differs',
        paths: ['members'],
        operations: [{ op: 'add', path: 'members', value: [{ value: 'user7' }] }],
      },
    ])
    const text = await lockstep(['diff', ...places, '--exit-code'])
    expect(text.code).toBe(1)
    expect(text.stdout).toMatch(/^- User stranger\n~ User user7 {2}title/)
    expect(text.stdout).toMatch(/User +userName +40 +41 +0 +1 +1 +39/)
    expect(
      (await lockstep(['diff', ...places, '--ignore', `title,members,${ENT}`, '--exit-code', '--type', 'Group'])).code,
    ).toBe(0)

    const plan = lines((await lockstep(['copy', ...places, '--dry-run', '--json'])).stdout)
    expect(plan).toEqual([
      ...found.slice(1).map(({ type, key, operations }) => ({ type, key, would: 'update', operations })),
      { dryRun: true, created: 0, updated: 2, deleted: 0, failed: 0, left: 0 },
    ])
    const [kept, made] = [
      await lockstep(['copy', ...places, '--json']),
      await lockstep(['copy', ...places, '--delete', '--json']),
    ]
    expect(lines(kept.stdout).at(-1)).toMatchObject({ created: 0, updated: 2, deleted: 0 })
    expect(lines(made.stdout)).toEqual([
      { type: 'User', key: 'stranger', done: 'deleted' },
      { dryRun: false, created: 0, updated: 0, deleted: 1, failed: 0, left: 0 },
    ])
    expect((await lockstep(['diff', ...places, '--exit-code'])).code).toBe(0)
    remove()
  })

  test('resources without a unique key are left out, and existing ones are not created twice', async () => {
    const { database, remove } = await local(5)
    const { base, token } = await remote('strict-one')
    // This one exists already, and stays as it is.
    await fetch(`${base}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: [USERS], userName: 'user3', externalId: 'other' }),
    })
    const args = ['copy', 'local:acme', 'strict-one', '--database', database, '--key', 'User=emails', '--type', 'User']
    const nonsense = await lockstep(args)
    expect([nonsense.code, nonsense.stderr]).toEqual([2, expect.stringMatching(/can't be identified by "emails"/)])
    const ran = await lockstep([
      ...['copy', 'local:acme', 'strict-one', '--database', database],
      ...['--key', `User=${ENT}:department`, '--type', 'User', '--json'],
    ])
    // All five have the same department, so it identifies none of them.
    expect(ran.code).toBe(0)
    expect(lines(ran.stdout).at(-1)).toMatchObject({ created: 0, failed: 0, left: 1 })
    const rest = await lockstep([
      ...['diff', 'local:acme', 'strict-one', '--database', database, '--ignore', 'userName,emails'],
      ...['--key', `User=${ENT}:department`, '--type', 'User', '--json', '--exit-code'],
    ])
    expect(lines(rest.stdout)).toMatchObject([
      { state: 'several', several: { a: 5, b: 0 } },
      { summary: [{ onlyInA: 0, onlyInB: 0, differs: 0, left: 6 }] },
    ])
    expect(rest.code).toBe(1)
    const all = await lockstep(['copy', 'local:acme', 'strict-one', '--database', database, '--type', 'User', '--json'])
    expect(lines(all.stdout).at(-1)).toMatchObject({ created: 4, failed: 0 })
    remove()
  })

  test('an interrupted copy does only what is left when it runs again', async () => {
    const { database, remove } = await local(12)
    const { base, token } = await server.connection('strict')
    let writes = 0
    // The real server behind a proxy that dies after some writes.
    const dying = await scripted((wire) => (socket) => {
      if (wire.method !== 'GET' && ++writes > 7) return socket.destroy()
      const body = wire.body === '' ? {} : { body: wire.body }
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
      fetch(base + wire.target, { method: wire.method, headers, ...body }).then(async (response) =>
        socket.end(raw(response.status, await response.text(), { ETag: response.headers.get('etag') ?? '""' })),
      )
    })
    const names = {
      LOCKSTEP_REMOTE_DYING_URL: dying.url,
      LOCKSTEP_REMOTE_ALIVE_URL: base,
      LOCKSTEP_REMOTE_ALIVE_TOKEN: token,
    }
    const broken = await lockstep(['copy', 'local:acme', 'dying', '--database', database, '--json'], names)
    expect(broken.code).toBe(1)
    const first = lines(broken.stdout).at(-1)
    expect(first).toMatchObject({ created: 7, updated: 0 })
    expect(first.failed).toBeGreaterThan(0)
    const again = lines(
      (await lockstep(['copy', 'local:acme', 'alive', '--database', database, '--json'], names)).stdout,
    )
    expect(again.at(-1)).toMatchObject({ created: 7, failed: 0 })
    const same = await lockstep(['diff', 'local:acme', 'alive', '--database', database, '--exit-code'], names)
    expect(same.code).toBe(0)
    await dying.close()
    remove()
  })

  test('ignored attributes are neither compared nor copied, except required ones', async () => {
    const { database, remove } = await local(2)
    await remote('ignoring')
    const places = ['local:acme', 'ignoring', '--database', database, '--ignore', `displayName,userName,emails,${ENT}`]
    expect(lines((await lockstep(['copy', ...places, '--json'])).stdout).at(-1)).toMatchObject({
      created: 4,
      failed: 0,
    })
    const [user] = (await json('query', 'User', '--remote', 'ignoring', '--filter', 'userName eq "user1"')).Resources
    expect(Object.keys(user).sort()).toEqual(['active', 'groups', 'id', 'meta', 'schemas', 'userName'])
    expect((await lockstep(['diff', ...places, '--exit-code'])).code).toBe(0)
    const ignored = ['--database', database, '--ignore', 'members', '--type', 'Group', '--json']
    const copied = await lockstep(['copy', 'local:acme', 'ignoring', ...ignored])
    expect(lines(copied.stdout).at(-1)).toMatchObject({ created: 0, updated: 0, left: 0 })
    remove()
  })

  test("what the app can't do is reported, and the rest is done", async () => {
    const { database, remove } = await local(3)
    const { base, token } = await server.connection('strict')
    const add = ['remote', 'add', 'gitlab', base, '--token-stdin', '--app', 'gitlab', '--no-check']
    expect((await lockstep(add, {}, token)).code).toBe(0)
    const places = ['local:acme', 'gitlab', '--database', database, '--type', 'User', '--json']
    const dry = lines((await lockstep(['copy', ...places, '--dry-run'])).stdout).at(-1)
    const told = lines((await lockstep(['copy', ...places])).stdout)
    expect(told.at(-1)).toEqual({ ...dry, dryRun: false })
    expect(told.at(-1)).toMatchObject({ created: 3, updated: 0, left: 2 })
    expect(told.find(({ left }) => left !== undefined)).toMatchObject({
      type: 'User',
      key: 'user1',
      left: [expect.stringContaining('gitlab takes no change of')],
    })
    remove()
  })

  test.each<[readonly string[], RegExp]>([
    [['diff', 'target', 'target'], /same target/],
    [['diff', 'local:nobody', 'target'], /no database|no tenant/],
    [['diff', 'nowhere', 'target'], /no remote "nowhere"/],
    [['diff', 'target', 'work', '--type', 'Grup'], /did you mean Group/],
  ])('%j makes no sense', async (args, words) => {
    const ran = await lockstep(args)
    expect(ran.stderr).toMatch(words)
    expect(ran.code).not.toBe(0)
  })
})

describe('completion', SLOW, () => {
  const complete = async (...words: string[]) =>
    (await lockstep(['complete', '--', ...words])).stdout.split('\n').filter((line) => line !== '')

  test("knows commands, options, remotes, and the server's own types and attributes", async () => {
    await remote('known')
    expect(await complete('que')).toEqual(['query'])
    expect(await complete('remote', '')).toEqual(['add', 'list', 'show', 'remove'])
    expect(await complete('remote', 'show', 'kn')).toEqual(['known'])
    expect(await complete('query', '--rem')).toEqual(['--remote'])
    expect(await complete('check', 'https://x.example', '--for', 'okta,en')).toEqual(['okta,entra'])
    expect(await complete('check', 'https://x.example', '--only', 'patch-r')).toEqual(['patch-replace', 'patch-remove'])
    expect(await complete('query', 'User', '--remote', 'kno')).toEqual(['known'])
    expect(await complete('query', '--remote', 'known', '')).toEqual(['User', 'Group'])
    expect(await complete('query', 'User', '--remote', 'known', '--sort-by', 'userN')).toEqual(['userName'])
    expect(await complete('query', 'User', '--remote', 'known', '--attributes', 'title,name.g')).toEqual([
      'title,name.givenName',
    ])
    expect(await complete('query', 'User', '--remote', 'known', '--sort-by', `${ENT}:dep`)).toEqual([
      `${ENT}:department`,
    ])
    expect(await complete('patch', 'Group', 'x', '--remote', 'known', 'remove memb')).toContain('remove members')
    expect(await complete('diff', 'known', 'loc')).toEqual(['local:'])
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(await complete('query', 'User', '--remote', 'gone', '--sort-by', '')).toEqual([])
    expect(existsSync(dir.path('cache/lockstep/types-known.json'))).toBe(true)
  })

  test('the script for bash completes in a real bash', async () => {
    await remote('shell')
    const script = (await lockstep(['completion', 'bash'])).stdout
    const trial = (words: readonly string[]) => `
${script}
lockstep() { "${process.execPath}" "${MAIN}" "$@"; }
compopt() { :; }
COMP_WORDS=(lockstep ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_lockstep
printf '%s\\n' "\${COMPREPLY[@]}"`
    const bash = (words: readonly string[]) =>
      execFileSync('bash', ['-c', trial(words)], {
        // A top-level shell on a pipe assumes that it is a remote one, and reads settings.
        env: { PATH: process.env.PATH ?? '', SHLVL: '2', ...env },
        encoding: 'utf8',
      }).trim()
    expect(bash(['query', 'User', '--remote', 'shell', '--sort-by', 'userN'])).toBe('userName')
    expect(bash(['query', 'User', '--remote', 'shell', '--sort-by', `${ENT}:departm`])).toBe('department')
  })

  test('an unknown shell is refused', async () => {
    const ran = await lockstep(['completion', 'tcsh'])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(/bash, zsh, fish/)])
  })
})
