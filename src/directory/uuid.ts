// Makes ids: UUIDs in order of time.

import { toBase64url } from '../base64url.ts'
import type { Environment } from '../environment.ts'

/**
 * Creates identifiers: UUIDs of version 7, rising within one process, lower case. They hold no `bulkId` (RFC 7643 §3.1)
 * and are never given twice; rising ids keep inserts at the end of every index.
 */
export function createIds(environment: Pick<Environment, 'now' | 'random'>): () => string {
  let last = 0
  let counter = 0
  const chance = new Uint8Array(8 * 256)
  let at = chance.length
  return () => {
    const now = environment.now()
    if (now > last) {
      last = now
      counter = 0
    } else if (++counter > 0xfff) {
      // 4,096 ids within a millisecond: borrow the next one, so that order and uniqueness hold.
      last++
      counter = 0
    }
    if (at === chance.length) {
      environment.random(chance)
      at = 0
    }
    const high = Math.floor(last / 0x10000)
    const low = last % 0x10000
    let tail = ''
    for (let i = 0; i < 8; i++) {
      const byte = chance[at++] as number
      tail += HEX[i === 0 ? (byte & 0x3f) | 0x80 : byte]
      if (i === 1) tail += '-'
    }
    return `${high.toString(16).padStart(8, '0')}-${low.toString(16).padStart(4, '0')}-7${counter.toString(16).padStart(3, '0')}-${tail}`
  }
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** An id's 16 bytes as base64url: 22 characters in place of 36. */
export function shortId(id: string): string {
  const hex = id.replaceAll('-', '')
  const bytes = new Uint8Array(16)
  for (let at = 0; at < 16; at++) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16)
  return toBase64url(bytes)
}
