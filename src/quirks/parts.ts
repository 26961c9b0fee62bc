import { type Attribute, isObject, type Json, type JsonObject, LENIENT, resolve } from '../protocol/index.ts'
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

/** The same object with its entries rewritten; the very same when none changes. */
export function mapEntries(
  object: JsonObject,
  rewrite: (name: string, value: Json) => readonly [name: string, value: Json],
): JsonObject {
  let changed = false
  const entries = Object.entries(object).map(([name, value]) => {
    const entry = rewrite(name, value)
    if (entry[0] !== name || entry[1] !== value) changed = true
    return entry
  })
  return changed ? Object.fromEntries(entries) : object
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

/** A message whose PATCH operations are rewritten one by one, each into itself, another, or several. */
export function mapOperations(
  message: Message,
  rewrite: (operation: Operation) => Operation | readonly Operation[],
): Message {
  if (message.action !== 'patch' || !isObject(message.body)) return message
  const key = nameIn(message.body, 'Operations')
  const operations = key === undefined ? undefined : message.body[key]
  if (key === undefined || !Array.isArray(operations)) return message
  let changed = false
  const rewritten = operations.flatMap((raw: Json): readonly Json[] => {
    const operation = readOperation(raw)
    if (operation === undefined) return [raw]
    const after = rewrite(operation)
    if (after === operation) return [raw]
    changed = true
    return 'op' in after ? [after] : after
  })
  return changed ? { ...message, body: { ...message.body, [key]: rewritten } } : message
}

/** What is not an operation at all stays as it is, for the core to refuse. */
function readOperation(raw: Json): Operation | undefined {
  if (!isObject(raw)) return undefined
  const op = memberOf(raw, 'op')
  const path = memberOf(raw, 'path')
  if (typeof op !== 'string' || (path !== undefined && path !== null && typeof path !== 'string')) return undefined
  const value = memberOf(raw, 'value')
  return {
    op: op.toLowerCase(),
    ...(typeof path === 'string' ? { path } : {}),
    ...(value === undefined ? {} : { value }),
  }
}

/**
 * A message whose attribute values are rewritten, wherever they stand: members of a resource or of an extension in it,
 * values of operations, keys of a path-less value. Paths with a filter are not visited.
 */
export function mapValues(
  message: Message,
  rewrite: (attribute: Attribute, value: Json, isRemoval: boolean) => Json,
): Message {
  const { type } = message
  if (type === undefined) return message
  const visit = (path: string, value: Json, isRemoval: boolean): Json => {
    const target = resolve(path, type, LENIENT)
    if (target === undefined) return value
    if (target.attribute !== undefined) return target.sub ? value : rewrite(target.attribute, value, isRemoval)
    return isObject(value)
      ? mapEntries(value, (name, inner) => [name, visit(`${target.extension}:${name}`, inner, isRemoval)])
      : value
  }
  const each = (resource: JsonObject) => mapEntries(resource, (name, value) => [name, visit(name, value, false)])
  if (message.action !== 'patch') return mapResource(message, each)
  return mapOperations(message, (operation) => {
    const { op, path, value } = operation
    if (value === undefined) return operation
    const after = path !== undefined ? visit(path, value, op === 'remove') : isObject(value) ? each(value) : value
    return after === value ? operation : { ...operation, value: after }
  })
}

/** A message whose names are rewritten: members of a resource, paths of operations, keys of a path-less value. */
export function mapNames(message: Message, rewrite: (name: string) => string): Message {
  const each = (resource: JsonObject) => mapEntries(resource, (name, value) => [rewrite(name), value])
  if (message.action !== 'patch') return mapResource(message, each)
  return mapOperations(message, (operation) => {
    const { path, value } = operation
    const renamed = path === undefined ? path : rewrite(path)
    const after = path === undefined && isObject(value) ? each(value) : value
    if (renamed === path && after === value) return operation
    return {
      op: operation.op,
      ...(renamed === undefined ? {} : { path: renamed }),
      ...(after === undefined ? {} : { value: after }),
    }
  })
}

/** A message whose filters are rewritten, in the query and in the body of a search. RFC 7644 §3.4.2.2, §3.4.3. */
export function mapFilter(message: Message, rewrite: (filter: string) => string): Message {
  return mapParameter(message, 'filter', (value) => (typeof value === 'string' ? rewrite(value) : value))
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

/** The text outside its double-quoted strings rewritten, the strings left alone. */
export function outsideStrings(text: string, rewrite: (piece: string) => string): string {
  return text.replace(/("(?:[^"\\]|\\.)*"?)|([^"]+)/g, (whole, string) =>
    string === undefined ? rewrite(whole) : whole,
  )
}
