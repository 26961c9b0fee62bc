import {
  forbidden,
  invalidSyntax,
  isObject,
  type Json,
  notFound,
  notImplemented,
  type ResourceType,
  typeByName,
} from '../protocol/index.ts'
import type { Answer } from './call.ts'
import { may } from './principal.ts'
import { bodyOf, createResource, deleteResource, getResource, patchResource, replaceResource } from './resources.ts'
import type { Turn } from './turn.ts'

/** What a person may not change about themselves with a token that has no right to write users (P-452). */
const NOT_ONESELF = ['username', 'active', 'externalid', 'roles', 'entitlements', 'groups']

/**
 * /Me: what the same request to the subject's own resource would do, with its permanent URI in Location. 404 for a token
 * that acts for nobody. RFC 7644 §3.11, A-36.
 */
export async function me(turn: Turn, action: 'get' | 'create' | 'replace' | 'patch' | 'delete'): Promise<Answer> {
  if (!turn.features.me) throw notImplemented('/Me is switched off for this tenant')
  const type = typeByName(turn.catalog, 'User')
  const id = turn.principal.subject
  if (type === undefined) throw notFound('there are no users here')
  if (action === 'create') return createResource(turn, type)
  if (id === undefined) throw notFound('this token acts for no user; /Me needs a token with a subject')
  if (action === 'get') return getResource(turn, type, id)
  if (may(turn.principal, 'write', type.name)) return act(turn, action, type, id)
  if (action === 'delete') throw forbidden('this token may not delete its own user; an administrator can')
  const body = await bodyOf(turn, action, type, id)
  if ('status' in body) return body
  const current = action === 'replace' ? await currentOf(turn, type, id) : undefined
  refuse(body.json, action, current)
  // The right to write oneself is given for this one request only, now that its content is known to be harmless.
  const principal = { ...turn.principal, rights: { ...turn.principal.rights, User: { read: true, write: true } } }
  return act({ ...turn, principal, call: { ...turn.call, header: (name) => turn.call.header(name), body: async () => encode(body.json) } }, action, type, id)
}

function act(turn: Turn, action: 'replace' | 'patch' | 'delete', type: ResourceType, id: string): Promise<Answer> {
  if (action === 'replace') return replaceResource(turn, type, id)
  if (action === 'patch') return patchResource(turn, type, id)
  return deleteResource(turn, type, id)
}

async function currentOf(turn: Turn, type: ResourceType, id: string): Promise<Json> {
  const stored = await turn.directory.get({ tenant: turn.context.tenant, type: type.name, id })
  return stored === undefined ? {} : (JSON.parse(stored.text) as Json)
}

function refuse(body: Json, action: 'replace' | 'patch', current: Json | undefined): void {
  if (!isObject(body)) throw invalidSyntax('the body must be a JSON object')
  if (action === 'replace') {
    const now = isObject(current) ? current : {}
    for (const [name, value] of Object.entries(body)) {
      const key = Object.keys(now).find((one) => one.toLowerCase() === name.toLowerCase())
      const same = JSON.stringify(key === undefined ? undefined : now[key]) === JSON.stringify(value)
      if (NOT_ONESELF.includes(name.toLowerCase()) && !same) throw notOneself(name)
    }
    return
  }
  const operations = Object.entries(body).find(([name]) => name.toLowerCase() === 'operations')?.[1]
  for (const operation of Array.isArray(operations) ? operations : []) {
    if (!isObject(operation)) continue
    const paths = typeof operation.path === 'string' ? [operation.path] : isObject(operation.value) ? Object.keys(operation.value) : []
    for (const path of paths) {
      const name = (path.split(':').at(-1) ?? path).split(/[.[]/)[0] ?? ''
      if (NOT_ONESELF.includes(name.toLowerCase())) throw notOneself(name)
    }
  }
}

function notOneself(name: string) {
  return forbidden(`${name} may not be changed by the user; an administrator or the identity provider can`)
}

function encode(json: Json): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json))
}
