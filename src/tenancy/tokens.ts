import { createHash, timingSafeEqual } from 'node:crypto'
import type { Environment } from '../environment.ts'
import { readAuthorization } from '../protocol/index.ts'

/** Bytes of chance in a token: 256 bits, so that guessing is hopeless. RFC 7644 §7.4. */
const SECRET_BYTES = 32
/** 32 bytes as base64url, without padding. */
const SECRET = /^[A-Za-z0-9_-]{43}$/
const PREFIX = 'lk_'
const ADMIN_PREFIX = 'lka_'

/** A new bearer token of a tenant: `lk_<tenant>_<secret>`. Shown once, kept only as a hash. */
export function makeToken(tenant: string, environment: Environment): string {
  return `${PREFIX}${tenant}_${secret(environment)}`
}

/** A new token for the admin API: `lka_<secret>`. */
export function makeAdminToken(environment: Environment): string {
  return `${ADMIN_PREFIX}${secret(environment)}`
}

function secret(environment: Environment): string {
  return Buffer.from(environment.random(new Uint8Array(SECRET_BYTES))).toString('base64url')
}

/** The tenant a token says it is for, or undefined when it has not the form of one. A tenant's name holds no `_`. */
export function tenantOfToken(token: string): string | undefined {
  if (!token.startsWith(PREFIX)) return undefined
  const end = token.indexOf('_', PREFIX.length)
  if (end === -1 || !SECRET.test(token.slice(end + 1))) return undefined
  return token.slice(PREFIX.length, end)
}

/** Whether a text has the form of an admin token. */
export function isAdminToken(token: string): boolean {
  return token.startsWith(ADMIN_PREFIX) && SECRET.test(token.slice(ADMIN_PREFIX.length))
}

/** What is kept of a token: SHA-256 in hex. A plain hash is enough, since the secret is 256 bits of chance. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Whether two hashes are equal, in a time that does not tell where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The short name of a token in lists and commands: the first twelve characters of its hash. Not a secret. */
export function tokenId(hash: string): string {
  return hash.slice(0, 12)
}

/** What an Authorization header holds: the bearer token, or why there is none. RFC 6750 §2.1, §3.1. */
export type Bearer = { readonly token: string } | { readonly reason: 'missing' | 'malformed' }

/** Reads an Authorization header. A header of another scheme counts as none (P-021). RFC 6750 §2.1. */
export function readBearer(header: string | undefined | null): Bearer {
  const sent = readAuthorization(header)
  if (sent?.bearers === 1) return { token: sent.token }
  return { reason: /^bearer(?: |$)/i.test(header?.trim() ?? '') ? 'malformed' : 'missing' }
}
