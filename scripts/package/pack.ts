// Packs what `npm run build` laid out, and installs it in projects as apps do.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** The files that `npm publish` would send. */
export interface Packed {
  /** The package that apps embed. */
  readonly library: string
  /** The package with the server and the commands. */
  readonly server: string
}

/** Packs both packages into a folder. They must have been built: `npm run build`. */
export function pack(folder: string): Packed {
  const one = (name: string) => {
    const source = join(ROOT, 'packages', name)
    if (!existsSync(source)) throw new Error(`There is no ${source}; run npm run build first`)
    const said = execFileSync('npm', ['pack', '--json', '--pack-destination', folder, source], { encoding: 'utf8' })
    const [{ filename }] = JSON.parse(said) as [{ filename: string }]
    return join(folder, filename)
  }
  return { library: one('lockstep'), server: one('lockstep-server') }
}

/** Makes an empty project. */
export function makeProject(folder: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'trial', private: true, type: 'module' }))
  return folder
}

/** Installs packages in a project: files, or names with versions. */
export function install(folder: string, ...packages: readonly string[]): void {
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}
