// Changes what is a tenant's own: checks the loss, writes the records, rebuilds the indexes; one change at a time.

import { type SchemaUse, typeOfBuild } from '../directory/index.ts'
import type { Environment } from '../environment.ts'
import type { Json } from '../protocol/index.ts'
import {
  Conflict,
  createNote,
  type Note,
  numberOf,
  oneRecord,
  putIfSame,
  type Store,
  untilUnchanged,
  type Write,
} from '../store/index.ts'
import { inUse } from './errors.ts'
import { type Loss, lossOfSchema, lossOfType } from './loss.ts'
import {
  buildModel,
  findType,
  indexKey,
  type Model,
  type Own,
  RECORDS,
  REVISION_KEY,
  readOwn,
  sameJson,
  schemasOfType,
} from './model.ts'
import type { Tenants } from './tenants.ts'

/** How a change is made. */
export interface ChangeOptions {
  readonly usage: SchemaUse
  /** The name in the change log for resources that lose values. */
  readonly actor: string
  /** Drops the values that are in the way, instead of refusing. */
  readonly force?: boolean | undefined
}

/** Carries out a change of what is a tenant's own. `rebuild`: index paths of a type to build again as if they were new. */
export type Change = (
  tenant: string,
  options: ChangeOptions,
  edit: (own: Own, before: Model) => Own,
  rebuild?: { readonly type: string; readonly paths: readonly string[] },
) => Promise<Model>

/** What changes are made with. */
export interface ChangeDeps {
  readonly store: Store
  readonly environment: Environment
  readonly tenants: Tenants
  /** Reads a tenant's catalog again. */
  readonly reload: (tenant: string) => Promise<void>
}

/** Creates the changes. Those of one process to a tenant run one at a time, so that none is checked against what another is changing. */
export function createChange(deps: ChangeDeps): Change {
  const last = new Map<string, Promise<unknown>>()
  return (tenant, ...change) => {
    const work = () => untilUnchanged(REVISION_KEY, () => changeOnce(deps, tenant, ...change))
    const next = (last.get(tenant) ?? Promise.resolve()).then(work, work)
    const done = next
      .catch(() => undefined)
      .finally(() => {
        if (last.get(tenant) === done) last.delete(tenant)
      })
    last.set(tenant, done)
    return next
  }
}

async function changeOnce(
  { store, environment, tenants, reload }: ChangeDeps,
  ...[tenant, options, edit, rebuild]: Parameters<Change>
): Promise<Model> {
  await tenants.show(tenant)
  const revision = await nextRevision(store, tenant)
  const own = await readOwn(store, tenant)
  const before = buildModel(own)
  const edited = edit(own, before)
  const after = buildModel(edited)
  const next = { ...edited, indexes: indexesIn(after, edited.indexes) }
  await settle(tenant, before, after, options)
  const indexing = await Promise.all(
    before.types.map((old) => {
      const type = after.types.find(({ name }) => name === old.name)
      return options.usage.changeIndex(tenant, old, type, rebuild?.type === old.name ? rebuild.paths : [])
    }),
  )
  try {
    const notes = notesOf(tenant, own, next, createNote(environment, options.actor))
    const writes = indexing.flatMap((one) => one.writes)
    await store.commit([revision, ...writesOf(tenant, own, next), ...notes, ...writes])
    await reload(tenant)
    const ends = await Promise.allSettled(indexing.map(({ finish }) => finish()))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  } catch (error) {
    throw overtaken(error, tenant)
  }
  return after
}

