// Retries a write that was parsed with schemas another process has since changed.

import type { Catalog } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import type { DirectoryDeps } from './context.ts'
import type { Writes } from './write.ts'

/** A body was read by schemas that another process has changed since: it has to be read again. */
class Behind extends Error {}

/** Creates the check. There is nothing to check where changes are noticed immediately, or where no other process can make any. */
export function createSchemaCheck<Tx>(
  { catchUp }: Pick<Store<Tx>, 'catchUp'>,
  catalog: (tenant: string) => Catalog,
  ready: ((tenant: string) => void | Promise<void>) | undefined,
): DirectoryDeps<Tx>['requireSameSchemas'] {
  return async (tenant, known) => {
    if (catchUp === undefined || ready === undefined) return
    await catchUp(tenant)
    await ready(tenant)
    if (catalog(tenant) !== known) throw new Behind()
  }
}

/** Writes that start over when the tenant's schemas they were read by turn out to be outdated. */
export function withSchemaRetry(writes: Writes): Writes {
  return {
    ...writes,
    create: (...asked) => untilKnown(() => writes.create(...asked)),
    replace: (...asked) => untilKnown(() => writes.replace(...asked)),
    patch: (...asked) => untilKnown(() => writes.patch(...asked)),
  }
}

async function untilKnown<T>(write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof Behind)) throw error
    }
  }
}
