// Whether a request that arrived proves a step of a guide.

import type { Guide, Proof, TestRequest } from './guide.ts'

/** What a request that arrived is judged by. */
export interface SeenRequest {
  readonly method: string
  /** Below the base URL: `/Users/2819c223`. */
  readonly path: string
  /** Without the question mark; absent when there was none. */
  readonly query?: string
  readonly status: number
  /** Whether the account that it named is active after it, where that is known. */
  readonly active?: boolean
}

/** The request of the guide's connection test that this is; undefined for any other, and for a refused one. */
export function testRequestOf(guide: Guide, request: SeenRequest): TestRequest | undefined {
  if (!answered(request)) return undefined
  const { endpoint, isOne } = target(request)
  const asks = isOne ? 'one' : isFilter(request.query) ? 'filter' : 'list'
  return guide.test.find((one) => one.method === request.method && one.endpoint === endpoint && one.asks === asks)
}

/**
 * Whether a request proves this. Anything that is answered proves the test of an identity provider that has none, since it came with
 * the right token to the right URL.
 */
export function proves(guide: Guide, proof: Proof, request: SeenRequest): boolean {
  if (!answered(request)) return false
  const { endpoint, isOne } = target(request)
  const writes = isOne ? request.method === 'PUT' || request.method === 'PATCH' : isCreate(request)
  if (proof === 'test') return guide.test.length === 0 || testRequestOf(guide, request) !== undefined
  if (proof === 'group') return endpoint === 'Groups' && writes
  if (proof === 'person') return endpoint === 'Users' && writes && request.active !== false
  return endpoint === 'Users' && isOne && (request.method === 'DELETE' || (writes && request.active === false))
}

function answered({ status }: SeenRequest): boolean {
  return status >= 200 && status < 300
}

/** The endpoint, and whether one resource of it is meant. */
function target({ path }: SeenRequest): { readonly endpoint: string | undefined; readonly isOne: boolean } {
  const [, endpoint, id = ''] = path.split('/')
  return { endpoint, isOne: id !== '' && id !== '.search' }
}

/** Whether it creates; a search by POST reads. */
function isCreate({ method, path }: SeenRequest): boolean {
  return method === 'POST' && !path.endsWith('/.search')
}

function isFilter(query = ''): boolean {
  return query.split('&').some((part) => part.startsWith('filter='))
}
