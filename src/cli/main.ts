#!/usr/bin/env node
/**
 * The program. Nothing of ours is imported at the top, and nothing new of Node is named: an old Node would fail on it before it could say
 * what it is missing. For the same reason its own syntax is that of Node 14.
 */
import * as modules from 'node:module'
import { fileURLToPath } from 'node:url'

/** The oldest Node that it runs on; with SQLite it needs 22.16. */
const OLDEST = 20

if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  process.stderr.write(`lockstep: Lockstep needs Node ≥ ${OLDEST}, this is ${process.versions.node}\n`)
  process.exitCode = 1
} else {
  start()
}

function start(): void {
  // Compiled code is kept beside the packages, not in a folder for temporary files where others could put theirs: it more
  // than halves the time to start. Where that place can't be written, or Node can't do it, nothing is kept.
  const cache = fileURLToPath(new URL('../../node_modules/.cache/lockstep', import.meta.url))
  const isKept =
    typeof modules.enableCompileCache === 'function' && modules.enableCompileCache(cache).directory !== undefined
  // Threads look there only when the environment says so.
  if (isKept && process.env.NODE_COMPILE_CACHE === undefined) process.env.NODE_COMPILE_CACHE = cache
  quietExperiments()
  let ended = false
  // Nothing left to wait for, and no answer: that is no success.
  process.on('beforeExit', () => {
    if (!ended) process.exitCode = 1
  })
  import('./command-line.ts')
    .then(({ runCommandLine }) => runCommandLine(process.argv.slice(2)))
    .then((code) => {
      ended = true
      process.exitCode = code
    })
}

/** node:sqlite says on each start that it is an experiment; that is ours to know, not the operator's to read. */
function quietExperiments(): void {
  const emit = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('SQLite is an experimental feature')) emit.call(process, warning, ...rest)
  }) as typeof emit
}
