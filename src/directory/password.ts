import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { createTurns } from '../turns.ts'

/** How many passwords are hashed at once. */
const AT_ONCE = 2

/**
 * Hashes passwords with scrypt (N = 2^14, r = 8, p = 1, 32 bytes) off the event loop, two at once at most, so that a
 * provider which sends one with each create (Okta) can't take every core; and tenants take turns, so that one with a
 * thousand passwords in a Bulk does not keep the others waiting. `check` is called before each; what it throws goes to
 * the caller. RFC 7643 §4.1.1, §9.2.
 */
export function createHasher(check: () => void = () => {}): (tenant: string, password: string) => Promise<string> {
  let busy = 0
  const turns = createTurns<() => void>()
  return async (tenant, password) => {
    if (busy >= AT_ONCE) await new Promise<void>((go) => turns.add(tenant, go))
    else busy++
    try {
      check()
      const salt = randomBytes(16)
      const key = await derive(password, salt)
      return `scrypt$14$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`
    } finally {
      const next = turns.next()
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
