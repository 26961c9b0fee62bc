// Selects nodes of a response body by an assertion path.

import { isObject, type Json } from '../../protocol/index.ts'

type Move =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'index'; readonly index: number }
  | { readonly by: 'all' }
  | { readonly by: 'test'; readonly name: string; readonly value: Json }

/** The nodes of a body that an assertion path leads to: `$.Resources[?id=="x"].name`. */
export function select(body: Json, path: string): readonly Json[] {
  return parse(path).reduce<readonly Json[]>((nodes, move) => nodes.flatMap((node) => follow(node, move)), [body])
}

function follow(node: Json, move: Move): readonly Json[] {
  if (move.by === 'name') return isObject(node) && Object.hasOwn(node, move.name) ? [node[move.name] ?? null] : []
  if (!Array.isArray(node)) return []
  const elements: readonly Json[] = node
  if (move.by === 'all') return elements
  if (move.by === 'index') return elements.slice(move.index, move.index + 1)
  return elements.filter((element) => isObject(element) && element[move.name] === move.value)
}

const STEP =
  /\.(?<plain>[A-Za-z_$][\w$-]*)|\[(?:(?<quoted>"[^"]*")|(?<index>\d+)|(?<all>\*)|\?(?<name>[A-Za-z_$][\w$-]*)==(?<value>"[^"]*"|true|false|-?\d+(?:\.\d+)?))\]/y

function parse(path: string): readonly Move[] {
  if (!path.startsWith('$')) throw new Error(`the assertion path ${path} does not start with $`)
  const moves: Move[] = []
  let at = 1
  while (at < path.length) {
    STEP.lastIndex = at
    const match = STEP.exec(path)
    if (match?.groups === undefined)
      throw new Error(`the assertion path ${path} cannot be read from character ${at + 1}`)
    const { plain, quoted, index, name, value } = match.groups
    if (plain !== undefined) moves.push({ by: 'name', name: plain })
    else if (quoted !== undefined) moves.push({ by: 'name', name: JSON.parse(quoted) })
    else if (index !== undefined) moves.push({ by: 'index', index: Number(index) })
    else if (name !== undefined && value !== undefined) moves.push({ by: 'test', name, value: JSON.parse(value) })
    else moves.push({ by: 'all' })
    at = STEP.lastIndex
  }
  return moves
}
