// Reads the base URL and the credentials of a check.

import { withoutLastSlashes } from '../protocol/index.ts'
import { CheckError } from './fault.ts'

/** How a check authenticates. */
export interface Credentials {
  readonly token?: string | undefined
  readonly basic?: string | undefined
  readonly headers?: { readonly [name: string]: string } | undefined
}

/** The base URL without a slash, query or credentials. */
export function readBase(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new CheckError(
      `"${text}" is not a URL; give the base URL of the SCIM server, like https://scim.example.com/scim/v2`,
    )
  }
  if (!['http:', 'https:'].includes(url.protocol))
    throw new CheckError(`${url.protocol}// cannot be checked; give an https URL`)
  if (url.username !== '' || url.password !== '')
    throw new CheckError('Credentials must not be in the URL (RFC 7644 §7.1); give them with basic or token')
  return `${url.origin}${withoutLastSlashes(url.pathname)}`
}

/** The headers that authenticate a check; throws `CheckError` for a value that no header can have. */
export function credentials(options: Credentials): { readonly [name: string]: string } {
  const all = headersOf(options)
  for (const [name, value] of Object.entries(all)) {
    // The message has no part of the value, which is a secret; the error of fetch would print it.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value.trim()))
      throw new CheckError(
        `The ${name} header has characters that headers cannot have, like a line break; check its value`,
      )
  }
  return all
}

function headersOf({ token, basic, headers = {} }: Credentials): { readonly [name: string]: string } {
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  if (own.authorization !== undefined) return own
  if (token !== undefined) return { authorization: `Bearer ${token}`, ...own }
  if (basic !== undefined) {
    const bytes = new TextEncoder().encode(basic)
    return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}`, ...own }
  }
  return own
}
