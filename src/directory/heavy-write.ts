// The bounds of a light write, and the error of one that would take longer.

import { createEditWork, type EditWork } from '../protocol/index.ts'

/** Thrown by a `light` write that would take long. Nothing was written: repeat it where it holds up no other request. */
export class HeavyWrite extends Error {
  constructor() {
    super('This write takes longer than a light one may')
    this.name = 'HeavyWrite'
  }
}

/** Characters of a resource beyond which it takes long to read, compare and write. */
export const LIGHT_TEXT = 64 * 1024
/** Values that the edits of a light write look at, and members of a group that it walks over. */
export const LIGHT_WORK = 20_000

/** Counts the work of a write. */
export function workOf(options: { readonly light?: boolean | undefined } | undefined): EditWork {
  return options?.light ? createEditWork(LIGHT_WORK, () => new HeavyWrite()) : createEditWork()
}
