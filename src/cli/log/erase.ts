// `lockstep erase`: removes a deleted person's values from the log.

import type { Directory } from '../../directory/index.ts'
import { comparable, LockstepError, type ResourceType, resolve, STRICT, typeByName } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { confirmDeletion } from '../terminal/confirmation.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'

/** Maximum number of people with the same userName to list in the error. */
const SHOWN = 10

/** `lockstep erase`: removes a person's values from the log. The person, by id or userName, is already deleted, or `--delete` does it. */
export async function erase([who = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const directory = await local.directory()
    const name = textOption(options, 'type') ?? 'User'
    const type = typeByName(directory.catalog(tenant), name)
    if (type === undefined) throw new UsageError(`Tenant "${tenant}" has no resource type "${name}"`)
    const id = await idOf(who, tenant, type, { directory, store: local.store })
    const ref = { tenant, type: type.name, id }
    const isThere = (await directory.get(ref)) !== undefined
    if (isThere && !flagOption(options, 'delete')) {
      throw new LockstepError('ERR_IN_USE', `${type.name} ${id} still exists; delete it first, or pass --delete`)
    }
    await confirmDeletion(options, () => {
      const what = isThere ? `delete ${type.name} ${id} and remove` : 'remove'
      return `Permanently ${what} all values of ${type.name} ${id} from the log of tenant "${tenant}"?`
    })
    if (isThere) await directory.remove({ tenant, actor: 'cli', allow: STRICT }, type.name, id)
    const erased = await directory.erase(ref, 'cli')
    const { open } = type.name === 'User' ? await (await local.hub()).proof.forget(tenant, id) : { open: [] }
    if (flagOption(options, 'json')) printJson({ ...erased, ...(open.length === 0 ? {} : { open }) })
    else {
      const lines =
        erased.lines === 1
          ? 'the values were removed from 1 line of the log'
          : `the values were removed from ${erased.lines} lines of the log`
      printLine(`${type.name} ${id} was erased: ${lines}.`)
      if (open.length > 0) {
        printLine(
          `The hub still needs to remember the account in ${open.join(', ')}, to keep the person out; run it again in a day.`,
        )
      }
    }
  })
}

/** The id of a person named by id or userName, existing or deleted. */
async function idOf(
  who: string,
  tenant: string,
  type: ResourceType,
  { directory, store }: { readonly directory: Directory; readonly store: Store },
): Promise<string> {
  if ((await directory.get({ tenant, type: type.name, id: who })) !== undefined) return who
  const target = resolve('userName', type)
  if (target?.attribute !== undefined) {
    const entry = { path: target.path, value: comparable(target.leaf, who) }
    const [holder] = await store.holders(tenant, type.name, entry, 1)
    if (holder !== undefined) return holder
  }
  const deleted = await directory.findDeleted(tenant, type, 'userName', who)
  const [only] = deleted
  if (only === undefined) {
    throw new LockstepError(
      'ERR_NOT_FOUND',
      `Tenant "${tenant}" never had a ${type.name} with the id or userName "${who}"; an erased person can be named only by id`,
    )
  }
  if (deleted.length > 1) {
    const ids = deleted.slice(0, SHOWN).join(', ')
    throw new UsageError(`${deleted.length} deleted resources had the userName "${who}"; choose one by its id: ${ids}`)
  }
  return only
}
