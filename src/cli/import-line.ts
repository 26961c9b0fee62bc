import { documentOf, traitsOf } from '../directory/index.ts'
import {
  carryNumbers,
  isObject,
  type Json,
  type JsonObject,
  LIMITS,
  LockstepError,
  type ResourceType,
  ScimError,
} from '../protocol/index.ts'
import type { Stored } from '../store/index.ts'
import { isOf, patchFor } from './csv-row.ts'
import { type Matching, match } from './import-match.ts'
import type { Given, Source } from './import-source.ts'

/** What a line came to. */
export interface Imported {
  readonly type: string
  /** The id it has here. */
  readonly id: string
  /** The id it had in the file. */
  readonly theirs?: string
  readonly did: 'created' | 'updated' | 'unchanged' | 'later'
  /** Ids in it that name nothing known yet. */
  readonly unknown: readonly string[]
}

/** What an import works with. */
export interface Importer extends Matching {
  readonly source: Source
  /** The id here of one in the file, if it is known. */
  readonly find: (theirs: string) => string | undefined
}

/** Takes in one resource: into the one here that it means, else a new one. `ordinal`: how many of its name came before. */
export async function importResource(importer: Importer, given: Given, ordinal: number): Promise<Imported> {
  const { json, type } = given
  const unknown: string[] = []
  const body = translate(json, type, (id) => {
    const ours = importer.find(id)
    if (ours === undefined) unknown.push(id)
    return ours
  })
  const theirs = typeof json.id === 'string' ? { theirs: json.id } : {}
  let found = await match(importer, type, json, ordinal)
  if (found === undefined) {
    const made = await create(importer, type, body)
    if (typeof made === 'string') return { type: type.name, id: made, ...theirs, did: 'created', unknown }
    // Somebody else may have been quicker.
    found = await match(importer, type, json, ordinal)
    if (found === undefined) throw made
  }
  const { id } = found
  // With parts missing it can't be replaced yet; the second pass does it.
  if (unknown.length > 0) return { type: type.name, id, ...theirs, did: 'later', unknown }
  const changed = await update(importer, type, found, body)
  return { type: type.name, id, ...theirs, did: changed ? 'updated' : 'unchanged', unknown }
}

/** What looking again came to. */
export interface Completed {
  readonly changed: boolean
  /** Ids that still name nobody, and what they stand for. */
  readonly unknown: readonly string[]
  readonly what: 'member' | 'reference'
}

/** Looks at a resource again whose references were not all known. */
export async function completeResource(importer: Importer, id: string, given: Given): Promise<Completed> {
  const { json, type } = given
  const { tenant } = importer.context
  const named = new Set<string>()
  translate(json, type, (theirs) => {
    named.add(theirs)
    return theirs
  })
  const strange = [...named].filter((theirs) => importer.find(theirs) === undefined)
  // An id that nobody in the file has may be one of this tenant.
  const known = new Set<string>()
  for (let at = 0; at < strange.length; at += LIMITS.PAGE_MAX) {
    const found = await importer.directory.names(tenant, strange.slice(at, at + LIMITS.PAGE_MAX))
    for (const member of found) known.add(member.id)
  }
  const body = translate(json, type, (theirs) => importer.find(theirs) ?? (known.has(theirs) ? theirs : undefined))
  const stored = await importer.directory.get({ tenant, type: type.name, id })
  if (stored === undefined) throw new LockstepError('ERR_REFUSED', `${type.name} ${id} was deleted meanwhile`)
  const changed = await update(importer, type, stored, body)
  return {
    changed,
    unknown: strange.filter((theirs) => !known.has(theirs)),
    what: traitsOf(type).rows ? 'member' : 'reference',
  }
}

/** Makes a resource what the file says it is; false when it was so already. */
async function update({ directory, context, source }: Importer, type: ResourceType, stored: Stored, body: JsonObject) {
  const { header } = source
  const { changed } = isOf(header, type)
    ? await directory.patch(context, type.name, stored.id, patchFor(body, documentOf(stored), header))
    : await directory.replace(context, type.name, stored.id, body)
  return changed
}

/** Why a line was refused, for the administrator. */
export function refusalOf(error: unknown): string {
  if (error instanceof ScimError) return error.detail
  if (error instanceof LockstepError) return error.message
  throw error
}

/** The resource with ids in the file replaced by ids here; entries for which there is none are left out. */
function translate(json: JsonObject, type: ResourceType, ours: (theirs: string) => string | undefined): JsonObject {
  const { id: _id, meta: _meta, groups: _groups, ...rest } = json
  const { references, rows } = traitsOf(type)
  let body: JsonObject = rest
  for (const { attribute, extension } of references) body = inHolder(body, extension, attribute.name, ours)
  return carryNumbers(json, rows ? inHolder(body, undefined, 'members', ours) : body)
}

function inHolder(
  body: JsonObject,
  extension: string | undefined,
  attribute: string,
  ours: (theirs: string) => string | undefined,
): JsonObject {
  const holder = extension === undefined ? body : body[extension]
  if (!isObject(holder) || holder[attribute] === undefined) return body
  const translateOne = (entry: Json): readonly Json[] => {
    const theirs = isObject(entry) ? entry.value : entry
    if (typeof theirs !== 'string' || theirs === '') return [entry]
    const value = ours(theirs)
    if (value === undefined) return []
    // $ref holds the id of the other place, and display is computed.
    const { $ref: _ref, display: _display, ...others } = isObject(entry) ? entry : {}
    return [{ ...others, value }]
  }
  const held = holder[attribute]
  const list = Array.isArray(held) ? held.flatMap(translateOne) : translateOne(held)
  const { [attribute]: _gone, ...without } = holder
  const value = Array.isArray(held) ? list : list[0]
  const filled = value === undefined ? without : { ...holder, [attribute]: value }
  return extension === undefined ? filled : { ...body, [extension]: filled }
}

/** The id of the resource made, or the refusal when a unique value is taken. */
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
