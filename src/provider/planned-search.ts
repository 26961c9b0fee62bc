// A search that has been planned: what it asks, how each type is shown, which page of a walk it is.

import type { Plan } from '../directory/index.ts'
import type { Cursor, SearchInput } from '../protocol/index.ts'
import type { View } from './represent.ts'
import type { RequestContext } from './request.ts'

/** A search on its way to an answer. */
export interface PlannedSearch {
  readonly request: RequestContext
  readonly search: SearchInput
  readonly plan: Plan
  /** How each type is shown, by its name. */
  readonly views: ReadonlyMap<string, View>
  /** The walk by cursor that this is a step of. RFC 9865. */
  readonly walk?: { readonly name: string; readonly from: Cursor | undefined }
  /** The body of a search by POST, read already. */
  readonly bytes: Uint8Array | undefined
}
