// A store whose resources of some types live in the app's own tables, and everything else in one of ours.

import { documentOf } from '../../directory/index.ts'
import { type Document, isObject } from '../../protocol/index.ts'
import { Conflict, runSteps, type Steps, type Store, type Stored, step, type Write } from '../../store/index.ts'
import { reportError } from '../../terminal.ts'
import { createFind } from './find.ts'
import type { OwnRows } from './rows.ts'
import { createSettler } from './settle.ts'
import { changeOf } from './show-row.ts'

/** What {@link ownResources} is given. */
export interface OwnResourcesOptions<Db> {
  /** The app's connection or pool, for reads outside of transactions. On SQLite the one that the store was given. */
  readonly db: NoInfer<Db>
  /** The types that the app keeps itself, each once. */
  readonly types: readonly OwnRows<Db>[]
  /** Receives an error for each row that can't be shown as it is, once. Default: the console. */
  readonly report?: ((error: unknown) => void) | undefined
}

/** What a write does to a row. */
interface RowWrite<Db> {
  readonly at: number
  readonly own: OwnRows<Db>
  readonly tenant: string
  readonly id: string
  /** The document afterwards; undefined: the row goes. */
  readonly after: Document | undefined
  /** The resource as it was known before. */
  readonly before: Stored | undefined
}

/**
 * A store whose resources of some types live in the app's own tables. The app's rows are right: whatever it changes in them, SCIM shows
 * at the next read, with a new version and a line in the log by the actor `app`; what SCIM changes is written to the row in the same
 * transaction. `base` keeps what the rows don't say, and the log, members, records and work: SQLite on the app's own connection, or
 * PostgreSQL on its pool.
 *
 * @example
 * ```ts
 * const store = ownResources(sqliteStore({ database }), { db: database, types: [users] })
 * ```
 */
export function ownResources<Db, Tx extends Db>(base: Store<Tx>, options: OwnResourcesOptions<Db>): Store<Tx> {
  const { db, types } = options
  const report = options.report ?? ((error: unknown) => reportError('lockstep', error))
  const owned = new Map(types.map((own) => [own.type.name, own]))
  const ownOf = (type: string) => owned.get(type)
  const settler = createSettler({ base, db, types, report })
  const { lookUp: _, ...rest } = base

  const rowWrites = async (writes: readonly Write[]): Promise<readonly RowWrite<Db>[]> => {
    const found = writes.flatMap((write, at) => rowWritesOf(write, at, ownOf))
    const before = await Promise.all(found.map(({ own, tenant, id }) => base.get({ tenant, type: own.type.name, id })))
    return found.map((one, at) => ({ ...one, before: before[at] }))
  }

  /** Makes known whose row has a value that a write wants for itself alone. */
  async function settleRivals(writes: readonly Write[]): Promise<void> {
    for (const write of writes) {
      const own = write.write === 'create' || write.write === 'update' ? ownOf(write.draft.type) : undefined
      if (own === undefined || !('draft' in write)) continue
      for (const { path, value, unique } of write.index) {
        const ids = unique === true ? await own.find?.(db, write.draft.tenant, path, value) : undefined
        if (ids !== undefined) await settler.some(write.draft.tenant, own, ids)
      }
    }
  }

  const commit: Store<Tx>['commit'] = async (writes, inside) => {
    await settleRivals(writes)
    const rows = await rowWrites(writes)
    const cleared = writes.flatMap((write) => (write.write === 'tenant' && write.as === 'gone' ? [write.tenant] : []))
    if (rows.length === 0 && cleared.length === 0) return base.commit(writes, inside)
    let entered = false
    const written = await base.commit(writes, (tx, changes, within) =>
      runSteps(
        (function* (): Steps<void> {
          entered = true
          for (const tenant of cleared) for (const own of types) yield* step(own.clear?.(tx, tenant))
          for (const row of rows) yield* carryOut(tx, row)
          yield* step(inside?.(tx, changes, within))
        })(),
      ),
    )
    // PostgreSQL removes a tenant without a transaction that others could join.
    if (!entered) for (const tenant of cleared) for (const own of types) await own.clear?.(db, tenant)
    return written
  }

  return {
    ...rest,
    // A row can change without anybody being told.
    freshness: 'eventual',
    async get(ref, wanted) {
      const own = ownOf(ref.type)
      if (own !== undefined) await settler.some(ref.tenant, own, [ref.id])
      return base.get(ref, wanted)
    },
    find: createFind({ base, db, settler, ownOf }),
    async commit(writes, inside) {
      try {
        return await commit(writes, inside)
      } catch (error) {
        if (!(error instanceof Conflict && error.reason === 'unique')) throw error
        // The value may belong to a row that the app has given another one since.
        const type = typeAt(writes, error.at)
        const own = type && ownOf(type.type)
        if (type === undefined || own === undefined || !(await settler.all(type.tenant, own))) throw error
        return commit(writes, inside)
      }
    },
    async *exportTenant(tenant, after) {
      for (const own of types) await settler.all(tenant, own)
      yield* base.exportTenant(tenant, after)
    },
  }
}

/** Writes one row, unless the app has changed it since it was read. */
function* carryOut<Db>(db: Db, { at, own, tenant, id, after, before }: RowWrite<Db>): Steps<void> {
  const [row] = yield* step(own.rows(db, tenant, [id], true))
  const known = before === undefined ? undefined : documentOf(before)
  // Computed again from what the row says now.
  if (known !== undefined && (row === undefined || changeOf(known, row, own.type) !== undefined)) {
    throw new Conflict('version', at, id)
  }
  yield* step(after === undefined ? own.remove(db, tenant, id) : own.save(db, tenant, id, after))
}

function rowWritesOf<Db>(
  write: Write,
  at: number,
  ownOf: (type: string) => OwnRows<Db> | undefined,
): readonly Omit<RowWrite<Db>, 'before'>[] {
  const ref = write.write === 'remove' ? write.ref : 'draft' in write ? write.draft : undefined
  if (write.write === 'load') {
    return write.rows.flatMap((row) => {
      const own = row.row === 'resource' ? ownOf(row.type) : undefined
      return row.row === 'resource' && own !== undefined
        ? [{ at, own, tenant: write.tenant, id: row.id, after: parse(row.text) }]
        : []
    })
  }
  const own = ref && ownOf(ref.type)
  if (ref === undefined || own === undefined || (write.write === 'update' && write.same === true)) return []
  const after = 'draft' in write ? parse(write.draft.text) : undefined
  return [{ at, own, tenant: ref.tenant, id: ref.id, after }]
}

/** The type that a write is of, where it writes a resource. */
function typeAt(writes: readonly Write[], at: number): { readonly tenant: string; readonly type: string } | undefined {
  const write = writes[at]
  return write !== undefined && 'draft' in write ? write.draft : undefined
}

function parse(text: string): Document {
  const document: unknown = JSON.parse(text)
  if (!isObject(document)) throw new Error('The text of a resource is not a JSON object')
  return document
}
