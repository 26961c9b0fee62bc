// Reads and changes records of the store: one, all of a kind, or one that others change too.

import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import { Conflict, type Store, type StoredRecord, type Write } from './contract/index.ts'

/** Records that are read at once. */
const CHUNK = 1_000

/** All records of one kind of a tenant, in key order. */
export async function allRecords(
  store: Pick<Store, 'records'>,
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
  store: Pick<Store, 'records'>,
  tenant: string,
  kind: string,
  key: string,
): Promise<StoredRecord | undefined> {
  const [record] = await store.records(tenant, kind, { key, limit: 1 })
  return record
}

/** The write that replaces a record as it was read, or deletes it; `Conflict` missing if it has changed since. */
export function putIfSame({ tenant, kind, key, tag, value: was }: StoredRecord, value: Json | undefined): Write {
  return {
    write: 'record',
    record: { tenant, kind, key },
    ...(tag === undefined ? {} : { tag }),
    value,
    ifValue: was,
  }
}

/** Most attempts of a change that conflicts with those of others. */
const TRIES = 20

/**
 * Runs a change that was computed from the record of this key, again if the record has changed before the commit. Without this, the
 * second of two concurrent changes of a record would undo the first.
 */
export async function untilUnchanged<T>(key: string, change: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await change()
    } catch (error) {
      const changed =
        error instanceof Conflict && error.what === key && (error.reason === 'missing' || error.reason === 'exists')
      if (!changed || tries >= TRIES) throw error
    }
  }
}

/** A record's value as an object; an empty one if it isn't an object, so that a damaged record counts as one without facts. */
export function factsOf(record: StoredRecord): JsonObject {
  return isObject(record.value) ? record.value : {}
}

/** A fact if it is a string, else undefined. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A fact if it is a number, else undefined. */
export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}
