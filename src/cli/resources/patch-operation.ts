// Parses the PATCH operations that are typed as words or read from a file.

import {
  isObject,
  type Json,
  type PatchOperation,
  type ResourceType,
  resolve,
  withoutFilter,
} from '../../protocol/index.ts'
import { checkPaths, namesInPath } from '../targets/attribute-names.ts'
import { UsageError } from '../terminal/options.ts'

/**
 * Parses a typed operation: `replace displayName Ada Lovelace`, `remove emails[type eq "home"]`, `add members [{"value":"…"}]`. A
 * value that parses as JSON is JSON, unless the attribute is text.
 */
export function parseOperation(text: string, type: ResourceType): PatchOperation {
  const typed = text.trim()
  const [word = ''] = /^(?:add|replace|remove)(?=\s)/i.exec(typed) ?? []
  const rest = typed.slice(word.length).trimStart()
  const end = pathEnd(rest)
  if (word === '' || end === undefined) {
    throw new UsageError(
      `"${text}" is not an operation; operations look like 'replace title "Dr"', 'add emails [{"value":"a@x"}]' or 'remove title'`,
    )
  }
  const path = rest.slice(0, end)
  const value = end === rest.length ? undefined : rest.slice(end).trimStart()
  const op = word.toLowerCase() as 'add' | 'replace' | 'remove'
  checkPaths(type, namesInPath(path), text)
  if (op !== 'remove' && value === undefined) throw new UsageError(`"${text}" has no value to ${op}`)
  return { op, path, ...(value === undefined ? {} : { value: readValue(value, path, type) }) }
}

/** The end of the path at the start of a text: a blank outside brackets. Undefined without a path, or with unclosed brackets. */
function pathEnd(text: string): number | undefined {
  let open = false
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? ''
    if (quoted && sign === '\\') at++
    else if (open && sign === '"') quoted = !quoted
    else if (quoted) continue
    else if (open) open = sign !== ']'
    else if (sign === '[' && at > 0) open = true
    else if (sign === '[' || /\s/.test(sign)) return at === 0 ? undefined : at
  }
  return open || text === '' ? undefined : text.length
}

function readValue(text: string, path: string, type: ResourceType): Json {
  let json: Json
  try {
    json = JSON.parse(text)
  } catch {
    return text
  }
  const found = resolve(withoutFilter(path), type)
  const isText =
    found?.attribute !== undefined && ['string', 'dateTime', 'reference', 'binary'].includes(found.leaf.type)
  return isText && (typeof json === 'number' || typeof json === 'boolean') ? text : json
}

/** Reads operations from the JSON of a file: a list, or a PATCH request with `Operations`. */
export function readOperations(json: Json, name: string): readonly PatchOperation[] {
  const list = isObject(json) ? (json.Operations ?? json.operations) : json
  if (!Array.isArray(list))
    throw new UsageError(`${name} contains neither a list of operations nor an object with "Operations"`)
  return list.map((each: Json, at) => {
    if (!isObject(each) || typeof each.op !== 'string') throw new UsageError(`${name}: operation ${at + 1} has no "op"`)
    return each as PatchOperation
  })
}
