// One operation of a PATCH as sent. RFC 7644 §3.5.2.

import type { Json } from './json.ts'

/** One operation of a PATCH. RFC 7644 §3.5.2. */
export type PatchOperation = {
  readonly op: string
  readonly path?: string
  readonly value?: Json
}
