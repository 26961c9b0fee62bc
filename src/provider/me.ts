import { may } from '../access/index.ts'
import { forbidden, notFound, notImplemented, typeByName } from '../protocol/index.ts'
import type { Answer } from './call.ts'
import { changeableByOneself } from './oneself.ts'
import { createResource, deleteResource, getResource, patchResource, replaceResource } from './resources.ts'
import type { Turn } from './turn.ts'

const NO_SUBJECT =
  'This token acts for no user, so that /Me means nobody; create a connection for the user with: lockstep connection create --subject USER_ID'

/**
 * /Me: what the same request to the subject's own resource would do, with its permanent URI in Location. 501 for a token
 * that acts for nobody: for it there is no such feature. Without the right to write users only some attributes may change.
 * RFC 7644 §3.11, A-36.
 */
export async function me(turn: Turn, action: 'get' | 'create' | 'replace' | 'patch' | 'delete'): Promise<Answer> {
  if (!turn.features.me) throw notImplemented('/Me is switched off for this tenant')
  const type = typeByName(turn.catalog, 'User')
  const id = turn.principal.subject
  if (type === undefined) throw notFound('There are no users here')
  if (action === 'create') return createResource(turn, type)
  if (id === undefined) throw notImplemented(NO_SUBJECT)
  if (action === 'get') return getResource(turn, type, id)
  const all = may(turn.principal, 'write', type.name)
  if (action === 'delete') {
    if (!all) throw forbidden('This token may not delete its own user; an administrator can')
    return deleteResource(turn, type, id)
  }
  const mayChange = all ? undefined : changeableByOneself(turn.features.selfService)
  return action === 'replace' ? replaceResource(turn, type, id, mayChange) : patchResource(turn, type, id, mayChange)
}
