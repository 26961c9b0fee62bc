// Reads members as a client names them.

import {
  type Catalog,
  invalidValue,
  isObject,
  type Json,
  type ResourceType,
  typeByEndpoint,
  typeByName,
} from '../protocol/index.ts'
import type { MemberEdit } from '../store/index.ts'

/** A member as a client names it: the id, and the type if the client said one. */
export interface MemberDraft {
  readonly id: string
  readonly type?: string
}

/**
 * Reads one entry of `members`. `value` counts, else the last segment of `$ref`; `display` is the server's (P-359);
 * a `type` or `$ref` that contradicts is refused here or, where only the store knows, there (S-136, A-53, A-91).
 */
export function readMember(entry: Json, catalog: Catalog): MemberDraft {
  if (typeof entry === 'string') return { id: entry }
  if (!isObject(entry)) throw invalidValue('An entry of members must be an object with the id of a resource in "value"')
  const ref = readRef(entry.$ref, catalog)
  const value = entry.value
  if (value !== undefined && value !== null && typeof value !== 'string') {
    throw invalidValue('members: "value" must be a string, the id of a user or group')
  }
  const id = typeof value === 'string' && value !== '' ? value : ref?.id
  if (id === undefined) throw invalidValue('An entry of members has no "value"; give the id of a user or group')
  if (ref !== undefined && ref.id !== id) {
    throw invalidValue(
      `members: "$ref" leads to ${ref.id}, but "value" is ${id}; leave "$ref" out or let both name one resource`,
    )
  }
  const said = entry.type
  const type = typeof said === 'string' && said !== '' ? (typeByName(catalog, said)?.name ?? said) : undefined
  if (type !== undefined && ref?.type !== undefined && ref.type !== type) {
    throw invalidValue(`members: "type" is ${type}, but "$ref" leads to a ${ref.type}; leave one of them out`)
  }
  const known = type ?? ref?.type
  return known === undefined ? { id } : { id, type: known }
}

/** Reads a whole `members` value of a POST or PUT; the same id twice counts once. */
export function readMembers(value: Json | undefined, catalog: Catalog): readonly MemberDraft[] {
  if (value === undefined || value === null) return []
  const drafts = new Map<string, MemberDraft>()
  for (const entry of Array.isArray(value) ? value : [value]) {
    const draft = readMember(entry, catalog)
    const twin = drafts.get(draft.id)
    if (twin === undefined || twin.type === undefined) drafts.set(draft.id, draft)
  }
  return [...drafts.values()]
}

/** Refuses edits that would make a group its own member. */
export function refuseSelf(edits: readonly MemberEdit[], id: string): void {
  for (const edit of edits) {
    if ((edit.edit === 'add' || edit.edit === 'set') && edit.members.some((member) => member.id === id)) {
      throw invalidValue(`members: ${id} is the group itself, and a group can't be its own member`)
    }
  }
}

/** The type that an endpoint in a URI belongs to. */
export function typeOfRef(ref: string, catalog: Catalog): ResourceType | undefined {
  const segments = ref.split('/')
  const endpoint = segments.at(-2)
  return endpoint === undefined || endpoint === '..' || endpoint === '.'
    ? undefined
    : typeByEndpoint(catalog, `/${endpoint}`)
}

function readRef(ref: Json | undefined, catalog: Catalog): { id: string; type?: string } | undefined {
  if (ref === undefined || ref === null || ref === '') return undefined
  if (typeof ref !== 'string') throw invalidValue('members: "$ref" must be a string, the URI of a user or group')
  const id = ref.split('/').at(-1)
  if (id === undefined || id === '') throw invalidValue(`members: "$ref" ${JSON.stringify(ref)} doesn't end in an id`)
  const type = typeOfRef(ref, catalog)
  return type === undefined ? { id: id } : { id: id, type: type.name }
}
