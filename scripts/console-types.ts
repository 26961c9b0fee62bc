// Writes the types of the admin API for the console, from the table of routes.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openApi } from '../src/admin/openapi.ts'
import { ROUTES } from '../src/admin/routes.ts'

/** Not kept in Git: written anew by `npm run check`, by the build and by the tests of the console. */
const FILE = join(import.meta.dirname, '../console/src/api/operations.ts')

/** JSON Schema, as far as zod writes it. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly $ref?: string
  readonly $defs?: { readonly [name: string]: Schema }
}

interface Operation {
  readonly summary: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: Schema } } }
  readonly responses: {
    readonly [status: string]: { readonly content?: { readonly [type: string]: { readonly schema: Schema } } }
  }
}

/** Writes console/src/api/operations.ts, if it would change. */
export function writeConsoleTypes(): void {
  const text = consoleTypes()
  if (existsSync(FILE) && readFileSync(FILE, 'utf8') === text) return
  mkdirSync(dirname(FILE), { recursive: true })
  writeFileSync(FILE, text)
}

function consoleTypes(): string {
  const { paths } = openApi(ROUTES, '')
  const lines = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      line(`${method.toUpperCase()} ${path}`, operation as Operation),
    ),
  )
  return `// The operations of the admin API, made by scripts/console-types.ts from its table of routes.

/** By method and path: what each takes and gives. */
export interface Operations {
${lines.join('\n')}
}
`
}

function line(name: string, { summary, parameters, requestBody, responses }: Operation): string {
  const query = parameters.filter((one) => one.in === 'query')
  const path = parameters.filter((one) => one.in === 'path')
  const body = requestBody?.content['application/json']?.schema
  // A dry run may be answered with another status.
  const answers = Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .map(([, { content }]) => content?.['application/json']?.schema)
    .map((answer) => (answer === undefined ? 'undefined' : typeOf(answer, answer)))
  const given = [
    ...(path.length === 0 ? [] : [`readonly params: ${fields(path)}`]),
    ...(query.length === 0 ? [] : [`readonly query${query.some((one) => one.required) ? '' : '?'}: ${fields(query)}`]),
    ...(body === undefined ? [] : [`readonly body: ${typeOf(body, body)}`]),
  ]
  return [
    `  /** ${summary.replaceAll('*/', '* /')}. */`,
    `  ${JSON.stringify(name)}: {`,
    `    readonly given: { ${given.join('; ')} }`,
    `    readonly answer: ${answers.join(' | ')}`,
    '  }',
  ].join('\n')
}

function fields(parameters: Operation['parameters']): string {
  const all = parameters.map(
    ({ name, required, schema }) =>
      `readonly ${JSON.stringify(name)}${required ? '' : '?'}: ${typeOf(schema, schema)}${required ? '' : ' | undefined'}`,
  )
  return `{ ${all.join('; ')} }`
}

/** A schema as a type; `root` holds what it refers to. What it can't say is `unknown`. */
function typeOf(schema: Schema, root: Schema, depth = 0): string {
  if (depth > 12) return 'unknown'
  const of = (inner: Schema) => typeOf(inner, root, depth + 1)
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/$defs/', '')
    const found = schema.$ref === '#' ? root : root.$defs?.[name]
    return found === undefined ? 'unknown' : of(found)
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return `(${either.map(of).join(' | ')})`
  if (schema.allOf !== undefined) return `(${schema.allOf.map(of).join(' & ')})`
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (types.length === 0) return 'unknown'
  return types.map((type) => single(type, schema, of)).join(' | ')
}

function single(type: string, schema: Schema, of: (schema: Schema) => string): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'number':
    case 'integer':
      return 'number'
    case 'array':
      if (schema.prefixItems !== undefined) return `readonly [${schema.prefixItems.map(of).join(', ')}]`
      return `ReadonlyArray<${schema.items === undefined ? 'unknown' : of(schema.items)}>`
    case 'object':
      return objectType(schema, of)
    default:
      return 'unknown'
  }
}

function objectType(
  { properties = {}, required = [], additionalProperties }: Schema,
  of: (schema: Schema) => string,
): string {
  const own = Object.entries(properties).map(
    ([name, schema]) => `readonly ${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${of(schema)}`,
  )
  if (own.length > 0) return `{ ${own.join('; ')} }`
  if (typeof additionalProperties === 'object') return `{ readonly [name: string]: ${of(additionalProperties)} }`
  return '{ readonly [name: string]: unknown }'
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeConsoleTypes()
