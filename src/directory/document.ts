// Parses and writes the documents of resources, and keeps the parsed form while a resource is in use.

import { type Document, isObject, LIMITS, payloadTooLarge } from '../protocol/index.ts'
import type { Stored } from '../store/index.ts'

/** Parsed documents, kept for as long as the stored resource is referenced. */
const known = new WeakMap<Stored, Document>()

/** The document of a stored resource; not to be changed. */
export function documentOf(stored: Stored): Document {
  const had = known.get(stored)
  if (had !== undefined) return had
  const document: unknown = JSON.parse(stored.text)
  if (!isObject(document)) throw new Error(`the text of ${stored.type} ${stored.id} isn't a JSON object`)
  known.set(stored, document)
  return document
}

/** The resource with a document that is known already. */
export function withDocument(stored: Stored, document: Document): Stored {
  known.set(stored, inOrder(document))
  return stored
}

/** The document with `schemas` and `id` first, as it is kept and shown. */
export function inOrder(document: Document): Document {
  const [first, second] = Object.keys(document)
  if (first === 'schemas' && second === 'id') return document
  const { schemas, id, ...rest } = document
  return { ...(schemas === undefined ? {} : { schemas }), ...(id === undefined ? {} : { id }), ...rest }
}

/** The text that is kept: in order, so that it can go out as it is. */
export function textOf(document: Document): string {
  return JSON.stringify(inOrder(document))
}

/** The name by which others show a resource. */
export function displayOf(document: Document): string {
  for (const name of ['displayName', 'userName', 'display', 'value']) {
    const value = document[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

/** The text to be stored; many requests must not make a resource that none could read. */
export function boundedTextOf(document: Document): string {
  const text = textOf(document)
  if (text.length <= LIMITS.RESOURCE_LENGTH) return text
  throw payloadTooLarge(
    `The resource would be ${text.length} characters long; at most ${LIMITS.RESOURCE_LENGTH} are kept`,
  )
}
