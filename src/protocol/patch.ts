// Reads the body of a PATCH. RFC 7644 §3.5.2.

import type { Allowances } from './allowances.ts'
import { extensionOf, resolve } from './attributes.ts'
import { type BoundPath, bindPath, unknownPath } from './bind.ts'
import type { Target } from './bound.ts'
import type { AttributeEdit, Edit } from './edit.ts'
import { invalidPath, invalidSyntax, invalidValue, mutability, noTarget, payloadTooLarge, ScimError } from './errors.ts'
import { parseFilter } from './filter.ts'
import { idInUri } from './id-in-uri.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { LIMITS } from './limits.ts'
import { unpackJson } from './mend.ts'
import { readEditValue, readRemovedValues, wholeElement } from './patch-value.ts'
import { namesOnly, type Path, parsePath, pathTooLong } from './path.ts'
import type { Reading } from './reading.ts'
import { isReference, type ResourceType } from './schema.ts'
import { noteSkipped } from './skipped-names.ts'
import { PATCH_OP } from './urn.ts'
import { refuseTwins } from './value.ts'
import { numbersOf, type WrittenNumbers } from './written-numbers.ts'

/** A PATCH request as edits. */
export interface Patch {
  readonly edits: readonly Edit[]
  /** Paths that no schema of the type has, left out where the connection allows it. Names only. */
  readonly skipped: readonly string[]
}

/**
 * Reads the body of a PATCH. A path-less value becomes one edit for each of its members (P-370). `id` is that of the
 * resource, to know it again where it is repeated in a value. RFC 7644 §3.5.2.
 * @example
 * const { edits } = readPatch(body, User, STRICT)
 */
export function readPatch(
  body: Json,
  type: ResourceType,
  allow: Allowances,
  options: { readonly id?: string } = {},
): Patch {
  const operations = readOperations(body, allow)
  const skipped: string[] = []
  const edits: Edit[] = []
  const context: Context = { type, allow, id: options.id, skipped, edits, numbers: numbersOf(body) }
  operations.forEach((operation, at) => {
    readOperation(operation, at, context)
  })
  return { edits, skipped }
}

interface Context {
  readonly type: ResourceType
  readonly allow: Allowances
  readonly id: string | undefined
  readonly skipped: string[]
  readonly edits: Edit[]
  readonly numbers: WrittenNumbers | undefined
}

type Op = 'add' | 'replace' | 'remove'

function readOperations(body: Json, allow: Allowances): readonly Json[] {
  if (!isObject(body)) throw invalidSyntax('The body of a PATCH must be an object with "schemas" and "Operations"')
  refuseTwins(body, (key) => key.toLowerCase(), 'The body')
  const schemas = memberOf(body, 'schemas')
  const named =
    Array.isArray(schemas) && schemas.some((urn: Json) => typeof urn === 'string' && urn.toLowerCase() === MESSAGE)
  if (!named && !allow.guessSchemas) throw invalidSyntax(`"schemas" of a PATCH must be ["${PATCH_OP}"]`)
  const operations = memberOf(body, 'operations')
  if (operations === undefined && isObject(body)) throw invalidSyntax('A PATCH needs "Operations", a list')
  if (!Array.isArray(operations)) throw invalidSyntax('"Operations" must be a list, in brackets')
  if (operations.length === 0 && !allow.emptyOperations) {
    throw invalidSyntax('"Operations" is empty; a PATCH has at least one operation')
  }
  if (operations.length > LIMITS.PATCH_OPERATIONS) {
    throw payloadTooLarge(
      `The PATCH has ${operations.length} operations; at most ${LIMITS.PATCH_OPERATIONS} are taken, so send several`,
    )
  }
  return operations
}

const MESSAGE = PATCH_OP.toLowerCase()

/** Names of message members compare without regard to case. */
function memberOf(object: JsonObject, name: string): Json | undefined {
  for (const key in object) if (key === name || key.toLowerCase() === name) return object[key]
  return undefined
}

