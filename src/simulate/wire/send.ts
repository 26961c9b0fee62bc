// Ways to send a request: through a function like `fetch`, or by Node's own HTTP client, byte for byte.

import type { IncomingMessage, RequestOptions } from 'node:http'
import type { WireAnswer, WireRequest } from './message.ts'

/** Sends one request and reads the whole answer. Rejects when none came. */
export type Send = (request: WireRequest, signal: AbortSignal) => Promise<WireAnswer>

/** Longest answer that is read, in bytes: a page of a hundred large groups is far below it. */
const ANSWER_BYTES = 16 * 1024 * 1024

/** The answer was too long to be read. */
function tooLong(): Error {
  return new Error(`the answer is longer than ${ANSWER_BYTES} bytes`)
}

/** Sends through a function that is called like the global `fetch`, which may be a server in this process. No redirect is followed. */
export function sendByFetch(fetch: (request: Request) => Promise<Response>): Send {
  return async ({ origin, method, target, headers, body }, signal) => {
    // Bytes and not text: a request would be given a media type of its own for text.
    const bytes = body === undefined ? {} : { body: new TextEncoder().encode(body) }
    const request = new Request(origin + target, {
      method,
      headers: headers.map(([name, value]) => [name, value] as [string, string]),
      redirect: 'manual',
      signal,
      ...bytes,
    })
    const response = await fetch(request)
    return { status: response.status, headers: new Map(response.headers), body: await readBody(response) }
  }
}

async function readBody(response: Response): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > ANSWER_BYTES) throw tooLong()
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/**
 * Sends by Node's HTTP client, which leaves the request target as it is and adds no `User-Agent` or `Accept`; `fetch` does both.
 * Undefined where there is no Node.
 */
export async function nodeSend(): Promise<Send | undefined> {
  if (globalThis.process?.versions?.node === undefined) return undefined
  const loaded = [import('node:http'), import('node:https'), import('node:dns')] as const
  const [http, https, dns] = await Promise.all(loaded).catch(() => [])
  if (http === undefined || https === undefined || dns === undefined) return undefined
  // `acme.localhost` is this machine, which not every resolver knows: an app with sub-domains is tried by it. RFC 6761 §6.3.
  const lookup: RequestOptions['lookup'] = (name, asked, told) =>
    dns.lookup(name.endsWith('.localhost') ? 'localhost' : name, asked, told)
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const url = new URL(request.origin)
      const options: RequestOptions = {
        protocol: url.protocol,
        // An IPv6 address is in brackets in a URL, and without them here.
        hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
        port: url.port,
        method: request.method,
        path: request.target,
        headers: Object.fromEntries(request.headers),
        lookup,
        signal,
      }
      const sending = (url.protocol === 'https:' ? https : http).request(options, (answer) => {
        readAnswer(answer).then(resolve, reject)
      })
      sending.on('error', reject)
      sending.end(request.body)
    })
}

async function readAnswer(answer: IncomingMessage): Promise<WireAnswer> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of answer) {
    bytes += chunk.byteLength
    if (bytes > ANSWER_BYTES) throw tooLong()
    text += decoder.decode(chunk, { stream: true })
  }
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const)
  return { status: answer.statusCode ?? 0, headers: new Map(headers), body: text + decoder.decode() }
}
