import type { Catalog } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import type { DirectoryDeps } from './context.ts'
import type { Writes } from './write.ts'

/** A body was read by schemas that another process has changed meanwhile: it has to be read again. */
class Behind extends Error {}

/** Makes the look. Nothing is to be looked at where others are heard at once, or where nobody else could change anything. */
export function createHeed<Tx>(
  { catchUp }: Pick<Store<Tx>, 'catchUp'>,
  catalog: (tenant: string) => Catalog,
  ready: ((tenant: string) => void | Promise<void>) | undefined,
): DirectoryDeps<Tx>['heed'] {
  return async (tenant, known) => {
    if (catchUp === undefined || ready === undefined) return
    await catchUp(tenant)
    await ready(tenant)
    if (catalog(tenant) !== known) throw new Behind()
  }
}

/** Writes that begin anew when what they knew of the tenant's schemas has turned out to be old. */
export function heedful(writes: Writes): Writes {
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
