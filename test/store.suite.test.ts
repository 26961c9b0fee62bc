// The published suite of stores finds what is wrong with a store.

import * as vitest from 'vitest'
import { expect, test } from 'vitest'
import { memoryStore, type Store } from '../src/store/index.ts'
import { storeContract, type TestApi } from '../src/store/testing/index.ts'

/** Registers the suite without a test framework; gives its tests by name. */
function collect(open: () => Store): ReadonlyMap<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>()
  const names: string[] = []
  let hooks: { begin: () => Promise<void>; end: () => Promise<void> }
  const begin = (run: () => Promise<void>) => {
    hooks = { begin: run, end: async () => {} }
  }
  const end = (run: () => Promise<void>) => {
    hooks.end = run
  }
  const api: TestApi = {
    describe(name, register) {
      names.push(name)
      register()
      names.pop()
    },
    test(name, run) {
      const around = hooks
      tests.set([...names, name].join(' > '), async () => {
        await around.begin()
        try {
          await run()
        } finally {
          await around.end()
        }
      })
    },
    expect: vitest.expect,
    beforeAll: begin,
    beforeEach: begin,
    afterAll: end,
    afterEach: end,
  }
  storeContract(api, 'mine', async () => {
    const store = open()
    return { store, close: () => store.close() }
  })
  return tests
}

const UPDATE = 'store contract: mine > resources > an update takes the next version and the new text'
const LEASE = 'store contract: mine > leases > have one owner; renewing keeps the epoch, each change of owner raises it'

test('a right store passes, with hooks that any test framework has', async () => {
  const tests = collect(memoryStore)
  expect(tests.size).toBeGreaterThan(200)
  for (const name of [UPDATE, LEASE]) await tests.get(name)?.()
})

test.each<[string, string, (store: Store) => Partial<Store>]>([
  [
    UPDATE,
    'an old text',
    (store) => ({ get: async (ref) => ({ ...ref, ...(await store.get(ref)), text: '{}' }) as never }),
  ],
  [LEASE, 'a lease for everybody', () => ({ lease: async () => ({ epoch: 1, abandoned: false }) })],
])('%s: %s is found', async (name, _what, wrong) => {
  const broken = () => {
    const store: Store = memoryStore()
    return { ...store, ...wrong(store) }
  }
  await expect(collect(broken).get(name)?.()).rejects.toThrow()
})
