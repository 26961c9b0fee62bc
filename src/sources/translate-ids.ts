// Replaces the source's ids in a record, its members and references, by ids here.

import { traitsOf } from '../directory/index.ts'
import { carryNumbers, isObject, type Json, type JsonObject, type ResourceType } from '../protocol/index.ts'

/** A record with the source's ids replaced by ids here; references to unknown ids are left out. */
export function translateIds(
  json: JsonObject,
  type: ResourceType,
  ours: (theirs: string) => string | undefined,
): JsonObject {
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
    // $ref holds the source's id, and display is computed.
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
