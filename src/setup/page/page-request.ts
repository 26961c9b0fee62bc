// Reads a request to the setup page's own routes, and refuses what another site sends.

import { isObject, type JsonObject } from '../../protocol/index.ts'
import { Refused, wrong } from '../link/refused.ts'

/** Longest body. */
const BODY_BYTES = 16_384

/** Headers of every answer here: nothing is kept, framed, guessed or sent elsewhere. */
export const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
]

/** Refuses what another site could have a browser send: all that writes needs a header that no form and no foreign page can set. */
export function requireOwnPage(request: Request): void {
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD') return
  const site = headers.get('sec-fetch-site')
  const isOwn = headers.get('x-lockstep') !== null && (site === null || site === 'same-origin')
  if (isOwn) return
  throw new Refused({
    status: 403,
    code: 'ERR_INVALID',
    message: 'Send this from the setup page itself, with the header X-Lockstep',
  })
}

/** The body of a request: an object as JSON. Throws Refused. */
export async function readPageBody(request: Request): Promise<JsonObject> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    throw new Refused({ status: 415, code: 'ERR_INVALID', message: 'The body must be application/json' })
  const text = await textWithin(request)
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Told below, like every other body that is no object.
  }
  throw wrong('The body must be an object as JSON')
}

async function textWithin(request: Request): Promise<string> {
  const reader = request.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (;;) {
    const piece = await reader?.read()
    if (piece?.value === undefined) return text + decoder.decode()
    size += piece.value.length
    if (size > BODY_BYTES) {
      await reader?.cancel().catch(() => undefined)
      throw new Refused({ status: 413, code: 'ERR_INVALID', message: `A body has at most ${BODY_BYTES} bytes` })
    }
    text += decoder.decode(piece.value, { stream: true })
  }
}

/** The cookie of this name, if it comes once. */
export function cookieOf(request: Request, name: string): string | undefined {
  const header = request.headers.get('cookie')?.slice(0, 8_192) ?? ''
  const found = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined
}
