// The toolkit of quirks: members by name, paths, operations.

import {
  type Attribute,
  attributeIn,
  isObject,
  type Json,
  type JsonObject,
  LENIENT,
  LIMITS,
  type ResourceType,
  resolve,
  withoutFilter,
} from '../protocol/index.ts'
import type { Message } from './quirk.ts'

/** A PATCH operation as sent, its members found without regard to case. RFC 7644 §3.5.2. */
export type Operation = {
  /** In lower case. */
  readonly op: string
  readonly path?: string
  readonly value?: Json
}

/** The name under which an object has a member, whatever the case. */
export function nameIn(object: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name
  const lower = name.toLowerCase()
  for (const key in object) if (key.length === name.length && key.toLowerCase() === lower) return key
  return undefined
}

/** A member of an object, whatever the case of its name. */
export function memberOf(object: JsonObject, name: string): Json | undefined {
  const key = nameIn(object, name)
  return key === undefined ? undefined : object[key]
}

/** The same object with its values rewritten; the very same when none changes. */
function mapMembers(object: JsonObject, rewrite: (name: string, value: Json) => Json): JsonObject {
  let changed: [string, Json][] | undefined
  for (const name in object) {
    const value = object[name] ?? null
    const after = rewrite(name, value)
    if (after === value) continue
    changed ??= []
    changed.push([name, after])
  }
  // Entries, not assignment: a member called __proto__ stays a member.
  return changed === undefined ? object : { ...object, ...Object.fromEntries(changed) }
}

/** The same object with its members renamed, in their order; the very same when none is. Names past the limit stay as they are. */
export function renameMembers(object: JsonObject, rename: (name: string, value: Json) => string): JsonObject {
  const bounded = (name: string, value: Json) => (name.length > LIMITS.PATH_LENGTH ? name : rename(name, value))
  let changed = false
  for (const name in object) {
    if (bounded(name, object[name] ?? null) !== name) changed = true
  }
  if (!changed) return object
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [bounded(name, value), value]))
}

/** Whether a name begins as a URN does. RFC 8141 §2. */
export function isUrn(name: string): boolean {
  return name.charCodeAt(3) === 58 && name.slice(0, 3).toLowerCase() === 'urn'
}

/** The URN of the extension that goes by this name; else the name itself. */
export function urnOf(name: string, type: ResourceType): string {
  if (isUrn(name) || attributeIn(type.schema.attributes, name) !== undefined) return name
  return extensionNames(type).get(plain(name)) ?? name
}

const namesOf = new WeakMap<ResourceType, ReadonlyMap<string, string>>()

