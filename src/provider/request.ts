// One request on its way: who sent it, for which tenant, what it may do.

import { type Features, may, type Principal } from '../access/index.ts'
import type { Answer, Call } from '../call.ts'
import type { Context, Directory, Stored } from '../directory/index.ts'
import {
  type Catalog,
  carryNumbers,
  decodeQuery,
  type Json,
  type ResourceType,
  readQuery,
  readSelection,
  refuseFilterOnOne,
  ScimError,
  type SearchInput,
  type Selection,
  type SelectionInput,
  selection,
} from '../protocol/index.ts'
import { type Message, rewrite } from '../quirks/index.ts'
import type { View } from './represent.ts'
import type { Report } from './respond.ts'

/** Texts of resources as GET shows them by default, kept for later requests, as one request sees them. */
export interface TextsOfRequest {
  /** By the number that the store knows the resource by. */
  numbered(number: number, type: ResourceType): { readonly id: string; readonly text: string } | undefined
  /** Keeps a text, unless something changed while it was made. */
  keep(type: ResourceType, stored: Stored, text: string, number?: number): void
}

/** One request on its way: who sent it, for which tenant, and what it asks for. */
export interface RequestContext {
  readonly call: Call
  readonly directory: Directory
  readonly principal: Principal
  readonly catalog: Catalog
  readonly context: Context
  readonly features: Features
  /** Media type of the answer. */
  readonly media: string
  /** Carries the whole request out on another thread; absent where there is none. */
  readonly offload: ((bytes?: Uint8Array) => Promise<Answer>) | undefined
  /** Key that cursors are signed with. */
  readonly cursorKey: () => Promise<Uint8Array>
  readonly now: () => number
  /** Called with each internal error. */
  readonly report: Report
  /** Texts kept between requests; absent where short cuts are switched off. */
  readonly texts: TextsOfRequest | undefined
  /** Called with the names of attributes that no schema has and that were left out. */
  readonly skipped: (type: string, paths: readonly string[]) => unknown
}

/** 403 unless the principal may read or write this type, or the resource is its own (P-562). */
export function requireRight(request: RequestContext, action: 'read' | 'write', type: ResourceType, id?: string): void {
  if (action === 'read' ? mayRead(request, type, id) : may(request.principal, action, type.name)) return
  // RFC 6750 §3.1
  throw new ScimError(
    403,
    `This token may not ${action} ${type.name} resources; give its connection the right to, or use another one`,
    {
      headers: { 'www-authenticate': 'Bearer realm="scim", error="insufficient_scope"' },
    },
  )
}

/** Whether the principal may read this type, or the resource is its own (P-562). */
export function mayRead({ principal }: RequestContext, type: ResourceType, id?: string): boolean {
  return may(principal, 'read', type.name) || (id !== undefined && principal.subject === id)
}

/** The query of a list, rewritten by the quirks of its connection. */
export function searchOf(request: RequestContext, type?: ResourceType): SearchInput {
  const query = decodeQuery(request.call.search, request.context.allow)
  return readQuery(bend(request, { action: 'list', ...(type === undefined ? {} : { type }), query }).query)
}

/** Which attributes of one resource are to be shown; a filter is refused where something is only read. */
export function selectionOf(
  request: RequestContext,
  action: Message['action'],
  type: ResourceType,
  id?: string,
): SelectionInput {
  if (request.call.search === '') return {}
  const query = decodeQuery(request.call.search, request.context.allow)
  const bent = bend(request, { action, type, ...(id === undefined ? {} : { id }), query }).query
  if (action === 'get') refuseFilterOnOne(bent)
  return readSelection(bent)
}

/** A message, rewritten by the quirks of its connection. */
export function bend(request: RequestContext, message: Message): Message {
  const { call, principal, catalog } = request
  const { quirks } = principal.profile
  if (call.about === undefined) return rewrite(quirks, message, catalog)
  const bends: string[] = []
  const bent = rewrite(quirks, message, catalog, (name) => bends.push(name))
  if (bends.length > 0) call.about.bends = [...new Set([...(call.about.bends ?? []), ...bends])]
  return bent
}

/** A body, rewritten by the quirks of its connection. */
export function bendBody(
  request: RequestContext,
  action: Message['action'],
  type: ResourceType,
  body: Json,
  id?: string,
): Json {
  if (request.principal.profile.quirks.length === 0) return body
  const bent = bend(request, { action, type, ...(id === undefined ? {} : { id }), query: {}, body }).body ?? null
  return bent === body ? body : carryNumbers(body, bent)
}

/** How resources of a type are shown in this request. */
export function viewOf(
  request: RequestContext,
  type: ResourceType,
  shown: SelectionInput,
  requested?: readonly string[],
): View {
  const chosen: Selection = selection(shown.attributes, shown.excludedAttributes, type, request.context.allow)
  const { directory, catalog, call } = request
  return {
    directory,
    catalog,
    type,
    base: call.base,
    selection: chosen,
    ...(requested === undefined ? {} : { requested }),
  }
}
