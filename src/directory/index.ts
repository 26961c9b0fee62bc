// The front door of the directory.

export type {
  Affected,
  Candidate,
  Change,
  Member,
  Membership,
  Page,
  PagePosition,
  Ref,
  Stored,
} from '../store/index.ts'
export { AlongConflict, openTenant } from './commit.ts'
export type { Committed, Documents } from './committed.ts'
export type { Context, Hooks } from './context.ts'
export { createDirectory, type Directory, type DirectoryOptions } from './directory.ts'
export { displayOf, documentOf } from './document.ts'
export type { UniquePaths } from './entries.ts'
export type { Erased, Erasures } from './erase.ts'
export { HeavyWrite } from './heavy-write.ts'
export { typeOfBuild } from './index-build.ts'
export { changesFrom } from './log-begin.ts'
export { missing } from './missing.ts'
export type { AlongWrite, CreateOptions, Outcome, WriteOptions } from './outcome.ts'
export { faultOfId, isKnown, requireId } from './own-id.ts'
export { PRUNED_DAILY, type Pruned, type PruneOptions, type Pruning } from './prune.ts'
export type { Plan, Queries } from './query.ts'
export type { Rehearse } from './rehearsal.ts'
export type { SchemaUse } from './schema-use.ts'
export { passwordMatches } from './scrypt.ts'
export { type Reference, type Traits, traitsOf } from './traits.ts'
export type { Writes } from './write.ts'
