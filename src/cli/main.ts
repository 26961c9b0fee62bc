#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Compiled code is kept beside the packages, not in a folder for temporary files where others could put theirs: it more
// than halves the time to start. Where that place can't be written, nothing is kept.
const cache = fileURLToPath(new URL('../../node_modules/.cache/lockstep', import.meta.url))
const { directory } = enableCompileCache(cache)
// Threads look there only when the environment says so.
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= cache
quietExperiments()
const { runCommandLine } = await import('./command-line.ts')
process.exitCode = await runCommandLine(process.argv.slice(2))

/** node:sqlite says on each start that it is an experiment; that is ours to know, not the operator's to read. */
function quietExperiments(): void {
  const emit = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('SQLite is an experimental feature')) emit.call(process, warning, ...rest)
  }) as typeof emit
}
