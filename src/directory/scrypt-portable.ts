// The scrypt function in JavaScript, for runtimes without Node's: slower, with the same result.

/** Derives a key: N blocks of 128 r bytes are mixed p times. RFC 7914 §6. */
export async function scryptPortable(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  cost: { readonly N: number; readonly r: number; readonly p: number; readonly keyBytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const { N, r, p, keyBytes } = cost
  const blocks = await pbkdf2(password, salt, p * 128 * r)
  const view = new DataView(blocks.buffer)
  const words = 32 * r
  const mixer = createMixer(N, r)
  for (let lane = 0; lane < p; lane++) {
    const at = 4 * words * lane
    for (let i = 0; i < words; i++) mixer.block[i] = view.getUint32(at + 4 * i, true)
    mixer.mix()
    for (let i = 0; i < words; i++) view.setUint32(at + 4 * i, mixer.block[i] as number, true)
  }
  return pbkdf2(password, blocks, keyBytes)
}

/** One turn of PBKDF2 with HMAC-SHA-256. RFC 8018 §5.2. */
async function pbkdf2(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 1 }, key, 8 * length)
  return new Uint8Array(bits)
}

/** scryptROMix over one lane, in `block`. RFC 7914 §5. */
function createMixer(N: number, r: number): { readonly block: Uint32Array; readonly mix: () => void } {
  const words = 32 * r
  const block = new Uint32Array(words)
  const mixed = new Uint32Array(words)
  const kept = new Uint32Array(words * N)
  return {
    block,
    mix() {
      for (let i = 0; i < N; i++) {
        kept.set(block, i * words)
        mixBlock(block, mixed)
      }
      for (let i = 0; i < N; i++) {
        // Integerify: the last 64 bytes, of which N needs no more than the first word.
        const from = ((block[words - 16] as number) & (N - 1)) * words
        for (let k = 0; k < words; k++) block[k] = (block[k] as number) ^ (kept[from + k] as number)
        mixBlock(block, mixed)
      }
    },
  }
}

/** scryptBlockMix: the even pieces of 64 bytes to the front, the odd ones behind them. RFC 7914 §4. */
function mixBlock(block: Uint32Array, mixed: Uint32Array): void {
  const pieces = block.length / 16
  const x = block.slice(-16)
  for (let piece = 0; piece < pieces; piece++) {
    for (let k = 0; k < 16; k++) x[k] = (x[k] as number) ^ (block[16 * piece + k] as number)
    salsa(x)
    mixed.set(x, 16 * ((piece >> 1) + (piece % 2) * (pieces / 2)))
  }
  block.set(mixed)
}

/** Salsa20/8: eight rounds over sixteen words, columns and then rows. In variables, which is ten times as fast as in a loop. RFC 7914 §3. */
function salsa(x: Uint32Array): void {
  let a = x[0] as number
  let b = x[1] as number
  let c = x[2] as number
  let d = x[3] as number
  let e = x[4] as number
  let f = x[5] as number
  let g = x[6] as number
  let h = x[7] as number
  let i = x[8] as number
  let j = x[9] as number
  let k = x[10] as number
  let l = x[11] as number
  let m = x[12] as number
  let n = x[13] as number
  let o = x[14] as number
  let p = x[15] as number
  for (let round = 0; round < 4; round++) {
    e ^= turn(a + m, 7)
    i ^= turn(e + a, 9)
    m ^= turn(i + e, 13)
    a ^= turn(m + i, 18)
    j ^= turn(f + b, 7)
    n ^= turn(j + f, 9)
    b ^= turn(n + j, 13)
    f ^= turn(b + n, 18)
    o ^= turn(k + g, 7)
    c ^= turn(o + k, 9)
    g ^= turn(c + o, 13)
    k ^= turn(g + c, 18)
    d ^= turn(p + l, 7)
    h ^= turn(d + p, 9)
    l ^= turn(h + d, 13)
    p ^= turn(l + h, 18)
    b ^= turn(a + d, 7)
    c ^= turn(b + a, 9)
    d ^= turn(c + b, 13)
    a ^= turn(d + c, 18)
    g ^= turn(f + e, 7)
    h ^= turn(g + f, 9)
    e ^= turn(h + g, 13)
    f ^= turn(e + h, 18)
    l ^= turn(k + j, 7)
    i ^= turn(l + k, 9)
    j ^= turn(i + l, 13)
    k ^= turn(j + i, 18)
    m ^= turn(p + o, 7)
    n ^= turn(m + p, 9)
    o ^= turn(n + m, 13)
    p ^= turn(o + n, 18)
  }
  x[0] = a + (x[0] as number)
  x[1] = b + (x[1] as number)
  x[2] = c + (x[2] as number)
  x[3] = d + (x[3] as number)
  x[4] = e + (x[4] as number)
  x[5] = f + (x[5] as number)
  x[6] = g + (x[6] as number)
  x[7] = h + (x[7] as number)
  x[8] = i + (x[8] as number)
  x[9] = j + (x[9] as number)
  x[10] = k + (x[10] as number)
  x[11] = l + (x[11] as number)
  x[12] = m + (x[12] as number)
  x[13] = n + (x[13] as number)
  x[14] = o + (x[14] as number)
  x[15] = p + (x[15] as number)
}

function turn(sum: number, by: number): number {
  return (sum << by) | (sum >>> (32 - by))
}
