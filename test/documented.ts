// Holds an answer of the admin API against its own OpenAPI document.

import { expect } from 'vitest'
import { z } from 'zod'
import { openApi } from '../src/admin/openapi.ts'
import { ROUTES } from '../src/admin/routes.ts'

interface Operation {
  readonly responses: {
    readonly [status: string]: {
      readonly content?: { readonly [type: string]: { readonly schema: Parameters<typeof z.fromJSONSchema>[0] } }
    }
  }
}

const { paths, components } = JSON.parse(JSON.stringify(openApi(ROUTES, 'http://scim.example')))
const error = z.fromJSONSchema(components.schemas.Error)

/** Expects an answer to be one that the document describes, to the last field. */
export function expectDocumented(method: string, path: string, status: number, text: string): void {
  const operation = operationOf(method.toLowerCase(), path.split('?', 1)[0] ?? '')
  if (status >= 400) {
    expect(error.safeParse(JSON.parse(text)).error, `${method} ${path}: ${text}`).toBeUndefined()
    return
  }
  const described = operation?.responses[status]
  if (path === '/openapi.json') return
  expect(described, `${method} ${path} answered ${status}`).toBeDefined()
  const schema = described?.content?.['application/json']?.schema
  if (schema === undefined) expect(text).toBe('')
  else expect(z.fromJSONSchema(schema).safeParse(JSON.parse(text)).error, `${method} ${path}: ${text}`).toBeUndefined()
}

function operationOf(method: string, path: string): Operation | undefined {
  const given = path.split('/')
  const fits = (template: string) => {
    const wanted = template.split('/')
    return wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at])
  }
  return paths[Object.keys(paths).find((template) => fits(template) && method in paths[template]) ?? '']?.[method]
}
