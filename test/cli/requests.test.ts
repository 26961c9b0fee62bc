// Tests the commands that show recorded requests, on the file that a server has written.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
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
