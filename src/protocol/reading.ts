// What reading a body needs to know, and what it notes.

import type { Allowances } from './allowances.ts'
import type { WrittenNumbers } from './written-numbers.ts'

/** What reading a body needs to know, and the names in it that no schema has. */
export interface Reading {
  readonly allow: Allowances
  /** Called with the path of each unknown member; may refuse. */
  readonly unknown: (path: string) => void
  /** How the body writes its numbers; undefined where all look as they would be written again. */
  readonly numbers?: WrittenNumbers | undefined
}
