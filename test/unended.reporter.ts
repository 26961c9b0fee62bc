// A reporter that names the test files that began and never ended: whose worker died does not say so itself.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

/** Where the files are listed, a project and a path on each line, when nothing else was wrong with the run; else there is no such file. */
export const UNENDED_LIST = join(import.meta.dirname, '../node_modules/.cache/lockstep-tests/unended.txt')

/** Prints, last of all, each file that was begun and has no result. */
export default class UnendedFiles implements Reporter {
  readonly #begun = new Map<string, { readonly name: string; readonly at: number }>()

  onTestRunStart(): void {
    rmSync(UNENDED_LIST, { force: true })
  }

  onTestModuleStart(module: TestModule): void {
    this.#begun.set(module.id, { name: `${module.project.name} ${module.relativeModuleId}`, at: Date.now() })
  }

  onTestModuleEnd(module: TestModule): void {
    this.#begun.delete(module.id)
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    const unended = [...this.#begun.values()]
    for (const { name, at } of unended)
      process.stdout.write(
        `Never ended: ${name}, begun ${Math.round((Date.now() - at) / 1000)} s before the end of the run\n`,
      )
    const died = errors.filter(({ message }) => /Worker \w+ emitted error/.test(message))
    const isAllElseRight = !modules.some((module) => module.state() === 'failed') && died.length === errors.length
    if (unended.length === 0 || !isAllElseRight) return
    mkdirSync(dirname(UNENDED_LIST), { recursive: true })
    writeFileSync(UNENDED_LIST, unended.map(({ name }) => `${name}\n`).join(''))
  }
}
