// Reads the Authorization header: the bearer token in it, or why there is none.

import { LIMITS } from '../protocol/index.ts'

/** A token as it was sent, and how many times the word Bearer precedes it: RFC 6750 §2.1 requires once. */
export interface SentToken {
  readonly token: string
  readonly bearers: 0 | 1 | 2
}

const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * The token of an Authorization header; undefined for another scheme, or no header. Administrators paste the token where the whole
 * header belongs, or the whole header where the token belongs; the profile of the connection decides whether that is accepted.
 */
export function readAuthorization(header: string | undefined | null): SentToken | undefined {
  const words = wordsOf(header)
  const token = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  if (!TOKEN.test(token) || isBearer(token) || !before.every(isBearer)) return undefined
  const bearers = before.length
  return bearers === 0 || bearers === 1 || bearers === 2 ? { token, bearers } : undefined
}

/** What an Authorization header contains: the bearer token, or why there is none. RFC 6750 §2.1, §3.1. */
export type BearerHeader = { readonly token: string } | { readonly reason: 'missing' | 'malformed' }

/** Reads an Authorization header strictly. A header of another scheme counts as missing (P-021). RFC 6750 §2.1. */
export function readBearer(header: string | undefined | null): BearerHeader {
  const sent = readAuthorization(header)
  if (sent?.bearers === 1) return { token: sent.token }
  return { reason: /^bearer(?: |$)/i.test(header?.trim() ?? '') ? 'malformed' : 'missing' }
}

/** The token of an Authorization header in bearer form; `undefined` for no token, or another form (RFC 6750 §2.1). */
export function bearerToken(header: string | undefined): string | undefined {
  const sent = readAuthorization(header)
  return sent?.bearers === 1 ? sent.token : undefined
}

/** Why an Authorization header lets no one in, for the administrator who reads it. The header itself is not repeated. */
export function faultOfAuthorization(header: string | undefined | null): string {
  const words = wordsOf(header)
  if (words.length === 0) return 'This needs a bearer token in the Authorization header'
  const bearers = words.filter(isBearer).length
  if (bearers > 1) {
    return 'The Authorization header contains the word Bearer twice; give the token alone, since "Bearer " is put before it'
  }
  if (words.length === 1 && bearers === 0) {
    return 'The word Bearer is missing in the Authorization header; put "Bearer " before the token'
  }
  if (isBearer(words[0] ?? '')) {
    return 'What follows Bearer in the Authorization header is not a token; paste the token as it was shown, without quotation marks or spaces'
  }
  return 'The Authorization header has another scheme than Bearer; this needs a bearer token'
}

function wordsOf(header: string | undefined | null): readonly string[] {
  if (header === undefined || header === null || header.length > LIMITS.AUTHORIZATION_LENGTH) return []
  return header.split(' ').filter((word) => word.trim() !== '')
}

function isBearer(word: string): boolean {
  return word.toLowerCase() === 'bearer'
}
