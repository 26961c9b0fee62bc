// Commands for apps: secrets that no process list, output or log shows, and what each command does.

import { writeFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { environment } from '../../src/environment.ts'
import { makeSealKey } from '../../src/tenancy/index.ts'
import { emptyPlace } from '../database-under-test.ts'
import { folder, run } from './run.ts'

const SECRET = 'canary-9c21'
const made: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of made.splice(0)) await undo()
})

async function fresh() {
  const place = await emptyPlace()
  const dir = folder()
  made.push(place.remove, dir.remove)
  // Where there is no file beside the database, the key that seals secrets has to be given.
  const env = { LOCKSTEP_SEAL_KEY_FILE: dir.path('seal.key') }
  writeFileSync(dir.path('seal.key'), makeSealKey(environment), { mode: 0o600 })
  const lockstep = (args: readonly string[], input = '') => run([...args, '--database', place.database], env, input)
  const json = async (args: readonly string[], input = '') => {
    const { code, stdout, stderr } = await lockstep([...args, '--json'], input)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).not.toContain(SECRET)
    return JSON.parse(stdout)
  }
  await json(['tenant', 'create', 'acme'])
  return { place, dir, lockstep, json }
}

const ADD = ['app', 'add', 'wiki', '--tenant', 'acme', '--url', 'https://wiki.example/scim']

describe('a secret', () => {
  test('comes from standard input or a file, is sealed, and is in no output and not in the database', async () => {
    const { place, dir, json } = await fresh()
    const app = await json([...ADD, '--token-stdin', '--secret-expires', '2020-01-01'], `${SECRET}\n`)
    expect(app.credentials).toEqual({ kind: 'bearer', secret: 'sealed', expiresAt: '2020-01-01', expiry: 'expired' })
    writeFileSync(dir.path('password'), SECRET)
    const changed = await json([
      ...['app', 'change', 'wiki', '--tenant', 'acme', '--basic', 'scim'],
      ...['--secret-file', dir.path('password')],
    ])
    expect(changed.credentials).toEqual({ kind: 'basic', public: { user: 'scim' }, secret: 'sealed' })
    expect(await place.dump()).not.toContain(SECRET)
  })

  test.each([
    [['--token-env', 'A', '--basic', 'b', '--secret-env', 'C'], /only one of --token-…, --basic/],
    [['--secret-env', 'A'], /--secret-… needs --basic/],
    [['--oauth', 'https://a.example', '--secret-env', 'A'], /--oauth needs --client-id/],
    [['--token-env', SECRET], /the name of an environment variable, not the secret itself/],
    [['--token-env', 'LOCKSTEP_SEAL_KEY'], /settings of the server/],
    [['--token-stdin'], /Standard input is empty/],
  ])('%j is refused', async (options, message) => {
    const { lockstep } = await fresh()
    const { code, stderr } = await lockstep([...ADD, ...options])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain(SECRET)
  })
})

test('an app goes from off to on, paused, and away; lists and facts show it', async () => {
  const { json, lockstep } = await fresh()
  const tenant = ['--tenant', 'acme']
  await json([...ADD, '--token-env', 'WIKI_TOKEN', '--users', 'active eq true', '--label', 'Our wiki'])
  const list = await lockstep(['app', 'list', ...tenant])
  expect(list.stdout).toMatch(/^wiki +Our wiki +scim +off +review/m)
  const shown = await lockstep(['app', 'show', 'wiki', ...tenant])
  expect(shown.stdout).toMatch(/People +filter active eq true/)
  expect(shown.stdout).toMatch(/Credentials +bearer, from \$WIKI_TOKEN of the server/)
  const refused = await lockstep(['app', 'switch-on', 'wiki', ...tenant])
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('plan wiki --tenant acme')])
  expect(await json(['app', 'switch-on', 'wiki', ...tenant, '--yes'])).toMatchObject({ mode: 'on' })
  expect(await json(['app', 'pause', 'wiki', ...tenant])).toMatchObject({ mode: 'paused' })
  expect(await json(['app', 'resume', 'wiki', ...tenant])).toMatchObject({ mode: 'on' })
  expect(await json(['app', 'held', 'wiki', ...tenant])).toEqual([])
  const nothing = await lockstep(['app', 'change', 'wiki', ...tenant])
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining('Nothing was given to change')])
  const asked = await lockstep(['app', 'remove', 'wiki', ...tenant])
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')])
  expect(await json(['app', 'remove', 'wiki', ...tenant, '--yes'])).toMatchObject({ removed: true })
  expect(await json(['app', 'list', ...tenant])).toEqual([])
})

test('configuration files are applied by the command, shown first, and exported', async () => {
  const { dir, json, lockstep } = await fresh()
  writeFileSync(
    dir.path('acme.yaml'),
    'tenant: acme\napps:\n  wiki:\n    options: { url: https://wiki.example/scim }\n    credentials: { kind: bearer, env: WIKI_TOKEN }\n',
  )
  const check = await lockstep(['apply', dir.path('acme.yaml'), '--check'])
  expect([check.code, check.stdout]).toEqual([1, expect.stringContaining('+ acme: app wiki')])
  const unasked = await lockstep(['apply', dir.path('acme.yaml')])
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('pass --yes')])
  expect(await json(['apply', dir.path('acme.yaml'), '--yes'])).toMatchObject({ applied: 1 })
  await json(['config', 'export', dir.path('out')])
  expect(await json(['apply', dir.path('out'), '--check'])).toMatchObject({ differences: [] })
  const again = await lockstep(['config', 'export', dir.path('out')])
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('already exists')])
  writeFileSync(dir.path('acme.yaml'), 'tenant: acme\napps:\n  wiki:\n    opitons: {}\n')
  const wrong = await lockstep(['apply', dir.path('acme.yaml'), '--check'])
  expect(wrong.stderr).toMatch(/acme\.yaml:4: opitons: There is no such field; did you mean options\?/)
})
