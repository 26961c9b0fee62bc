// Commands that create tenants and connections, and their rights and allowances.

import type { Command } from 'commander'
import { afterEach, expect, test } from 'vitest'
import { COMMANDS, GROUPS } from '../../src/cli/commands.ts'
import { createProgram } from '../../src/cli/program.ts'
import { commandName } from '../../src/server/index.ts'
import { SETTINGS } from '../../src/site/index.ts'
import { emptyPlace, runsHere } from '../database-under-test.ts'
import { folder, run } from './run.ts'

const made: { remove: () => unknown }[] = []
afterEach(async () => {
  for (const one of made.splice(0)) await one.remove()
})

async function fresh() {
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
  return { dir, place, database, lockstep, json }
}

test('tenant create prints tenant, base URL, connection and token, and nothing else', async () => {
  const { lockstep } = await fresh()
  const { code, stdout, stderr } = await lockstep('tenant', 'create', 'acme', '--json')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const printed = JSON.parse(stdout)
  expect(Object.keys(printed)).toEqual(['tenant', 'baseUrl', 'connection', 'token'])
  expect(printed).toEqual({
    tenant: 'acme',
    baseUrl: 'http://127.0.0.1:8080/tenants/acme/scim/v2',
    connection: expect.stringMatching(/^generic-/),
    token: expect.stringMatching(/^lk_acme_[A-Za-z0-9_-]{43}$/),
  })
})

test('connection create prints the same keys', async () => {
  const { json } = await fresh()
  await json('tenant', 'create', 'acme')
  const printed = await json('connection', 'create', 'acme', '--kind', 'entra')
  expect(Object.keys(printed)).toEqual(['tenant', 'baseUrl', 'connection', 'token'])
  expect(printed.connection).toMatch(/^entra-/)
})

test('a connection for a user who does not exist is refused', async () => {
  const { json, lockstep } = await fresh()
  await json('tenant', 'create', 'acme')
  const { code, stderr } = await lockstep('connection', 'create', 'acme', '--subject', 'ada')
  expect([code, stderr]).toEqual([1, expect.stringMatching(/There is no user with the id "ada"/)])
  expect(await json('connection', 'list', 'acme')).toHaveLength(1)
})

test('a right for an unknown resource type is refused with a suggestion, and nothing is left behind', async () => {
  const { json, lockstep } = await fresh()
  const tenant = await lockstep('tenant', 'create', 'acme', '--rights', 'read:usr')
  expect([tenant.code, tenant.stderr]).toEqual([1, expect.stringContaining('did you mean users?')])
  expect(await json('tenant', 'list')).toEqual([])
  await json('tenant', 'create', 'acme', '--rights', 'read:User,write:groups')
  const { code, stderr } = await lockstep('connection', 'create', 'acme', '--rights', 'write:grops')
  expect([code, stderr]).toEqual([1, expect.stringContaining('did you mean groups?')])
  expect(await json('connection', 'list', 'acme')).toMatchObject([{ rights: 'read:users,write:groups' }])
})

test('single allowances override the kind, and are shown', async () => {
  const { json, lockstep } = await fresh()
  await json('tenant', 'create', 'acme')
  await json(
    'connection',
    'create',
    'acme',
    '--kind',
    'okta',
    '--allow',
    'uniqueGroupNames',
    '--forbid',
    'anyForm,mendLists',
  )
  expect(await json('connection', 'list', 'acme')).toMatchObject([
    { kind: 'generic' },
    { kind: 'okta', allow: ['uniqueGroupNames'], forbid: ['anyForm', 'mendLists'] },
  ])
  const shown = await lockstep('connection', 'list', 'acme')
  expect(shown.stdout).toContain('okta +uniqueGroupNames -anyForm -mendLists')
  for (const [option, words] of [
    ['uniqueGroupName', 'did you mean uniqueGroupNames?'],
    ['constructor', 'There is no allowance "constructor"'],
  ] as const) {
    const { code, stderr } = await lockstep('connection', 'create', 'acme', '--allow', option)
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)])
  }
  const both = await lockstep('connection', 'create', 'acme', '--allow', 'anyForm', '--forbid', 'anyForm')
  expect([both.code, both.stderr]).toEqual([1, expect.stringContaining('both allowed and forbidden')])
})

