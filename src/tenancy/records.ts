import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import { Conflict, type Store, type StoredRecord, type Write } from '../store/index.ts'

/** Records read from the store at once. */
const CHUNK = 1_000

/** All records of one kind of a tenant, in key order. */
export async function allRecords(
  store: Store,
  tenant: string,
  kind: string,
  tag?: string,
): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.records(tenant, kind, {
      limit: CHUNK,
      ...(tag === undefined ? {} : { tag }),
      ...(after === undefined ? {} : { after }),
    })
    found.push(...page)
    const last = page.at(-1)
    if (page.length < CHUNK || last === undefined) return found
    after = last.key
  }
}

/** One record by its key. */
export async function oneRecord(
  store: Store,
  tenant: string,
  kind: string,
  key: string,
): Promise<StoredRecord | undefined> {
  const [record] = await store.records(tenant, kind, { key, limit: 1 })
  return record
}

/** The write that puts another value in place of a record as it was read, or takes it away; `Conflict` missing when it has changed since. */
export function putIfSame({ tenant, kind, key, tag, value: was }: StoredRecord, value: Json | undefined): Write {
  return {
    write: 'record',
    record: { tenant, kind, key },
    ...(tag === undefined ? {} : { tag }),
    value,
    ifValue: was,
  }
}

/** Tries of a change that others get in the way of. */
const TRIES = 20

/**
 * Carries out a change that was computed from the record of this key, anew as long as that is not what it was when it is committed.
 * Without it, of two who change one record at the same time the second would undo what the first one did.
 */
export async function untilUnchanged<T>(key: string, change: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await change()
    } catch (error) {
      const meanwhile =
        error instanceof Conflict && error.what === key && (error.reason === 'missing' || error.reason === 'exists')
      if (!meanwhile || tries >= TRIES) throw error
    }
  }
}

/** A record's value as an object; an empty one when it is none, so that a damaged record is seen as one without facts. */
export function factsOf(record: StoredRecord): JsonObject {
  return isObject(record.value) ? record.value : {}
}

/** A fact that is a string, or undefined. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A fact that is a number, or undefined. */
export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}
