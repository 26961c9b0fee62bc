// Tests what is found: the files that are run without shortcuts, and what the command line loads as it starts.

import { expect, test } from 'vitest'
import { loadedWith, testsReaching } from './reaching.ts'

const found = testsReaching('src/provider/fast/short-cuts.ts')

test.each([
  ['src/provider/provider.test.ts', 'imports the provider'],
  ['test/rfc/patch.test.ts', 'starts a server by a helper'],
  ['test/mounts.test.ts', 'imports the package by its name'],
  ['test/cli/import.test.ts', 'imports into a server of its own process'],
])('%s: it %s', (path) => {
  expect(found).toContain(path)
})

test.each([
  ['src/protocol/patch.test.ts', 'imports no provider'],
  ['test/server/cluster.test.ts', 'starts other processes, with an environment of their own'],
])('not %s: it %s', (path) => {
  expect(found).not.toContain(path)
})

test('the command line loads no hub, tenancy, provider or database before it knows the command', () => {
  const loaded = loadedWith('src/cli/command-line.ts')
  expect(loaded).toContain('src/cli/apps/commands.ts')
  expect(loaded.filter((path) => /^src\/(?:hub|tenancy|directory|provider|admin|setup|store)\//.test(path))).toEqual([])
})
