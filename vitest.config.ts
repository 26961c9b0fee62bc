import { defineConfig } from 'vitest/config'

/** What says the same on every store, and so is run on each: everything that starts a server. */
const ON_POSTGRES = [
  'test/rfc/**/*.test.ts',
  'test/wire/**/*.test.ts',
  'test/{groups,indexes,ordered-indexes,limits,tenants,fuzz,kill}.test.ts',
  'test/cli/**/*.test.ts',
  'test/server/**/*.test.ts',
  'test/tenancy/**/*.test.ts',
]

export default defineConfig({
  resolve: { conditions: ['@lockstep/source'] },
  ssr: { resolve: { conditions: ['@lockstep/source'] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'sqlite', include: ['src/**/*.test.ts', 'test/**/*.test.ts'] } },
      { extends: true, test: { name: 'postgres', include: ON_POSTGRES, globalSetup: 'test/postgres.setup.ts' } },
    ],
  },
})
