// What a write means, said once for all stores.

// When several reasons refuse a write, the first of these is reported: the tenant is missing; the resource is missing (or, for a new one,
// exists); it has another version; a unique value is taken; a member does not exist. Nothing is written then, of the whole list.

import { ConfigError } from '../protocol/index.ts'
import { type Change, Conflict, type LogDraft, tenantOfWork, type Write, type Written } from './contract/index.ts'

/** The result of a write that had nothing to do. */
export const NOTHING: Written = { changed: false, version: 0, created: 0, modified: 0 }
/** The result of a write that concerns no resource, and so has no version. */
export const DONE: Written = { ...NOTHING, changed: true }

/** Refuses a write that was computed from another version than the one that was found; `at` is its position in its list. */
export function requireVersion(
  expected: number | undefined,
  { version }: { readonly version: number },
  id: string,
  at: number,
): void {
  if (expected !== undefined && expected !== version) throw new Conflict('version', at, id)
}

/**
 * Whether an update leaves everything as it is: `same` says that text, display and index entries stay, and `moved` whether any member
 * really came or went. Then it gets no version and no log line.
 */
export function changesNothing({ same, draft }: Extract<Write, { write: 'update' }>, moved: boolean): boolean {
  return same === true && !moved && draft.secret === undefined
}

/** The log line of a group whose member was removed from the tenant: the group gets a new version, and the line names the member. */
export function departure(
  member: string,
  { actor, txn }: LogDraft,
): { readonly log: LogDraft; readonly members: Required<NonNullable<Change['members']>> } {
  return {
    log: { op: 'patch', actor, paths: [], ...(txn === undefined ? {} : { txn }) },
    members: { added: 0, removed: 1, ids: { added: [], removed: [member] } },
  }
}

/** Members that a log line names by id, joined and left together; beyond that it only counts them. */
export const IDS_IN_LOG = 500

/** What a log line keeps of the members that joined and left. */
export function loggedMembers(moved: NonNullable<Change['members']>): NonNullable<Change['members']> {
  const { added, removed } = moved
  return added + removed > IDS_IN_LOG ? { added, removed } : moved
}

/** The tenant that a write belongs to; "" for the whole database. */
export function tenantOf(write: Write): string {
  switch (write.write) {
    case 'create':
    case 'update':
      return write.draft.tenant
    case 'remove':
    case 'reindex':
    case 'note':
      return write.ref.tenant
    case 'item':
    case 'mark':
    case 'cursor':
    case 'fence':
    case 'trim':
      return tenantOfWork(write)
    case 'quiet':
      return ''
    case 'record':
      return write.record.tenant
    case 'tenant':
    case 'indexed':
    case 'load':
    case 'amend':
      return write.tenant
  }
}

/** The error of a list of writes that are not all of one tenant. */
export function mixesTenants(writes: readonly Write[]): ConfigError | undefined {
  const [first] = writes
  if (first === undefined) return undefined
  const tenant = tenantOf(first)
  for (const write of writes) {
    const other = tenantOf(write)
    if (other !== tenant)
      return new ConfigError('commit', `must be of one tenant; these are of "${tenant}" and "${other}"`)
  }
  return undefined
}
