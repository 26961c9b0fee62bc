import { type Features, may, type Principal } from '../access/index.ts'
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
import type { Finished } from './cache.ts'
import type { Answer, Call } from './call.ts'
import type { View } from './represent.ts'
import type { Report } from './respond.ts'

/** One request on its way: who calls, what the tenant looks like, what was asked. */
export interface Turn {
  readonly call: Call
  readonly directory: Directory
  readonly principal: Principal
  readonly catalog: Catalog
  readonly context: Context
  readonly features: Features
  /** Media type of the answer. */
  readonly media: string
  /** Hands the whole request to a place off this event loop; absent where there is none. */
  readonly delegate: ((bytes?: Uint8Array) => Promise<Answer>) | undefined
  /** Key that cursors are signed with. */
  readonly cursorKey: () => Promise<Uint8Array>
  readonly now: () => number
  /** Told of errors that are ours. */
  readonly report: Report
  /** Finished texts of resources as they are shown by default, kept between requests. */
  readonly texts: {
    numbered(number: number, type: ResourceType): Finished | undefined
    /** Keeps one for the next who asks, unless something changed while it was made. */
    keep(type: ResourceType, stored: Stored, text: string, number?: number): void
  }
  /** Told which attributes of a body no schema knows and were left out, by name. */
  readonly skipped: (type: string, paths: readonly string[]) => unknown
}

/** 403 unless the principal may read or write this type, or the resource is its own (P-562). */
export function requireRight(turn: Turn, action: 'read' | 'write', type: ResourceType, id?: string): void {
  if (action === 'read' ? mayRead(turn, type, id) : may(turn.principal, action, type.name)) return
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
export function mayRead({ principal }: Turn, type: ResourceType, id?: string): boolean {
  return may(principal, 'read', type.name) || (id !== undefined && principal.subject === id)
}

/** The query of a list, after the connection's quirks. */
export function searchOf(turn: Turn, type?: ResourceType): SearchInput {
  const query = decodeQuery(turn.call.search, turn.context.allow)
  return readQuery(bend(turn, { action: 'list', ...(type === undefined ? {} : { type }), query }).query)
}

/** Which attributes of one resource are to be shown; a filter is refused where something is only read. */
export function selectionOf(turn: Turn, action: Message['action'], type: ResourceType, id?: string): SelectionInput {
  if (turn.call.search === '') return {}
  const query = decodeQuery(turn.call.search, turn.context.allow)
  const bent = bend(turn, { action, type, ...(id === undefined ? {} : { id }), query }).query
  if (action === 'get') refuseFilterOnOne(bent)
  return readSelection(bent)
}

/** A message after the connection's quirks. */
export function bend(turn: Turn, message: Message): Message {
  return rewrite(turn.principal.profile.quirks, message, turn.catalog)
}

/** A body after the connection's quirks. */
export function bendBody(turn: Turn, action: Message['action'], type: ResourceType, body: Json, id?: string): Json {
  if (turn.principal.profile.quirks.length === 0) return body
  const bent = bend(turn, { action, type, ...(id === undefined ? {} : { id }), query: {}, body }).body ?? null
  return bent === body ? body : carryNumbers(body, bent)
}

/** How resources of a type are shown in this turn. */
export function viewOf(turn: Turn, type: ResourceType, shown: SelectionInput, requested?: readonly string[]): View {
  const chosen: Selection = selection(shown.attributes, shown.excludedAttributes, type, turn.context.allow)
  const { directory, catalog, call } = turn
  return {
    directory,
    catalog,
    type,
    base: call.base,
    selection: chosen,
    ...(requested === undefined ? {} : { requested }),
  }
}
