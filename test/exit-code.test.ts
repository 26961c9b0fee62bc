// A failed test run exits with an error, also with PostgreSQL.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('a run of the tests that failed says so, with a PostgreSQL server in it as well', () => {
  const server = join(import.meta.dirname, 'postgres.ts')
  const program = `await import(${JSON.stringify(server)}); process.exitCode = 3`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([3, ''])
})
