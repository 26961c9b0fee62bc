// Cursors of paged searches: stateless and signed. RFC 9865.

import { expiredCursor, invalidCount, invalidCursor } from './errors.ts'
import { LIMITS } from './limits.ts'

/** Where a page ended: the last resource's sort key (null: it had none; absent: unsorted) and id. */
export interface CursorPlace {
  readonly key?: string | number | boolean | null
  readonly id: string
}

/** What a cursor remembers. RFC 9865 §2. */
export interface Cursor {
  readonly place: CursorPlace
  /** `totalResults` as the first page counted it. */
  readonly total: number
  /** Page size of the first page. */
  readonly count: number
}

/** What a cursor is bound to. */
export interface CursorBinding {
  /** At least 32 random bytes. */
  readonly key: Uint8Array
  /** All that must be the same on the next page: tenant, caller, endpoint, filter, sorting … (C-007, C-018). */
  readonly walk: string
  /** Milliseconds since 1970. */
  readonly now: number
}

const FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/

/**
 * Writes a cursor: stateless, signed together with its walk, of unreserved characters only (C-002, C-020, C-022). RFC 9865
 * §2, §5.2.
 */
export async function writeCursor({ place, total, count }: Cursor, binding: CursorBinding): Promise<string> {
  const expires = Math.ceil(binding.now / 1000) + LIMITS.CURSOR_SECONDS
  const key = place.key === undefined ? [] : [place.key]
  const payload = encode(new TextEncoder().encode(JSON.stringify([expires, total, count, place.id, ...key])))
  const signature = await crypto.subtle.sign('HMAC', await importKey(binding.key), signed(payload, binding.walk))
  return `${payload}.${encode(new Uint8Array(signature))}`
}

/**
 * Reads a cursor again. Forged, of another walk or of another caller: 400 invalidCursor, with one text for all (C-018, C-021);
 * too old: 400 expiredCursor; another `count` than on the first page: 400 invalidCount (C-007, A-71). RFC 9865 §2.1.
 */
export async function readCursor(
  text: string,
  binding: CursorBinding & { readonly count?: number | undefined },
): Promise<Cursor> {
  const [, payload = '', signature = ''] = (text.length <= LIMITS.CURSOR_LENGTH && FORM.exec(text)) || []
  const mac = decode(signature)
  const genuine =
    mac !== undefined &&
    (await crypto.subtle.verify('HMAC', await importKey(binding.key), mac, signed(payload, binding.walk)))
  const [expires, total, count, id, key] = genuine ? contentOf(payload) : []
  if (typeof expires !== 'number' || typeof total !== 'number' || typeof count !== 'number' || typeof id !== 'string') {
    throw invalidCursor('The cursor was not given out for this query; start again with an empty cursor')
  }
  if (binding.now > expires * 1000) throw expiredCursor('The cursor has expired; start again with an empty cursor')
  if (binding.count !== undefined && binding.count !== count) {
    throw invalidCount(`count was ${count} on the first page and must stay so on all pages`)
  }
  const scalar = key === null || typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean'
  return { place: scalar ? { key, id } : { id }, total, count }
}

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const keys = new WeakMap<Uint8Array, Promise<Key>>()

function importKey(bytes: Uint8Array): Promise<Key> {
  let key = keys.get(bytes)
  if (key === undefined) {
    key = crypto.subtle.importKey('raw', Uint8Array.from(bytes), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
      'verify',
    ])
    keys.set(bytes, key)
  }
  return key
}

function signed(payload: string, walk: string): Uint8Array<ArrayBuffer> {
  // The payload has no line break, so that the two can't run into each other.
  return new TextEncoder().encode(`${payload}\n${walk}`)
}

function contentOf(payload: string): readonly unknown[] {
  const bytes = decode(payload)
  const content: unknown = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes))
  return Array.isArray(content) ? content : []
}

function encode(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text === '') return undefined
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    )
    // One spelling of a cursor only: loose bits at its end are refused.
    return encode(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}
