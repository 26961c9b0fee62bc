import { type Context, type Directory, traitsOf } from '../directory/index.ts'
import {
  type Catalog,
  isObject,
  type Json,
  type JsonObject,
  LIMITS,
  LockstepError,
  type ResourceType,
  readQuery,
  ScimError,
} from '../protocol/index.ts'

/** What a line came to. */
export interface Imported {
  readonly type: string
  /** The id it has here. */
  readonly id: string
  /** The id it had in the file. */
  readonly theirs?: string
  readonly did: 'created' | 'updated' | 'unchanged'
  /** Ids in it that name nothing known yet. */
  readonly unknown: readonly string[]
}

/** What an import works with. */
export interface Importer {
  readonly directory: Directory
  readonly context: Context
  readonly catalog: Catalog
  /** The id here of one in the file, if it is known. */
  readonly find: (theirs: string) => string | undefined
}

/** Takes in one resource: matched by externalId, then by what must be unique, else made anew. */
export async function importResource(importer: Importer, text: string): Promise<Imported> {
  const json = parse(text)
  const type = typeOf(json, importer.catalog)
  const unknown: string[] = []
  const body = translate(json, type, (id) => {
    const ours = importer.find(id)
    if (ours === undefined) unknown.push(id)
    return ours
  })
  const theirs = typeof json.id === 'string' ? { theirs: json.id } : {}
  const found = await match(importer, type, body)
  if (found === undefined) {
    const made = await create(importer, type, body)
    if (made !== undefined) return { type: type.name, id: made, ...theirs, did: 'created', unknown }
  }
  // A line before it in the same batch may have been quicker.
  const id = found ?? (await match(importer, type, body))
  if (id === undefined) throw new LockstepError('ERR_REFUSED', 'another resource has one of its unique values')
  // With parts missing it can't be replaced yet; the second pass does it.
  if (unknown.length > 0) return { type: type.name, id, ...theirs, did: 'updated', unknown }
  const { changed } = await importer.directory.replace(importer.context, type.name, id, body)
  return { type: type.name, id, ...theirs, did: changed ? 'updated' : 'unchanged', unknown }
}

/** Looks at a resource again whose references were not all known; gives the ids that still are not. */
export async function completeResource(
  importer: Importer,
  typeName: string,
  id: string,
  text: string,
): Promise<readonly string[]> {
  const json = parse(text)
  const type = typeOf(json, importer.catalog)
  const named = new Set<string>()
  translate(json, type, (theirs) => {
    named.add(theirs)
    return theirs
  })
  const strange = [...named].filter((theirs) => importer.find(theirs) === undefined)
  // An id that nobody in the file has may be one of this tenant.
  const known = new Set<string>()
  for (let at = 0; at < strange.length; at += LIMITS.PAGE_MAX) {
    const found = await importer.directory.names(importer.context.tenant, strange.slice(at, at + LIMITS.PAGE_MAX))
    for (const member of found) known.add(member.id)
  }
  const body = translate(json, type, (theirs) => importer.find(theirs) ?? (known.has(theirs) ? theirs : undefined))
  await importer.directory.replace(importer.context, typeName, id, body)
  return strange.filter((theirs) => !known.has(theirs))
}

/** Why a line was refused, for the administrator. */
export function reasonOf(error: unknown): string {
  if (error instanceof ScimError) return error.detail
  if (error instanceof LockstepError) return error.message
  throw error
}

function parse(text: string): JsonObject {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new LockstepError(
      'ERR_INPUT',
      `the line is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  if (isObject(json)) return json
  throw new LockstepError('ERR_INPUT', 'the line is not a JSON object')
}

/** The type of a resource: by its schemas, else by what it says of itself. RFC 7643 §3. */
function typeOf(json: JsonObject, { types }: Catalog): ResourceType {
  const urns = Array.isArray(json.schemas) ? json.schemas.map((urn: Json) => String(urn).toLowerCase()) : []
  const said = isObject(json.meta) ? json.meta.resourceType : undefined
  const found =
    types.find(({ schema }) => urns.includes(schema.id.toLowerCase())) ??
    types.find(({ name }) => name === said) ??
    types.find(({ extensions }) => extensions.some(({ schema }) => urns.includes(schema.id.toLowerCase()))) ??
    (urns.length === 0 && json.userName !== undefined ? types.find(({ name }) => name === 'User') : undefined)
  if (found !== undefined) return found
  const known = types.map(({ schema }) => schema.id).join(', ')
  throw new LockstepError('ERR_INPUT', `the resource type can't be told: "schemas" must name one of ${known}`)
}

/** The resource with ids in the file replaced by ids here; entries for which there is none are left out. */
function translate(json: JsonObject, type: ResourceType, ours: (theirs: string) => string | undefined): JsonObject {
  const { id: _id, meta: _meta, groups: _groups, ...rest } = json
  const { references, rows } = traitsOf(type)
  let body: JsonObject = rest
  for (const { attribute, extension } of references) body = inHolder(body, extension, attribute.name, ours)
  return rows ? inHolder(body, undefined, 'members', ours) : body
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

/** The id of the one resource here that a line means, if there is one. */
async function match(
  { directory, context }: Importer,
  type: ResourceType,
  body: JsonObject,
): Promise<string | undefined> {
  // What people call a resource: the second name by which it is known again.
  const called = ['userName', 'displayName', 'value'].filter((name) =>
    type.schema.attributes.some((one) => one.name === name),
  )
  const names = ['externalId', ...called.slice(0, 1)]
  for (const name of names) {
    const value = body[name]
    if (typeof value !== 'string' || value === '') continue
    const search = readQuery({ filter: `${name} eq ${JSON.stringify(value)}`, count: '2' })
    const { resources } = await directory.find(
      directory.plan(context, [type], search, '', { groups: false, total: false }),
    )
    // externalId is not unique: when it doesn't tell one from the other, the next name has to.
    if (resources.length === 1) return resources[0]?.id
  }
  return undefined
}

/** The id of the resource made; undefined when a unique value is taken. */
async function create(
  { directory, context }: Importer,
  type: ResourceType,
  body: JsonObject,
): Promise<string | undefined> {
  try {
    return (await directory.create(context, type.name, body)).stored.id
  } catch (error) {
    if (error instanceof ScimError && error.scimType === 'uniqueness') return undefined
    throw error
  }
}
