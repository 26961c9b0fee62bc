import { createEditWork, type EditWork } from '../protocol/index.ts'

/** What a `light` write is refused with that would take long. Nothing was written: it may be done again where it keeps nobody waiting. */
export class HeavyWrite extends Error {
  constructor() {
    super('this write takes longer than a light one may')
    this.name = 'HeavyWrite'
  }
}

/** Characters of a resource beyond which it takes long to read, compare and write. */
export const LIGHT_TEXT = 64 * 1024
/** Values that the edits of a light write look at, and members of a group that it walks over. */
export const LIGHT_WORK = 20_000

/** Counts what a write looks at. */
export function workOf(options: { readonly light?: boolean } | undefined): EditWork {
  return options?.light ? createEditWork(LIGHT_WORK, () => new HeavyWrite()) : createEditWork()
}
