// Quirk: a filter in a list of attributes, `attributes=emails[type eq "work"]`.

import { type Json, LIMITS } from '../protocol/index.ts'
import type { Quirk } from './quirk.ts'
import { quotedEnd } from './quoted.ts'
import { mapParameter } from './toolkit.ts'

/** A filter in a list of attributes, `attributes=emails[type eq "work"]`: the attribute is returned whole. */
export const filteredSelection: Quirk = {
  name: 'filtered-selection',
  register: ['X12'],
  source: "AzureAD/SCIMReferenceCode, PostmanCollection.json: 'Get user attributes'",
  deviates: [],
  inbound: (message) => mapParameter(message, 'attributes', plain),
}

function plain(names: Json): Json {
  // A name past its limit is left for the core to refuse.
  const short = (name: Json) => typeof name === 'string' && name.length <= LIMITS.PATH_LENGTH
  if (Array.isArray(names)) return names.map((name: Json) => (short(name) ? bare(String(name)) : name))
  return typeof names === 'string' && names.includes('[') ? bare(names) : names
}

function bare(names: string): string {
  let out = ''
  let at = 0
  for (let open = names.indexOf('['); open >= 0; open = names.indexOf('[', at)) {
    const end = bracketEnd(names, open)
    // An unclosed bracket stays, and is ignored like any unknown name.
    if (end < 0) break
    out += names.slice(at, open)
    at = end
  }
  return out + names.slice(at)
}

/** The index just past the bracket that closes the one at `at`, ignoring brackets in strings; -1 if it is never closed. */
function bracketEnd(text: string, at: number): number {
  for (let end = at; end < text.length; end++) {
    if (text[end] === ']') return end + 1
    if (text[end] !== '"') continue
    const behind = quotedEnd(text, end)
    if (behind < 0) return -1
    end = behind - 1
  }
  return -1
}
