// Documents as lines of the log tell them: put together, and changed back.

import { isObject, type Json, type JsonObject, type ResourceType, resolve } from '../../protocol/index.ts'
import type { PathChange } from '../../store/index.ts'

/** A document with a value at a path of the log: `name.familyName`, `emails`, `urn:…:User:department`. Undefined takes it away. */
export function withPath(document: JsonObject, path: string, value: Json | undefined, type: ResourceType): JsonObject {
  const steps = stepsOf(path, type)
  return put(document, steps, value)
}

/** The value at a path of the log. */
export function atPath(document: JsonObject, path: string, type: ResourceType): Json | undefined {
  let at: Json | undefined = document
  for (const step of stepsOf(path, type)) at = isObject(at) ? at[step] : undefined
  return at
}

/** A document that has these values, and nothing else. */
export function documentFrom(paths: readonly PathChange[], which: 'old' | 'new', type: ResourceType): JsonObject {
  let document: JsonObject = {}
  for (const change of paths) {
    const value = change[which]
    if (value !== undefined) document = withPath(document, change.path, value, type)
  }
  return document
}

/** The names that lead to a path; one of a schema that is gone is a single name. */
function stepsOf(path: string, type: ResourceType): readonly string[] {
  const found = resolve(path, type)
  if (found?.attribute === undefined) return [path]
  const { extension, attribute, sub } = found
  return [...(extension === undefined ? [] : [extension]), attribute.name, ...(sub === undefined ? [] : [sub.name])]
}

function put(container: JsonObject, [step, ...rest]: readonly string[], value: Json | undefined): JsonObject {
  if (step === undefined) return container
  const { [step]: present, ...others } = container
  const next = rest.length === 0 ? value : put(isObject(present) ? present : {}, rest, value)
  const isEmpty = next === undefined || (rest.length > 0 && isObject(next) && Object.keys(next).length === 0)
  return isEmpty ? others : { ...container, [step]: next }
}
