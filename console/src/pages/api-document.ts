// The OpenAPI document of the admin API, as far as its page reads it.

/** JSON Schema, as far as it is shown. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly format?: string
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
}

interface Content {
  readonly content?: { readonly [type: string]: { readonly schema: Schema } }
}

/** The document. */
export interface OpenApi {
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly operationId: string
        readonly summary: string
        readonly 'x-needs': { readonly capability: string; readonly reach: string; readonly fresh?: boolean }
        readonly parameters: readonly Parameter[]
        readonly requestBody?: Content
        readonly responses: { readonly [status: string]: Content }
      }
    }
  }
}

/** A parameter of a path or a query. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: Schema
}

/** One operation. */
export interface Described {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly subject: string
  readonly capability: string
  readonly reach: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
  readonly status: string
  readonly answer: Schema | undefined
}

/** All operations, in the order of the document. */
export function operationsOf({ paths }: OpenApi): readonly Described[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Described => {
      const [status = '', response] = Object.entries(operation.responses).find(([one]) => one !== 'default') ?? []
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        subject: subjectOf(path),
        capability: operation['x-needs'].capability,
        reach: operation['x-needs'].reach,
        parameters: operation.parameters,
        body: operation.requestBody?.content?.['application/json']?.schema,
        status,
        answer: response?.content?.['application/json']?.schema,
      }
    }),
  )
}

/** The last part of a path that is a word, after the tenant: `apps`, `people`, `tenants`. */
function subjectOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && !part.startsWith('{'))
  return (parts[0] === 'tenants' ? parts[1] : undefined) ?? parts[0] ?? ''
}
