// Builds dist/: compiles with tsc and copies the files that are not code.

import { spawnSync } from 'node:child_process'
import { chmod, cp, glob, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { collectPageFiles } from '../src/embed/setup/collect-page-files.ts'
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

// An app embeds the setup page without files beside the code, so that bundlers and other runtimes have it, too.
const page = await collectPageFiles(pathToFileURL(join(root, 'console/dist/')))
const pageModule = `export async function readPageFiles() { return ${JSON.stringify(page)} }\n`
await writeFile(join(dist, 'embed/setup/page-files.js'), pageModule)
await rm(join(dist, 'embed/setup/page-files.js.map'), { force: true })
for (const name of ['js', 'js.map', 'd.ts'])
  await rm(join(dist, `embed/setup/collect-page-files.${name}`), { force: true })

const main = join(dist, 'cli/main.js')
const code = await readFile(main, 'utf8')
if (!code.startsWith('#!')) await writeFile(main, SHEBANG + code)
await chmod(main, 0o755)
