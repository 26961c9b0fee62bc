// Makes, hashes and compares the secrets that let clients and administrators in.

import { fromBase64url, isBase64url, toBase64url } from '../base64url.ts'
import type { Environment } from '../environment.ts'
import { sha256Hex } from './sha256.ts'

/** Random bytes in a token: 256 bits, too many to guess. RFC 7644 §7.4. */
const SECRET_BYTES = 32
/** 32 bytes as base64url, without padding. */
const SECRET = /^[A-Za-z0-9_-]{43}$/
/** Characters of a secret: 32 bytes as base64url. */
export const SECRET_LENGTH = 43
/** Names that stand in a token as they are. */
const PLAIN = /^[A-Za-z0-9._-]+$/
const PREFIX = 'lk_'
const ADMIN_PREFIX = 'lka_'

/** A new bearer token of a tenant: `lk_<tenant>_<secret>`. Shown once, kept only as a hash. */
export function makeToken(tenant: string, environment: Environment): string {
  return `${tokenPrefix(tenant)}${secret(environment)}`
}

/** What all tokens of a tenant begin with: `lk_<tenant>_`. */
export function tokenPrefix(tenant: string): string {
  // A tenant of an app may have any name; that of a server has only plain characters.
  const name = PLAIN.test(tenant) ? tenant : `~${toBase64url(new TextEncoder().encode(tenant))}`
  return `${PREFIX}${name}_`
}

/** A new token for the admin API: `lka_<secret>`. */
export function makeAdminToken(environment: Environment): string {
  return `${ADMIN_PREFIX}${secret(environment)}`
}

function secret(environment: Environment): string {
  return toBase64url(environment.random(new Uint8Array(SECRET_BYTES)))
}

/** The tenant that a token names, or undefined if the text isn't in the form of a token. */
export function tenantOfToken(token: string): string | undefined {
  const end = token.length - SECRET_LENGTH - 1
  if (!token.startsWith(PREFIX) || end <= PREFIX.length || token[end] !== '_') return undefined
  if (!SECRET.test(token.slice(end + 1))) return undefined
  const name = token.slice(PREFIX.length, end)
  if (!name.startsWith('~')) return name
  const encoded = name.slice(1)
  // Whoever sends it can write anything here.
  return isBase64url(encoded) ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(fromBase64url(encoded)) : undefined
}

/** Whether a text is in the form of an admin token. */
export function isAdminToken(token: string): boolean {
  return token.startsWith(ADMIN_PREFIX) && SECRET.test(token.slice(ADMIN_PREFIX.length))
}

/** What is stored of a token: SHA-256 in hex. A plain hash is enough, since the secret is 256 random bits. */
export function hashToken(token: string): string {
  return sha256Hex(token)
}

/** Whether two hashes are equal, in a time that doesn't reveal where they differ. */
export function sameHash(a: string, b: string): boolean {
  let differing = a.length ^ b.length
  for (let at = 0; at < a.length; at++) differing |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return differing === 0
}

/** The short name of a token in lists and commands: the first twelve characters of its hash. Not a secret. */
export function tokenId(hash: string): string {
  return hash.slice(0, 12)
}

/** Whether a token with this end, in milliseconds since 1970, has expired; undefined: it never does. */
export function isExpired(expires: number | undefined, now: number): boolean {
  return expires !== undefined && now >= expires
}
