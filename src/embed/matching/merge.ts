// Merges what is said of a person into what is kept: what is named takes its place, all else stays.

import { type Document, isObject, type Json } from '../../protocol/index.ts'

/** The person with every attribute that is said, whole, and all others as they were; in extensions the same. */
export function mergePerson(before: Document, said: Document): Document {
  const merged: { [name: string]: Json } = { ...before } as { [name: string]: Json }
  for (const [name, value] of Object.entries(said)) {
    if (value === undefined || name === 'id' || name === 'meta') continue
    const kept = before[name]
    if (name === 'schemas') {
      merged.schemas = [...new Set([...(Array.isArray(kept) ? kept : []), ...(Array.isArray(value) ? value : [])])]
    } else merged[name] = name.includes(':') && isObject(kept) && isObject(value) ? { ...kept, ...value } : value
  }
  return merged
}
