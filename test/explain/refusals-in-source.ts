// Finds the texts of all refusals in the source, with ‹x› for what is put in.

import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { type Node, parse } from 'acorn'
import { codeOf, SCIM_TYPES, type ScimType, STATUS_CODES } from '../../src/protocol/index.ts'

/** A refusal as a source has it. */
export interface Refusal {
  readonly code: string
  /** Its detail: `There is no ‹x› with the id ‹x›`. */
  readonly detail: string
  readonly file: string
}

const STATUSES: { readonly [factory: string]: keyof typeof STATUS_CODES } = {
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  notAcceptable: 406,
  conflict: 409,
  preconditionFailed: 412,
  payloadTooLarge: 413,
  uriTooLong: 414,
  unsupportedMediaType: 415,
  notImplemented: 501,
}

/** All refusals in these rooms of `src` whose text is written where they are thrown. */
export function refusalsIn(rooms: readonly string[]): readonly Refusal[] {
  return rooms.flatMap((room) => {
    const folder = new URL(`../../src/${room}/`, import.meta.url)
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && !file.includes('testing/'))
      .flatMap((file) => refusalsOf(readFileSync(new URL(file, folder), 'utf8'), `${room}/${file}`))
  })
}

type Tree = Node & { readonly [name: string]: unknown }

function refusalsOf(source: string, file: string): readonly Refusal[] {
  const found: Refusal[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one)
    if (typeof node !== 'object' || node === null) return
    const tree = node as Tree
    const code = codeIn(tree)
    const [first, second] = (tree.arguments ?? []) as readonly Tree[]
    if (code !== undefined) {
      for (const detail of textsOf(tree.type === 'NewExpression' ? second : first)) found.push({ code, detail, file })
    }
    for (const child of Object.values(tree)) visit(child)
  }
  visit(parse(stripTypeScriptTypes(source), { ecmaVersion: 'latest', sourceType: 'module' }))
  return found
}

/** The code of a refusal that is made here: by a factory of `protocol/errors.ts`, or with its status. */
function codeIn(tree: Tree): string | undefined {
  const { name } = (tree.callee ?? {}) as { readonly name?: string }
  if (tree.type === 'CallExpression' && name !== undefined) {
    if (Object.hasOwn(SCIM_TYPES, name)) return codeOf(name as ScimType)
    const status = STATUSES[name]
    return status === undefined ? undefined : STATUS_CODES[status]
  }
  if (tree.type !== 'NewExpression' || name !== 'ScimError') return undefined
  const [status] = tree.arguments as readonly { readonly value?: unknown }[]
  if (typeof status?.value !== 'number') return undefined
  const codes: { readonly [status: number]: string } = STATUS_CODES
  return codes[status.value] ?? `SCIM_${status.value}`
}

/** The texts that an expression can be; nothing where it is no text that stands there. */
function textsOf(tree: Tree | undefined): readonly string[] {
  if (tree === undefined) return []
  if (tree.type === 'Literal') return typeof tree.value === 'string' ? [tree.value] : []
  if (tree.type === 'ConditionalExpression')
    return [tree.consequent, tree.alternate].flatMap((one) => textsOf(one as Tree))
  if (tree.type !== 'TemplateLiteral') return []
  return [
    (tree.quasis as readonly { readonly value: { readonly cooked: string } }[])
      .map(({ value }) => value.cooked)
      .join('‹x›'),
  ]
}
