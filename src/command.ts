#!/usr/bin/env node
// The program `lockstep` of the package that apps embed: runs the one of `lockstep-server`.

// Like cli/main.ts: no recent API of Node, and only the syntax of Node 14.
import { spawn } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The package with the commands, and this one's version, which must be the same. */
const SERVER = 'lockstep-server'
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

const { main, other } = findServer()
if (main !== undefined) import(pathToFileURL(main).href)
else if (other === undefined && isNpx()) runThroughNpm()
else refuse(other)

/** Where the program of `lockstep-server` is: beside the app that is run in, or beside this file. `other`: a version that is not ours. */
function findServer() {
  const found = { main: undefined, other: undefined } as { main?: string | undefined; other?: string | undefined }
  const here = fileURLToPath(import.meta.url)
  for (const from of [here, realpathSync(here), process.argv[1] || here, join(process.cwd(), 'here.js')]) {
    const file = manifestFrom(from)
    if (file === undefined) continue
    const theirs = JSON.parse(readFileSync(file, 'utf8')).version
    if (theirs === version) return { main: join(dirname(file), 'dist', 'cli', 'main.js'), other: undefined }
    found.other = theirs
  }
  return found
}

function manifestFrom(file: string): string | undefined {
  try {
    return createRequire(file).resolve(`${SERVER}/package.json`)
  } catch (_) {
    return undefined
  }
}

/** Whether `npx lockstep` or `npm exec lockstep` runs this, so that fetching a package is what was asked for. Never a second time. */
function isNpx(): boolean {
  const { npm_lifecycle_event: event, npm_execpath: npm = '', LOCKSTEP_THROUGH_NPM: again } = process.env
  return event === 'npx' && basename(npm) === 'npm-cli.js' && again === undefined
}

/** Runs the same command line with the package fetched by npm, which asks first on a terminal. */
function runThroughNpm(): void {
  const env: NodeJS.ProcessEnv = { ...process.env, LOCKSTEP_THROUGH_NPM: 'yes' }
  // What the npx that runs this was told would be told to the next one, too.
  for (const name of ['npm_config_package', 'npm_config_call', 'npm_config_workspace']) delete env[name]
  const wanted = [`--package=${SERVER}@${version}`, '--fetch-retries=1', '--fetch-timeout=60000', '--']
  const args = [env.npm_execpath ?? '', 'exec', ...wanted, SERVER, ...process.argv.slice(2)]
  const child = spawn(process.execPath, args, { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  child.once('exit', (code) => {
    process.exitCode = code === null ? 1 : code
  })
}

function refuse(other: string | undefined): void {
  const beside = other === undefined ? `need the package ${SERVER}` : `need ${SERVER} ${version}; beside it is ${other}`
  process.stderr.write(
    `lockstep: The commands of lockstep ${version} ${beside}. Run npm install ${SERVER}@${version}, or npx ${SERVER}@${version}\n`,
  )
  process.exitCode = 1
}
