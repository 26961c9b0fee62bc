import type { Directory } from '../../directory/index.ts'
import { comparable, LockstepError, type ResourceType, resolve, STRICT, typeByName } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { confirmDeletion } from '../terminal/confirmation.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'

/** Persons of one userName that are shown to choose from. */
const SHOWN = 10

/** `lockstep erase`: takes a person's values out of the log. The person is named by id or userName, and deleted already or with `--delete`. */
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
      throw new LockstepError(
        'ERR_IN_USE',
        `${type.name} ${id} is there still; delete it first, or give --delete to have that done too`,
      )
    }
    await confirmDeletion(options, () => {
      const what = isThere ? `Delete ${type.name} ${id} and take` : 'Take'
      return `${what} all values of ${type.name} ${id} out of the log of tenant "${tenant}", for good?`
    })
    if (isThere) await directory.remove({ tenant, actor: 'cli', allow: STRICT }, type.name, id)
    const erased = await directory.erase(ref, 'cli')
    if (flagOption(options, 'json')) printJson(erased)
    else {
      const lines =
        erased.lines === 1
          ? '1 line of the log has lost its values'
          : `${erased.lines} lines of the log have lost their values`
      printLine(`${type.name} ${id} is erased: ${lines}.`)
    }
  })
}

/** The id that is meant: the text itself, or that of the one with this userName, there or deleted. */
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
      `Tenant "${tenant}" has and had no ${type.name} with the id or userName "${who}"; once erased, a person is known by id alone`,
    )
  }
  if (deleted.length > 1) {
    const ids = deleted.slice(0, SHOWN).join(', ')
    throw new UsageError(`${deleted.length} deleted resources had the userName "${who}"; name one by its id: ${ids}`)
  }
  return only
}
