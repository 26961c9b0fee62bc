// The scrypt hashes of passwords.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

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
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  return `scrypt$${COST.log2N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

/** Whether a password is the one that was hashed, at whatever cost. Takes the same time for any wrong one. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const [scheme, , , , salt, key] = hash.split('$')
  const cost = costOf(hash)
  if (scheme !== 'scrypt' || cost === undefined || salt === undefined || key === undefined) return false
  const wanted = Buffer.from(key, 'base64url')
  if (wanted.length !== KEY_BYTES) return false
  return timingSafeEqual(wanted, await derive(password, Buffer.from(salt, 'base64url'), cost))
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

function derive(password: string, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** log2N
  return new Promise((resolve, reject) => {
    // Twice what it needs: Node refuses more than 32 MiB by itself.
    scrypt(password, salt, KEY_BYTES, { N, r, p, maxmem: 2 * 128 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
