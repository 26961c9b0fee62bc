// Writes the envelope of a list response. RFC 7644 §3.4.2.

import { LIST_RESPONSE } from './urn.ts'

/** The envelope of a page. RFC 7644 §3.4.2, RFC 9865 §2. */
export interface ListEnvelope {
  readonly totalResults: number
  /** Number of resources in this page. */
  readonly itemsPerPage: number
  /** Index paging: index of the first resource of this page. */
  readonly startIndex?: number
  /** Cursor paging, on all pages but the last. */
  readonly nextCursor?: string
}

/** The text of a list response up to its first resource; then come the resources, apart by commas, then `LIST_END`. RFC 7644 §3.4.2. */
export function openList({ totalResults, itemsPerPage, startIndex, nextCursor }: ListEnvelope): string {
  const start = startIndex === undefined ? '' : `,"startIndex":${startIndex}`
  const next = nextCursor === undefined ? '' : `,"nextCursor":"${nextCursor}"`
  return `{"schemas":["${LIST_RESPONSE}"],"totalResults":${totalResults},"itemsPerPage":${itemsPerPage}${start}${next},"Resources":[`
}

/** The end of a list response. RFC 7644 §3.4.2. */
export const LIST_END = ']}'
