// Reads the document that a hook of the host returned.

import {
  type Allowances,
  ConfigError,
  type Document,
  equalJson,
  isObject,
  type Json,
  normalise,
  type ResourceType,
  readJson,
  ScimError,
  schemasFor,
  writable,
} from '../protocol/index.ts'
import { withId } from './draft.ts'

/**
 * What a host's `prepare` has made of a document, read like what comes from outside: names and types as the schemas have them, the
 * `id` that the server has given, no `meta`, `schemas` by what is there. Only, that what clients can't write the host can. What it
 * left as it was passes as it is. Throws ScimError.
 */
export function readPrepared(prepared: unknown, given: Document, type: ResourceType, allow: Allowances): Document {
  if (!isObject(prepared as Json)) {
    throw new ConfigError('hooks.prepare', 'must give back the document of a resource, or nothing')
  }
  const wanted = prepared as Document
  const kept: { [name: string]: Json } = {}
  const changed: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(wanted)) {
    const before = given[name]
    if (value === undefined || OWN.has(name)) continue
    if (before !== undefined && equalJson(value, before)) kept[name] = before
    else changed[name] = value
  }
  if (Object.keys(changed).length > 0) Object.assign(kept, readChanged(changed, type, allow))
  const { schemas: _, ...document } = kept
  return withId({ schemas: schemasFor(document, type), ...document }, String(given.id))
}

/** What the server alone says. RFC 7643 §3, §3.1. */
const OWN: ReadonlySet<string> = new Set(['schemas', 'id', 'meta'])

function readChanged(changed: Document, type: ResourceType, allow: Allowances): Document {
  try {
    // By way of text, as everything else comes, and within its limits: dates become strings, and what is no JSON shows.
    const document = readJson(JSON.stringify(changed), { strictNames: false })
    return normalise(document, writable(type), { ...allow, guessSchemas: true })
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    const detail = `The application's prepare hook returned an invalid resource: ${error.message}`
    throw new ScimError(error.status, detail, { ...(error.scimType && { scimType: error.scimType }), cause: error })
  }
}
