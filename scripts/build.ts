// Builds dist/: compiles with tsc and copies the files that are not code.

import { spawnSync } from 'node:child_process'
import { chmod, cp, glob, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildConsole } from './console.ts'

const root = new URL('..', import.meta.url).pathname
const dist = join(root, 'dist')
const SHEBANG = '#!/usr/bin/env node\n'

await rm(dist, { recursive: true, force: true })
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
if (status !== 0) process.exit(status ?? 1)

// Migrations and other data files are read at run time from next to the code.
for await (const file of glob('**/*.{sql,json,txt}', { cwd: join(root, 'src') })) {
  await cp(join(root, 'src', file), join(dist, file))
}

buildConsole()

await cp(join(root, 'console/dist'), join(dist, 'console'), {
  recursive: true,
  filter: (path) => !path.endsWith('.inputs') && !path.endsWith('.vite'),
})

const main = join(dist, 'cli/main.js')
const code = await readFile(main, 'utf8')
if (!code.startsWith('#!')) await writeFile(main, SHEBANG + code)
await chmod(main, 0o755)
