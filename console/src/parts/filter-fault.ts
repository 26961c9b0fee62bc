// Checks a filter as one types, by the server's own grammar.

import { parseFilter, ScimError } from '../../../src/protocol/index.ts'

/** What is wrong with a filter, as a sentence, and at which character; undefined if nothing is. RFC 7644 §3.4.2.2. */
export function faultOfFilter(text: string): { readonly message: string; readonly at: number } | undefined {
  if (text.trim() === '') return undefined
  try {
    parseFilter(text)
    return undefined
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    const at = /at character (\d+)/.exec(error.detail)?.[1]
    return { message: error.detail, at: at === undefined ? text.length : Math.min(Number(at) - 1, text.length) }
  }
}
