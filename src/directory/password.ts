import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/**
 * Hashes passwords with scrypt (N = 2^14, r = 8, p = 1, 32 bytes) off the event loop, two at once at most, so that a
 * provider which sends one with each create (Okta) can't take every core. RFC 7643 §4.1.1, §9.2.
 */
export function createHasher(): (password: string) => Promise<string> {
  let busy = 0
  const waiting: (() => void)[] = []
  return async (password) => {
    if (busy >= 2) await new Promise<void>((go) => waiting.push(go))
    else busy++
    try {
      const salt = randomBytes(16)
      const key = await derive(password, salt)
      return `scrypt$14$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`
    } finally {
      const next = waiting.shift()
      // The place is handed on, not freed: no third one can slip in between.
      if (next) next()
      else busy--
    }
  }
}

/** Whether a password is the one that was hashed. Takes the same time for any wrong one. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const [scheme, , , , salt, key] = hash.split('$')
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false
  const wanted = Buffer.from(key, 'base64url')
  const given = await derive(password, Buffer.from(salt, 'base64url'))
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, { N: 2 ** 14, r: 8, p: 1 }, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
