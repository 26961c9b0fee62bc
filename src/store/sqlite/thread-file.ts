// Finds the file that a thread of the store runs.

import { existsSync } from 'node:fs'

/**
 * The file of a thread, which lies beside this one: TypeScript when run from source, JavaScript in the built package. Undefined when a
 * bundler has put the code into one file and left that one out.
 */
export function threadFile(name: 'backup-thread' | 'writer-thread'): URL | undefined {
  // In a CommonJS bundle there is none.
  const here: string | undefined = import.meta.url
  if (here === undefined) return undefined
  const file = new URL(`./${name}.${here.endsWith('.ts') ? 'ts' : 'js'}`, here)
  return existsSync(file) ? file : undefined
}
