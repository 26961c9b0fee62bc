// The TypeScript types of filter operators and their values, by attribute. RFC 7644 §3.4.2.2, Table 3.

import type { Comparison } from './bound.ts'
import type { LeafAt, UnknownLeaf } from './path-types.ts'

type Equality = 'eq' | 'ne'
type Order = 'gt' | 'ge' | 'lt' | 'le'

type OperatorOf<L> = [L] extends [never]
  ? never
  : L extends UnknownLeaf
    ? Comparison | 'pr' | 'has'
    : L extends { readonly subAttributes: infer S }
      ?
          | 'pr'
          | (L extends { readonly multiValued: true } ? 'has' : never)
          | (S extends { readonly value: infer V } ? OperatorOf<V> : never)
      : L extends { readonly type: 'boolean' | 'binary' }
        ? Equality | 'pr'
        : L extends { readonly type: 'integer' | 'decimal' | 'dateTime' }
          ? Equality | Order | 'pr'
          : Comparison | 'pr'

/**
 * The operators that an attribute takes: text all of them, booleans `eq` and `ne`, numbers and dates no parts of text; `has` looks into
 * the elements of a list, `pr` asks whether there is a value. RFC 7644 §3.4.2.2, Table 3.
 */
export type OperatorAt<T, Path extends string> = OperatorOf<LeafAt<T, Path>>

type Canonical<L> = L extends { readonly canonicalValues: readonly (infer V extends string)[] }
  ? V | (L extends { readonly closed: true } ? never : string & {})
  : string

type ValueOf<L, O> = L extends UnknownLeaf
  ? string | number | boolean | Date
  : L extends { readonly subAttributes: { readonly value: infer V } }
    ? ValueOf<V, O>
    : L extends { readonly type: 'boolean' }
      ? boolean
      : L extends { readonly type: 'integer' | 'decimal' }
        ? number
        : L extends { readonly type: 'dateTime' }
          ? string | Date
          : O extends Equality
            ? Canonical<L>
            : string

/** The values that an attribute is compared with: of its type, and null with `eq` and `ne`. RFC 7644 §3.4.2.2. */
export type ValueAt<T, Path extends string, O> = ValueOf<LeafAt<T, Path>, O> | (O extends Equality ? null : never)
