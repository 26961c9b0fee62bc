// Brings a document into normal form: names, types, extensions. RFC 7643 §2, §3.

import { type Allowances, LENIENT } from './allowances.ts'
import { applyEdits } from './apply.ts'
import { extensionOf, type Resolved, resolve } from './attributes.ts'
import type { Target } from './bound.ts'
import type { EditWork } from './edit-work.ts'
import { invalidSyntax, invalidValue } from './errors.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import { unpackJson } from './mend.ts'
import { readPatch } from './patch.ts'
import type { Reading } from './reading.ts'
import type { ResourceType } from './schema.ts'
import { noteSkipped } from './skipped-names.ts'
import { PATCH_OP } from './urn.ts'
import { isAbsent, readValue, refuseTwins } from './value.ts'
import { carryNumbers, numbersOf } from './written-numbers.ts'

/** What a body held besides the resource. */
export interface Notes {
  /** Paths that no schema of the type has: left out. Names only, never values. */
  readonly unknown: string[]
  /** Paths of attributes given as null or []: unassigned on purpose, so that no default takes their place (P-062). */
  readonly cleared: string[]
}

/** Empty notes, to be handed to {@link normalise}. */
export function createNotes(): Notes {
  return { unknown: [], cleared: [] }
}

/**
 * The body of a POST or PUT in normal form: canonical names, null and [] left out, readOnly attributes dropped,
 * unknown ones ignored, paths to parts carried out as a PATCH does, `schemas` computed from what is there. RFC 7643 §2.1, §2.4, §2.5; RFC 7644 §3.3.
 */
export function normalise(body: Json, type: ResourceType, allow: Allowances, notes?: Notes, work?: EditWork): Document {
  if (!isObject(body)) throw invalidSyntax(`The body must be one JSON object, a ${type.name}`)
  const reading = readingOf(body, allow, notes)
  const schemas: string[] = [type.schema.id]
  const out: { [name: string]: Json } = { schemas }
  const extensions: { [urn: string]: { [name: string]: Json } } = {}
  const paths: { [path: string]: Json } = Object.create(null)
  let respelt = false
  let given: Json | undefined
  for (const key in body) {
    const value = body[key]
    if (value === undefined) continue
    const found = resolve(key, type, allow)
    if (found === undefined || (found.attribute !== undefined && found.sub !== undefined)) {
      if (allow.pathsInBodies && isPath(key, found, type)) paths[key] = value
      else reading.unknown(key)
      continue
    }
    if (found.attribute === undefined) {
      if (found.extension !== key) respelt = true
      readExtension(found.extension, value, type, reading, extensions, paths, notes)
      continue
    }
    const { attribute, extension } = found
    if (found.path !== key) respelt = true
    if (extension === undefined) {
      if (attribute.name === 'schemas') given = value
      else if (attribute.mutability !== 'readOnly') read(found, value, reading, out, notes)
    } else if (attribute.mutability !== 'readOnly') {
      // Sent under its bare name; the value in the extension's own object wins.
      const own = extensions[extension] ?? {}
      extensions[extension] = own
      if (own[attribute.name] === undefined) read(found, value, reading, own, notes)
    }
  }
  if (respelt) {
    refuseTwins(
      body,
      (key) => {
        const found = resolve(key, type)
        return found?.attribute === undefined ? found?.extension : found.path
      },
      'The body',
    )
  }
  if (!allow.guessSchemas) checkSchemas(given, type)
  for (const { schema, required } of type.extensions) {
    const members = extensions[schema.id]
    const some = members !== undefined && hasMembers(members)
    if (some) out[schema.id] = members
    if (some || required) schemas.push(schema.id)
  }
  return hasMembers(paths) ? withPaths(out, carryNumbers(body, paths), type, allow, notes, work) : out
}

/** Whether a member's name is a path to a part: `name.givenName`, `emails[type eq "work"].value`. */
function isPath(key: string, found: Resolved | undefined, type: ResourceType): boolean {
  if (found !== undefined) return found.attribute !== undefined
  const open = key.indexOf('[')
  return open > 0 && resolve(key.slice(0, open), type, LENIENT) !== undefined
}

