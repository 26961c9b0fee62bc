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
