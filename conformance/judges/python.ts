// Installs the Python judges and runs their scripts.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finding, Missing, type Target } from '../judge.ts'
import { installed, need, run } from '../programs.ts'

const SOURCES = join(import.meta.dirname, 'python')
const REQUIREMENTS = join(SOURCES, 'requirements.txt')

/** The oldest Python 3 that the judges support. */
const MINOR = 10

/** Installs the Python judges into a virtual environment and returns the folder of its programs. */
export async function environment(): Promise<string> {
  need('python3')
  const { stdout } = await run('python3', ['-c', 'import sys; print(sys.version_info.minor)'])
  if (Number(stdout) < MINOR) throw new Missing(`python3 is 3.${stdout.trim()}, 3.${MINOR} at least is needed`)
  const folder = await installed('python', [REQUIREMENTS], await readFile(REQUIREMENTS, 'utf8'), async (at) => {
    const made = await run('python3', ['-m', 'venv', join(at, 'env')])
    if (made.code !== 0) return made
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps']
    return run(join(at, 'env/bin/pip'), ['install', ...quiet, '-r', join(at, 'requirements.txt')])
  })
  return join(folder, 'env/bin')
}

/** Runs one of the scripts next to this file and returns the findings that it prints as JSON. */
export async function findingsOf(script: string, target: Target): Promise<readonly Finding[]> {
  const env = { SCIM_BASE: target.base, SCIM_TOKEN: target.token }
  const ended = await run(join(await environment(), 'python'), [join(SOURCES, script)], { env })
  if (ended.code !== 0) throw new Error(`${script} ended with ${ended.code}: ${ended.stderr.slice(-2000)}`)
  return JSON.parse(ended.stdout) as readonly Finding[]
}
