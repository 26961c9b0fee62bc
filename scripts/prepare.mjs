// Builds the console after `npm ci` in the repository; without Vite at hand (`--omit=dev`) it leaves that for later.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname ?? '.', '..')
const node = join(root, 'node_modules/.bin/node')
const vite = join(root, 'node_modules/vite')
const source = join(root, 'console/vite.config.ts')

if (existsSync(vite) && existsSync(source)) {
  // The version of Node that the repository pins, or the running one if its install script was left out.
  const program = existsSync(join(root, 'node_modules/node/bin/node')) ? node : process.execPath
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (program === node || major > 22 || (major === 22 && minor >= 18)) {
    const { status } = spawnSync(program, [join(root, 'scripts/console.ts')], { cwd: root, stdio: 'inherit' })
    if (status !== 0) process.stderr.write('The console was not built; npm run console says why\n')
  }
}
