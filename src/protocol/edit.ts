// One edit of a resource, its names looked up and its value normalised. RFC 7644 §3.5.2.

import type { BoundFilter, Target } from './bound.ts'
import type { Json, JsonObject } from './json.ts'

/**
 * One change to a resource, from a PATCH operation or from one member of its path-less value: names resolved, values in
 * normal form. RFC 7644 §3.5.2.
 */
export type Edit = AttributeEdit | ExtensionEdit

/** A change to an attribute, or to values of it. */
export interface AttributeEdit {
  /** `expect`: no change, but the attribute must have this value already. An assignment of null is a `remove`. */
  readonly op: 'add' | 'replace' | 'remove' | 'expect'
  readonly extension?: undefined
  readonly target: Target
  /** Selects values of `target.attribute`. */
  readonly filter?: BoundFilter
  /** The value that the filter describes, where it describes one. */
  readonly made?: JsonObject
  /** True when the values selected are meant themselves, not a sub-attribute of them. */
  readonly element: boolean
  /**
   * What is set: a list for all values of a multi-valued attribute; for a complex value an object, in which null
   * unassigns. With `remove`: the list of values to be removed, instead of all.
   */
  readonly value?: Json
  /** A `remove` that was an assignment of null: what may not be unassigned is then an invalid value. */
  readonly nulled?: boolean
}

/** The removal of an extension as a whole (P-383). */
export interface ExtensionEdit {
  readonly op: 'remove'
  readonly extension: string
  readonly target?: undefined
}
