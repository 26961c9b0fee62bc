// Works out the index entries of a document, and which change with it.

import { type Document, indexValue, isObject, isPrimary, type Json, type ResourceType } from '../protocol/index.ts'
import type { IndexEntry } from '../store/index.ts'
import { type Indexed, traitsOf } from './traits.ts'

/** Paths that must be unique besides those the schema declares so: `displayName`, `emails.value`. */
export type UniquePaths = ReadonlySet<string>

/** The index entries of a document: every value it can be found by without being read. */
export function indexEntries(document: Document, type: ResourceType, unique: UniquePaths): readonly IndexEntry[] {
  const entries: IndexEntry[] = []
  for (const indexed of traitsOf(type).indexed) collect(document, indexed, unique, entries)
  return entries
}

/** Whether any of these changed attributes has entries, or a part that has. */
export function touchesIndex(changed: readonly { readonly path: string }[], type: ResourceType): boolean {
  return traitsOf(type).indexed.some(({ extension, attribute, sub }) => {
    // What is never returned is in no list of changes.
    if (attribute.returned === 'never' || sub?.returned === 'never') return true
    const name = extension === undefined ? attribute.name : `${extension}:${attribute.name}`
    return changed.some(
      ({ path }) => path.startsWith(name) && (path.length === name.length || path[name.length] === '.'),
    )
  })
}

/** What goes and what comes when one document takes the place of another. */
export function entryChanges(
  before: readonly IndexEntry[],
  after: readonly IndexEntry[],
): { readonly unindex: readonly IndexEntry[]; readonly index: readonly IndexEntry[] } {
  const keyOf = ({ path, value }: IndexEntry) => `${path}\n${value}`
  const [old, now] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))]
  return {
    unindex: before.filter((entry) => !now.has(keyOf(entry))),
    index: after.filter((entry) => !old.has(keyOf(entry))),
  }
}

function collect(document: Document, indexed: Indexed, unique: UniquePaths, entries: IndexEntry[]): void {
  const holder = indexed.extension === undefined ? document : document[indexed.extension]
  if (!isObject(holder)) return
  const value = holder[indexed.attribute.name]
  if (value === undefined) return
  const leaf = indexed.sub ?? indexed.attribute
  const absent = isPrimary({ ...indexed, leaf }) ? false : undefined
  const known = new Set<string>()
  const add = (one: Json | undefined) => {
    const held = indexed.sub === undefined ? one : isObject(one) ? (one[indexed.sub.name] ?? absent) : undefined
    const key = indexValue(leaf, held)
    if (key === undefined) return
    // The same value under two types is one entry.
    if (known.has(key)) return
    known.add(key)
    const only = indexed.unique || unique.has(indexed.path)
    entries.push(only ? { path: indexed.path, value: key, unique: true } : { path: indexed.path, value: key })
  }
  if (Array.isArray(value)) for (const one of value) add(one)
  else add(value)
}
