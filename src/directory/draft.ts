// Takes apart a document as it came: id, password, members, named attributes.

import {
  type Document,
  invalidValue,
  isObject,
  type Json,
  type JsonObject,
  type ResourceType,
} from '../protocol/index.ts'
import { traitsOf } from './traits.ts'

/** The document with the id that the server has given it. RFC 7643 §3.1. */
export function withId(document: Document, id: string): Document {
  const { schemas, ...rest } = document
  return schemas === undefined ? { id, ...rest } : { schemas, id, ...rest }
}

/** Takes the password out, which is never kept in the document. RFC 7643 §4.1.1. */
export function takePassword(
  document: Document,
  type: ResourceType,
): { readonly document: Document; readonly password?: string } {
  if (!traitsOf(type).password || document.password === undefined) return { document }
  const { password, ...rest } = document
  if (typeof password !== 'string') throw invalidValue('password must be a string')
  return { document: rest, password }
}

/** Takes the members out, which are kept as rows. RFC 7643 §4.2. */
export function takeMembers(
  document: Document,
  type: ResourceType,
): { readonly document: Document; readonly members?: Json } {
  if (!traitsOf(type).rows || document.members === undefined) return { document }
  const { members, ...rest } = document
  return { document: rest, members: members as Json }
}

/** Whether a PATCH body names nothing but members, judged by its look: a wrong guess only costs a retry. */
export function onlyMembers(body: Json): boolean {
  if (!isObject(body) || !Array.isArray(body.Operations)) return false
  return body.Operations.every(
    (operation: Json) =>
      isObject(operation) && typeof operation.path === 'string' && /^members\b/i.test(operation.path),
  )
}

/** The attributes that a body names, for `returned: request`. */
export function namesOf(body: Json): readonly string[] {
  if (!isObject(body)) return []
  return Object.entries(body as JsonObject).flatMap(([key, value]) =>
    key.includes(':') && isObject(value) ? Object.keys(value).map((sub) => `${key}:${sub}`) : [key],
  )
}
