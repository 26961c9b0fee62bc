// Hands writes to the store, with the hook of the host in the same transaction and SCIM errors for conflicts.

import { invalidValue, notFound, type ResourceType, resolve, type ScimError, uniqueness } from '../protocol/index.ts'
import { Conflict, type Store, type Write, type Written } from '../store/index.ts'
import type { DirectoryDeps } from './context.ts'
import type { AlongWrite } from './outcome.ts'

/** Hands writes to the store. */
export type Commit = (
  writes: readonly Write[],
  type: ResourceType,
  tenant: string,
  /** Committed together with them, behind them. */
  along?: readonly AlongWrite[],
  /** Without the hook of the host. */
  silent?: boolean,
) => Promise<readonly Written[]>

/** A conflict of what was to be committed along with a write; nothing was written. Retrying the write does not help. */
export class AlongConflict extends Error {
  /** Its position is that in the list of what went along. */
  readonly conflict: Conflict
  constructor({ reason, at, what, found }: Conflict, before: number) {
    super(`A write committed together with this one conflicts: ${reason} ${what}`)
    this.name = 'AlongConflict'
    this.conflict = new Conflict(reason, at - before, what, found)
  }
}

/**
 * Creates the commit: with the hook of the host in the same transaction, and SCIM errors for conflicts that a retry can't
 * resolve. The others are thrown as they are.
 */
export function createCommit<Tx>(deps: DirectoryDeps<Tx>): Commit {
  const { store } = deps
  const hook = deps.hooks.commit
  const isAsync = Object.prototype.toString.call(hook) === '[object AsyncFunction]'

  function write(writes: readonly Write[], silent: boolean): Promise<readonly Written[]> {
    if (!hook || silent) return store.commit(writes)
    if (isAsync) {
      // Handed on as async, so that a store which can't wait refuses it before it has done anything.
      return store.commit(writes, async (tx, changes) => {
        for (const change of changes) await hook(change, tx)
      })
    }
    return store.commit(writes, (tx, changes) => {
      let pending: Promise<void> | undefined
      for (const change of changes) {
        if (pending) pending = pending.then(() => hook(change, tx))
        else pending = hook(change, tx) ?? undefined
      }
      return pending
    })
  }

  return async function commit(writes, type, tenant, along, silent = false) {
    try {
      return await write(along === undefined ? writes : [...writes, ...along], silent)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      if (error.reason === 'missing' && error.what === 'tenant') {
        if (!deps.openTenants) throw notFound('The tenant is gone')
        await openTenant(store, tenant, deps.environment.now())
        return commit(writes, type, tenant, along, silent)
      }
      if (error.at >= writes.length && along !== undefined) throw new AlongConflict(error, writes.length)
      throw answerTo(error, type) ?? error
    }
  }
}

async function openTenant<Tx>(store: Store<Tx>, tenant: string, at: number): Promise<void> {
  try {
    await store.commit([{ write: 'tenant', tenant, as: 'new', at }])
  } catch (error) {
    // Another writer was faster: all the better.
    if (!(error instanceof Conflict && error.reason === 'exists')) throw error
  }
}

function answerTo(conflict: Conflict, type: ResourceType): ScimError | undefined {
  if (conflict.reason === 'unique') {
    const named = resolve(conflict.what, type)
    const exact = named?.attribute !== undefined && named.leaf.caseExact
    return uniqueness(
      `Another ${type.name} has this ${conflict.what} already${exact ? '' : " (letter case doesn't count)"}; choose another one, or find the existing one with a filter and update it`,
    )
  }
  if (conflict.reason === 'exists') {
    return uniqueness(`There is a resource with the id ${conflict.what} already; choose another id, or update that one`)
  }
  if (conflict.reason === 'member') {
    const { what, found } = conflict
    return found === undefined
      ? invalidValue(`members: there is no user or group with the id ${what}; create it first, or leave it out`)
      : invalidValue(`members: ${what} is a ${found}; leave "type" out or give ${found}`)
  }
  return undefined
}
