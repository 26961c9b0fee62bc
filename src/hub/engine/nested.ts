// Groups in groups: in apps that have none, the members of an inner group are members of the outer ones.

import type { Store } from '../../store/index.ts'
import type { CompiledApp } from '../contract/index.ts'
import { readSources } from './source.ts'

/** Whether the app's groups have members at all. */
export function managesMembers({ maps, scope }: Pick<CompiledApp, 'maps' | 'scope'>): boolean {
  return scope.hasGroups && maps.Group?.members !== undefined
}

/** Whether groups in groups count by their members, because the map or the app has it so. */
export function flattens({ maps, adapter }: Pick<CompiledApp, 'maps' | 'adapter'>): boolean {
  return maps.Group?.members?.nested !== 'keep' || !adapter.traits.members.nested
}

/** Ids of all members of a group, chunk by chunk; with `flat` those of groups in it too. Each group is gone through once. */
export async function* membersOf(
  store: Pick<Store, 'members'>,
  tenant: string,
  group: string,
  flat: boolean,
): AsyncGenerator<readonly string[]> {
  const seen = new Set([group])
  const groups = [group]
  for (let id = groups.pop(); id !== undefined; id = groups.pop()) {
    for await (const chunk of store.members({ tenant, type: 'Group', id })) {
      yield chunk.map((member) => member.id)
      if (!flat) continue
      for (const { id: inner, type } of chunk) {
        if (type !== 'Group' || seen.has(inner)) continue
        seen.add(inner)
        groups.push(inner)
      }
    }
  }
}

/** Of these resources, those who are members of a group; with `flat` through groups in it too. */
export async function membersAmong(
  store: Pick<Store, 'get' | 'membersAmong'>,
  tenant: string,
  group: string,
  ids: readonly string[],
  flat: boolean,
): Promise<ReadonlySet<string>> {
  const direct = await store.membersAmong({ tenant, type: 'Group', id: group }, ids)
  const found = new Set(direct.map(({ id }) => id))
  if (!flat) return found
  const others = ids.filter((id) => !found.has(id)).map((id) => ({ type: 'User' as const, id }))
  for (const [id, { memberOf }] of await readSources(store, tenant, others)) if (memberOf.has(group)) found.add(id)
  return found
}