test('indexes are declared, listed and removed', async () => {
  const { json, lockstep } = await fresh()
  await json('tenant', 'create', 'acme')
  const own = async () => (await json('index', 'list', '--tenant', 'acme')).filter((one: { own: boolean }) => one.own)
  const put = await json('index', 'put', 'User', 'TITLE', 'name.familyName', '--tenant', 'acme')
  const wanted = ['name.familyName', 'title'].map((path) => ({ type: 'User', path, own: true, ready: true }))
  expect(put).toEqual(wanted)
  expect(await own()).toEqual(wanted)
  const shown = await lockstep('index', 'list', '--tenant', 'acme')
  expect(shown.stdout).toMatch(/^TYPE +ATTRIBUTE +OWN +READY\n/)
  expect(shown.stdout).toMatch(/^User +title +yes +yes$/m)
  expect(shown.stdout).toMatch(/^User +userName +yes$/m)
  const again = await lockstep('index', 'put', 'User', 'title', '--tenant', 'acme')
  expect([again.code, again.stdout]).toEqual([0, 'title of User: indexed and ready.\n'])
  const refused = await lockstep('index', 'put', 'User', 'name', '--tenant', 'acme')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('name a part of it: name.formatted')])
  expect((await lockstep('index', 'put', 'User', '--tenant', 'acme')).code).toBe(2)
  const gone = await json('index', 'delete', 'User', 'title', '--tenant', 'acme')
  expect(gone).toEqual({ tenant: 'acme', type: 'User', paths: ['title'], deleted: true })
  expect(await own()).toEqual(wanted.slice(0, 1))
})

test('base URLs are made from the public URL', async () => {
  const { json } = await fresh()
  const printed = await json('tenant', 'create', 'acme', '--public-url', 'https://scim.example.com/')
  expect(printed.baseUrl).toBe('https://scim.example.com/tenants/acme/scim/v2')
})

test('a connection is listed, rotated and revoked', async () => {
  const { json, lockstep } = await fresh()
  await json('tenant', 'create', 'acme')
  const { connection } = await json(
    'connection',
    'create',
    'acme',
    '--kind',
    'okta',
    '--profile',
    'strict',
    '--label',
    'Okta',
    '--rights',
    'read:users',
    '--expires',
    '90d',
  )
  const listed = (await json('connection', 'list', 'acme')).find(
    (one: { connection: string }) => one.connection === connection,
  )
  expect(listed).toMatchObject({ label: 'Okta', kind: 'okta', profile: 'strict', rights: 'read:users' })
  const lifetime = Date.parse(listed.tokens[0].expires) - Date.parse(listed.tokens[0].created)
  expect(lifetime).toBe(90 * 86_400_000)

  await json('connection', 'create', 'acme', '--label', 'Short', '--expires', '20d')
  const shown = (await lockstep('connection', 'list', 'acme')).stdout.split('\n')
  expect(shown.find((line) => line.includes('Short'))).toMatch(/ UTC, in 19 days\b/)
  expect(shown.find((line) => line.includes('Okta'))).not.toContain(' days')
  await json('connection', 'revoke', 'acme', shown.find((line) => line.includes('Short'))?.split(' ')[0] ?? '')

  await json('connection', 'rotate', 'acme', connection)
  const third = await lockstep('connection', 'rotate', 'acme', connection)
  expect(third.code).toBe(1)
  expect(third.stderr).toMatch(/two|2 live tokens/)
  await json('connection', 'revoke', 'acme', connection, '--token', listed.tokens[0].id)
  await json('connection', 'rotate', 'acme', connection)
  await json('connection', 'revoke', 'acme', connection)
  expect(await json('connection', 'list', 'acme')).toHaveLength(1)
})

test('tenants are listed, shown and deleted', async () => {
  const { json } = await fresh()
  await json('tenant', 'create', 'acme')
  await json('tenant', 'create', 'beta')
  expect((await json('tenant', 'list')).map((one: { tenant: string }) => one.tenant)).toEqual(['acme', 'beta'])
  expect(await json('tenant', 'show', 'beta')).toMatchObject({
    tenant: 'beta',
    log: 2,
    connections: [expect.any(String)],
  })
  await json('tenant', 'delete', 'acme', '--yes')
  expect((await json('tenant', 'list')).map((one: { tenant: string }) => one.tenant)).toEqual(['beta'])
})

test.each([
  [['tenant', 'delete', 'acme'], 'a script'],
  [['tenant', 'delete', 'acme', '--json'], 'a program'],
  [['delete', 'User', '2819c223', '--tenant', 'acme'], 'a script, one resource'],
  [['delete', 'User', '2819c223', '--tenant', 'acme', '--json'], 'a program, one resource'],
] as const)('%j deletes nothing without a terminal to confirm on (%s)', async (args, _case) => {
  const { json, lockstep } = await fresh()
  await json('tenant', 'create', 'acme')
  const { code, stderr } = await lockstep(...args)
  expect([code, stderr]).toEqual([2, expect.stringMatching(/Nothing was deleted: .*pass --yes/)])
  expect(await json('tenant', 'list')).toHaveLength(1)
})

