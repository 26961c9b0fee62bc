// An administrator's first week with the hub, with the commands of an installed package.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
/** The journey is a test like any other; here its commands and its server are those of the packages. */
const JOURNEY = 'test/server/journey.test.ts'

/** Goes through the week with the packages that a project has installed. Throws when it is not got through. */
export function tryWeek(project: string): void {
  const main = join(project, 'node_modules/lockstep-server/dist/cli/main.js')
  if (!existsSync(main)) throw new Error(`The packages have no program at ${main}`)
  // In CI the journey is left out of the other tests, since it is run here.
  const { CI: _, ...env } = process.env
  execFileSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'sqlite', JOURNEY], {
    cwd: ROOT,
    env: { ...env, LOCKSTEP_MAIN: main },
    stdio: 'inherit',
  })
  console.log('An administrator gets through a week with the packed package')
}
