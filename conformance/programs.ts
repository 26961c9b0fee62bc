// Runs other programs and installs them once into folders of their own.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Missing } from './judge.ts'

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program for at most `seconds`. `env` is added to our own environment. */
export function run(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd?: string
    readonly env?: { readonly [name: string]: string }
    readonly seconds?: number
  } = {},
): Promise<Ended> {
  const seconds = options.seconds ?? 300
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const late = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
    child.once('close', (code, signal) => {
      clearTimeout(late)
      const cut = signal === 'SIGKILL' ? `\nended after ${seconds} s` : ''
      resolve({ code, stdout, stderr: stderr + cut })
    })
  })
}

/** Throws {@link Missing} unless all of these programs are on the PATH. */
export function need(...programs: readonly string[]): void {
  const folders = (process.env.PATH ?? '').split(delimiter)
  for (const program of programs)
    if (!folders.some((folder) => existsSync(join(folder, program)))) throw new Missing(`${program} not found`)
}

/**
 * A folder with something installed in it, kept between runs. `files` are copied into it, then `install` runs: the first time, and
 * again whenever `hash` changes.
 *
 * @throws {Missing} if the installation fails, for instance without a network.
 */
export async function installed(
  name: string,
  files: readonly string[],
  hash: string,
  install: (folder: string) => Promise<Ended>,
): Promise<string> {
  const folder = join(cacheFolder(), `${name}-${createHash('sha256').update(hash).digest('hex').slice(0, 12)}`)
  const done = join(folder, '.installed')
  if (existsSync(done)) return folder
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const file of files) await cp(file, join(folder, file.slice(file.lastIndexOf('/') + 1)))
  const { code, stdout, stderr } = await install(folder)
  if (code !== 0) {
    const said = `${stderr}\n${stdout}`.split('\n').find((line) => /error/i.test(line)) ?? `it ended with ${code}`
    throw new Missing(`could not be installed: ${said.trim().slice(0, 200)}`)
  }
  await writeFile(done, '')
  return folder
}

function cacheFolder(): string {
  return (
    process.env.LOCKSTEP_CONFORMANCE_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lockstep-conformance')
  )
}