/** URNs of extensions by their names, those that two have left out; read once for all names that are held against them. */
function extensionNames(type: ResourceType): ReadonlyMap<string, string> {
  const known = namesOf.get(type)
  if (known !== undefined) return known
  const names = new Map<string, string>()
  const shared = new Set<string>()
  for (const { schema } of type.extensions) {
    const name = plain(schema.name)
    if (names.has(name)) shared.add(name)
    names.set(name, schema.id)
  }
  for (const name of shared) names.delete(name)
  namesOf.set(type, names)
  return names
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** The same list with its elements rewritten; the very same when none changes. */
export function mapElements(list: readonly Json[], rewrite: (element: Json) => Json): readonly Json[] {
  let changed: Json[] | undefined
  for (const [index, element] of list.entries()) {
    const rewritten = rewrite(element)
    if (rewritten === element) continue
    changed ??= [...list]
    changed[index] = rewritten
  }
  return changed ?? list
}

/** A message whose resource, in the body of a create or replace, is rewritten. */
export function mapResource(message: Message, rewrite: (resource: JsonObject) => JsonObject): Message {
  if (message.action !== 'create' && message.action !== 'replace') return message
  if (!isObject(message.body)) return message
  const body = rewrite(message.body)
  return body === message.body ? message : { ...message, body }
}

/**
 * A message whose PATCH operations are rewritten one by one, each into itself, another, or several. One whose path is past its limit
 * is left for the core to refuse.
 */
export function mapOperations(
  message: Message,
  rewrite: (operation: Operation) => Operation | readonly Operation[],
): Message {
  if (message.action !== 'patch' || !isObject(message.body)) return message
  const key = nameIn(message.body, 'Operations')
  const operations = key === undefined ? undefined : message.body[key]
  if (key === undefined || !Array.isArray(operations)) return message
  const given: readonly Json[] = operations
  let changed: Json[] | undefined
  for (let at = 0; at < given.length; at++) {
    const raw = given[at] ?? null
    const read = isObject(raw) ? readOperation(raw) : undefined
    const operation = (read?.path?.length ?? 0) > LIMITS.PATH_LENGTH ? undefined : read
    const after = operation === undefined ? operation : rewrite(operation)
    if (after === operation || after === undefined) {
      changed?.push(raw)
      continue
    }
    changed ??= given.slice(0, at)
    if ('op' in after) changed.push(after)
    else changed.push(...after)
  }
  return changed === undefined ? message : { ...message, body: { ...message.body, [key]: changed } }
}

/** Operations, read once for all quirks; undefined for a body without any, which the core refuses. */
const read = new WeakMap<JsonObject, Operation | 'none'>()

function readOperation(raw: JsonObject): Operation | undefined {
  let known = read.get(raw)
  if (known === undefined) {
    known = toOperation(raw) ?? 'none'
    read.set(raw, known)
  }
  return known === 'none' ? undefined : known
}

function toOperation(raw: JsonObject): Operation | undefined {
  const op = memberOf(raw, 'op')
  const path = memberOf(raw, 'path')
  if (typeof op !== 'string' || (path !== undefined && path !== null && typeof path !== 'string')) return undefined
  const given = memberOf(raw, 'value')
  // A list of one object where attributes are asked for: rewrites look into it as the core does.
  const lone = typeof path !== 'string' && Array.isArray(given) && given.length === 1 ? (given[0] as Json) : given
  const value = isObject(lone) ? lone : given
  return {
    op: op.toLowerCase(),
    ...(typeof path === 'string' ? { path } : {}),
    ...(value === undefined ? {} : { value }),
  }
}

/**
 * A message whose attribute values are rewritten as they were sent: members of a resource or of an extension in it, values of
 * operations, keys of a path-less value, elements chosen by a filter. What an attribute's type is enough for, `protocol/mend.ts` does.
 */
export function mapValues(message: Message, rewrite: Rewrite): Message {
  const { type } = message
  if (type === undefined) return message
  if (message.action !== 'patch') return mapResource(message, (resource) => mapHeld(resource, type, '', rewrite))
  return mapOperations(message, (operation) => {
    const { path, value } = operation
    if (value === undefined) return operation
    const after = path === undefined ? mapAll(value, type, '', rewrite) : mapOne(path, value, type, rewrite)
    return after === value ? operation : { ...operation, value: after }
  })
}

type Rewrite = (attribute: Attribute, value: Json) => Json

function mapAll(value: Json, type: ResourceType, prefix: string, rewrite: Rewrite): Json {
  return isObject(value) ? mapHeld(value, type, prefix, rewrite) : value
}

function mapOne(path: string, value: Json, type: ResourceType, rewrite: Rewrite): Json {
  const target = resolve(withoutFilter(path), type, LENIENT)
  if (target === undefined) return value
  if (target.attribute === undefined) return mapAll(value, type, `${target.extension}:`, rewrite)
  return target.sub === undefined ? rewrite(target.attribute, value) : value
}

function mapHeld(object: JsonObject, type: ResourceType, prefix: string, rewrite: Rewrite): JsonObject {
  return mapMembers(object, (name, value) => mapOne(prefix + name, value, type, rewrite))
}

/** A message whose names are rewritten: members of a resource, paths of operations, keys of a path-less value. */
export function mapNames(message: Message, rewrite: (name: string) => string): Message {
  if (message.action !== 'patch') return mapResource(message, (resource) => renameMembers(resource, rewrite))
  return mapOperations(message, (operation) => {
    const { path, value } = operation
    if (path !== undefined) {
      const renamed = rewrite(path)
      return renamed === path ? operation : { ...operation, path: renamed }
    }
    if (!isObject(value)) return operation
    const after = renameMembers(value, rewrite)
    return after === value ? operation : { ...operation, value: after }
  })
}

/**
 * A message whose filters are rewritten, in the query and in the body of a search. One past its limit is left for the core to refuse.
 * RFC 7644 §3.4.2.2, §3.4.3.
 */
export function mapFilter(message: Message, rewrite: (filter: string) => string): Message {
  return mapParameter(message, 'filter', (value) =>
    typeof value === 'string' && value.length <= LIMITS.FILTER_LENGTH ? rewrite(value) : value,
  )
}

/** A message one of whose query parameters is rewritten, in the query or in the body of a search. */
export function mapParameter(message: Message, name: string, rewrite: (value: Json) => Json): Message {
  if (message.action === 'search' && isObject(message.body)) {
    const key = nameIn(message.body, name)
    const value = key === undefined ? undefined : message.body[key]
    if (key === undefined || value === undefined) return message
    const after = rewrite(value)
    return after === value ? message : { ...message, body: { ...message.body, [key]: after } }
  }
  const value = message.query[name]
  if (value === undefined) return message
  const after = rewrite(value)
  return after === value || typeof after !== 'string'
    ? message
    : { ...message, query: { ...message.query, [name]: after } }
}
