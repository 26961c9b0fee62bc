// A reporter that names the test files that began and never ended: whose worker died does not say so itself.

import type { Reporter, TestModule } from 'vitest/node'

/** Prints, last of all, each file that was begun and has no result. */
export default class UnendedFiles implements Reporter {
  readonly #begun = new Map<string, { name: string; at: number }>()

  onTestModuleStart(module: TestModule): void {
    this.#begun.set(module.id, { name: `${module.project.name} ${module.relativeModuleId}`, at: Date.now() })
  }

  onTestModuleEnd(module: TestModule): void {
    this.#begun.delete(module.id)
  }

  onTestRunEnd(): void {
    for (const { name, at } of this.#begun.values())
      process.stdout.write(
        `Never ended: ${name}, begun ${Math.round((Date.now() - at) / 1000)} s before the end of the run\n`,
      )
  }
}
