// SCIM requests from within the admin API: routes ask the provider, which sends what is heavy to threads.

import { type Administrator, hasCapability } from '../access/index.ts'
import type { Answer, Body, Call } from '../call.ts'
import { isObject, type JsonObject, readJson, SCIM_JSON } from '../protocol/index.ts'
import { type RefusalStatus, Refused } from './refusals.ts'

/** The provider as a function. */
export type Handle = (call: Call) => Answer | Promise<Answer>

/** A SCIM request that a route of the admin API sends. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below the base URL, without a query: `/Users/.search`. */
  readonly path: string
  readonly body?: JsonObject
}

/**
 * SCIM requests of a route, as an administrator: what is heavy goes to a thread, as with requests from outside. Throws
 * {@link Refused} with the provider's own words.
 */
export type AskScim = (tenant: string, asked: Asked) => Promise<JsonObject>

/** Creates the way for routes to ask the provider. */
export function askScim(handle: Handle, administrator: Administrator, origin: string): AskScim {
  const vouched = { actor: administrator.actor, mayWrite: hasCapability(administrator, 'edit') }
  return async (tenant, { method, path, body }) => {
    const bytes = body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body))
    const headers = new Map([
      ['accept', SCIM_JSON],
      ['content-type', SCIM_JSON],
      ['content-length', String(bytes.length)],
    ])
    const answer = await handle({
      method,
      path,
      search: '',
      base: `${origin}/admin/v1/tenants/${tenant}/scim/v2`,
      tenant,
      vouched,
      header: (name) => headers.get(name),
      body: async (limit) => (bytes.length > limit ? undefined : bytes),
    })
    const text = await textOf(answer.body)
    const json = text === '' ? {} : readJson(text, { strictNames: false })
    const content = isObject(json) ? json : {}
    if (answer.status < 400) return content
    const status = STATUSES.find((one) => one === answer.status) ?? (answer.status < 500 ? 400 : 500)
    const detail = typeof content.detail === 'string' ? content.detail : `SCIM answered ${answer.status}`
    throw new Refused(
      status,
      typeof content.scimType === 'string' ? content.scimType : (CODES[status] ?? 'ERR_INVALID'),
      detail,
    )
  }
}

const STATUSES: readonly RefusalStatus[] = [400, 401, 403, 404, 405, 409, 412, 413, 500, 503]
const CODES: { readonly [status: number]: string } = {
  403: 'ERR_FORBIDDEN',
  404: 'ERR_NOT_FOUND',
  409: 'ERR_EXISTS',
  412: 'ERR_CHANGED',
  413: 'ERR_TOO_LARGE',
  500: 'ERR_INTERNAL',
  503: 'ERR_UNAVAILABLE',
}

/** The whole text of a body. */
export async function textOf(body: Body | undefined): Promise<string> {
  if (body === undefined) return ''
  if (typeof body === 'string') return body
  const decoder = new TextDecoder()
  if (body instanceof Uint8Array) return decoder.decode(body)
  let text = ''
  for await (const piece of body) text += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
  return text
}
