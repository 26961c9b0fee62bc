// The store in memory: the plainest correct one, against which the others are tested.

import { type Environment, environment } from '../../environment.ts'
import { type Store, StoreUnavailable } from '../contract/index.ts'
import { createWatchers, type ReportError } from '../watchers.ts'
import { createWorkWatchers } from '../work-watchers.ts'
import { createCommitter } from './committer.ts'
import { createReads } from './read.ts'
import { makeTenant } from './tenant.ts'
import { createWork } from './work.ts'
import type { Tenants } from './write.ts'

/**
 * The plainest correct store: everything in memory, queries answered by looking at every resource. What it answers is right
 * by definition; the others are tested against it. Nothing outlives the process.
 * @example
 * const scim = lockstep({ store: memoryStore(), url: 'http://localhost:3000/scim/v2' })
 */
export function memoryStore(
  options: { readonly report?: ReportError; readonly environment?: Partial<Environment> } = {},
): Store<undefined> {
  const { now } = { ...environment, ...options.environment }
  const tenants: Tenants = { named: new Map(), everywhere: makeTenant('', 0) }
  const { named, everywhere } = tenants
  const watchers = createWatchers(options.report)
  const { commit, inOrder, close } = createCommitter(tenants, watchers, now)
  const work = createWorkWatchers<undefined>(commit, options.report)
  const tenantOrAll = (name: string) => (name === '' ? everywhere : named.get(name))
  const all = () => [...named.values(), everywhere]
  return {
    ...createReads(tenants),
    ...createWork(tenantOrAll, all, now, inOrder),
    commit: work.commit,
    watchWork: work.watchWork,
    freshness: 'immediate',
    poll() {},
    watch: watchers.watch,
    backup: () => Promise.reject(new StoreUnavailable('A store in memory has no file that a backup could copy', 0)),
    async close() {
      close()
    },
  }
}
