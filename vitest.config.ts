import { defineConfig } from 'vitest/config'
import { testsReaching } from './test/reaching.ts'

/** What says the same on every store, and so is run on each: everything that starts a server. */
const ON_POSTGRES = [
  'test/rfc/**/*.test.ts',
  'test/wire/**/*.test.ts',
  'test/{groups,indexes,ordered-indexes,limits,tenants,fuzz,kill}.test.ts',
  'test/cli/**/*.test.ts',
  'test/server/**/*.test.ts',
  'test/setup/**/*.test.ts',
  'test/tenancy/**/*.test.ts',
  'test/record/**/*.test.ts',
  'test/embed/**/*.test.ts',
]

/** What the browser shows is the same on every store; these open each page once more, on PostgreSQL. */
const IN_THE_BROWSER_ON_POSTGRES = ['test/console/{pages,sign-in}.test.ts']

/** In CI these are run on SQLite alone: they are long, and what they try is before the store. */
const LONG_BEFORE_THE_STORE =
  process.env.CI === undefined
    ? []
    : [
        'test/cli/{access,app-probe,apps,check,completion,data,files,import,seal,shown,simulate,tenant-file}.test.ts',
        'test/server/{hub-adapters,hub-moved,offload,proof,reached,requests,serve,sweep-commands,transport}.test.ts',
        'test/setup/arrivals.test.ts',
        'test/rfc/s-characteristics.test.ts',
        'test/{fuzz,limits}.test.ts',
      ]

/** What `scripts/try-package.ts` runs in CI, with the commands of the packed package: not once more. */
const WITH_THE_PACKAGE = process.env.CI === undefined ? [] : ['test/server/journey.test.ts']

/** Tests that need code which nobody has run before them: they count what it does, and the engine counts only what it has not yet made fast. */
const ALONE = ['test/fuzz-work.test.ts']

/** Tests that open every store themselves. */
const ON_EVERY_STORE = 'test/embed/events/**'

/** In CI only these are run a second time: what is recorded, what the RFCs ask, and the checker. The others are long, and mostly not about answers. */
const ABOUT_ANSWERS =
  process.env.CI === undefined
    ? /^/
    : /^(?:src\/provider|test\/(?:rfc(?!\/s-characteristics)|wire|fuzz|conformance|explain))/

/**
 * What is run once more without the shortcuts of `provider/fast/`: every test of SCIM whose own process answers requests, so that its answers
 * could differ. Not those of commands, of the client, of events, of the hub, of the checker and of simulated providers, which ask for nothing
 * that the others don't; the checker against ourselves asks for everything, and is among them. Not those on PostgreSQL, where no text is kept.
 */
const WITHOUT_SHORTCUTS = testsReaching('src/provider/fast/short-cuts.ts').filter(
  (path) =>
    ABOUT_ANSWERS.test(path) &&
    (path.endsWith('/ourselves.test.ts') ||
      !/^(?:src|test)\/(?:cli|client|conformance|console|embed\/events|hub|postgres|server\/hub|simulate)/.test(path)),
)

export default defineConfig({
  resolve: { conditions: ['@lockstep/source'] },
  ssr: { resolve: { conditions: ['@lockstep/source'] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Files share what they import: a third less work. Each makes its own stores and servers, and none leaves anything behind.
    isolate: false,
    maxWorkers: 2,
    reporters: ['default', './test/unended.reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['src/**/*.test.ts', 'console/{src,setup}/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/console/**', ...ALONE, ...WITH_THE_PACKAGE],
        },
      },
      {
        extends: true,
        test: { name: 'console', include: ['test/console/**/*.test.ts'], globalSetup: 'test/console/browser.setup.ts' },
      },
      {
        extends: true,
        test: {
          name: 'console-postgres',
          include: IN_THE_BROWSER_ON_POSTGRES,
          globalSetup: ['test/console/browser.setup.ts', 'test/postgres.setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ON_POSTGRES,
          exclude: [...LONG_BEFORE_THE_STORE, ...WITH_THE_PACKAGE, ON_EVERY_STORE],
          globalSetup: 'test/postgres.setup.ts',
        },
      },
      {
        extends: true,
        test: { name: 'plain', include: WITHOUT_SHORTCUTS, exclude: ALONE, env: { LOCKSTEP_FAST: 'off' } },
      },
      { extends: true, test: { name: 'alone', include: ALONE, isolate: true } },
      { extends: true, test: { name: 'alone-plain', include: ALONE, isolate: true, env: { LOCKSTEP_FAST: 'off' } } },
    ],
  },
})
