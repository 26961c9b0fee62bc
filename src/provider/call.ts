/**
 * A request as the provider reads it: what `Request` says, without the cost of making one. The base URL is already cut
 * off the path.
 */
export interface Call {
  readonly method: string
  /** Path below the base URL as sent, percent-encoded, with its leading slash: `/Users/2819…`. */
  readonly path: string
  /** The query as sent, without the question mark; "" if there is none. */
  readonly search: string
  /** Absolute base URL without a slash at its end: `https://scim.example/tenants/acme/scim/v2`. */
  readonly base: string
  /** The tenant that the URL names, where it names one. */
  readonly tenant?: string
  /** Address of the other side, to slow down whoever guesses tokens. */
  readonly remote?: string
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** The body, whole; `undefined` as soon as it turns out longer than `limit` bytes. */
  body(limit: number): Promise<Uint8Array | undefined>
}

/** What a body may be: finished, or made while it is sent. */
export type Body = string | Uint8Array | AsyncIterable<string | Uint8Array>

/** An answer: status, headers as name, value, name, value …, and a body if there is one. */
export interface Answer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body?: Body
}
