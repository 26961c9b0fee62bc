// Reads the logo of a vendor: PNG, WebP or SVG, written anew without what a picture does not need.

import { toBase64url } from '../../base64url.ts'
import { invalid } from '../errors.ts'
import { rewriteSvg } from './svg.ts'

/** The largest logo. */
export const LOGO_BYTES = 65_536
/** Largest width and height. */
const PIXELS = 4_096

/** A logo as it is served. */
export interface Logo {
  readonly type: 'image/png' | 'image/webp' | 'image/svg+xml'
  readonly bytes: Uint8Array
}

/** Reads a logo, whatever it calls itself. Throws SetupError for what is none. */
export function readLogo(bytes: Uint8Array): Logo {
  if (bytes.length > LOGO_BYTES) throw invalid(`A logo has at most ${LOGO_BYTES / 1024} KiB`, 'logo')
  const logo = pngOf(bytes) ?? webpOf(bytes) ?? svgOf(bytes)
  if (logo !== undefined) return logo
  throw invalid('A logo is a PNG, WebP or SVG picture of at most 4096 pixels either way, without scripts', 'logo')
}

/** What of a PNG is kept: what it takes to show it. Texts, times and colour profiles are left out. */
const PNG_CHUNKS: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'gAMA', 'sRGB', 'IDAT', 'IEND'])
const PNG_SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10]

function pngOf(bytes: Uint8Array): Logo | undefined {
  if (PNG_SIGNATURE.some((byte, at) => bytes[at] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const kept: Uint8Array[] = [bytes.subarray(0, 8)]
  let seen = ''
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) return undefined
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > bytes.length) return undefined
    const name = textAt(bytes, at + 4)
    if (seen === '' && (name !== 'IHDR' || length !== 13)) return undefined
    if (name === 'IHDR' && !fits(view.getUint32(at + 8), view.getUint32(at + 12))) return undefined
    if (PNG_CHUNKS.has(name)) kept.push(bytes.subarray(at, end))
    seen = name
    if (name === 'IEND') return { type: 'image/png', bytes: joined(kept) }
    at = end
  }
}

/** What of a WebP is kept. RFC 9649 §2. */
const WEBP_CHUNKS: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH'])
/** Flags of VP8X: of what is kept only the alpha channel remains. */
const ALPHA_FLAG = 0x10

function webpOf(bytes: Uint8Array): Logo | undefined {
  if (textAt(bytes, 0) !== 'RIFF' || textAt(bytes, 8) !== 'WEBP') return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const kept: Uint8Array[] = []
  let pictures = 0
  for (let at = 12; at < bytes.length; ) {
    if (at + 8 > bytes.length) return undefined
    const length = view.getUint32(at + 4, true)
    const end = at + 8 + length + (length % 2)
    if (at + 8 + length > bytes.length) return undefined
    const name = textAt(bytes, at)
    if (WEBP_CHUNKS.has(name)) {
      const chunk = padded(bytes.slice(at, Math.min(end, bytes.length)), 8 + length + (length % 2))
      if (name === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ALPHA_FLAG
      if (name.startsWith('VP8') && name !== 'VP8X') pictures++
      kept.push(chunk)
    }
    at = end
  }
  if (pictures !== 1) return undefined
  const body = joined(kept)
  const out = new Uint8Array(12 + body.length)
  out.set(bytes.subarray(0, 12))
  new DataView(out.buffer).setUint32(4, 4 + body.length, true)
  out.set(body, 12)
  return { type: 'image/webp', bytes: out }
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  out.set(bytes)
  return out
}

function svgOf(bytes: Uint8Array): Logo | undefined {
  try {
    const text = rewriteSvg(new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim())
    return text === undefined ? undefined : { type: 'image/svg+xml', bytes: new TextEncoder().encode(text) }
  } catch {
    // Bytes that are no text are no SVG.
    return undefined
  }
}

function fits(width: number, height: number): boolean {
  return width > 0 && height > 0 && width <= PIXELS && height <= PIXELS
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Bytes as base64, as JSON carries them. */
export function toBase64(bytes: Uint8Array): string {
  const text = toBase64url(bytes).replaceAll('-', '+').replaceAll('_', '/')
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}
