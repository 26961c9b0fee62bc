// One rule of a map: where an attribute of the account comes from, and what becomes of it on the way.

import type { Json } from '../../protocol/index.ts'
import type { Expression } from './cel.ts'
import type { Place } from './place.ts'
import type { SourcePath } from './source-path.ts'
import type { Transform } from './transforms.ts'

/** Where the values of a rule come from. */
export type Source =
  | { readonly kind: 'from'; readonly path: SourcePath }
  | { readonly kind: 'ref'; readonly path: SourcePath }
  | { readonly kind: 'const'; readonly value: Json }
  | { readonly kind: 'cel'; readonly expression: Expression }

/** A rule of a map, read and checked. */
export interface Rule {
  readonly place: Place
  readonly source: Source
  readonly transforms: readonly Transform[]
  readonly shape?: (values: readonly Json[]) => Json
  /** What is written when there is no value. */
  readonly fallback?: Json
  readonly whenMissing: 'omit' | 'clear' | 'fail'
  /** Written when an account is created or taken over, and never again. */
  readonly onCreate: boolean
}

/** What the map of groups says about members: groups among them give their members, or become members themselves. */
export interface Members {
  readonly nested: 'flatten' | 'keep'
}

/** What a rule reads, as faults and explanations show it. */
export function partOf({ source }: Rule): string {
  switch (source.kind) {
    case 'from':
      return `from ${source.path.path}`
    case 'ref':
      return `ref ${source.path.path}`
    case 'cel':
      return `cel ${source.expression.text.slice(0, 200)}`
    default:
      return 'const'
  }
}
