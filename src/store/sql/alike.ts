// Puts comparisons that differ in their value alone into one statement, where a database plans faster then.

import type { Binder } from './bindings.ts'
import type { Dialect } from './dialect.ts'

/** A part of a statement for one value, which may be one of many that differ in nothing else. */
export interface Alike {
  /** The same for all that differ in their value alone. */
  readonly kind: string
  readonly value: string
  /** The same part for all of these values, none twice. */
  readonly together: (bindings: Binder, texts: Texts, values: readonly string[]) => string
}

/** How a dialect writes many texts. */
export type Texts = NonNullable<Dialect['texts']>

/** A part of a statement: alone, and together with others. */
export interface Part {
  readonly sql: (bindings: Binder) => string
  /** Absent: only alone. */
  readonly alike?: Alike | undefined
}

/** The parts, those that are alike in one. Their order is of no consequence. */
export function putTogether(parts: readonly Part[], bindings: Binder): readonly string[] {
  const { texts } = bindings.dialect
  if (texts === undefined) return parts.map(({ sql }) => sql(bindings))
  const kinds = new Map<string, { readonly first: Part; readonly alike: Alike; readonly values: Set<string> }>()
  const alone: Part[] = []
  for (const part of parts) {
    const { alike } = part
    const known = alike === undefined ? undefined : kinds.get(alike.kind)
    if (alike === undefined) alone.push(part)
    else if (known === undefined) kinds.set(alike.kind, { first: part, alike, values: new Set([alike.value]) })
    else known.values.add(alike.value)
  }
  return [
    ...alone.map(({ sql }) => sql(bindings)),
    ...[...kinds.values()].map(({ first, alike, values }) =>
      values.size === 1 ? first.sql(bindings) : alike.together(bindings, texts, [...values]),
    ),
  ]
}
