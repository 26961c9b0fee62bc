// Collects the names and external ids of all records of a source, which decide what a single record matches.

import { fold, type JsonObject, type ResourceType, squeezed } from '../protocol/index.ts'
import type { SourceRecord } from './record.ts'

/** The names of all records of a source: which of them tell one resource from the others. */
export interface RecordNames {
  /** External ids, by type, and those that several records share. */
  readonly externalIds: ReadonlySet<string>
  readonly repeated: ReadonlySet<string>
  /** Names that are unique by their schema, by type. */
  readonly unique: ReadonlySet<string>
  /** How many records of that type, name and external id came before: the n-th record means the n-th resource. */
  readonly next: (record: SourceRecord) => number
}

/** Collects names, one record after the other. */
export interface NameCollector {
  readonly names: RecordNames
  /** Adds a record; with `isDone` it was imported by an earlier run, so that `next` counts it. */
  readonly add: (record: SourceRecord, options: { readonly isDone: boolean }) => void
}

/** Starts an empty collection. */
export function collectNames(): NameCollector {
  const externalIds = new Set<string>()
  const repeated = new Set<string>()
  const unique = new Set<string>()
  const counts = new Map<string, number>()
  const next = (record: SourceRecord) => {
    if (nameOf(record.type)?.unique) return 0
    const key = recordKey(record)
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    return count
  }
  return {
    names: { externalIds, repeated, unique, next },
    add(record, { isDone }) {
      const { type, json } = record
      const external = externalKey(type, json)
      if (external !== undefined) (externalIds.has(external) ? repeated : externalIds).add(external)
      const name = nameOf(type)
      if (name?.unique) unique.add(nameKey(type, json[name.name]))
      if (isDone) next(record)
    },
  }
}

/** The attribute that people call a resource by, and whether two may share it. */
export function nameOf({ schema }: ResourceType): { readonly name: string; readonly unique: boolean } | undefined {
  const simple = schema.attributes.filter(({ type, multiValued }) => type === 'string' && !multiValued)
  const unique = simple.find(({ uniqueness }) => uniqueness !== 'none')
  if (unique !== undefined) return { name: unique.name, unique: true }
  const shared = ['displayName', 'value'].find((name) => simple.some((one) => one.name === name))
  return shared === undefined ? undefined : { name: shared, unique: false }
}

/** Records with the same key may mean the same resource, so that they must be imported one after the other. */
export function recordKey({ type, json }: SourceRecord): string {
  const name = nameOf(type)
  const called = name === undefined ? '' : nameKey(type, json[name.name])
  return name?.unique ? called : `${called}\n${externalKey(type, json) ?? ''}`
}

/** The external id of a resource with its type; undefined for none. */
export function externalKey(type: ResourceType, json: JsonObject): string | undefined {
  const { externalId } = json
  return typeof externalId === 'string' && externalId !== '' ? `${type.name}\n${externalId}` : undefined
}

/** The name of a resource as names of its type are compared, with its type. */
export function nameKey(type: ResourceType, value: unknown): string {
  const text = typeof value === 'string' ? fold(value) : ''
  return `${type.name}\n${nameOf(type)?.unique ? squeezed(text) : text}`
}
