// What a quirk is: a pure rewrite of a message.

import type { Catalog, Json, JsonObject, ResourceType } from '../protocol/index.ts'

/** A request as a quirk sees it: already routed, its body parsed, nothing checked yet. */
export interface Message {
  readonly action: 'get' | 'list' | 'search' | 'create' | 'replace' | 'patch' | 'delete'
  /** Absent for root queries. */
  readonly type?: ResourceType
  /** The id in the path, if there is one. */
  readonly id?: string
  /** Parsed query parameters, decoded; names as sent. */
  readonly query: { readonly [name: string]: string }
  /** The parsed body, if there is one. */
  readonly body?: Json
}

/** One departure of one peer from the RFC, rewritten into what the RFC says. Pure. */
export interface Quirk {
  /** Kebab-case, unique: `remove-value-wrapped`. */
  readonly name: string
  /** Numbers in the quirk register, `Q51`. */
  readonly register: readonly string[]
  /** Where it is documented or was seen. */
  readonly source: string
  /** Requirements that the server no longer keeps to the letter when it takes this: ids of docs/rfc.md that `lockstep check` reports. */
  readonly deviates: readonly string[]
  /** The message as the RFC would have it; the very same one where there is nothing to change. */
  readonly inbound: (message: Message, catalog: Catalog) => Message
}

export type { Json, JsonObject }
