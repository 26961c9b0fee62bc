// The operators of assertions on response bodies.

import { equalJson, isObject, type Json } from '../../protocol/index.ts'

/** Whether a pattern is found in a text. Patterns are in recorded conversations only, which bring this with them. */
export type Patterns = (text: string, pattern: string) => boolean

/**
 * Whether an assertion holds for the selected nodes. Operators that speak of "every node" want at least one, but for
 * those that are about absence: a test that found nothing to look at has shown nothing.
 */
export function holds(op: string, nodes: readonly Json[], value: Json, patterns?: Patterns): boolean {
  const some = nodes.length > 0
  switch (op) {
    case 'exists':
      return nodes.some((node) => !isUnassigned(node))
    case 'absent':
      return nodes.every(isUnassigned)
    case 'eq':
      return some && nodes.every((node) => equalJson(node, value))
    case 'ieq':
      return some && nodes.every((node) => equalJson(lowered(node), lowered(value)))
    case 'only':
      // Like ieq, but content with nothing: a list that may be empty.
      return nodes.every((node) => equalJson(lowered(node), lowered(value)))
    case 'ne':
      return !nodes.some((node) => equalJson(node, value))
    case 'oneOf':
      return (some ? nodes : [null]).every((node) => elements(value).some((one) => equalJson(node, one)))
    case 'count':
      return nodes.length === value
    case 'atMost':
      return typeof value === 'number' && nodes.length <= value
    case 'length':
      return some ? Array.isArray(nodes[0]) && nodes[0].length === value : value === 0
    case 'contains':
      return some && nodes.every((node) => includes(node, value))
    case 'notContains':
      return nodes.every((node) => !includes(node, value))
    case 'type':
      return some && nodes.every((node) => isOfType(node, value))
    case 'matches':
      return some && nodes.every((node) => isMatch(node, value, patterns))
    case 'anyMatch':
      return nodes.some((node) => isMatch(node, value, patterns))
    case 'gte':
      return some && nodes.every((node) => typeof node === 'number' && node >= Number(value))
    case 'lte':
      return some && nodes.every((node) => typeof node === 'number' && node <= Number(value))
    default:
      throw new Error(`the flow uses the unknown operator ${op}`)
  }
}

/** Unassigned, as RFC 7643 §2.5 has it. */
function isUnassigned(node: Json): boolean {
  return node === null || (Array.isArray(node) && node.length === 0)
}

function lowered(node: Json): Json {
  return typeof node === 'string' ? node.toLowerCase() : node
}

function elements(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value]
}

function includes(node: Json, value: Json): boolean {
  if (typeof node === 'string') return typeof value === 'string' && node.includes(value)
  return Array.isArray(node) && node.some((element: Json) => equalJson(element, value))
}

function isMatch(node: Json, pattern: Json, patterns: Patterns | undefined): boolean {
  if (patterns === undefined) throw new Error('patterns cannot be read here')
  return typeof node === 'string' && patterns(node, String(pattern))
}

function isOfType(node: Json, type: Json): boolean {
  if (type === 'array') return Array.isArray(node)
  if (type === 'object') return isObject(node)
  if (type === 'integer') return Number.isInteger(node)
  return typeof node === type
}