/** Counts the values that a change would remove, and refuses the change or drops them. */
async function settle(tenant: string, before: Model, after: Model, options: ChangeOptions): Promise<void> {
  const { usage, actor, force = false } = options
  const found: { readonly count: number; readonly loss: Loss }[] = []
  const converted: Loss[] = []
  for (const loss of lossesOf(before, after)) {
    const { begin, uses, convert } = loss
    let moves = false
    begin?.()
    const count = await usage.countUse(tenant, loss.types, (document) => {
      moves ||= convert !== undefined && convert(document) !== document
      return uses(document)
    })
    if (count > 0) found.push({ count, loss })
    else if (moves) converted.push(loss)
  }
  const stuck = found.find(({ loss }) => loss.drop === undefined)
  if (stuck !== undefined) {
    throw inUse(`${stuck.loss.what}, but ${resources(stuck.count)} would break; change those first`, stuck.count)
  }
  if (found.length > 0 && !force) {
    const list = found.map(({ count, loss }) => `${loss.what}, but ${resources(count)} would lose it`).join('; ')
    const most = Math.max(...found.map(({ count }) => count))
    throw inUse(`${list}; force drops the values`, most)
  }
  for (const { begin, convert, types } of converted) {
    begin?.()
    if (convert !== undefined) await usage.rewrite(tenant, types, actor, convert)
  }
  for (const { loss } of found) {
    loss.begin?.()
    if (loss.drop !== undefined) await usage.rewrite(tenant, loss.types, actor, loss.drop)
  }
  for (const type of before.types) {
    if (after.types.some(({ name }) => name === type.name)) continue
    const count = await usage.countUse(tenant, [type.name], () => true)
    if (count > 0 && !force) {
      throw inUse(`Resource type ${type.name} would be removed with ${resources(count)}; force deletes them`, count)
    }
    if (count > 0) await usage.removeAll(tenant, type.name, actor)
  }
}

/** What a change would remove from resources of types that stay, or what would make them invalid. */
export function lossesOf(before: Model, after: Model): readonly Loss[] {
  const losses: Loss[] = []
  const left = before.types.filter((type) => after.types.some(({ name }) => name === type.name))
  for (const old of before.schemas) {
    const now = after.schemas.find(({ id }) => id === old.id)
    if (now === undefined || sameJson(old, now)) continue
    // Types that lose the schema altogether are covered below.
    const users = left.filter((type) => schemasOfType(findType(after, type.name)).some(({ id }) => id === old.id))
    losses.push(...lossOfSchema(old, now, users))
  }
  for (const type of left) losses.push(...lossOfType(type, findType(after, type.name)))
  return losses
}

const PARTS = [
  ['schemas', RECORDS.schema, 'Schema'],
  ['types', RECORDS.type, 'ResourceType'],
  ['indexes', RECORDS.index, 'Index'],
] as const

/** The write that counts a change: of two changes that began with the same state, in any process, only one can commit it. */
async function nextRevision(store: Store, tenant: string): Promise<Write> {
  const found = await oneRecord(store, tenant, RECORDS.revision, REVISION_KEY)
  if (found !== undefined) return putIfSame(found, (numberOf(found.value) ?? 0) + 1)
  const record = { tenant, kind: RECORDS.revision, key: REVISION_KEY }
  return { write: 'record', record, value: 1, ifAbsent: true }
}

/** The records that turn one state into another. */
function writesOf(tenant: string, before: Own, after: Own): readonly Write[] {
  const writes: Write[] = []
  for (const [part, kind] of PARTS) {
    for (const key of before[part].keys()) {
      if (!after[part].has(key)) writes.push({ write: 'record', record: { tenant, kind, key }, value: undefined })
    }
    for (const [key, value] of after[part]) {
      if (before[part].get(key) !== value) writes.push({ write: 'record', record: { tenant, kind, key }, value })
    }
  }
  return writes
}

/** The notes for the log about what a change has put and deleted. */
function notesOf(tenant: string, before: Own, after: Own, note: Note): readonly Write[] {
  return PARTS.flatMap(([part, , type]) => {
    const keys = [...new Set([...before[part].keys(), ...after[part].keys()])]
    return keys
      .filter((key) => !sameJson(before[part].get(key), after[part].get(key)))
      .map((key) => note(tenant, type, key, after[part].has(key) ? 'put' : 'deleted'))
  })
}

/** The declarations of attributes that the model still has: the others are dropped with their attributes. */
export function indexesIn(model: Model, declared: Own['indexes']): ReadonlyMap<string, Json> {
  const kept = new Set(model.types.flatMap(({ name, indexed = [] }) => indexed.map((path) => indexKey(name, path))))
  return new Map([...declared].filter(([key]) => kept.has(key)))
}

/** The refusal for an index that couldn't be built because of another change. */
function overtaken(error: unknown, tenant: string): unknown {
  const type = error instanceof Conflict ? typeOfBuild(error) : undefined
  if (type === undefined) return error
  return inUse(
    `Another change of the schemas or indexes of ${type} has begun in the meantime; see what is ready with: lockstep index list --tenant ${tenant}, and put the rest again`,
    1,
  )
}

function resources(count: number): string {
  return count === 1 ? '1 resource' : `${count.toLocaleString('en')} resources`
}
