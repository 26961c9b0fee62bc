// Passes a mount's call on to functions from Request to Response, and their response back.

import type { Answer, Call } from '../../call.ts'

/** Headers that the page's routes look at. */
const HEADERS = ['accept', 'content-type', 'cookie', 'if-none-match', 'sec-fetch-site', 'x-lockstep']
/** Longest body that is taken. */
const BODY_BYTES = 65_536

/** The call as a Request; undefined where its body is too long. */
export async function requestOf(call: Call): Promise<Request | undefined> {
  const { method, base, path, search } = call
  const headers = new Headers()
  for (const name of HEADERS) {
    const value = call.header(name)
    if (value !== undefined) headers.set(name, value)
  }
  const url = `${base}${path === '/' ? '' : path}${search === '' ? '' : `?${search}`}`
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  const body = await call.body(BODY_BYTES)
  return body === undefined ? undefined : new Request(url, { method, headers, body: body as Uint8Array<ArrayBuffer> })
}

/** A Response as an answer; a stream is read as the other side takes it. */
export function answerOf({ status, headers, body }: Response): Answer {
  const list: string[] = []
  for (const [name, value] of headers) list.push(name, value)
  return { status, headers: list, ...(body === null ? {} : { body: piecesOf(body) }) }
}

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Whoever leaves early must not keep a stream going.
    await reader.cancel().catch(() => undefined)
  }
}
