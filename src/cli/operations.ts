import { isObject, type Json, type PatchOperation, type ResourceType, resolve } from '../protocol/index.ts'
import { checkPaths, namesInPath } from './attribute-names.ts'
import { UsageError } from './usage.ts'

/**
 * One operation as it is typed: `replace displayName Ada Lovelace`, `remove emails[type eq "home"]`, `add members [{"value":"…"}]`.
 * What reads as JSON is JSON, unless the attribute is text.
 */
export function parseOperation(text: string, type: ResourceType): PatchOperation {
  const match =
    /^\s*(add|replace|remove)\s+([^\s[]+(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\][^\s]*)?)(?:\s+([\s\S]*?))?\s*$/i.exec(text)
  if (match === null) {
    throw new UsageError(
      `"${text}" is no operation; write 'replace title "Dr"', 'add emails [{"value":"a@x"}]' or 'remove title'`,
    )
  }
  const [, word = '', path = '', value] = match
  const op = word.toLowerCase() as 'add' | 'replace' | 'remove'
  checkPaths(type, namesInPath(path), text)
  if (op !== 'remove' && value === undefined) throw new UsageError(`"${text}" has no value to ${op}`)
  return { op, path, ...(value === undefined ? {} : { value: readValue(value, path, type) }) }
}

function readValue(text: string, path: string, type: ResourceType): Json {
  let json: Json
  try {
    json = JSON.parse(text)
  } catch {
    return text
  }
  const found = resolve(path.replace(/\[.*\]/s, ''), type)
  const isText =
    found?.attribute !== undefined && ['string', 'dateTime', 'reference', 'binary'].includes(found.leaf.type)
  return isText && (typeof json === 'number' || typeof json === 'boolean') ? text : json
}

/** Operations from a file: a list, or a whole PATCH with `Operations`. */
export function readOperations(json: Json, name: string): readonly PatchOperation[] {
  const list = isObject(json) ? (json.Operations ?? json.operations) : json
  if (!Array.isArray(list))
    throw new UsageError(`${name} holds neither a list of operations nor an object with "Operations"`)
  return list.map((each: Json, at) => {
    if (!isObject(each) || typeof each.op !== 'string') throw new UsageError(`${name}: operation ${at + 1} has no "op"`)
    return each as PatchOperation
  })
}
