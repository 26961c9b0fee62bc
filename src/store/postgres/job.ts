// A caller's list of writes, and what becomes of it.

import type { Affected, Write, Written } from '../contract/index.ts'
import type { CommitHook } from './commit-hook.ts'
import type { Tenant } from './dictionary.ts'

/** A caller's list of writes, all or none. */
export interface Job {
  readonly writes: readonly Write[]
  readonly hook: CommitHook | undefined
}

/** What became of a list. */
export type Outcome = { readonly written: readonly Written[] } | { readonly error: unknown }

/** A transaction that was committed, or that had nothing to write. */
export interface Done {
  readonly outcomes: readonly Outcome[]
  readonly affected: readonly Affected[]
  /** The tenant's count of changes, when records, paths or the tenant itself changed. */
  readonly records: number | undefined
  /** The tenant with the paths that were made. */
  readonly tenant?: Tenant | undefined
}
