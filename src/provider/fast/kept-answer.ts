// Short cut: answers a plain GET of a resource from its kept text.

import { may, type Principal } from '../../access/index.ts'
import type { Answer, Call } from '../../call.ts'
import { ifNoneMatch, SCIM_JSON } from '../../protocol/index.ts'
import { emptyAnswer, mediaType, resourceAnswer } from '../respond.ts'
import type { KeptTexts } from './kept-texts.ts'

/** The kept answer to a GET without a query, if there is one and the client takes it as it is. */
export function keptAnswer(texts: KeptTexts, call: Call, principal: Principal): Answer | undefined {
  const id = call.path.slice(call.path.lastIndexOf('/') + 1)
  const entry = texts.get(id, call.base, call.path)
  if (entry === undefined || entry.tenant !== principal.tenant || !may(principal, 'read', entry.type)) return undefined
  if (mediaType(call.header('accept')) !== SCIM_JSON) return undefined
  const condition = call.header('if-none-match')
  if (condition !== undefined && ifNoneMatch(condition, entry.version, principal.profile.allow.looseETags)) {
    return emptyAnswer(304, entry.endpoint, entry, call.base)
  }
  return resourceAnswer(200, entry.endpoint, entry, call.base, SCIM_JSON, entry.text)
}
