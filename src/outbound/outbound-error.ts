// What goes wrong on the way out, in words that tell a tenant nothing about an inner network.

import { LockstepError } from '../protocol/index.ts'

/**
 * What went wrong:
 *
 * - `ERR_OUTBOUND_REFUSED`: the URL, or an address that it leads to, is not allowed. Nothing was sent.
 * - `ERR_OUTBOUND_CONNECT`: no connection came about: the name, the network, the certificate. Nothing was sent.
 * - `ERR_OUTBOUND_BROKEN`: the connection ended before the whole answer had come. It may have taken effect.
 * - `ERR_OUTBOUND_TIME`: the whole answer had not come in time. It may have taken effect.
 * - `ERR_OUTBOUND_ANSWER`: a redirect, or an answer that is not HTTP. It may have taken effect.
 * - `ERR_OUTBOUND_SIZE`: an answer that is too long. It may have taken effect.
 */
export type OutboundCode =
  | 'ERR_OUTBOUND_REFUSED'
  | 'ERR_OUTBOUND_CONNECT'
  | 'ERR_OUTBOUND_BROKEN'
  | 'ERR_OUTBOUND_TIME'
  | 'ERR_OUTBOUND_ANSWER'
  | 'ERR_OUTBOUND_SIZE'

/**
 * A request that got no answer. The message names the host as it was given, never an address, nor what an address answered; there is no
 * `cause`, because the errors of Node name addresses.
 */
export class OutboundError extends LockstepError {
  declare readonly code: OutboundCode
  constructor(code: OutboundCode, message: string) {
    super(code, message)
  }
}

/** What the system's codes mean, for people. */
const REASONS: { readonly [code: string]: string } = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'ended the connection',
  EPIPE: 'ended the connection',
  EHOSTUNREACH: "can't be reached",
  ENETUNREACH: "can't be reached",
  EHOSTDOWN: "can't be reached",
  ENETDOWN: "can't be reached",
  EADDRNOTAVAIL: "can't be reached",
  ETIMEDOUT: 'did not answer in time',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  CERT_NOT_YET_VALID: 'has a certificate that is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that no known authority signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that no known authority signed',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a certificate that no known authority signed',
  UND_ERR_HEADERS_OVERFLOW: 'answers with headers that are too long',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that no known authority signed; it may send an incomplete chain',
}

/** What the system's error means, for people: "refused the connection". Unknown ones are `otherwise`. */
export function outboundReason(error: unknown, otherwise: string): string {
  for (const code of codesOf(error)) {
    const reason = REASONS[code]
    if (reason !== undefined) return reason
    if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return 'does not speak TLS that fits'
    if (code.startsWith('HPE_')) return 'did not answer in HTTP'
  }
  return otherwise
}

/** The codes of an error and, where several addresses were tried, of each of them. */
function codesOf(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return []
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown }
  const own = typeof code === 'string' ? [code] : []
  return Array.isArray(errors) ? [...own, ...errors.slice(0, 8).flatMap(codesOf)] : own
}