test('an admin token is made, listed and revoked', async () => {
  const { json } = await fresh()
  const { id, token, url } = await json('admin', 'token', '--label', 'console')
  expect(token).toMatch(/^lka_/)
  expect(url).toBe('http://127.0.0.1:8080/admin/v1')
  expect(await json('admin', 'token', '--list')).toMatchObject([{ id, label: 'console', role: 'owner' }])
  const limited = await json('admin', 'token', '--role', 'auditor', '--tenants', 'acme, beta')
  expect(await json('admin', 'token', '--list')).toContainEqual(
    expect.objectContaining({ id: limited.id, role: 'auditor', tenants: ['acme', 'beta'] }),
  )
  await json('admin', 'token', '--revoke', limited.id)
  await json('admin', 'token', '--revoke', id)
  expect(await json('admin', 'token', '--list')).toEqual([])
})

test('no database holds a token in clear', async () => {
  const { json, place } = await fresh()
  const { token } = await json('tenant', 'create', 'acme')
  expect(await place.dump()).toContain('acme')
  expect(await place.dump()).not.toContain(token.slice(8))
})

test.runIf(runsHere('a command that only reads does not create a missing database'))(
  'a command that only reads does not create a missing database',
  async () => {
    const { lockstep } = await fresh()
    const { code, stderr } = await lockstep('tenant', 'list')
    expect(stderr).toMatch(/There is no database .*test.db; start the server once/)
    expect(code).toBe(2)
  },
)

test.each([
  [['tenant', 'create', 'Acme'], 1, /"Acme" can't name a tenant/],
  [['tenant', 'create', 'default'], 1, /made by the first start/],
  [['tenant', 'create'], 2, /Missing required argument 'name'\nUsage: .*tenant create \[options\] <name>\n/],
  [['tenant', 'rename', 'acme'], 2, /Unknown command 'rename'/],
  [['frobnicate'], 2, /Unknown command 'frobnicate'/],
  [['tenant', 'create', 'acme', '--colour', 'red'], 2, /Unknown option '--colour'/],
  [['tenant', 'create', 'acme', '--kind', 'novell'], 1, /"novell" is not a kind/],
  [['tenant', 'create', 'acme', '--rights', 'fly'], 2, /"fly" is not a right/],
  [['tenant', 'create', 'acme', '--subject', 'ada'], 2, /Unknown option '--subject'/],
  [['tenant', 'create', 'acme', '--expires', 'soon'], 2, /--expires must be a duration like 90d/],
] as const)('%j exits with %i and one line', async (args, code, message) => {
  const { lockstep } = await fresh()
  const ran = await lockstep(...args)
  expect(ran.stderr).toMatch(message)
  expect(ran.stderr).not.toMatch(/\n {4}at /)
  expect(ran.code).toBe(code)
})

test('errors are JSON with --json', async () => {
  const { lockstep } = await fresh()
  const { stderr, code } = await lockstep('tenant', 'create', 'Acme', '--json')
  expect(JSON.parse(stderr)).toEqual({ error: { code: 'ERR_INVALID', message: expect.stringContaining('Acme') } })
  expect(code).toBe(1)
})

test('every command has --json and help with an example', () => {
  for (const { name } of COMMANDS) {
    let command = createProgram()
    for (const word of name.split(' ')) {
      const next = command.commands.find((one) => one.name() === word)
      if (next === undefined) throw new Error(`there is no command ${name}`)
      command = next
    }
    expect(helpOf(command), name).toContain('--json')
    expect(helpOf(command), name).toContain(`Example:\n  $ ${commandName()} ${name}`)
  }
})

test.each(Object.keys(GROUPS))('the help of %s has an example and mentions --json', (name) => {
  const command = createProgram().commands.find((one) => one.name() === name)
  if (command === undefined) throw new Error(`there is no command ${name}`)
  expect(helpOf(command)).toMatch(new RegExp(`--json[\\s\\S]*Example:\n {2}\\$ ${commandName()} ${name} \\w`))
})

function helpOf(command: Command): string {
  let help = ''
  command.configureOutput({
    writeOut: (text) => {
      help += text
    },
  })
  command.outputHelp()
  return help
}

test('a tenant whose creation fails is not left behind', async () => {
  const { json, lockstep } = await fresh()
  await json('tenant', 'create', 'acme')
  expect((await lockstep('tenant', 'create', 'beta', '--kind', 'novell')).code).toBe(1)
  expect(await json('tenant', 'list')).toHaveLength(1)
})

test('serve has an option for every setting', () => {
  const { options = [] } = COMMANDS.find(({ name }) => name === 'serve') ?? {}
  const flags = options.map(([flag]) => flag.split(' ')[0])
  // `--no-hub` is the short way to say `--hub off`.
  const short = ['--no-hub', '--no-console']
  expect(flags.toSorted()).toEqual([...Object.values(SETTINGS).map(({ flag }) => flag), ...short].toSorted())
})
