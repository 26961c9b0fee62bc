#!/usr/bin/env node
// The program `lockstep`: checks the version of Node, then runs the command line.

// No static imports of our own, no recent API of Node, and only the syntax of Node 14: an old Node would fail on them before it could
// print which version is needed.
import * as modules from 'node:module'
import { fileURLToPath } from 'node:url'

/** The oldest supported Node; SQLite needs 22.16. */
const OLDEST = 20

if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  process.stderr.write(`lockstep: Lockstep needs Node ≥ ${OLDEST}, this is ${process.versions.node}\n`)
  process.exitCode = 1
} else {
  start()
}

function start(): void {
  // Caching compiled code more than halves the start time. The cache is beside the packages, not in a temporary folder, where other
  // users could plant code. Without write access, or on a Node that can't do it, nothing is cached.
  const cache = fileURLToPath(new URL('../../node_modules/.cache/lockstep', import.meta.url))
  const isKept =
    typeof modules.enableCompileCache === 'function' && modules.enableCompileCache(cache).directory !== undefined
  // Threads use the cache only if the environment names it.
  if (isKept && process.env.NODE_COMPILE_CACHE === undefined) process.env.NODE_COMPILE_CACHE = cache
  quietExperiments()
  let ended = false
  // If the event loop runs empty before the command has finished, something was never resolved: a failure.
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

/** Hides the warning that node:sqlite is experimental: the choice is ours, and operators can't act on it. */
function quietExperiments(): void {
  const emit = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('SQLite is an experimental feature')) emit.call(process, warning, ...rest)
  }) as typeof emit
}
