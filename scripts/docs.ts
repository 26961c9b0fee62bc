// `npm run docs`: builds the documentation site and serves it on this machine.

//   node scripts/docs.ts [--build]      builds into website/dist; serves it unless --build is given
//
// The site is a package of its own, so that `npm ci` here installs none of it; the first run installs it.

import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

const website = join(import.meta.dirname, '../website')
const run = (program: string, words: readonly string[]) => {
  const { status } = spawnSync(program, words, {
    cwd: website,
    stdio: 'inherit',
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' },
  })
  if (status !== 0) process.exit(status ?? 1)
}
const lock = join(website, 'package-lock.json')
const installed = join(website, 'node_modules/.package-lock.json')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  run('npm', ['ci', '--no-audit', '--no-fund'])
}
const node = process.execPath
run(node, ['scripts/pages.ts'])
run(node, ['scripts/api.ts'])
run(node, ['node_modules/astro/bin/astro.mjs', 'build'])
if (!process.argv.includes('--build')) run(node, ['node_modules/astro/bin/astro.mjs', 'preview', '--host', '127.0.0.1'])
