import type { Quirk } from './quirk.ts'

/** Every rewrite, in the order in which they are applied: shape first, then names, then values. */
export const DIALECT: readonly Quirk[] = []
