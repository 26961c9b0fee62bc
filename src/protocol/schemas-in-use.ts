// The `schemas` attribute of a resource. RFC 7643 §3.3.

import type { Document } from './json.ts'
import type { ResourceType } from './schema.ts'

/** `schemas` as it is shown: the base, extensions with a value, required extensions. RFC 7643 §3.3. */
export function schemasFor(document: Document, type: ResourceType): readonly string[] {
  const used = type.extensions.filter(({ schema, required }) => required || document[schema.id] !== undefined)
  return [type.schema.id, ...used.map(({ schema }) => schema.id)]
}
