import type { Place } from '../targets/target.ts'
import type { Gathering } from './pair-table.ts'
import type { GatheredSource } from './read-side.ts'
import type { SharedType } from './shared-type.ts'

/** Two places with their resources gathered. */
export interface Compared {
  readonly a: Place
  readonly b: Place
  readonly gathering: Gathering
  /** What was gathered, by side and type: `a User`. */
  readonly sources: ReadonlyMap<string, GatheredSource>
  /** The types that are compared, as each side has them; those that refer to others come last. */
  readonly types: readonly ComparedType[]
  /** Attributes that only one side's schemas know, so that they can't be compared; filled while pairs are looked at. */
  readonly unknown: Set<string>
}

/** A type that both sides have. */
export interface ComparedType extends SharedType {
  readonly name: string
  readonly key: string
  readonly count: { readonly a: number; readonly b: number }
  /** Resources without a key. */
  readonly keyless: { readonly a: number; readonly b: number }
}
