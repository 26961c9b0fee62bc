// `lockstep app probe` against a fake app and Lockstep itself.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFakeApp, FAKE_PROFILES, type FakeApp, type ListeningApp, listen } from '../../src/testing/index.ts'
import { folder, run } from './run.ts'

let app: FakeApp
let at: ListeningApp
beforeAll(async () => {
  app = createFakeApp({ profile: { ...FAKE_PROFILES['entra-era'], rates: [] }, token: 'let-me-in' })
  at = await listen(app)
})
afterAll(() => at.close())

const probe = (args: readonly string[], token = 'let-me-in') =>
  run(['app', 'probe', '--url', at.base, '--token-env', 'WIKI_TOKEN', '--outbound-allow', '127.0.0.0/8', ...args], {
    WIKI_TOKEN: token,
  })

test('a server at a URL: what is seen, beside what is configured, and a profile that can be used', async () => {
  const { code, stdout, stderr } = await probe(['--yes'])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/types\.User\.opCase +title +lower +PATCH with "Replace"/)
  expect(stdout).toMatch(/off\.disable +active +the same/)
  expect(app.state()).toEqual([])

  const { stdout: json } = await probe(['--yes', '--json'])
  const { proposed } = JSON.parse(json) as { proposed: object }
  expect(proposed).toMatchObject({ base: 'rfc', types: { User: { opCase: 'title' } } })
  const again = await probe(['--yes', '--profile', JSON.stringify(proposed)])
  expect(again.stdout).toContain('The profile says what was seen.')
})

test('an app of a tenant, by its name; it asks first', async () => {
  const { path, remove } = folder()
  try {
    const database = ['--database', `sqlite:${path('lockstep.db')}`]
    const env = { WIKI_TOKEN: 'let-me-in' }
    expect((await run(['tenant', 'create', 'acme', ...database], env)).stderr).toBe('')
    const add = ['app', 'add', 'wiki', '--url', at.base, '--profile', 'entra-era', '--token-env', 'WIKI_TOKEN']
    expect((await run([...add, '--tenant', 'acme', ...database], env)).stderr).toBe('')
    const own = ['app', 'probe', 'wiki', '--tenant', 'acme', '--outbound-allow', '127.0.0.0/8', ...database]
    app.clearTrace()
    const asked = await run(own, env)
    expect(asked.code).not.toBe(0)
    expect(asked.stderr).toContain('pass --yes to confirm')
    expect(app.trace()).toEqual([])
    const { code, stdout } = await run([...own, '--yes'], env)
    expect(code).toBe(0)
    expect(stdout).toContain('The profile says what was seen.')
    expect((await run([...own, '--clean'], env)).stdout).toContain('No probe has left anything')
  } finally {
    remove()
  }
})

test('what makes no sense', async () => {
  expect((await run(['app', 'probe'])).stderr).toContain('Name an app of the tenant, or give the --url of a server')
  expect((await probe(['--yes', '--profile', 'entraera'])).stderr).toContain('did you mean entra-era?')
  const wrong = await probe(['--yes'], 'wrong-token')
  expect(wrong.stderr).toContain('401')
  expect(wrong.stdout + wrong.stderr).not.toContain('wrong-token')
  const inner = await run(['app', 'probe', '--url', at.base, '--yes'])
  expect(inner.stderr).toContain('is an address; the URL must have a name')
  expect(inner.code).not.toBe(0)
})
