import type { Document, ResourceType } from '../protocol/index.ts'
import type { Write } from '../store/index.ts'
import type { Model, Own } from './catalogs.ts'

/** What the directory knows about the use of schemas, and can do about it. */
export interface Usage {
  /** How many resources of these types satisfy a test on their document. */
  countUse(tenant: string, types: readonly string[], uses: (document: Document) => boolean): Promise<number>
  /** Writes every document for which `change` gives another one. */
  rewrite(
    tenant: string,
    types: readonly string[],
    actor: string,
    change: (document: Document) => Document,
  ): Promise<number>
  /** Deletes every resource of a type. */
  removeAll(tenant: string, type: string, actor: string): Promise<number>
  /** Enters all resources of a type anew, after it has changed what must be unique. */
  reindex(tenant: string, type: ResourceType): Promise<number>
  /**
   * Begins to make what a type is found by another: `writes` go into the commit that makes the changed type known, `finish` is for
   * afterwards and throws `Conflict` missing when somebody else has begun another change of the same type.
   */
  changeIndex(
    tenant: string,
    before: ResourceType,
    after: ResourceType | undefined,
    /** Paths that `before` has, to be built as if it hadn't. */
    anew: readonly string[],
  ): Promise<{ readonly writes: readonly Write[]; readonly finish: () => Promise<number> }>
  /** Canonical paths of all attributes that a type is found by. */
  indexedPaths(type: ResourceType): readonly string[]
}

/** How a change is made. */
export interface ChangeOptions {
  readonly usage: Usage
  /** What the log says dropped values. */
  readonly actor: string
  /** Drops the values that are in the way, instead of refusing. */
  readonly force?: boolean
}

/** Carries out a change of what a tenant has of its own. `anew`: index paths of a type to be built as if they were new. */
export type Change = (
  tenant: string,
  options: ChangeOptions,
  edit: (own: Own, before: Model) => Own,
  anew?: { readonly type: string; readonly paths: readonly string[] },
) => Promise<Model>
