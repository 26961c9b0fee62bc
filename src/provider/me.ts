import { documentOf } from '../directory/index.ts'
import {
  forbidden,
  formatETag,
  type Json,
  matchesETag,
  normalise,
  notFound,
  notImplemented,
  type ResourceType,
  readPatch,
  typeByName,
} from '../protocol/index.ts'
import type { Answer } from './call.ts'
import { may } from './principal.ts'
import { bodyOf, createResource, deleteResource, getResource, patchResource, replaceResource } from './resources.ts'
import type { Turn } from './turn.ts'

/** What a person may not change about themselves with a token that has no right to write users (P-452). */
const NOT_ONESELF = ['userName', 'active', 'externalId', 'roles', 'entitlements']

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
  const version = await refuse(turn, action, type, id, body.json)
  // What a PUT was compared with must still be there when it is written: an administrator may have switched the user off since.
  const given = turn.call.header('if-match')
  const seen = version !== undefined && (given === undefined || matchesETag(given, version))
  const ifMatch = seen ? formatETag(version) : given
  // The right to write oneself is given for this one request only, now that its content is known to be harmless.
  const principal = { ...turn.principal, rights: { ...turn.principal.rights, User: { read: true, write: true } } }
  return act(
    {
      ...turn,
      principal,
      call: {
        ...turn.call,
        header: (name: string) => (name === 'if-match' ? ifMatch : turn.call.header(name)),
        body: async () => encode(body.json),
      },
    },
    action,
    type,
    id,
  )
}

function act(turn: Turn, action: 'replace' | 'patch' | 'delete', type: ResourceType, id: string): Promise<Answer> {
  if (action === 'replace') return replaceResource(turn, type, id)
  if (action === 'patch') return patchResource(turn, type, id)
  return deleteResource(turn, type, id)
}

/**
 * 403 if a change would touch what others rely on. Read as the door reads it, so that no spelling slips through. Gives the
 * version that a PUT was compared with.
 */
async function refuse(
  turn: Turn,
  action: 'replace' | 'patch',
  type: ResourceType,
  id: string,
  body: Json,
): Promise<number | undefined> {
  const { allow } = turn.principal.profile
  if (action === 'patch') {
    for (const { target } of readPatch(body, type, allow, { id }).edits) {
      if (target !== undefined && target.extension === undefined && NOT_ONESELF.includes(target.attribute.name)) {
        throw notOneself(target.attribute.name)
      }
    }
    return undefined
  }
  const stored = await turn.directory.get({ tenant: turn.context.tenant, type: type.name, id })
  if (stored === undefined) return undefined
  const now = documentOf(stored)
  const wanted = normalise(body, type, allow)
  for (const name of NOT_ONESELF) {
    // PUT without active keeps it; without the others it would clear them.
    if (name === 'active' && wanted.active === undefined) continue
    if (JSON.stringify(wanted[name]) !== JSON.stringify(now[name])) throw notOneself(name)
  }
  return stored.version
}

function notOneself(name: string) {
  return forbidden(`${name} may not be changed by the user; an administrator or the identity provider can`)
}

function encode(json: Json): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json))
}
