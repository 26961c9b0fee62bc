// Finds groups that people name by their display name or id.

import type { Directory } from '../../directory/index.ts'
import { readQuery, STRICT } from '../../protocol/index.ts'
import { UsageError } from '../terminal/options.ts'

/** The ids of groups that are given by name or id. Refuses a name that no group has, or several have. `where`: what gives them. */
export async function groupIds(
  directory: Directory,
  tenant: string,
  given: readonly string[],
  where: string,
): Promise<readonly string[]> {
  return Promise.all(given.map((one) => groupId(directory, tenant, one, where)))
}

async function groupId(directory: Directory, tenant: string, given: string, where: string): Promise<string> {
  if ((await directory.get({ tenant, type: 'Group', id: given })) !== undefined) return given
  const type = directory.catalog(tenant).types.find(({ name }) => name === 'Group')
  if (type === undefined) throw new UsageError(`${where}: tenant "${tenant}" has no groups`)
  const search = readQuery({ filter: `displayName eq ${JSON.stringify(given)}`, count: '2' })
  const plan = directory.plan({ tenant, actor: '', allow: STRICT }, [type], search, '', { groups: false, total: false })
  const { resources } = await directory.find(plan)
  const [first] = resources
  if (first === undefined) throw new UsageError(`${where}: tenant "${tenant}" has no group "${given}"`)
  if (resources.length === 1) return first.id
  const ids = resources.map(({ id }) => id).join(' and ')
  throw new UsageError(`${where}: several groups are called "${given}"; name one by its id, like ${ids}`)
}
