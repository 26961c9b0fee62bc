// An app as the engine works with it: its map and scope as functions, its adapter open.

import type { Document } from '../../protocol/index.ts'
import type { AccountType, Adapter } from './adapter.ts'
import type { AppSettings } from './app-settings.ts'

/** What is known of a resource besides its document. */
export interface Surroundings {
  /** Ids of the groups that it is in, directly or through others; of `groupsThatMatter` at least. */
  readonly memberOf: ReadonlySet<string>
  /** The app's id of a resource here; undefined when it has no account there (yet). */
  readonly accountOf: (id: string) => string | undefined
  /**
   * What the account is known to hold, as last confirmed or just read. What the map says nothing about stays as it is there: the rest
   * of an extension, values that are missing here and not to be cleared, what is only written on creation.
   */
  readonly account?: Document
}

/** Whether a resource is in scope, and why. */
export interface ScopeDecision {
  readonly in: boolean
  /** Each part of the rule, in order. */
  readonly clauses: readonly ScopeClause[]
}

/** One part of a scope rule, as it came out for one resource. */
export interface ScopeClause {
  /** `filter`, `exclude`, `memberOf`, `notMemberOf`; the part of a filter that decided. */
  readonly clause: string
  /** Its text: `department sw "R"`, a group's id. */
  readonly text: string
  readonly holds: boolean
  /** The value that decided: `"Sales"`. */
  readonly value?: string
}

/** The scope of an app. Pure. */
export interface CompiledScope {
  /** Ids of all groups whose membership may change an answer of this scope or of the grants. */
  readonly groupsThatMatter: ReadonlySet<string>
  /** Whether the app has groups. */
  readonly hasGroups: boolean
  decide(type: AccountType, document: Document, memberOf: ReadonlySet<string>): ScopeDecision
}

/** What a map makes of a resource. */
export interface Mapped {
  /** The account, without members and `schemas`: what is to be written. Attributes that must be absent are absent; see `managed`. */
  readonly document: Document
  /** Ids of resources here that the account refers to and that have no account there yet; those references are left out. */
  readonly waitsFor: readonly string[]
}

/** The map of an app for one type, grants included. Pure; throws {@link MapFault}. */
export interface CompiledMap {
  /** Attributes that the map writes, by top-level name or extension URN. What it doesn't name is never touched. */
  readonly managed: readonly string[]
  /** Attributes written when an account is created or taken over, and never again. */
  readonly onCreateOnly: readonly string[]
  /**
   * Paths of a resource here that hold ids of others (`urn:…:User:manager.value`): it must be looked at again when links of those come
   * and go.
   */
  readonly refers: readonly string[]
  /** Whether the members of a group go along, and what becomes of groups among them: their members join, or they do themselves. */
  readonly members?: { readonly nested: 'flatten' | 'keep' }
  map(document: Document, surroundings: Surroundings, purpose: 'create' | 'update'): Mapped
}

/** An expression of a map that has no value for a resource. The account is parked with it; nothing is guessed. */
export class MapFault extends Error {
  /** The attribute of the account. */
  readonly attribute: string
  /** What failed: an expression, a path, a transform. */
  readonly part: string
  constructor(attribute: string, part: string, why: string) {
    super(`${attribute}: ${part} ${why}`)
    this.name = 'MapFault'
    this.attribute = attribute
    this.part = part
  }
}

/** A ready app. */
export interface CompiledApp {
  readonly tenant: string
  readonly settings: AppSettings
  readonly adapter: Adapter
  readonly scope: CompiledScope
  readonly maps: { readonly User: CompiledMap; readonly Group?: CompiledMap }
}