/** What names with dots and brackets set, as in a path-less value of a PATCH. */
function withPaths(
  document: Document,
  paths: JsonObject,
  type: ResourceType,
  allow: Allowances,
  notes: Notes | undefined,
  work: EditWork | undefined,
): Document {
  const patch = { schemas: [PATCH_OP], Operations: [{ op: 'add', value: paths }] }
  const { edits, skipped } = readPatch(carryNumbers(paths, patch), type, allow)
  notes?.unknown.push(...skipped)
  return applyEdits(document, edits, type, allow, work)
}

function readingOf(body: JsonObject, allow: Allowances, notes: Notes | undefined): Reading {
  return {
    allow,
    numbers: numbersOf(body),
    unknown(path) {
      if (allow.refuseUnknownInBody) {
        throw invalidSyntax(`"${path}" is not an attribute of this resource type; see /Schemas for those there are`)
      }
      if (notes !== undefined) noteSkipped(notes.unknown, path)
    },
  }
}

function read(
  { attribute, path }: Target,
  value: Json,
  reading: Reading,
  out: { [name: string]: Json },
  notes: Notes | undefined,
): void {
  if (isAbsent(attribute, value, reading.allow)) return
  const read = readValue(attribute, value, reading)
  if (read !== undefined) out[attribute.name] = read
  else notes?.cleared.push(path)
}

function readExtension(
  urn: string,
  value: Json,
  type: ResourceType,
  reading: Reading,
  extensions: { [urn: string]: { [name: string]: Json } },
  paths: { [path: string]: Json },
  notes: Notes | undefined,
): void {
  const extension = extensionOf(type, urn)
  if (value === null || extension === undefined) return
  const inside = typeof value === 'string' ? unpackJson(value, reading, urn) : undefined
  if (isObject(inside?.value)) {
    readExtension(urn, inside.value, type, inside.reading, extensions, paths, notes)
    return
  }
  if (!isObject(value)) throw invalidValue(`${urn} must be an object with the extension's attributes`)
  const out = extensions[urn] ?? {}
  extensions[urn] = out
  let respelt = false
  for (const key in value) {
    const member = value[key]
    // The name inside the extension's object is local; looked up by its full path.
    const found = resolve(`${urn}:${key}`, type)
    if (found?.attribute === undefined || found.sub !== undefined || found.extension !== urn) {
      const path = `${urn}:${key}`
      if (reading.allow.pathsInBodies && member !== undefined && isPath(path, found, type)) paths[path] = member
      else reading.unknown(path)
      continue
    }
    const { attribute } = found
    if (attribute.name !== key) respelt = true
    if (member === undefined || attribute.mutability === 'readOnly') continue
    delete out[attribute.name]
    read(found, member, reading, out, notes)
  }
  if (respelt) refuseTwins(value, (key) => resolve(`${urn}:${key}`, type), urn)
}

function hasMembers(object: JsonObject): boolean {
  for (const _ in object) return true
  return false
}

/** The base is named, and nothing that the type does not have. RFC 7643 §3, §3.3. */
function checkSchemas(given: Json | undefined, type: ResourceType): void {
  const base = type.schema.id
  if (!Array.isArray(given) || given.length === 0) {
    throw invalidSyntax(`"schemas" must be a list with "${base}" and the extensions in use`)
  }
  let based = false
  for (const urn of given as readonly Json[]) {
    if (typeof urn !== 'string') throw invalidSyntax('"schemas" must hold strings, the URIs of schemas')
    if (urn.toLowerCase() === base.toLowerCase()) based = true
    else if (extensionOf(type, urn) === undefined) {
      throw invalidSyntax(`"schemas" names ${urn}, which the resource type ${type.name} does not have`)
    }
  }
  if (!based) throw invalidSyntax(`"schemas" must name ${base}, the base schema of ${type.name}`)
}
