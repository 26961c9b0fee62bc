// The demonstration runs to its end: a joiner, a mover, a group, a leaver, and a receipt that is complete.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('npm run demo ends with a complete and genuine receipt', { timeout: 240_000 }, async () => {
  const script = join(import.meta.dirname, '../scripts/demo.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env: { ...process.env, NO_COLOR: '1' } })
  expect(stdout.match(/every app has confirmed/g)).toHaveLength(4)
  expect(stdout).toContain('The receipt is genuine')
  expect(stdout).toMatch(/The console\n {2}It was at http:\/\/127\.0\.0\.1:\d+\/console;/)
  expect(stdout).toContain('Complete: every app in which there was an account has confirmed that it is off')
})
