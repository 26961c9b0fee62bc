// Brings the runtimes that the package is tried on: they are packages of npm, and kept for the next time.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Each runtime: its package, and its program. Versions are named, so that a new one is a choice. */
const RUNTIMES = {
  node18: { of: 'node@18.20.8', program: 'node18/bin/node' },
  node20: { of: 'node@20.20.2', program: 'node20/bin/node' },
  node22: { of: 'node@22.23.3', program: 'node22/bin/node' },
  node26: { of: 'node@26.10.0', program: 'node26/bin/node' },
  bun: { of: 'bun@1.4.5', program: '.bin/bun' },
  deno: { of: 'deno@2.9.6', program: '.bin/deno' },
  workerd: { of: 'workerd@1.20261117.1', program: '.bin/workerd' },
  pnpm: { of: 'pnpm@12.21.0', program: '.bin/pnpm' },
} as const

/** A runtime's name. */
export type Runtime = keyof typeof RUNTIMES

/** Where the programs are: in the folder of caches of this account, installed once for each list of versions. */
const FOLDER = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lockstep', 'runtimes')

/** The programs of all runtimes. They are installed if they are not there; it takes a minute. */
export function runtimes(): { readonly [name in Runtime]: string } {
  mkdirSync(FOLDER, { recursive: true })
  const missing = Object.entries(RUNTIMES).filter(([name, { of }]) => !existsSync(marked(name, of)))
  if (missing.length > 0) {
    writeFileSync(join(FOLDER, 'package.json'), JSON.stringify({ name: 'runtimes', private: true, ...ALLOWED }))
    const wanted = Object.entries(RUNTIMES).map(([name, { of }]) => (of.startsWith('node@') ? `${name}@npm:${of}` : of))
    execFileSync('npm', ['install', '--no-audit', '--no-fund', ...wanted], {
      cwd: FOLDER,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    for (const [name, { of }] of missing) writeFileSync(marked(name, of), '')
  }
  const at = (name: Runtime) => join(FOLDER, 'node_modules', RUNTIMES[name].program)
  return Object.fromEntries(Object.keys(RUNTIMES).map((name) => [name, at(name as Runtime)])) as {
    readonly [name in Runtime]: string
  }
}

/** These packages put their program in place by a script. */
const ALLOWED = {
  allowScripts: Object.fromEntries(['node', 'bun', 'deno', 'workerd', 'pnpm'].map((name) => [name, true])),
}

function marked(name: string, of: string): string {
  return join(FOLDER, `.${name}-${of.replace(/^.*@/, '')}`)
}
