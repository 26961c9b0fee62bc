// A request and its answer: what `Request` and `Response` say, without the cost of making them.

/**
 * A request that reads its body only when asked, its base URL already cut off the path: what `Request` says, without the cost
 * of making one.
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
  readonly tenant?: string | undefined
  /** Address of the client, to slow down token guessing. */
  readonly remote?: string | undefined
  /** What its log lines have in common, where the caller has something to find them by: the span of the request. */
  readonly txn?: string | undefined
  /** What the host knows of the request besides: for an embedded provider, the request of the app's framework. */
  readonly context?: unknown
  /** Who calls, where the host has checked that itself: no Authorization header is looked at then. */
  readonly vouched?: Vouched | undefined
  /** Where the provider notes what only it knows of the request; absent where nobody keeps a record of requests. */
  readonly about?: About | undefined
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** The body, whole; `undefined` as soon as it turns out longer than `limit` bytes. */
  body(limit: number): Promise<Uint8Array | undefined>
  /** Calls back when the client disconnects before it has its answer. Returns a function that removes the listener. */
  gone?(listener: () => void): () => void
}

/** A caller that the host vouches for: an administrator who has signed in. */
export interface Vouched {
  /** The name in the change log. */
  readonly actor: string
  /** Whether it may write, too. */
  readonly mayWrite: boolean
  /** Kind of the connection whose dialect it speaks; absent: none, it keeps to the RFCs. */
  readonly dialect?: string | undefined
}

/**
 * What the provider notes of a request while it answers it, for a record of requests. Made by whoever keeps one; the provider only fills
 * it in.
 */
export interface About {
  /** Who called, once a token has let the request in. */
  caller: Caller | undefined
  /** Why no token let it in, for whoever runs the server: it may say more than the error that the client gets. */
  refused: string | undefined
  /** Short name of the token that let nobody in, where it has one; not a secret. */
  token: string | undefined
  /** The resource type and id that the request was about, as far as it has come to light. */
  type: string | undefined
  id: string | undefined
  /** The version of the resource after a write: with type and id it finds the line in the change log. */
  version: number | undefined
  /** The stable code of the error, and its detail. */
  code: string | undefined
  detail: string | undefined
  /** The body as it was sent, parsed. */
  sent: unknown
  /** Names of the rewrites that changed the message. */
  bends: readonly string[] | undefined
  /** Attributes that no schema has and that were left out. */
  left: readonly string[] | undefined
  /** What it names that a person can be found by, where another thread has read it. Only hashes of it are kept. */
  named: readonly string[] | undefined
  /** The body as it is kept, and its detail masked, where another thread has read it. */
  kept: string | undefined
  isMasked: boolean
}

/** Who called. */
export interface Caller {
  /** The id of the connection. */
  readonly actor: string
  /** Which identity provider the connection is for. */
  readonly kind: string
  /** Short name of the token; not a secret. */
  readonly token?: string | undefined
  /** Until when its bodies are recorded with their values, milliseconds since 1970. Absent: as shapes. */
  readonly valuesUntil?: number | undefined
}

/** A sheet with nothing noted yet. Always made here, with all its fields: it is made with each request. */
export function blankAbout(): About {
  return {
    caller: undefined,
    refused: undefined,
    token: undefined,
    type: undefined,
    id: undefined,
    version: undefined,
    code: undefined,
    detail: undefined,
    sent: undefined,
    bends: undefined,
    left: undefined,
    named: undefined,
    kept: undefined,
    isMasked: false,
  }
}

/** What an answer may carry: finished, or made while it is sent. */
export type Body = string | Uint8Array | AsyncIterable<string | Uint8Array>

/** An answer without a Response around it: headers are name, value, name, value …. */
export interface Answer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body?: Body
}

/** Under this symbol the `fetch` of a provider carries a way to be called without Request and Response: {@link Direct}. */
export const DIRECT: unique symbol = Symbol.for('lockstep.direct')

/** Where a request was sent, as the bridge that takes it sees that. */
export interface Target {
  /** The path as sent, percent-encoded, without the query. */
  readonly path: string
  readonly scheme: string
  /** Host and port; absent where the request names none. */
  readonly host: string | undefined
  /** The path that a framework says it has mounted the provider at. */
  readonly mount?: string | undefined
  /** The path is as the client sent it, and other paths beside the provider's are the app's. */
  readonly shared?: boolean | undefined
  /** Address of the other end of the connection. */
  readonly remote?: string | undefined
  /** A header by its lower-case name. */
  header(name: string): string | undefined
}

/** Where below a provider's base URL a request leads: parts of its {@link Call}. */
export type Located = Pick<Call, 'path' | 'base' | 'tenant' | 'remote' | 'vouched'>

/** A provider as a bridge calls it. */
export interface Direct {
  readonly handle: (call: Call) => Answer | Promise<Answer>
  /** Finds where a request leads; an answer for one that doesn't lead here. */
  readonly locate: (target: Target) => Located | Answer
}

/** Scheme and host of a target. */
export function originOf({ scheme, host }: Pick<Target, 'scheme' | 'host'>): string {
  return `${scheme}://${host ?? 'localhost'}`
}

/**
 * Whether a Host header is a host and port, so that it can be part of URLs. No header counts as one. RFC 9110 §7.2, RFC 3986 §3.2.2.
 * @example
 * if (!isHost(request.headers.host)) return refuse(400)
 */
export function isHost(host: string | undefined): boolean {
  if (host === undefined || host === lastHost) return true
  const is = /^(?:[\w.~!$&'()*+,;=-]{1,255}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?$/.test(host)
  if (is) lastHost = host
  return is
}

/** Nearly every request has the same Host. */
let lastHost: string | undefined
