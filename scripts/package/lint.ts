// Asks the tools that tell of mistakes in packages: publint, and "are the types wrong?".

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'

/**
 * What they say that is not so by choice. The package has ES modules alone: `require` takes them on Node 20.19 and newer, older ones need
 * `import()`, and TypeScript's `node16` for CommonJS, which knows only those, says so.
 */
const CHOSEN = ['CJSResolvesToESM']

/** Throws for what the tools find in the folders of the packages, and in the packed library. */
export async function lintPackages(root: string, library: string): Promise<void> {
  const found: string[] = []
  for (const name of ['lockstep', 'lockstep-server']) {
    const { messages } = await publint({ pkgDir: join(root, 'packages', name), strict: true })
    found.push(...messages.map((message) => `publint, ${name}: ${JSON.stringify(message)}`))
  }
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(library))))
  if (analysis.types === false) throw new Error('No types were found in the package')
  const problems = analysis.problems.filter(({ kind }) => !CHOSEN.includes(kind))
  found.push(...problems.map((problem) => `types: ${JSON.stringify(problem)}`))
  if (found.length > 0) throw new Error(found.join('\n'))
}
