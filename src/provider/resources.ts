// The endpoints of one resource: GET, POST, PUT, PATCH and DELETE.

import type { Answer } from '../call.ts'
import { HeavyWrite, missing, type Outcome, type Stored, traitsOf, type WriteOptions } from '../directory/index.ts'
import {
  ifNoneMatch,
  isDefault,
  type Json,
  LIMITS,
  notImplemented,
  preconditionFailed,
  type ResourceType,
} from '../protocol/index.ts'
import { parseBody, readBytes, requireJson } from './body.ts'
import { identity, memberParts, represent, STREAM_FROM, type View } from './represent.ts'
import { bendBody, mayRead, type RequestContext, requireRight, selectionOf, viewOf } from './request.ts'
import { emptyAnswer, resourceAnswer, UNSHARED } from './respond.ts'
import { LARGE_TEXT, weighBody, weighPatch } from './weight.ts'

/** GET of one resource. RFC 7644 §3.4.1. */
export async function getResource(request: RequestContext, type: ResourceType, id: string): Promise<Answer> {
  requireRight(request, 'read', type, id)
  const { call, directory, context } = request
  const shown = selectionOf(request, 'get', type, id)
  const view = viewOf(request, type, shown)
  const stored = await directory.get({ tenant: context.tenant, type: type.name, id })
  if (!stored) throw missing({ type: type.name, id })
  const condition = call.header('if-none-match')
  if (condition !== undefined && ifNoneMatch(condition, stored.version, context.allow.looseETags))
    return emptyAnswer(304, type.endpoint, stored, call.base)
  if (request.offload && stored.text.length > LARGE_TEXT) return request.offload()
  if (request.offload && traitsOf(type).rows && memberParts(view) !== undefined) {
    if ((await directory.memberCount(stored, STREAM_FROM + 1)) > STREAM_FROM) return request.offload()
  }
  const body = await represent(stored, view)
  if (typeof body === 'string' && isDefault(view.selection)) request.texts?.keep(type, stored, body)
  return resourceAnswer(200, type.endpoint, stored, call.base, request.media, body)
}

/** POST to a resource endpoint. RFC 7644 §3.3. */
export async function createResource(request: RequestContext, type: ResourceType): Promise<Answer> {
  requireRight(request, 'write', type)
  const sent = await bodyOf(request, 'create', type)
  if ('status' in sent) return sent
  const shown = selectionOf(request, 'create', type)
  const view = viewOf(request, type, shown)
  const outcome = await lightly(request, sent.bytes, (light) =>
    request.directory.create(request.context, type.name, sent.json, { light }),
  )
  if ('status' in outcome) return outcome
  noteOutcome(request, outcome)
  const body = await shownAfter(request, outcome.stored, { ...view, requested: outcome.requested })
  return resourceAnswer(201, type.endpoint, outcome.stored, request.call.base, request.media, body)
}

/** Which attributes a change may touch; given where the caller has no right to write, and may change these of its own. */
type MayChange = NonNullable<WriteOptions['mayChange']>

/** PUT. RFC 7644 §3.5.1. */
export async function replaceResource(
  request: RequestContext,
  type: ResourceType,
  id: string,
  mayChange?: MayChange,
): Promise<Answer> {
  if (mayChange === undefined) requireRight(request, 'write', type)
  const sent = await bodyOf(request, 'replace', type, id)
  if ('status' in sent) return sent
  if (request.call.header('if-none-match')?.trim() === '*') {
    // If-None-Match: * says "only if it doesn't exist", and PUT never creates.
    const stored = await request.directory.get({ tenant: request.context.tenant, type: type.name, id })
    if (!stored) throw missing({ type: type.name, id })
    throw preconditionFailed(
      `${type.name} ${id} exists, but If-None-Match: * requires that it doesn't; PUT never creates a resource, use POST`,
    )
  }
  const shown = selectionOf(request, 'replace', type, id)
  const view = viewOf(request, type, shown)
  const outcome = await lightly(request, sent.bytes, (light) =>
    request.directory.replace(request.context, type.name, id, sent.json, {
      ifMatch: request.call.header('if-match'),
      light,
      ...(mayChange === undefined ? {} : { mayChange }),
    }),
  )
  if ('status' in outcome) return outcome
  noteOutcome(request, outcome)
  const body = await shownAfter(request, outcome.stored, { ...view, requested: outcome.requested })
  return resourceAnswer(200, type.endpoint, outcome.stored, request.call.base, request.media, body)
}

