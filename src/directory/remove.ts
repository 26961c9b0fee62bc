// DELETE: removes a resource, and what refers to it.

import { changedPaths } from '../protocol/index.ts'
import { type Context, draftOf, writableType } from './context.ts'
import { documentOf } from './document.ts'
import { HeavyWrite } from './heavy-write.ts'
import type { WriteOptions } from './outcome.ts'
import { clearReferences } from './references.ts'
import { current, type WriteDeps } from './update.ts'

/** Deletes a resource, and references to it. RFC 7644 §3.6. */
export function removeOne<Tx>(
  deps: WriteDeps<Tx>,
  { txn = deps.newTxn(), ...rest }: Context,
  typeName: string,
  id: string,
  options?: WriteOptions,
): Promise<void> {
  // Its groups and referrers have lines of their own.
  const context: Context = { ...rest, txn }
  const catalog = deps.catalog(context.tenant)
  const type = writableType(catalog, typeName)
  const ref = { tenant: context.tenant, type: type.name, id }
  return deps.queue.inTurn(ref, async () => {
    const stored = await current(deps, context, ref, type, options)
    const at = Math.max(deps.environment.now(), stored.modified + 1)
    const cleared = await clearReferences(deps, context, catalog, id, ({ writes, touched }) => {
      // So many that they take more than one commit.
      if (options?.light) throw new HeavyWrite()
      return deps.commit(writes, type, context.tenant, undefined, { touched, silent: options?.silent })
    })
    const before = documentOf(stored)
    const paths = changedPaths(before, {}, type)
    await deps.commit(
      [
        // First, for the removal gives another version to the groups that it takes the resource out of.
        ...cleared.writes,
        { write: 'remove', ref, at, ifVersion: stored.version, log: draftOf(context, 'delete', paths) },
      ],
      type,
      context.tenant,
      options?.along?.(id),
      { touched: [...cleared.touched, { ref, stored, before }], silent: options?.silent },
    )
  })
}
