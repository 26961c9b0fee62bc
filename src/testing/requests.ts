// Requests and answers, as a fake app works with them.

import type { Json } from './json.ts'

/** A request. */
export interface Incoming {
  readonly method: string
  readonly url: URL
  /** In lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly body: string
  readonly signal: AbortSignal | undefined
}

/** An answer. */
export interface Outgoing {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Json | undefined
}

/** Reads what was handed to `fetch`. */
export async function readIncoming(input: string | URL | Request, init: RequestInit | undefined): Promise<Incoming> {
  const plain = !(input instanceof Request)
  // A body that is a text already needs no stream, and so no time of its own.
  if (plain && (init?.body === undefined || init.body === null || typeof init.body === 'string')) {
    return {
      method: (init?.method ?? 'GET').toUpperCase(),
      url: new URL(input),
      headers: Object.fromEntries(new Headers(init?.headers).entries()),
      body: init?.body ?? '',
      signal: init?.signal ?? undefined,
    }
  }
  const request = new Request(input, init)
  return {
    method: request.method,
    url: new URL(request.url),
    headers: Object.fromEntries(request.headers.entries()),
    body: await request.text(),
    signal: request.signal,
  }
}
