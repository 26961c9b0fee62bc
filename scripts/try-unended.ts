// Runs again, alone, the test files whose worker died, if nothing else was wrong; fails where there are none.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UNENDED_LIST } from '../test/unended.reporter.ts'

const ROOT = join(import.meta.dirname, '..')
/** More than that is no accident of one process. */
const MOST = 2

function listed(): readonly string[] {
  try {
    return readFileSync(UNENDED_LIST, 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

const files = listed()
if (files.length === 0 || files.length > MOST) process.exit(1)
for (const line of files) {
  const [project = '', path = ''] = line.split(' ')
  process.stdout.write(`The process that ran ${path} (${project}) died; it is run again, and has to pass.\n`)
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', project, path], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
}
