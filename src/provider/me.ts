// The /Me endpoint: the user that a token acts for. RFC 7644 §3.11.

import { may } from '../access/index.ts'
import type { Answer } from '../call.ts'
import { forbidden, notFound, notImplemented, typeByName } from '../protocol/index.ts'
import { changeableByOneself } from './oneself.ts'
import type { RequestContext } from './request.ts'
import { createResource, deleteResource, getResource, patchResource, replaceResource } from './resources.ts'

const NO_SUBJECT =
  'This token does not act for a user, so /Me has no meaning; create a connection for the user with: lockstep connection create --subject USER_ID'

/**
 * /Me: what the same request to the subject's own resource would do, with its permanent URI in Location. 501 for a token
 * that acts for no user: it has no such feature. Without the right to write users only some attributes may change.
 * RFC 7644 §3.11, A-36.
 */
export async function me(
  request: RequestContext,
  action: 'get' | 'create' | 'replace' | 'patch' | 'delete',
): Promise<Answer> {
  if (!request.features.me) throw notImplemented('/Me is switched off for this tenant')
  const type = typeByName(request.catalog, 'User')
  const id = request.principal.subject
  if (type === undefined) throw notFound('There are no users here')
  if (action === 'create') return createResource(request, type)
  if (id === undefined) throw notImplemented(NO_SUBJECT)
  if (action === 'get') return getResource(request, type, id)
  const all = may(request.principal, 'write', type.name)
  if (action === 'delete') {
    if (!all) throw forbidden('This token may not delete its own user; an administrator can')
    return deleteResource(request, type, id)
  }
  const mayChange = all ? undefined : changeableByOneself(request.features.selfService)
  return action === 'replace'
    ? replaceResource(request, type, id, mayChange)
    : patchResource(request, type, id, mayChange)
}
