// The OpenAPI document of the admin API, made from the table of routes.

import { z } from 'zod'
import type { Route } from './route.ts'
import { ErrorBody } from './shapes.ts'

/** The description of the admin API, made from its own routes. OpenAPI 3.1. */
export function openApi(routes: readonly Route[], origin: string) {
  const paths: { [path: string]: { [method: string]: unknown } } = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lockstep admin API',
      version: '1',
      description:
        'Tenants, connections, schemas, settings and the change log. Tokens are made with `lockstep admin token`. `x-needs` says what the role of a token must include (`capability`) and reach: the tenant of the path, the whole database, or its own tenants. SCIM itself is at `/tenants/{tenant}/scim/v2`, without a token of a connection: `see` for its discovery endpoints, `values` to read, `edit` to write.',
    },
    servers: [{ url: `${origin}/admin/v1` }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: schemaOf(ErrorBody, 'output') },
    },
  }
}

function operation(route: Route) {
  const { id, does, needs, path, query, body, gives, dry } = route
  const dryBody = dry === undefined ? undefined : schemaOf(dry.body, 'output')
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const refused = {
    description: 'Refused: 400 (with `faults`), 401, 403, 404, 405, 409, 413, 415, 500 or 503',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
  return {
    operationId: id,
    summary: does,
    'x-needs': needs,
    parameters: [...inPath, ...(query === undefined ? [] : queryParameters(query)), ...headersOf(route)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }),
    responses: {
      ...(dryBody === undefined || gives.status === 200
        ? {}
        : {
            200: { description: 'With `dry`: what it would do', content: { 'application/json': { schema: dryBody } } },
          }),
      [gives.status]: {
        description: gives.status === 204 ? 'Done' : 'The answer',
        ...(gives.stream === undefined ? {} : { content: { [gives.stream]: { schema: { type: 'string' } } } }),
        ...(gives.body === undefined
          ? {}
          : { content: { 'application/json': { schema: eitherOf(schemaOf(gives.body, 'output'), dryBody) } } }),
      },
      default: refused,
    },
  }
}

/** What is answered, or with `dry` what it would do. */
function eitherOf(answer: object, dry: object | undefined): object {
  return dry === undefined ? answer : { anyOf: [dry, answer] }
}

/** The headers that make a change safe. */
function headersOf({ method, present, once }: Route) {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  })
  return [
    ...(present === undefined || method === 'get'
      ? []
      : [header('If-Match', 'The ETag of what was read: 412 if it was changed since')]),
    ...(once === undefined ? [] : [header('Idempotency-Key', 'The same request with the same key is done once')]),
  ]
}

function queryParameters(query: z.ZodType) {
  const { properties = {}, required = [] } = schemaOf(query, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

/** A shape as JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
function schemaOf(shape: z.ZodType, io: 'input' | 'output') {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' })
  return schema
}
