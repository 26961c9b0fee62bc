// Imports one record of a source: translates its ids, then creates the resource that it means or updates it.

import { documentOf, type Stored, traitsOf } from '../directory/index.ts'
import { type JsonObject, LIMITS, LockstepError, type ResourceType, ScimError } from '../protocol/index.ts'
import type { Header } from './csv-header.ts'
import { isOf, patchFor } from './csv-row.ts'
import { type Matching, match } from './match.ts'
import type { SourceRecord } from './record.ts'
import { translateIds } from './translate-ids.ts'

/** What was done with a record. */
export interface Imported {
  readonly type: string
  /** The id that the resource has here. */
  readonly id: string
  /** The id that it has at its source. */
  readonly theirs?: string
  readonly did: 'created' | 'updated' | 'unchanged' | 'later'
  /** Ids that the record refers to and that are not known yet. */
  readonly unknown: readonly string[]
}

/** What an import works with. */
export interface Importer extends Matching {
  /** Of a CSV file: attributes without a column keep their values. */
  readonly header: Header | undefined
  /** The id here of an id at the source, if it is known. */
  readonly find: (theirs: string) => string | undefined
}

/**
 * Imports one record: updates the resource that it means, or creates one. `ordinal`: how many records of its name came before.
 * A resource with references to unknown ids is created without them; one that exists is left for the second pass (`later`).
 */
export async function importRecord(importer: Importer, record: SourceRecord, ordinal: number): Promise<Imported> {
  const { json, type } = record
  const unknown: string[] = []
  const body = translateIds(json, type, (id) => {
    const ours = importer.find(id)
    if (ours === undefined) unknown.push(id)
    return ours
  })
  const theirs = typeof json.id === 'string' ? { theirs: json.id } : {}
  let found = await match(importer, record, ordinal)
  if (found === undefined) {
    const made = await create(importer, type, body)
    if (typeof made === 'string') return { type: type.name, id: made, ...theirs, did: 'created', unknown }
    // Another writer may have created it meanwhile.
    found = await match(importer, record, ordinal)
    if (found === undefined) throw made
  }
  const { id } = found
  // It can't be replaced while references are missing; the second pass does it.
  if (unknown.length > 0) return { type: type.name, id, ...theirs, did: 'later', unknown }
  const changed = await update(importer, type, found, body)
  return { type: type.name, id, ...theirs, did: changed ? 'updated' : 'unchanged', unknown }
}

/** The result of the second pass for one record. */
export interface Completed {
  readonly changed: boolean
  /** Ids that are still unknown, and what they refer to. */
  readonly unknown: readonly string[]
  readonly what: 'member' | 'reference'
}

/** Second pass: sets the references of a resource that were not all known when it was imported. */
export async function completeRecord(importer: Importer, id: string, record: SourceRecord): Promise<Completed> {
  const { json, type } = record
  const { tenant } = importer.context
  const named = new Set<string>()
  translateIds(json, type, (theirs) => {
    named.add(theirs)
    return theirs
  })
  const strange = [...named].filter((theirs) => importer.find(theirs) === undefined)
  // An id that no record has may already be one of this tenant.
  const known = new Set<string>()
  for (let at = 0; at < strange.length; at += LIMITS.PAGE_MAX) {
    const found = await importer.directory.names(tenant, strange.slice(at, at + LIMITS.PAGE_MAX))
    for (const member of found) known.add(member.id)
  }
  const body = translateIds(json, type, (theirs) => importer.find(theirs) ?? (known.has(theirs) ? theirs : undefined))
  const stored = await importer.directory.get({ tenant, type: type.name, id })
  if (stored === undefined) throw new LockstepError('ERR_REFUSED', `${type.name} ${id} was deleted meanwhile`)
  const changed = await update(importer, type, stored, body)
  return {
    changed,
    unknown: strange.filter((theirs) => !known.has(theirs)),
    what: traitsOf(type).rows ? 'member' : 'reference',
  }
}

/** Changes a resource to what its record says; false when nothing differs. */
async function update({ directory, context, header }: Importer, type: ResourceType, stored: Stored, body: JsonObject) {
  const { changed } = isOf(header, type)
    ? await directory.patch(context, type.name, stored.id, patchFor(body, documentOf(stored), header))
    : await directory.replace(context, type.name, stored.id, body)
  return changed
}

/** Why a record was refused, for the administrator. */
export function refusalOf(error: unknown): string {
  if (error instanceof ScimError) return error.detail
  if (error instanceof LockstepError) return error.message
  throw error
}

/** The id of the new resource, or the refusal when a unique value is taken. */
async function create(
  { directory, context }: Importer,
  type: ResourceType,
  body: JsonObject,
): Promise<string | ScimError> {
  try {
    return (await directory.create(context, type.name, body)).stored.id
  } catch (error) {
    if (error instanceof ScimError && error.scimType === 'uniqueness') return error
    throw error
  }
}