function readOperation(operation: Json, at: number, context: Context): void {
  const where = `Operation ${at + 1}`
  if (!isObject(operation)) throw invalidSyntax(`${where} must be an object with "op"`)
  refuseTwins(operation, (key) => key.toLowerCase(), where)
  const op = readOp(memberOf(operation, 'op'), where)
  const path = memberOf(operation, 'path') ?? undefined
  const value = memberOf(operation, 'value')
  if (path !== undefined && typeof path !== 'string') throw invalidSyntax(`${where}: "path" must be a string`)
  if (path === undefined) {
    if (op === 'remove') throw noTarget(`${where}: remove needs a "path" that says what to remove`)
    readPathless(op, value, where, context)
    return
  }
  const bound = bind(path, op, context)
  if (bound === undefined) {
    if (!context.allow.skipUnknownInPatch) throw unknownPath(path, context.type)
    noteSkipped(context.skipped, path)
    return
  }
  if (op !== 'remove' && value === undefined) {
    throw invalidValue(`${where}: ${op} ${namesOnly(path)} has no "value"; give one, or use remove`)
  }
  readEdit(op, bound, value, context)
}

/** The attributes in a path-less value. In a list of one, or in a JSON text, they are the same where that is taken. */
function readPathless(op: 'add' | 'replace', value: Json | undefined, where: string, context: Context): void {
  const { allow } = context
  if (isObject(value)) explode(op, value, context)
  else if (Array.isArray(value) && value.length === 1 && allow.wrappedValues) {
    readPathless(op, value[0], where, context)
  } else {
    const inside = typeof value === 'string' ? unpackJson(value, readingOf(context), `${where}: "value"`) : undefined
    if (inside === undefined) {
      throw invalidValue(`${where} has no path, so that its "value" must be an object with attributes`)
    }
    readPathless(op, inside.value, where, { ...context, numbers: inside.reading.numbers })
  }
}

function readOp(op: Json | undefined, where: string): Op {
  const text = typeof op === 'string' ? op.toLowerCase() : undefined
  if (text === 'add' || text === 'replace' || text === 'remove') return text
  throw invalidSyntax(`${where}: "op" must be add, replace or remove`)
}

function bind(path: string, op: Op, { type, allow }: Context): BoundPath | undefined {
  let read: Path
  try {
    read = parsePath(path, allow)
  } catch (error) {
    // `tags eq "a"` without brackets selects a simple value; what setting it would mean is undefined.
    const bare = op === 'remove' && error instanceof ScimError ? bareTerm(path, type) : undefined
    if (bare === undefined) throw error
    read = bare
  }
  return bindPath(read, type, allow)
}

function bareTerm(text: string, type: ResourceType): Path | undefined {
  try {
    const term = parseFilter(text)
    if (!('value' in term)) return undefined
    const attribute = resolve(term.path, type)?.attribute
    if (attribute === undefined || !attribute.multiValued || attribute.type === 'complex') return undefined
    return { attribute: term.path, filter: { ...term, path: 'value' } }
  } catch {
    return undefined
  }
}

/** Each member of a path-less value as an operation of its own; its name is a path. RFC 7644 §3.5.2.1, §3.5.2.3. */
function explode(op: 'add' | 'replace', value: JsonObject, context: Context, extension?: string): void {
  const { type, allow, skipped } = context
  let respelt = false
  for (const key in value) {
    const member = value[key]
    if (member === undefined) continue
    const path = extension === undefined ? key : `${extension}:${key}`
    const bound = bindKey(path, context)
    if (bound === undefined) {
      if (!allow.skipUnknownInPatch) throw unknownPath(path, type)
      noteSkipped(skipped, path)
      continue
    }
    if (bound.target?.path !== path && bound.extension !== path) respelt = true
    if (bound.target !== undefined && isServers(bound.target)) expectPresent(op, bound.target, member, context)
    else readEdit(op, bound, member, context)
  }
  if (!respelt) return
  const nameOf = (key: string) => {
    const found = resolve(extension === undefined ? key : `${extension}:${key}`, type, allow)
    return found?.attribute === undefined ? found?.extension : found.path
  }
  refuseTwins(value, nameOf, 'The value of an operation')
}

