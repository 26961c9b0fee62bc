// Where a URL leads, and whether such a URL may be called at all.

import { isIP } from 'node:net'
import { parseUrl } from '../url.ts'
import { OutboundError } from './outbound-error.ts'

/** Longest URL. */
const URL_LENGTH = 2_048

/** What whoever runs an app inside their own network has to know. */
const INSIDE = ', unless --outbound-allow (LOCKSTEP_OUTBOUND_ALLOW) names the network that it is in'

/** A URL that may be called. */
export interface Destination {
  readonly url: URL
  /** As the error messages say it: the host, without path and query. */
  readonly name: string
  /** Without brackets. */
  readonly host: string
  /** Every address must be inside a network that the operator opened: http, an address as the host, a name without a dot. */
  readonly inner: boolean
}

/** Names that only mean something inside a network. RFC 6761, RFC 6762; ICANN reserved `.internal`. */
const INNER_NAME = /\.(?:local|internal|localhost)$/

/**
 * Reads a URL and refuses those that no address could make right. `open`: the operator has opened networks, so URLs that are fit only for
 * them are allowed. Throws {@link OutboundError} ERR_OUTBOUND_REFUSED.
 */
export function toDestination(text: string, open: (address: string) => boolean, hasOpen: boolean): Destination {
  if (text.length > URL_LENGTH) throw refused(`The URL has ${text.length} characters; ${URL_LENGTH} are allowed`)
  const url = parseUrl(text)
  if (url === null) throw refused('The URL is not one; it must look like https://app.example.com/scim/v2')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(`${url.protocol}// is not allowed; the URL must begin with https://`)
  // Credentials in URLs end up in logs.
  if (url.username !== '' || url.password !== '')
    throw refused('The URL must not contain a user name or a password; they belong to the credentials')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const name = url.host
  // Whatever it was written as (0x7f000001, 127.1, 2130706433), a URL gives it back in the usual form.
  const literal = isIP(host) !== 0
  if (literal && !open(host)) throw refused(`${name} is an address; the URL must have a name${INSIDE}`)
  if (host.endsWith('.')) throw refused(`${name} ends in a dot; write it without`)
  const innerName = !literal && (!host.includes('.') || INNER_NAME.test(host))
  if (innerName && !hasOpen)
    throw refused(`${name} is not a public name; the URL must have one, like app.example.com${INSIDE}`)
  const plain = url.protocol === 'http:'
  if (plain && !hasOpen) throw refused(`http is not allowed; the URL must begin with https://${INSIDE}`)
  const inner = literal || innerName || plain
  const port = url.port === '' ? 443 : Number(url.port)
  // Ports of mail, shells and name servers.
  if (port < 1024 && port !== 443) throw refused(`Port ${port} is not allowed; allowed are 443 and those from 1024 on`)
  return { url, name, host, inner }
}

function refused(message: string): OutboundError {
  return new OutboundError('ERR_OUTBOUND_REFUSED', message)
}
