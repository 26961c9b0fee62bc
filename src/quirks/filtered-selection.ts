import type { Json } from '../protocol/index.ts'
import { mapParameter } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** A filter in a list of attributes, `attributes=emails[type eq "work"]`: the attribute is returned whole. */
export const filteredSelection: Quirk = {
  name: 'filtered-selection',
  register: ['X12'],
  source: "AzureAD/SCIMReferenceCode, PostmanCollection.json: 'Get user attributes'",
  deviates: [],
  inbound: (message) => mapParameter(message, 'attributes', plain),
}

function plain(names: Json): Json {
  if (Array.isArray(names)) return names.map((name: Json) => (typeof name === 'string' ? bare(name) : name))
  return typeof names === 'string' && names.includes('[') ? bare(names) : names
}

function bare(names: string): string {
  return names.replace(/\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]/g, '')
}
