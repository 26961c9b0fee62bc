// A page as the table of pages has it.

import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'
import type { Capability } from './session.tsx'
import type { Words } from './words/areas.d.ts'
import type common from './words/en/common.json'

/** Where the left bar lists a page: across tenants, or in one of a tenant's groups. Absent: it is reached from another page. */
export type Group = 'all' | 'here' | 'directory' | 'in' | 'out' | 'shape'

/** One page. */
export interface PageEntry {
  /** Below `/console`; `$tenant` and the like are parameters. */
  readonly path: string
  /** Its label in the left bar and in ⌘K is `nav.{name}` of the common words. */
  readonly name: keyof typeof common.nav
  /** Its catalogue of words. */
  readonly area: keyof Words
  readonly needs: Capability
  /** A role that may, too, although it lacks the capability. */
  readonly also?: string
  readonly group?: Group
  readonly icon?: LucideIcon
  /** The second key after `g`. */
  readonly key?: string
  /** Shown to those who may see more than one tenant. */
  readonly ofAll?: boolean
  readonly load: () => Promise<{ readonly default: ComponentType }>
}
