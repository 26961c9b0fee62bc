// Builds the console into console/dist, if one of its inputs has changed since it was built.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { writeConsoleTypes } from './console-types.ts'

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'console/dist')
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js')
const MARK = join(DIST, '.inputs')
/** What the build reads: the console's own files, the pure rooms it imports, and the versions of packages. */
const INPUTS = [
  'console/*.{html,ts,json}',
  'console/{src,setup}/**/*.{ts,tsx,css,json,svg}',
  'src/{protocol,quirks,explain}/**/*.ts',
  'guides/**/*.ts',
  'scripts/console.ts',
  'package-lock.json',
]
/** What is sent compressed; fonts and pictures are so already. */
const PACKED = /\.(?:js|css|svg|json)$/

/** Builds the console unless it is there already, made of the same inputs. Returns whether it was built. */
export function buildConsole(): boolean {
  writeConsoleTypes()
  const inputs = hashOfInputs()
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === inputs) return false
  runVite()
  for (const file of globSync('**/*', { cwd: DIST })) if (PACKED.test(file)) pack(join(DIST, file))
  writeFileSync(MARK, inputs)
  return true
}

/** In a process of its own: within tests React would be built for development. */
function runVite(): void {
  const { status } = spawnSync(process.execPath, [VITE, 'build', join(ROOT, 'console'), '--logLevel', 'warn'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the console could not be built')
}

function hashOfInputs(): string {
  const hash = createHash('sha256')
  for (const file of globSync(INPUTS, { cwd: ROOT }).sort()) {
    if (file.endsWith('.test.ts')) continue
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** Puts a file compressed by brotli beside it. */
function pack(file: string): void {
  const content = readFileSync(file)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildConsole()
