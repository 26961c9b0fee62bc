// The effective roles of a person, outside of a transaction.

import { type Directory, documentOf, missing } from '../../directory/index.ts'
import type { Stored } from '../../store/index.ts'
import type { RolesOf } from './contract/read-event-options.ts'
import { isActive, kindOf, show } from './facts/scene.ts'

/** The roles that a person has by all groups that they are in, sorted; none when not active. 404 when there is no such person. */
export async function effectiveRoles(
  directory: Directory,
  rolesOf: RolesOf,
  tenant: string,
  userId: string,
): Promise<readonly string[]> {
  const { types } = directory.catalog(tenant)
  const user = await find(
    directory,
    tenant,
    userId,
    types.filter((type) => kindOf(type) === 'user').map(({ name }) => name),
  )
  if (user === undefined) throw missing({ type: 'User', id: userId })
  if (!isActive(documentOf(user))) return []
  const groupTypes = types.filter((type) => kindOf(type) === 'group').map(({ name }) => name)
  const groups = await Promise.all((user.groups ?? []).map(({ id }) => find(directory, tenant, id, groupTypes)))
  const roles = groups.flatMap((group) => (group === undefined ? [] : rolesOf(show(group), tenant)))
  return [...new Set(roles)].sort()
}

async function find(
  directory: Directory,
  tenant: string,
  id: string,
  types: readonly string[],
): Promise<Stored | undefined> {
  for (const type of types) {
    const stored = await directory.get({ tenant, type, id })
    if (stored !== undefined) return stored
  }
  return undefined
}
