// How to call Lockstep in hints: as this process was called.

import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the package: the clone, or where it is installed. */
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))

/** How a program was started. */
export interface Called {
  /** The file that Node runs, as it was named. */
  readonly script: string
  readonly folder: string
  readonly env: { readonly [name: string]: string | undefined }
  /** The folder of the package that the script belongs to. */
  readonly home: string
  /** Whether it runs from its source. */
  readonly source: boolean
}

/** This process. */
const here = (): Called => ({
  script: process.argv[1] ?? '',
  folder: process.cwd(),
  env: process.env,
  home: PACKAGE,
  source: import.meta.url.endsWith('.ts'),
})

/** The command that calls Lockstep as this process was called, so that hints can be pasted. */
export function commandName({ script, folder, env, home, source }: Called = here()): string {
  const inNpmScript = env.npm_package_json === join(home, 'package.json')
  if (source && (inNpmScript || join(folder, '/') === join(home, '/'))) return 'npm run -s lockstep --'
  const name = basename(script)
  if (/[\\/]node_modules[\\/]/.test(script)) return 'npx lockstep'
  return name === 'lockstep' || name === '' ? 'lockstep' : `node ${relative(folder, script) || script}`
}
