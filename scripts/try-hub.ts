// Packs what is published, installs it in an empty project, and goes through an administrator's week with it.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, makeProject, pack } from './package/pack.ts'

/** The journey is a test like any other; here its commands and its server are those of the packages. */
const JOURNEY = 'test/server/journey.test.ts'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'lockstep-hub-'))
try {
  const { library, server } = pack(folder)
  const project = makeProject(join(folder, 'project'))
  install(project, library, server)
  const main = join(project, 'node_modules/lockstep-server/dist/cli/main.js')
  if (!existsSync(main)) throw new Error(`The packages have no program at ${main}`)
  execFileSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'sqlite', JOURNEY], {
    cwd: root,
    env: { ...process.env, LOCKSTEP_MAIN: main },
    stdio: 'inherit',
  })
  console.log('An administrator gets through a week with the packed package')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
