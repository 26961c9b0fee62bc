// Imports from a browser: rows by the hundred, numbered, each with a result of its own.

import { type Context, type Directory, documentOf } from '../directory/index.ts'
import type { Environment } from '../environment.ts'
import {
  changedPaths,
  checkDocument,
  createNotes,
  isObject,
  type JsonObject,
  LENIENT,
  normalise,
  type ResourceType,
  readQuery,
  ScimError,
  STRICT,
} from '../protocol/index.ts'
import { factsOf, oneRecord, putIfSame, type Store, type StoredRecord, textOf } from '../store/index.ts'
import { TenancyError } from '../tenancy/index.ts'

/** What an import is told when it begins. */
export interface ImportDraft {
  readonly type: string
  /** The attribute by which a row is found here: one that is indexed. */
  readonly match: string
  /** Only says what it would do. */
  readonly dry: boolean
}

/** What became of a row, or would become. */
export interface RowResult {
  readonly did: 'create' | 'update' | 'same' | 'refused'
  readonly id?: string
  readonly changes?: readonly string[]
  readonly reason?: string
}

/** How many rows became what. */
export interface ImportCounts {
  readonly create: number
  readonly update: number
  readonly same: number
  readonly refused: number
}

/** An import, as far as it has come. */
export interface ImportState extends ImportDraft {
  readonly id: string
  /** The number of the batch that comes next; the first one is 0. */
  readonly next: number
  readonly counts: ImportCounts
  readonly stopped: boolean
  /** Milliseconds since 1970. */
  readonly created: number
  readonly actor: string
}

/** Most rows of a batch. */
export const IMPORT_ROWS = 100
/** Kind of the records of imports. */
const KIND = 'import'
const NONE: ImportCounts = { create: 0, update: 0, same: 0, refused: 0 }

/** What imports work with. */
export interface ImportDeps {
  readonly store: Store
  readonly directory: Directory
  readonly environment: Pick<Environment, 'now' | 'random'>
}

