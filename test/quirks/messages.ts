// Builds messages for tests of quirks.

import { Group } from '../../src/protocol/group.ts'
import { createCatalog, type Json, PATCH_OP, type ResourceType } from '../../src/protocol/index.ts'
import { User } from '../../src/protocol/user.ts'
import type { Message, Quirk } from '../../src/quirks/quirk.ts'

/** The catalog of the messages below. */
export const catalog = createCatalog([User, Group])

/** A create. */
export function create(body: Json, type: ResourceType = User): Message {
  return { action: 'create', type, query: {}, body }
}

/** A PATCH of a user. */
export function patch(...Operations: readonly Json[]): Message {
  return { action: 'patch', type: User, id: '1', query: {}, body: { schemas: [PATCH_OP], Operations } }
}

/** A PATCH of a group. */
export function patchGroup(...Operations: readonly Json[]): Message {
  return { action: 'patch', type: Group, id: '1', query: {}, body: { schemas: [PATCH_OP], Operations } }
}

/** A query for users. */
export function list(query: { readonly [name: string]: string }): Message {
  return { action: 'list', type: User, query }
}

/** A search for users. */
export function search(body: Json): Message {
  return { action: 'search', type: User, query: {}, body }
}

/** What a quirk makes of a message. */
export function after(quirk: Quirk, message: Message): Message {
  return quirk.inbound(message, catalog)
}
