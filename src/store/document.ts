// Parses the documents of stored resources, and keeps the parsed form while a resource is in use.

import { type Document, isObject } from '../protocol/index.ts'
import type { Stored } from './contract/index.ts'

/** Parsed documents, kept for as long as the stored resource is referenced: parsing is most of the cost of reading one. */
const parsed = new WeakMap<Stored, Document>()

/** The document of a stored resource; not to be changed. */
export function documentOf(stored: Stored): Document {
  const known = parsed.get(stored)
  if (known !== undefined) return known
  const document: unknown = JSON.parse(stored.text)
  if (!isObject(document)) throw new Error(`The text of ${stored.type} ${stored.id} is not a JSON object`)
  parsed.set(stored, document)
  return document
}

/** Keeps a document that is known already, in the order in which it is stored. */
export function keepDocument(stored: Stored, document: Document): void {
  parsed.set(stored, document)
}