/** Begins an import. Nothing is written but that it began. */
export async function beginImport(
  { store, environment }: ImportDeps,
  tenant: string,
  draft: ImportDraft,
  actor: string,
): Promise<ImportState> {
  const id = Array.from(environment.random(new Uint8Array(9)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const state: ImportState = { ...draft, id, next: 0, counts: NONE, stopped: false, created: environment.now(), actor }
  const record = { tenant, kind: KIND, key: id }
  await store.commit([{ write: 'record', record, value: valueKept(state), ifAbsent: true }])
  return state
}

/** An import as far as it has come. Throws {@link TenancyError} when there is none. */
export async function showImport(
  { store }: Pick<ImportDeps, 'store'>,
  tenant: string,
  id: string,
): Promise<ImportState> {
  return stateOf(await recordOf(store, tenant, id))
}

/** Stops an import: what it has done stays. */
export async function stopImport({ store }: ImportDeps, tenant: string, id: string): Promise<ImportState> {
  const record = await recordOf(store, tenant, id)
  const state = { ...stateOf(record), stopped: true }
  await store.commit([putIfSame(record, valueKept(state))])
  return state
}

/**
 * Takes a batch. One that was taken before is answered from the counts alone and not done twice; one out of order is refused, with the
 * number that comes next. The result of a row says nothing of the others.
 */
export async function takeRows(
  deps: ImportDeps,
  type: ResourceType,
  { tenant, id, actor }: { readonly tenant: string; readonly id: string; readonly actor: string },
  batch: number,
  rows: readonly JsonObject[],
): Promise<{ readonly state: ImportState; readonly results: readonly RowResult[] }> {
  const record = await recordOf(deps.store, tenant, id)
  const state = stateOf(record)
  if (state.stopped) throw new TenancyError('ERR_IN_USE', `Import ${id} was stopped; begin another one`)
  if (batch < state.next) return { state, results: [] }
  if (batch > state.next)
    throw new TenancyError('ERR_INVALID', `Batch ${batch} came before batch ${state.next}; send them in order`, {
      field: 'batch',
    })
  const context: Context = { tenant, actor, allow: LENIENT, txn: `import-${id}` }
  const results: RowResult[] = []
  const counts = { ...state.counts }
  for (const row of rows) {
    const result = await takeRow(deps.directory, context, type, state, row)
    counts[result.did]++
    results.push(result)
  }
  const next = { ...state, next: batch + 1, counts }
  await deps.store.commit([putIfSame(record, valueKept(next))])
  return { state: next, results }
}

async function takeRow(
  directory: Directory,
  context: Context,
  type: ResourceType,
  { match, dry }: ImportState,
  row: JsonObject,
): Promise<RowResult> {
  try {
    const body: JsonObject = { schemas: [type.schema.id], ...row }
    const wanted = normalise(body, type, context.allow, createNotes())
    const value = valueAt(row, match)
    if (typeof value !== 'string' || value === '') return { did: 'refused', reason: `The row has no ${match}` }
    const filter = `${match} eq ${JSON.stringify(value)}`
    const search = readQuery({ filter, count: '2' })
    const plan = directory.plan({ ...context, allow: STRICT }, [type], search, '', { groups: false, total: false })
    const [found, second] = (await directory.find(plan)).resources
    if (second !== undefined) return { did: 'refused', reason: `Several resources have the ${match} ${value}` }
    if (found === undefined) {
      if (dry) checkDocument(wanted, type, context.allow)
      const id = dry ? undefined : (await directory.create(context, type.name, body)).stored.id
      return { did: 'create', ...(id === undefined ? {} : { id }) }
    }
    const { schemas: _schemas, ...given } = wanted
    const before = documentOf(found)
    const after = merged(before, given)
    const changes = changedPaths(before, after, type).map(({ path }) => path)
    if (changes.length === 0) return { did: 'same', id: found.id }
    if (dry) checkDocument(after, type, context.allow)
    else await directory.replace(context, type.name, found.id, after)
    return { did: 'update', id: found.id, changes }
  } catch (error) {
    if (error instanceof ScimError && error.status < 500) return { did: 'refused', reason: error.detail }
    throw error
  }
}

/** What is given in place of what was there; what a row leaves out stays. Sub-attributes and extensions likewise. */
function merged(before: JsonObject, given: JsonObject): JsonObject {
  const after: { [name: string]: JsonObject[string] } = { ...before }
  for (const [name, value] of Object.entries(given)) {
    const old = before[name]
    after[name] = isObject(value) && isObject(old) ? merged(old, value) : value
  }
  return after
}

function valueAt(row: JsonObject, path: string): unknown {
  let at: unknown = row
  for (const step of path.split('.')) at = typeof at === 'object' && at !== null ? (at as JsonObject)[step] : undefined
  return at
}

async function recordOf(store: Store, tenant: string, id: string): Promise<StoredRecord> {
  const record = await oneRecord(store, tenant, KIND, id)
  if (record !== undefined) return record
  throw new TenancyError('ERR_NOT_FOUND', `Tenant "${tenant}" has no import "${id}"`)
}

function valueKept({ counts, ...rest }: ImportState): JsonObject {
  return { ...rest, counts: { ...counts } }
}

function stateOf(record: StoredRecord): ImportState {
  const facts = factsOf(record)
  const number = (value: unknown) => (typeof value === 'number' ? value : 0)
  const counts = isObject(facts.counts) ? facts.counts : {}
  return {
    id: record.key,
    type: textOf(facts.type) ?? 'User',
    match: textOf(facts.match) ?? 'userName',
    dry: facts.dry === true,
    next: number(facts.next),
    counts: {
      create: number(counts.create),
      update: number(counts.update),
      same: number(counts.same),
      refused: number(counts.refused),
    },
    stopped: facts.stopped === true,
    created: number(facts.created),
    actor: textOf(facts.actor) ?? '',
  }
}
