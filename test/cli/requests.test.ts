// Tests the commands that show recorded requests, on the file that a server has written.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { onPostgres } from '../database-under-test.ts'
import { type Serving, serve } from '../serve.ts'
import { MAIN } from './run.ts'

vi.setConfig({ testTimeout: 90_000 })

let server: Serving
let made: Awaited<ReturnType<Serving['connection']>>
let refused = ''

function lockstep(...words: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words, '--database', server.database], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, text: stdout + stderr })
    })
  })
}

beforeAll(async () => {
  server = await serve()
  made = await server.connection('entra')
  for (const path of ['/Users', '/Users/bjensen', '/Users/mia']) {
    const response = await fetch(`${made.base}${path}`, { headers: { authorization: `Bearer ${made.token}` } })
    await response.text()
    if (response.status === 404) refused = response.headers.get('x-request-id') ?? ''
  }
  for (let tries = 0; tries < 200; tries++) {
    if ((await lockstep('requests', '--json')).text.includes(refused)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('nothing was recorded')
}, 90_000)
afterAll(() => server.close())

test('requests lists what was asked, without names', async () => {
  const { code, text } = await lockstep('requests', '--tenant', made.tenant)
  expect(code).toBe(0)
  expect(text).toMatch(/200 {2}GET {4}\/Users {2}/)
  expect(text).toMatch(/404 {2}GET {4}\/Users\/‹text 7› /)
  expect(text).not.toContain('bjensen')
  const failed = (await lockstep('requests', '--failed', '--json')).text.trim().split('\n')
  expect(failed.map((line) => JSON.parse(line).status)).toEqual([404, 404])
})

test('requests shows one by its id', async () => {
  const { code, text } = await lockstep('requests', refused)
  expect(code).toBe(0)
  expect(text).toContain('SCIM_NOT_FOUND')
  const missing = await lockstep('requests', 'r_0000000000000')
  expect([missing.code === 0, /There is no request/.test(missing.text)]).toEqual([false, true])
})

test('how long requests are kept is shown and set, and what would go first is said', async () => {
  const shown = async (...words: readonly string[]) =>
    JSON.parse((await lockstep('retention', 'show', ...words, '--json')).text)
  expect(await shown('--days', '1')).toMatchObject({ recordDays: null, lines: 3, goes: 0 })
  expect((await lockstep('retention', 'set', '30')).text).toContain('Requests are kept for 30 days.')
  expect(await shown()).toMatchObject({ recordDays: 30 })
  expect((await lockstep('retention', 'show')).text).toMatch(/Requests are kept for +30 days\n +Recorded requests +3\n/)
  const wrong = await lockstep('retention', 'set', '91')
  expect([wrong.code === 0, wrong.text]).toEqual([false, expect.stringContaining('from 1 to 90')])
  await lockstep('retention', 'set', 'default')
  expect(await shown()).toMatchObject({ recordDays: null })
})

test('what a change of a schema or type would do is shown before it is made', async () => {
  const urn = 'urn:example:scim:schemas:extension:badge:1.0:User'
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-dry-'))
  try {
    const file = join(folder, 'badge.json')
    const own = ['--tenant', made.tenant] as const
    writeFileSync(file, JSON.stringify({ id: urn, name: 'Badge', attributes: [{ name: 'number' }] }))
    const dry = await lockstep('schema', 'put', file, '--extends', 'User', '--dry', ...own)
    expect([dry.code, dry.text]).toEqual([
      0,
      'No resource is in the way, and none loses a value.\nNothing was changed.\n',
    ])
    expect((await lockstep('schema', 'list', ...own)).text).not.toContain(urn)
    await lockstep('schema', 'put', file, '--extends', 'User', ...own)
    const body = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', urn],
      userName: 'ada',
      [urn]: { number: '7' },
    }
    const headers = { authorization: `Bearer ${made.token}`, 'content-type': 'application/scim+json' }
    // The server hears of the schema within moments.
    await expect
      .poll(
        async () =>
          (await fetch(`${made.base}/Users?filter=${encodeURIComponent(`${urn}:number pr`)}`, { headers })).status,
      )
      .toBe(200)
    await fetch(`${made.base}/Users`, { method: 'POST', headers, body: JSON.stringify(body) })
    const { text } = await lockstep('schema', 'delete', urn, '--dry', ...own)
    expect(text).toMatch(
      /: 1 resource, such as User \S+; with --force their values are deleted\.\nNothing was changed\.\n$/,
    )
    expect((await lockstep('schema', 'list', ...own)).text).toContain(urn)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.skipIf(onPostgres)('a backup with the record shows the same requests', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-record-'))
  try {
    const file = join(folder, 'copy.db')
    expect((await lockstep('backup', file, '--with-record')).text).toContain(join(folder, 'copy.record.db'))
    expect(statSync(join(folder, 'copy.record.db')).mode & 0o777).toBe(0o600)
    const shown = await new Promise<string>((resolve) => {
      const words = [MAIN, 'requests', refused, '--database', `sqlite:${file}`]
      execFile(process.execPath, words, (_error, stdout) => resolve(stdout))
    })
    expect(shown).toContain('SCIM_NOT_FOUND')
    expect((await lockstep('backup', join(folder, 'copy.db'), '--with-record')).text).toMatch(/already exists/)
    expect((await lockstep('backup', join(folder, 'b.db'), '--with-record', '--record', 'off')).text).toMatch(
      /here it is off/,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('faults shows like failures as one', async () => {
  const { text } = await lockstep('faults', '--tenant', made.tenant, '--json')
  const faults = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(faults.map(({ count }) => count)).toEqual([2])
  const shown = (await lockstep('faults')).text
  expect(shown).toMatch(/404 GET \/Users\/\{id\}/)
  const other = await server.tenant()
  const gone = await server.connection('okta')
  const answer = await fetch(`${gone.base}/Users/nobody`, { headers: { authorization: `Bearer ${gone.token}` } })
  await answer.text()
  const id = answer.headers.get('x-request-id') ?? ''
  await expect.poll(async () => (await lockstep('requests', id)).code, { timeout: 30_000 }).toBe(0)
  await server.tenancy.tenants.delete(gone.tenant)
  expect((await lockstep('requests', id)).code).toBe(1)
  expect((await lockstep('requests', '--json')).text).not.toContain(id)
  expect((await lockstep('faults')).text).not.toContain(gone.tenant)
  expect((await lockstep('faults', '--tenant', other)).text).toContain('Nothing failed within 7 days')
})
