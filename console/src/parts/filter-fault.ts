// Checks a filter as one types, by the server's own grammar.

import { parseFilter } from '../../../src/protocol/index.ts'

/** What is wrong with a filter, as a sentence with the place; undefined if nothing is. RFC 7644 §3.4.2.2. */
export function faultOfFilter(filter: string): string | undefined {
  try {
    parseFilter(filter)
    return undefined
  } catch (error) {
    return error instanceof Error
      ? 'detail' in error && typeof error.detail === 'string'
        ? error.detail
        : error.message
      : String(error)
  }
}
