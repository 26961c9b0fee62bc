// Writes the documents of resources in the order in which they are kept and shown.

import { type Document, LIMITS, payloadTooLarge } from '../protocol/index.ts'
import { keepDocument, type Stored } from '../store/index.ts'

export { documentOf } from '../store/index.ts'

/** The resource with a document that is known already. */
export function withDocument(stored: Stored, document: Document): Stored {
  keepDocument(stored, inOrder(document))
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
