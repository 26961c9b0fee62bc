// Hashes with SHA-256, at once and on any runtime.

import { nodeCrypto } from '../node-crypto.ts'

/** The SHA-256 of a text's UTF-8 in hex. By Node where it is, else by {@link sha256Portable}. FIPS 180-4 §6.2. */
export function sha256Hex(text: string): string {
  const native = nodeCrypto()
  return native === undefined ? hexOf(sha256Portable(text)) : native.createHash('sha256').update(text).digest('hex')
}

/** The same in JavaScript alone: WebCrypto hashes only later, and callers need it now. */
export function sha256Portable(text: string): Uint32Array {
  const bytes = new TextEncoder().encode(text)
  const blocks = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6)
  blocks.set(bytes)
  blocks[bytes.length] = 0x80
  const view = new DataView(blocks.buffer)
  view.setUint32(blocks.length - 8, Math.floor(bytes.length / 0x20000000))
  view.setUint32(blocks.length - 4, bytes.length << 3)
  const { initial, rounds } = constants()
  const hash = Uint32Array.from(initial)
  const words = new Uint32Array(64)
  for (let at = 0; at < blocks.length; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + 4 * i)
    mixBlock(hash, words, rounds)
  }
  return hash
}

/** Mixes one block, whose first 16 words are given, into the hash. FIPS 180-4 §6.2.2. */
function mixBlock(hash: Uint32Array, words: Uint32Array, rounds: Uint32Array): void {
  const word = (at: number) => words[at] as number
  for (let i = 16; i < 64; i++) {
    const early = word(i - 15)
    const late = word(i - 2)
    const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)
    const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10)
    words[i] = word(i - 16) + s0 + word(i - 7) + s1
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const first = (h + s1 + ((e & f) ^ (~e & g)) + (rounds[i] as number) + word(i)) | 0
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
    const second = s0 + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) hash[i] = (hash[i] as number) + value
}

function turn(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by))
}

/** The fractions of the square and cube roots of the first primes. FIPS 180-4 §4.2.2, §5.3.3. */
interface Constants {
  readonly initial: Uint32Array
  readonly rounds: Uint32Array
}

let computed: Constants | undefined

function constants(): Constants {
  if (computed !== undefined) return computed
  const primes: number[] = []
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  const fraction = (root: number) => Math.floor((root - Math.floor(root)) * 2 ** 32)
  computed = {
    initial: Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
    rounds: Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  }
  return computed
}

function hexOf(words: Uint32Array): string {
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('')
}
