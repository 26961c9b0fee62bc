// Base64url without padding, on any runtime. RFC 4648 §5.

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Bytes as base64url, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    text += digit(three >> 18) + digit(three >> 12)
    if (left > 1) text += digit(three >> 6)
    if (left > 2) text += digit(three)
  }
  return text
}

/** Whether a text is base64url of one byte or more. */
export function isBase64url(text: string): boolean {
  return /^[\w-]+$/.test(text) && text.length % 4 !== 1
}

/** The bytes of base64url. Throws a DOMException for text that is none. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}

function digit(bits: number): string {
  return DIGITS[bits & 63] as string
}
