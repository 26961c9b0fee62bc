// The scrypt hashes of passwords, by Node's scrypt where there is one.

import { fromBase64url, isBase64url, toBase64url } from '../base64url.ts'
import { nodeCrypto } from '../node-crypto.ts'

/** What a hash costs: N = 2^log2N blocks of 128 r bytes, p times. */
interface Cost {
  readonly log2N: number
  readonly r: number
  readonly p: number
}

/** OWASP's minimum in its form with the least memory, 16 MiB: a Bulk may hash many. Password Storage Cheat Sheet, scrypt. */
const COST: Cost = { log2N: 14, r: 8, p: 5 }
/** No kept hash may cost more than this, wherever it came from. */
const DEAREST: Cost = { log2N: 17, r: 16, p: 16 }
const KEY_BYTES = 32

/** Hashes a password: `scrypt$log2N$r$p$salt$key`, salt and key as base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const key = await derive(password, salt, COST)
  return `scrypt$${COST.log2N}$${COST.r}$${COST.p}$${toBase64url(salt)}$${toBase64url(key)}`
}

/** Whether a password is the one that was hashed, at whatever cost. Takes the same time for any wrong one. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const [scheme, , , , salt, key] = hash.split('$')
  const cost = costOf(hash)
  if (scheme !== 'scrypt' || cost === undefined || salt === undefined || key === undefined) return false
  const wanted = bytesOf(key)
  const salted = bytesOf(salt)
  if (wanted?.length !== KEY_BYTES || salted === undefined) return false
  const found = await derive(password, salted, cost)
  let differing = 0
  for (const [at, byte] of wanted.entries()) differing |= byte ^ (found[at] ?? 0)
  return differing === 0
}

/** The bytes of a part of a hash; undefined if it is no base64url, whoever wrote it. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  return isBase64url(text) ? fromBase64url(text) : undefined
}

/** Whether a hash was made at less cost than one made now. */
export function isOutdated(hash: string): boolean {
  const cost = costOf(hash)
  return cost === undefined || 2 ** cost.log2N * cost.r * cost.p < 2 ** COST.log2N * COST.r * COST.p
}

function costOf(hash: string): Cost | undefined {
  const [log2N, r, p] = hash.split('$').slice(1, 4).map(Number)
  const isCost = (value: number | undefined, most: number): value is number =>
    value !== undefined && Number.isInteger(value) && value >= 1 && value <= most
  if (!isCost(log2N, DEAREST.log2N) || !isCost(r, DEAREST.r) || !isCost(p, DEAREST.p)) return undefined
  return { log2N, r, p }
}

async function derive(password: string, salt: Uint8Array<ArrayBuffer>, { log2N, r, p }: Cost): Promise<Uint8Array> {
  const N = 2 ** log2N
  const native = nodeCrypto()
  if (native === undefined) {
    const { scryptPortable } = await import('./scrypt-portable.ts')
    return scryptPortable(password, salt, { N, r, p, keyBytes: KEY_BYTES })
  }
  return new Promise((resolve, reject) => {
    // Twice what it needs: Node refuses more than 32 MiB by itself.
    native.scrypt(password, salt, KEY_BYTES, { N, r, p, maxmem: 2 * 128 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
