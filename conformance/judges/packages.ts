// Installs the judges that are npm packages.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { installed, need, run } from '../programs.ts'

const SOURCES = join(import.meta.dirname, 'npm')
const FILES = [join(SOURCES, 'package.json'), join(SOURCES, 'package-lock.json')]

/** Installs the judges from npm outside our own node_modules, and returns a function that loads one. */
export async function packages(): Promise<NodeJS.Require> {
  need('npm')
  const texts = await Promise.all(FILES.map((file) => readFile(file, 'utf8')))
  const folder = await installed('npm', FILES, texts.join(), (at) =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error'], { cwd: at }),
  )
  return createRequire(join(folder, 'package.json'))
}