/** PATCH. RFC 7644 §3.5.2. */
export async function patchResource(
  request: RequestContext,
  type: ResourceType,
  id: string,
  mayChange?: MayChange,
): Promise<Answer> {
  requirePatch(request)
  if (mayChange === undefined) requireRight(request, 'write', type)
  const { call } = request
  const sent = await bodyOf(request, 'patch', type, id)
  if ('status' in sent) return sent
  const shown = selectionOf(request, 'patch', type, id)
  const view = viewOf(request, type, shown)
  const outcome = await lightly(request, sent.bytes, (light) =>
    request.directory.patch(request.context, type.name, id, sent.json, {
      ifMatch: call.header('if-match'),
      light,
      ...(mayChange === undefined ? {} : { mayChange }),
    }),
  )
  if ('status' in outcome) return outcome
  noteOutcome(request, outcome)
  if (!mayRead(request, type, id) || wantsNothing(request, type, isDefault(view.selection)))
    return emptyAnswer(204, type.endpoint, outcome.stored, call.base)
  // Members may have been edited beside another change: what is shown is read as it is now, with the version it has now.
  const stored = traitsOf(type).rows
    ? await request.directory.get({ tenant: request.context.tenant, type: type.name, id })
    : outcome.stored
  if (!stored) throw missing({ type: type.name, id })
  const body = await represent(stored, { ...view, requested: outcome.requested })
  return resourceAnswer(200, type.endpoint, stored, call.base, request.media, body)
}

/** DELETE. RFC 7644 §3.6. */
export async function deleteResource(request: RequestContext, type: ResourceType, id: string): Promise<Answer> {
  requireRight(request, 'write', type)
  const ifMatch = request.call.header('if-match')
  const done = await lightly(request, undefined, (light) =>
    request.directory.remove(request.context, type.name, id, { ifMatch, light }),
  )
  return done ?? { status: 204, headers: UNSHARED }
}

/** Tells what came of a write to whoever wants to know. */
function noteOutcome({ call: { about }, skipped }: RequestContext, outcome: Outcome): void {
  skipped(outcome.type.name, outcome.skipped)
  if (about === undefined) return
  about.id = outcome.stored.id
  about.version = outcome.stored.version
}

/** Does a write on the event loop if it is a light one; else hands the request on, where there is somewhere to. */
async function lightly<T>(
  request: RequestContext,
  bytes: Uint8Array | undefined,
  write: (light: boolean) => Promise<T>,
): Promise<T | Answer> {
  if (request.offload === undefined) return write(false)
  try {
    return await write(true)
  } catch (error) {
    if (error instanceof HeavyWrite) return request.offload(bytes)
    throw error
  }
}

/** What a write returns: the resource as asked for if the principal may read the type, else only its id and version. */
function shownAfter(request: RequestContext, stored: Stored, view: View): ReturnType<typeof represent> {
  return mayRead(request, view.type, stored.id) ? represent(stored, view) : identity(stored, view)
}

/** 501 where PATCH is off (P-340). */
export function requirePatch(request: RequestContext): void {
  if (!request.features.patch) throw notImplemented('PATCH is switched off for this tenant; use PUT')
}

/**
 * The parsed body of a request, or the answer of the place it was handed on to because it is heavy. A body that can't be
 * read is only complained about when the resource exists: 404 comes first (P-358).
 */
export async function bodyOf(
  request: RequestContext,
  action: 'create' | 'replace' | 'patch',
  type: ResourceType,
  id?: string,
): Promise<{ readonly json: Json; readonly bytes: Uint8Array } | Answer> {
  const { call } = request
  try {
    requireJson(call.header('content-type'))
    const bytes = await readBytes(call, LIMITS.BODY_BYTES)
    if (request.offload && weighBody(bytes) === 'heavy') return await request.offload(bytes)
    const sent = parseBody(bytes, request)
    if (request.offload && action === 'patch' && weighPatch(sent) === 'heavy') return await request.offload(bytes)
    return { json: bendBody(request, action, type, sent, id), bytes }
  } catch (error) {
    if (id !== undefined && !(await request.directory.get({ tenant: request.context.tenant, type: type.name, id })))
      throw missing({ type: type.name, id })
    throw error
  }
}

/** Whether 204 is sent instead of the resource: Prefer asks for it, or it is a group whose members would be read for nothing. */
function wantsNothing(request: RequestContext, type: ResourceType, selectionIsDefault: boolean): boolean {
  const prefer = request.call.header('prefer')
  if (!selectionIsDefault) return false
  return traitsOf(type).rows || (prefer !== undefined && /(^|,)\s*return\s*=\s*minimal\s*(,|;|$)/i.test(prefer))
}
