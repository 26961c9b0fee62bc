// Names groups as people do, where that is clear.

import { readQuery, STRICT } from '../../protocol/index.ts'
import type { Local } from '../database/local.ts'

/** Ids that are read at once. */
const CHUNK = 500

/** The display names of groups, by their ids: of those that no other group has, and that are no group's id. */
export async function groupNames(
  local: Pick<Local, 'store' | 'directory'>,
  tenant: string,
  given: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(given)]
  if (ids.length === 0) return new Map()
  const directory = await local.directory()
  const type = directory.catalog(tenant).types.find(({ name }) => name === 'Group')
  const names = new Map<string, string>()
  for (let at = 0; at < ids.length && type !== undefined; at += CHUNK) {
    const found = await local.store.names(tenant, ids.slice(at, at + CHUNK))
    for (const { id, display } of found) {
      if (display === '' || (await directory.get({ tenant, type: 'Group', id: display })) !== undefined) continue
      const search = readQuery({ filter: `displayName eq ${JSON.stringify(display)}`, count: '2' })
      const context = { tenant, actor: '', allow: STRICT }
      const plan = directory.plan(context, [type], search, '', { groups: false, total: false })
      const { resources } = await directory.find(plan)
      if (resources.length === 1 && resources[0]?.id === id) names.set(id, display)
    }
  }
  return names
}
