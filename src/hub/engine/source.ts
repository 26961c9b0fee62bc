// Reads resources here as the engine looks at them: document and groups, or that they are gone.

import { documentOf } from '../../directory/index.ts'
import type { Document } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { AccountType } from '../contract/index.ts'

/** A resource as it is now. */
export interface Source {
  readonly type: AccountType
  readonly id: string
  /** Undefined: there is no such resource (any more). */
  readonly document: Document | undefined
  /** Ids of all groups that it is in, directly or through others. */
  readonly memberOf: ReadonlySet<string>
  /** Ids of the groups that it is a member of itself. */
  readonly directGroups: readonly string[]
}

/** Names a resource that accounts are made for. */
export interface SourceRef {
  readonly type: AccountType
  readonly id: string
}

/** Reads at once; more wait, so that a long list does not take every connection of the database. */
const AT_ONCE = 32

/** Resources by id, as they are now. Those that don't exist have no document. */
export async function readSources(
  store: Pick<Store, 'get'>,
  tenant: string,
  refs: readonly SourceRef[],
): Promise<ReadonlyMap<string, Source>> {
  const found = new Map<string, Source>()
  for (let from = 0; from < refs.length; from += AT_ONCE) {
    const page = refs.slice(from, from + AT_ONCE)
    const read = await Promise.all(page.map((ref) => readSource(store, tenant, ref)))
    for (const source of read) found.set(source.id, source)
  }
  return found
}

async function readSource(store: Pick<Store, 'get'>, tenant: string, { type, id }: SourceRef): Promise<Source> {
  const stored = await store.get({ tenant, type, id }, { groups: true })
  if (stored === undefined) return { type, id, document: undefined, memberOf: new Set(), directGroups: [] }
  const groups = stored.groups ?? []
  return {
    type,
    id,
    document: documentOf(stored),
    memberOf: new Set(groups.map((group) => group.id)),
    directGroups: groups.filter((group) => group.direct).map((group) => group.id),
  }
}

/** How people know a resource: userName or displayName, else its id. */
export function nameOf({ type, id, document }: Source): string {
  const name = document?.[type === 'User' ? 'userName' : 'displayName']
  return typeof name === 'string' ? name : id
}
