// Commands that write files: locks, permissions and full disks.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyPlace, runsHere } from '../database-under-test.ts'
import { folder, MAIN, run } from './run.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
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
  await lockstep('tenant', 'create', 'acme')
  return { dir, database, lockstep }
}

/** The lock file of a process. */
const claimOf = (pid: number, host = hostname()) => JSON.stringify({ host, pid, mark: 'b7f3c1e0-aaaa' })

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.once('exit', resolve))
  return child.pid ?? 0
}

const COMMANDS = [
  ['export', (file: string) => ['export', file, '--tenant', 'acme']],
  ['tenant export', (file: string) => ['tenant', 'export', 'acme', file]],
  ...(runsHere('a backup is a complete database') ? [['backup', (file: string) => ['backup', file]] as const] : []),
] as const

describe.each(COMMANDS)('%s', (_name, args) => {
  test('is refused while another process writes the file, which stays unchanged', async () => {
    const { dir, lockstep } = await fresh()
    const file = dir.path('out')
    writeFileSync(`${file}.lock`, claimOf(process.pid))
    const { code, stderr } = await lockstep(...args(file))
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`${file} is in use by process ${process.pid} on ${hostname()}; wait until it is done`),
    ])
    expect(readdirSync(dir.path('.'))).toEqual(['out.lock'])
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(claimOf(process.pid))
  })

  test('takes over from a process that has died, and leaves only the file, readable by its owner', async () => {
    const { dir, lockstep } = await fresh()
    const file = dir.path('out')
    writeFileSync(`${file}.lock`, claimOf(await deadPid()))
    writeFileSync(`${file}.4711.partial`, 'left by a backup that was killed')
    const { code, stderr } = await lockstep(...args(file))
    expect([code, stderr]).toEqual([0, ''])
    expect(readdirSync(dir.path('.')).filter((name) => !name.endsWith('.partial'))).toEqual(['out'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('never takes over from another machine', async () => {
    const { dir, lockstep } = await fresh()
    const file = dir.path('out')
    writeFileSync(`${file}.lock`, claimOf(1, 'elsewhere'))
    const { code, stderr } = await lockstep(...args(file))
    expect([code, stderr]).toEqual([2, expect.stringContaining('is in use by process 1 on elsewhere')])
  })

  test('reports a missing folder in words', async () => {
    const { dir, lockstep } = await fresh()
    const { code, stderr } = await lockstep(...args(dir.path('none/out')))
    expect([code, stderr]).toEqual([2, expect.stringMatching(/can't be written: the folder .*none does not exist\n$/)])
  })
})

test('of four concurrent exports, one writes a complete file and three are refused', async () => {
  const { dir, database, lockstep } = await fresh()
  const file = dir.path('acme.tenant')
  const people = Array.from({ length: 500 }, (_, at) => JSON.stringify({ schemas: [USER], userName: `u${at}` }))
  writeFileSync(dir.path('people.jsonl'), people.join('\n'))
  await lockstep('import', dir.path('people.jsonl'), '--tenant', 'acme')
  const all = await Promise.all([1, 2, 3, 4].map(() => lockstep('tenant', 'export', 'acme', file)))
  // One that starts after it is done finds the file.
  for (const { code, stderr } of all) {
    if (code !== 0) expect([code, stderr]).toEqual([2, expect.stringMatching(/is in use by|already exists/)])
  }
  expect(all.filter(({ code }) => code === 0)).toHaveLength(1)
  const back = await run(['tenant', 'import', file, '--as', 'beta', '--database', database])
  expect([back.code, back.stderr]).toEqual([0, ''])
})

test('an export to a full disk ends with one line', async () => {
  const { dir, lockstep } = await fresh()
  writeFileSync(dir.path('one.jsonl'), JSON.stringify({ schemas: [USER], userName: 'ada' }))
  await lockstep('import', dir.path('one.jsonl'), '--tenant', 'acme')
  const { code, stderr } = await lockstep('export', '/dev/full', '--tenant', 'acme')
  expect([code, stderr]).toEqual([2, "lockstep: /dev/full can't be written: the disk is full\n"])
})

test.each([
  ['export', '--tenant', 'acme'],
  ['query', 'User', '--tenant', 'acme'],
  ['query', 'User', '--tenant', 'acme', '--json'],
  ['log', '--tenant', 'acme', '--json'],
  ['tenant', 'list'],
])('%s %s to a full disk through standard output ends with one line, too', async (...args) => {
  const { dir, database, lockstep } = await fresh()
  const people = Array.from({ length: 30 }, (_, at) => JSON.stringify({ schemas: [USER], userName: `u${at}` }))
  writeFileSync(dir.path('people.jsonl'), people.join('\n'))
  await lockstep('import', dir.path('people.jsonl'), '--tenant', 'acme')
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [MAIN, ...args, '--database', database], {
    stdio: ['ignore', full, 'pipe'],
    env: { PATH: process.env.PATH ?? '' },
  })
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  closeSync(full)
  const why = "Standard output can't be written: the disk is full"
  expect(code).toBe(2)
  expect(stderr.trimEnd().split('\n')).toEqual([
    args.includes('--json') ? expect.stringContaining(why) : `lockstep: ${why}`,
  ])
})

/** Runs a command with files limited to 100 KB. */
async function cramped(...args: readonly string[]) {
  const child = spawn('/bin/sh', ['-c', 'ulimit -f 200; exec "$@"', 'sh', process.execPath, MAIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '' },
  })
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return [code, stderr]
}

const linesOf = (name: string) =>
  Array.from({ length: 300 }, (_, at) =>
    JSON.stringify({ schemas: [USER], [name]: `u${at}`, title: 'x'.repeat(1_000) }),
  ).join('\n')

test("an import that can't write its file of rejected lines names the file", async () => {
  const { dir, database } = await fresh()
  const file = dir.path('people.jsonl')
  writeFileSync(file, linesOf('userNam'))
  expect(await cramped('import', file, '--tenant', 'acme', '--database', database)).toEqual([
    2,
    expect.stringContaining(`${file}.rejected can't be written: it would be larger than the file system allows\n`),
  ])
})

test.runIf(runsHere('a backup is a complete database'))(
  'a backup that does not fit names its file, not only what the disk did',
  async () => {
    const { dir, database, lockstep } = await fresh()
    writeFileSync(dir.path('people.jsonl'), linesOf('userName'))
    await lockstep('import', dir.path('people.jsonl'), '--tenant', 'acme')
    const file = dir.path('copy.db')
    const [code, stderr] = await cramped('backup', file, '--database', database)
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^lockstep: .*copy\.db can't be written: the disk /)])
  },
)

test.each(['import', 'schema put', 'type put', 'tenant import'])(
  '%s of a folder, or of nothing, says so',
  async (words) => {
    const { dir, lockstep } = await fresh()
    mkdirSync(dir.path('folder'))
    for (const [name, why] of [
      ['folder', /is a folder/],
      ['none', /there is no such file or folder/],
    ] as const) {
      const { code, stderr } = await lockstep(...words.split(' '), dir.path(name))
      expect([code, stderr]).toEqual([2, expect.stringMatching(why)])
      expect(stderr).not.toMatch(/E[A-Z]{4,}|\n {4}at /)
    }
    expect(existsSync(dir.path('folder.place'))).toBe(false)
  },
)

test('import refuses input that can be read only once', async () => {
  const { lockstep } = await fresh()
  for (const [file, why] of [
    ['-', /which standard input does not allow; save it to a file/],
    ['/dev/null', /which \/dev\/null does not allow/],
  ] as const) {
    const { code, stderr } = await lockstep('import', file)
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)])
  }
})

