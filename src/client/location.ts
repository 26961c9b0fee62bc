// Reads the Location header of an answer.

import { idInUri } from '../protocol/index.ts'

/** The id at the end of a location, whatever host it names: behind a proxy that is often the wrong one. RFC 7644 §3.3. */
export function idOf(location: string | null): string | undefined {
  return location === null ? undefined : idInUri(location)
}
