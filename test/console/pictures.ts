// Compares pictures pixel by pixel.

import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'

/** How many pixels of two screenshots are different; all of them if their sizes are. */
export function differentPixels(a: Uint8Array, b: Uint8Array): number {
  const one = PNG.sync.read(Buffer.from(a))
  const other = PNG.sync.read(Buffer.from(b))
  const { width, height } = one
  if (other.width !== width || other.height !== height) return width * height
  return pixelmatch(one.data, other.data, undefined, width, height, { threshold: 0.1 })
}
