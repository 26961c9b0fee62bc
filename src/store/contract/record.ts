// Records: settings, connections, tokens and keys, kept beside the resources.

import type { Json } from '../../protocol/index.ts'

/** Names one record. `tenant` is "" for records of the whole database. */
export interface RecordKey {
  readonly tenant: string
  readonly kind: string
  readonly key: string
}

/** A record as kept. */
export interface StoredRecord extends RecordKey {
  readonly tag?: string
  readonly value: Json
}

/** Kinds of records that configure nothing: what a server notes of itself, keys that never change, when tokens were last used. */
const NOT_CONFIGURING: ReadonlySet<string> = new Set(['server', 'key', 'token-use', 'import'])

/** Whether records of a kind configure their tenant, so that every process drops what it caches of that tenant when one is written. */
export function configures(kind: string): boolean {
  return !NOT_CONFIGURING.has(kind)
}