test.each([
  ['sqlite:/proc/x/y.db', /can't be opened: there is no such file or folder/],
  ['sqlite:/tmp', /\/tmp is a folder; name a file in it/],
  [`sqlite:${MAIN}`, /can't be opened: it is not a SQLite database/],
  [
    'postgres://someone:secret@127.0.0.1:1/x',
    /The database postgres:\/\/someone@127\.0\.0\.1:1\/x can't be opened: nothing listens there/,
  ],
  [
    'postgres://someone:secret@127.0.0.1:1/x?sslrootcert=/nope.pem',
    /can't be opened: sslrootcert \/nope\.pem: there is no such file or folder/,
  ],
])('a database that can’t be opened is reported with its option: %s', async (database, why) => {
  const { code, stderr } = await run(['tenant', 'create', 'acme', '--database', database])
  expect([code, stderr]).toEqual([2, expect.stringMatching(why)])
  expect(stderr).toMatch(/^lockstep: --database: /)
  expect(stderr).not.toContain('secret')
})

test('credentials in a public URL are refused, and not repeated', async () => {
  const { code, stderr } = await run(['serve', '--public-url', 'https://ada:s3cret@scim.example.com'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('without user name, password')])
  expect(stderr).not.toMatch(/s3cret|ada/)
})

test('of remotes added concurrently none is lost: each is saved or refused', async () => {
  const { dir } = await fresh()
  const env = { XDG_CONFIG_HOME: dir.path('config') }
  const names = ['a', 'b', 'c', 'd']
  const add = (name: string) => run(['remote', 'add', name, 'http://127.0.0.1:1/scim', '--no-check'], env)
  const all = await Promise.all(names.map(add))
  const kept = names.filter((_name, at) => all[at]?.code === 0)
  for (const { code, stderr } of all)
    if (code !== 0) expect([code, stderr]).toEqual([2, expect.stringContaining('is in use by')])
  const { stdout } = await run(['remote', 'list', '--json'], env)
  expect(JSON.parse(stdout).map(({ remote }: { remote: string }) => remote)).toEqual(kept)
})

test('a cancelled question has no answer', async () => {
  const ask = JSON.stringify(new URL('../../src/cli/terminal/ask.ts', import.meta.url).href)
  const script = `import(${ask}).then(({ ask }) => ask('sure?')).then((answer) => process.stdout.write(String(answer)))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  child.stdin.end()
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  expect(said).toBe('undefined')
})
