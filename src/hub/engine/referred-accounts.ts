// The accounts in an app of the resources that maps refer to: managers, and whatever else a map names by id.

import type { Work } from '../../store/index.ts'
import { type CompiledApp, type Link, QUEUES } from '../contract/index.ts'
import type { Source } from './source.ts'
import { isThere } from './steps.ts'

/** Links in one read. */
const PAGE = 1_000

/** The accounts of all resources that the maps of these ones look up: they are asked which, by mapping once without any. By resource id. */
export async function referredAccounts(
  store: Pick<Work, 'items'>,
  { tenant, settings, maps, adapter }: Pick<CompiledApp, 'tenant' | 'settings' | 'maps' | 'adapter'>,
  sources: readonly Source[],
): Promise<ReadonlyMap<string, string>> {
  const asked = new Set<string>()
  for (const { type, document, memberOf } of sources) {
    const map = type === 'User' ? maps.User : maps.Group
    if (map === undefined || document === undefined || map.refers.length === 0) continue
    const accountOf = (id: string) => {
      asked.add(id)
      return undefined
    }
    try {
      map.map(document, { memberOf, accountOf }, 'update')
    } catch {
      // The delivery, or the plan, of this very resource runs into it again, and says so.
    }
  }
  const accounts = new Map<string, string>()
  const ids = [...asked]
  for (let from = 0; from < ids.length; from += PAGE) {
    const keys = ids.slice(from, from + PAGE)
    for (const { key, value } of await store.items(tenant, QUEUES.links(settings.id), { keys })) {
      const link = value as unknown as Link
      if (link.account !== undefined && isThere(adapter.traits, link)) accounts.set(key, link.account)
    }
  }
  return accounts
}
