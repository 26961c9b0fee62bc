// Hands the packages that the server and the commands bring along to the rooms that load them when asked.

import { createRequire } from 'node:module'
import { providePackages } from '../packages.ts'

/** Lets `pg`, `jose` and the engine of expressions be loaded from here: this file is in a package that depends on them. */
export function bringPackages(): void {
  providePackages({
    pg: () => import('pg'),
    jose: () => import('jose'),
    '@bufbuild/cel': () => {
      const require = createRequire(import.meta.url)
      return { ...require('@bufbuild/cel'), ...require('@bufbuild/cel/ext') }
    },
  })
}