function bindKey(path: string, context: Context): BoundPath | undefined {
  if (path.length > LIMITS.PATH_LENGTH) throw pathTooLong()
  const found = resolve(path, context.type, context.allow)
  if (found !== undefined) return found.attribute === undefined ? found : { target: found, element: false }
  try {
    return bind(path, 'add', context)
  } catch (error) {
    // Not a path at all: no attribute has such a name.
    if (error instanceof ScimError && error.scimType === 'invalidPath' && context.allow.skipUnknownInPatch) {
      return undefined
    }
    throw error
  }
}

function isServers({ extension, attribute, leaf }: Target): boolean {
  return (
    (extension === undefined && attribute.name === 'schemas') ||
    attribute.mutability === 'readOnly' ||
    leaf.mutability === 'readOnly'
  )
}

/** What only the server sets may be repeated in a path-less value, not changed. */
function expectPresent(op: 'add' | 'replace', target: Target, value: Json, context: Context): void {
  const { type, allow, id, edits } = context
  const { attribute } = target
  const isCommon = target.extension === undefined && !type.schema.attributes.includes(attribute)
  if (isCommon && attribute.name === 'meta') return
  if (isCommon && attribute.name === 'schemas') {
    // What a whole resource lists clears no extension; what it can't list is wrong here as it is by path (P-385).
    if (!allow.guessSchemas) refuseSchemas(op, readSchemas(op, value, context), type)
    return
  }
  if (allow.ignoreForeignId || value === null) return
  if (isCommon && attribute.name === 'id' && id !== undefined) {
    if (value === id) return
    throw mutability('id is readOnly, and the one given is not that of the resource; leave it out')
  }
  edits.push({ op: 'expect', target, element: false, value })
}

function readEdit(op: Op, bound: BoundPath, value: Json | undefined, context: Context): void {
  const { type, edits } = context
  if (bound.target === undefined) {
    readExtensionEdit(op, bound.extension, value, context)
    return
  }
  if (bound.target.attribute.name === 'schemas' && resolve('schemas', type) === bound.target) {
    readSchemasEdit(op, bound, value, context)
    return
  }
  const { target } = bound
  refuseReadOnly(target)
  if (target.sub?.name === '$ref' && isReference(target.attribute) && !target.attribute.multiValued) {
    // The URI follows from the id: to set it is to set the id, and on its own it cannot be removed.
    if (op !== 'remove') readEdit(op, ...byId(bound, target, value, type), context)
    return
  }
  if (op === 'remove') {
    const all = bound.filter === undefined && target.sub === undefined
    const isList = target.leaf.multiValued && !bound.element
    const given = isList ? readRemovedValues(target, value, readingOf(context)) : undefined
    if (given === undefined && all) refuseRequired(target)
    edits.push({ op, ...bound, target, ...(given === undefined ? {} : { value: given }) })
    return
  }
  const reading = readingOf(context)
  const inside = wholeElement(bound, value, reading, type)
  if (inside !== undefined) {
    readEdit(op, inside.bound, inside.value, { ...context, numbers: inside.reading.numbers })
    return
  }
  const read = readEditValue(op, bound, value ?? null, reading)
  if (read === 'nothing') return
  if (read !== 'unassign') edits.push({ op, ...bound, target, value: read.value })
  else {
    if (target.leaf.required && (target.sub !== undefined || bound.filter === undefined)) {
      throw invalidValue(`${target.path} is required and cannot be left without a value`)
    }
    edits.push({ op: 'remove', ...bound, target, nulled: true })
  }
}

function readingOf({ allow, type, skipped, numbers }: Context): Reading {
  return {
    allow,
    numbers,
    unknown(path: string) {
      if (!allow.skipUnknownInPatch) throw unknownPath(path, type)
      noteSkipped(skipped, path)
    },
  }
}

