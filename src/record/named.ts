// What a request names that a person can be found by, and the keyed hashes of it that are kept in its place.

import type { KeyObject } from 'node:crypto'
import { requireNodeCrypto } from '../node-crypto.ts'

/** Most names of one request. */
const MOST = 3
/** Longest text that is taken for a name. */
const LENGTH = 320
/** Operations of one PATCH that are looked at. */
const OPERATIONS = 50

const NAMES = new Set(['username', 'externalid'])
/** A comparison in a filter: `userName eq "…"`, `emails[type eq "work"].value eq "…"`. */
const COMPARED = /\b(userName|externalId|emails(?:\.value)?|value)\s+eq\s+"([^"\\]{1,320})"/gi

/** The userNames, externalIds and addresses that a request names exactly: in its filter, its body, its operations. */
export function namedIn(search: string, sent: unknown): readonly string[] {
  const found = new Set<string>()
  const add = (value: unknown) => {
    if (typeof value === 'string' && value !== '' && value.length <= LENGTH && found.size < MOST)
      found.add(value.trim().toLowerCase())
  }
  if (search.includes('filter')) for (const [, , value] of decoded(search).matchAll(COMPARED)) add(value)
  if (isObject(sent)) {
    addFrom(sent, add)
    const filter = memberOf(sent, 'filter')
    if (typeof filter === 'string') for (const [, , value] of filter.slice(0, 10_000).matchAll(COMPARED)) add(value)
    const operations = memberOf(sent, 'operations')
    for (const operation of Array.isArray(operations) ? operations.slice(0, OPERATIONS) : [])
      if (isObject(operation)) addOperation(operation, add)
  }
  return [...found]
}

function addFrom(resource: { readonly [name: string]: unknown }, add: (value: unknown) => void): void {
  for (const [name, value] of Object.entries(resource)) {
    const folded = name.toLowerCase()
    if (NAMES.has(folded)) add(value)
    if (folded !== 'emails' || !Array.isArray(value)) continue
    for (const one of value.slice(0, MOST)) add(isObject(one) ? memberOf(one, 'value') : one)
  }
}

function addOperation(operation: { readonly [name: string]: unknown }, add: (value: unknown) => void): void {
  const path = memberOf(operation, 'path')
  const value = memberOf(operation, 'value')
  if (typeof path !== 'string') {
    if (isObject(value)) addFrom(value, add)
    return
  }
  const folded = path.toLowerCase()
  if (NAMES.has(folded.slice(folded.lastIndexOf(':') + 1))) add(value)
  else if (folded.startsWith('emails') && folded.endsWith('.value')) add(value)
}

function memberOf(object: { readonly [name: string]: unknown }, name: string): unknown {
  for (const key in object) if (key.toLowerCase() === name) return object[key]
  return undefined
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** The keyed hash of a name in a tenant: the same name elsewhere has another one, and without the key nobody can try names out. */
export function hashOfName(key: Uint8Array, tenant: string, name: string): string {
  const text = `${tenant}\n${name.trim().toLowerCase()}`
  return requireNodeCrypto().createHmac('sha256', keyObjectOf(key)).update(text).digest('base64url').slice(0, 22)
}

/** Node makes one of plain bytes for each hash, which takes it longer than the hash. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>()

function keyObjectOf(key: Uint8Array): KeyObject {
  const made = keyObjects.get(key) ?? requireNodeCrypto().createSecretKey(key)
  keyObjects.set(key, made)
  return made
}
