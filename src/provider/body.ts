// Reads the body of a request: media type, size, JSON.

import type { Call } from '../call.ts'
import {
  invalidSyntax,
  type Json,
  payloadTooLarge,
  readJson,
  SCIM_JSON,
  ScimError,
  unsupportedMediaType,
} from '../protocol/index.ts'
import type { RequestContext } from './request.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Checks the media type of a request with a body: 415 for anything but JSON, none is taken for SCIM. A charset says
 * nothing, since neither type has such a parameter: the bytes are UTF-8. RFC 7644 §8.1, RFC 8259 §11.
 */
export function requireJson(contentType: string | undefined): void {
  if (contentType === undefined || contentType === '' || contentType === SCIM_JSON) return
  const name = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
  if (name !== SCIM_JSON && name !== 'application/json') {
    throw unsupportedMediaType(`Content-Type is ${name}; send application/scim+json or application/json`)
  }
}

/** The bytes of a body. 413 past the limit, 415 for a compressed one. */
export async function readBytes(call: Call, limit: number): Promise<Uint8Array> {
  const declared = Number(call.header('content-length') ?? 0)
  const bytes = declared > limit ? undefined : await call.body(limit).catch(whenNotRead)
  if (bytes !== undefined) {
    requireUncompressed(call.header('content-encoding'), bytes)
    return bytes
  }
  throw payloadTooLarge(`The body has more than ${limit} bytes, which is the limit (maxPayloadSize); send less at once`)
}

/** Bodies are read as they are; the answer says so in `Accept-Encoding`. RFC 9110 §8.4, §15.5.16. */
function requireUncompressed(coding: string | undefined, bytes: Uint8Array): void {
  if (coding === undefined || coding === '' || coding.toLowerCase() === 'identity') return
  // A framework in front may have unpacked it and left the header: then it begins as JSON does, with "{".
  if (bytes[0] === 0x7b) return
  throw new ScimError(415, `The body has the Content-Encoding ${coding}; send it without`, {
    headers: { 'accept-encoding': 'identity' },
  })
}

/** Why a body could not be read, by the name of the error: the bridges that read it know nothing of SCIM. */
function whenNotRead(error: unknown): never {
  const name = error instanceof Error ? error.name : ''
  // A client that disconnects while it sends is not an error of ours, and nothing is likely to read this answer.
  if (name === 'AbortError') throw invalidSyntax('The request was aborted before it was complete')
  if (name === 'TooSlowError') throw new ScimError(408, 'The body came too slowly; send the request again')
  if (name === 'NoRoomError') {
    throw new ScimError(503, 'The server is receiving too much request data at once; try again in 1 s', {
      headers: { 'retry-after': '1' },
    })
  }
  throw error
}

/** Parses a body. 400 invalidSyntax for anything that isn't JSON in UTF-8. */
export function parseBody(
  bytes: Uint8Array,
  { principal, call: { about } }: Pick<RequestContext, 'principal' | 'call'>,
): Json {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    throw invalidSyntax('The body is not UTF-8')
  }
  if (text.trim() === '') throw invalidSyntax('The body is empty; this request needs a JSON object')
  const sent = readJson(text, { strictNames: !principal.profile.allow.duplicateNames })
  if (about !== undefined) about.sent = sent
  return sent
}
