// Hands writes to the store, with the hook of the host in the same transaction and SCIM errors for conflicts.

import {
  ConfigError,
  invalidValue,
  notFound,
  type ResourceType,
  resolve,
  type ScimError,
  uniqueness,
} from '../protocol/index.ts'
import { Conflict, type Store, type WholeChange, type Within, type Write, type Written } from '../store/index.ts'
import { committed, type Touched } from './committed.ts'
import type { DirectoryDeps, Hooks } from './context.ts'
import type { AlongWrite } from './outcome.ts'
import { rehearse } from './rehearsal.ts'

/** What concerns the hooks of the host alone. */
export interface ForHost {
  /** The documents of the resources that the writes create, change or delete. */
  readonly touched?: readonly Touched[]
  /** Without the hooks. */
  readonly silent?: boolean | undefined
}

/** Hands writes to the store. */
export type Commit = (
  writes: readonly Write[],
  type: ResourceType,
  tenant: string,
  /** Committed together with them, behind them. */
  along?: readonly AlongWrite[],
  /** For the hooks of the host. */
  host?: ForHost,
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
  const { store, hooks } = deps
  const isAsync = [hooks.commit, hooks.transaction].some(
    (hook) => Object.prototype.toString.call(hook) === '[object AsyncFunction]',
  )

  function write(writes: readonly Write[], tenant: string, host: ForHost): Promise<readonly Written[]> {
    if (deps.rehearse !== undefined) return rehearse(store, writes, tenant, deps.rehearse)
    if ((hooks.commit === undefined && hooks.transaction === undefined) || host.silent === true) {
      return store.commit(writes)
    }
    const inside = insideOf(hooks, tenant, host.touched ?? [])
    // Handed on as async, so that a store which can't wait refuses it before it has done anything.
    return store.commit(writes, isAsync ? async (...given) => inside(...given) : inside)
  }

  return async function commit(writes, type, tenant, along, host = {}) {
    // Stands for the whole database, which has records and no resources.
    if (tenant === '') throw new ConfigError('tenant', 'must be the name of a tenant; it is empty')
    try {
      return await write(along === undefined ? writes : [...writes, ...along], tenant, host)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      if (error.reason === 'missing' && error.what === 'tenant') {
        if (!deps.openTenants || deps.rehearse !== undefined) throw notFound('The tenant is gone')
        await openTenant(store, tenant, deps.environment.now())
        return commit(writes, type, tenant, along, host)
      }
      if (error.at >= writes.length && along !== undefined) throw new AlongConflict(error, writes.length)
      throw answerTo(error, type) ?? error
    }
  }
}

/** The function that runs the hooks of the host in a transaction. */
function insideOf<Tx>(hooks: Hooks<Tx>, tenant: string, touched: readonly Touched[]) {
  return (tx: Tx, changes: readonly WholeChange[], within: Within): Promise<void> | undefined => {
    let pending: Promise<void> | undefined
    const next = (call: () => void | Promise<void>) => {
      if (pending) pending = pending.then(call)
      else pending = call() ?? undefined
    }
    if (hooks.commit !== undefined) for (const change of changes) next(() => hooks.commit?.(change, tx))
    const lines = hooks.transaction === undefined ? [] : changes.filter(({ op }) => op !== 'note')
    if (lines.length > 0) next(() => hooks.transaction?.(committed(tenant, lines, touched, within), tx))
    return pending
  }
}

/** Creates a tenant, unless it is there. */
export async function openTenant<Tx>(store: Store<Tx>, tenant: string, at: number): Promise<void> {
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
