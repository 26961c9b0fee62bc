// Finds the person that a command names: by id, userName or e-mail address, deleted people too.

import { comparable, LockstepError, type ResourceType, resolve, typeByName } from '../../protocol/index.ts'
import { type Local, tenantOf } from '../database/local.ts'
import { type Options, UsageError } from '../terminal/options.ts'

/** A person of a tenant. */
export interface NamedPerson {
  readonly tenant: string
  readonly id: string
  /** As the command named it. */
  readonly name: string
}

/** People with the same name that are listed in an error. */
const SHOWN = 10

/** The person that a command names. Refuses a name that nobody ever had, or that several have. */
export async function personOf(local: Local, options: Options, name: string): Promise<NamedPerson> {
  const tenant = await tenantOf(local, options)
  const directory = await local.directory()
  const type = typeByName(directory.catalog(tenant), 'User')
  if (type === undefined) throw new UsageError(`Tenant "${tenant}" has no people`)
  if ((await directory.get({ tenant, type: type.name, id: name })) !== undefined) return { tenant, id: name, name }
  for (const path of ['userName', 'emails.value']) {
    const holders = await holdersOf(local, tenant, type, path, name)
    if (holders.length > 0) return { tenant, id: only(holders, name, 'people have the name or address'), name }
  }
  // Somebody deleted who is named by id needs no look through the log.
  if (await (await local.hub()).proof.hasLeft(tenant, name)) return { tenant, id: name, name }
  const deleted = await directory.findDeleted(tenant, type, 'userName', name)
  if (deleted.length > 0) return { tenant, id: only(deleted, name, 'deleted people had the userName'), name }
  throw new LockstepError(
    'ERR_NOT_FOUND',
    `Tenant "${tenant}" never had a person with the id, userName or e-mail address "${name}"; an erased person can be named only by id`,
  )
}

async function holdersOf(
  { store }: Local,
  tenant: string,
  type: ResourceType,
  path: string,
  name: string,
): Promise<readonly string[]> {
  const target = resolve(path, type)
  if (target?.attribute === undefined) return []
  return store.holders(tenant, type.name, { path: target.path, value: comparable(target.leaf, name) }, SHOWN)
}

function only(ids: readonly string[], name: string, what: string): string {
  const [first = '', ...others] = ids
  if (others.length === 0) return first
  throw new UsageError(`Several ${what} "${name}"; choose one by its id: ${ids.slice(0, SHOWN).join(', ')}`)
}