function byId(
  bound: BoundPath & { target: Target },
  { attribute, extension }: Target,
  uri: Json | undefined,
  type: ResourceType,
): [BoundPath, Json] {
  const root = extension === undefined ? attribute.name : `${extension}:${attribute.name}`
  const target = resolve(`${root}.value`, type)
  const id = typeof uri === 'string' ? idInUri(uri) : undefined
  if (target?.attribute === undefined || (id === undefined && uri !== null && uri !== '')) {
    throw invalidValue(`${root}.$ref must be the URI of a resource`)
  }
  return [{ ...bound, target }, id ?? null]
}

function refuseReadOnly({ attribute, leaf, path }: Target): void {
  if (attribute.mutability === 'readOnly' || leaf.mutability === 'readOnly') {
    throw mutability(`${path} is readOnly; the service provider sets it`)
  }
}

function refuseRequired({ leaf, path }: Target): void {
  if (leaf.required) throw mutability(`${path} is required and cannot be removed; replace it instead`)
}

/** An extension as a whole: its members one by one, or all of them gone (P-383). */
function readExtensionEdit(op: Op, urn: string, value: Json | undefined, context: Context): void {
  if (op !== 'remove' && isObject(value)) {
    explode(op, value, context, urn)
    return
  }
  const inside = op !== 'remove' && typeof value === 'string' ? unpackJson(value, readingOf(context), urn) : undefined
  if (isObject(inside?.value)) {
    readExtensionEdit(op, urn, inside.value, { ...context, numbers: inside.reading.numbers })
    return
  }
  const empty = value === null || (Array.isArray(value) && value.length === 0) || value === ''
  if (op !== 'remove' && !empty) throw invalidValue(`${urn} must be an object with the extension's attributes`)
  if (op === 'add') return
  const extension = extensionOf(context.type, urn)
  if (extension?.required) {
    throw mutability(`The extension ${urn} is required for ${context.type.name} and cannot be removed`)
  }
  context.edits.push({ op: 'remove', extension: urn })
}

/** `schemas` follows from what is there; to take an extension out of it is to clear the extension (P-385). */
function readSchemasEdit(
  op: Op,
  bound: BoundPath & { target: Target },
  value: Json | undefined,
  context: Context,
): void {
  const { type, edits } = context
  const urns = readSchemas(op, value, context)
  if (op === 'add') return
  const edit: AttributeEdit = { ...bound, op, element: bound.element, target: bound.target }
  if (bound.filter !== undefined) {
    if (op === 'replace') throw invalidPath('"schemas" takes a filter in remove only')
    edits.push(edit)
  } else if (op === 'replace') {
    refuseSchemas(op, urns, type)
    edits.push({ ...edit, value: urns })
  } else {
    const base = type.schema.id
    if (value === undefined || value === null || urns.includes(base)) {
      throw mutability(`"schemas" always names ${base}, the base schema; it cannot be removed`)
    }
    edits.push({ ...edit, value: urns })
  }
}

/** The schemas of the type that a value lists, as the type spells them. */
function readSchemas(op: Op, value: Json | undefined, { type, allow }: Context): readonly string[] {
  const base = type.schema.id
  const urns: string[] = []
  for (const urn of value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]) {
    if (typeof urn !== 'string') throw invalidValue('"schemas" must hold strings, the URIs of schemas')
    const id = urn.toLowerCase() === base.toLowerCase() ? base : extensionOf(type, urn)?.schema.id
    if (id !== undefined) urns.push(id)
    else if (op !== 'remove' && !allow.guessSchemas) {
      throw invalidValue(`"schemas" names ${urn}, which the resource type ${type.name} does not have`)
    }
  }
  return urns
}

function refuseSchemas(op: 'add' | 'replace', urns: readonly string[], { schema }: ResourceType): void {
  if (op === 'replace' && !urns.includes(schema.id)) {
    throw mutability(`"schemas" always names ${schema.id}, the base schema`)
  }
}
