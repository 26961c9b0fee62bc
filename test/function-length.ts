// Finds functions that are longer than a reader can hold in the head.

import { stripTypeScriptTypes } from 'node:module'
import { type Node, parse } from 'acorn'

/** Longest function in lines, those inside it included. */
export const FUNCTION_LINES = 100

/** A function and its length in lines. */
export interface LongFunction {
  readonly name: string
  /** Line of the file, from 1. */
  readonly line: number
  readonly lines: number
}

/** Functions of a TypeScript source with more than {@link FUNCTION_LINES} lines. */
export function longFunctions(text: string): readonly LongFunction[] {
  // Types are replaced by blanks, so lines stay as they are.
  const tree = parse(stripTypeScriptTypes(text), {
    sourceType: 'module',
    ecmaVersion: 'latest',
    locations: true,
    allowHashBang: true,
  })
  const found: LongFunction[] = []
  visit(tree, '', found)
  return found
}

function visit(node: Node, name: string, found: LongFunction[]): void {
  if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type) && node.loc) {
    const lines = node.loc.end.line - node.loc.start.line + 1
    if (lines > FUNCTION_LINES) found.push({ name: nameOf(node) ?? name, line: node.loc.start.line, lines })
  }
  const own = nameOf(node) ?? name
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, own, found)
  }
}

/** The name that a declaration, or a property, gives what it holds. */
function nameOf(node: Node): string | undefined {
  const { id, key } = node as Node & { readonly id?: unknown; readonly key?: unknown }
  for (const one of [id, key]) {
    if (isNode(one) && 'name' in one && typeof one.name === 'string') return one.name
  }
  return undefined
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
