import { type Document, isObject } from '../protocol/index.ts'
import type { Stored } from '../store/index.ts'

/** The document of a stored resource. */
export function documentOf(stored: Stored): Document {
  const document: unknown = JSON.parse(stored.text)
  if (!isObject(document)) throw new Error(`the text of ${stored.type} ${stored.id} isn't a JSON object`)
  return document
}

/** The text that is kept: `schemas` and `id` first, so that it can go out as it is. */
export function textOf(document: Document): string {
  const { schemas, id, ...rest } = document
  return JSON.stringify({ schemas, id, ...rest })
}

/** The name by which others show a resource. */
export function displayOf(document: Document): string {
  for (const name of ['displayName', 'userName', 'display', 'value']) {
    const value = document[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}
