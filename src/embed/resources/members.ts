// The members of a group as the app's own code reads and changes them, however many there are.

import { type Directory, missing } from '../../directory/index.ts'
import { type JsonObject, PATCH_OP, type ResourceType, STRICT } from '../../protocol/index.ts'
import { type By, createResources, type Resources, type ResourcesDeps } from './resources.ts'

/** A member of a group. */
export interface GroupMember {
  readonly id: string
  /** The name of its resource type: `User`, or `Group` for a nested group. */
  readonly type: string
  /** The name by which it is shown; empty if it has none. */
  readonly display: string
}

/** The direct members of a group. */
export interface GroupMembers {
  /** All, as of one moment, read 1,000 at a time while they are taken. Nothing for a group that doesn't exist. */
  readonly list: () => AsyncIterable<GroupMember>
  /** Adds users, or groups, by their ids; those that are members already stay. Up to 1,000 at once, in order. */
  readonly add: (ids: readonly string[], by?: By) => Promise<void>
  /** Takes members out, by their ids; others are left alone. */
  readonly remove: (ids: readonly string[], by?: By) => Promise<void>
}

/** The groups of a tenant. */
export interface Groups<T extends ResourceType> extends Resources<T> {
  /**
   * The members of one group.
   * @example await scim.groups('acme').members(editors.id).add([ann.id], { actor: 'support' })
   */
  readonly members: (id: string) => GroupMembers
}

/** Most members that one change names. */
const STEP = 1_000

/** Creates the groups of a tenant. */
export function createGroups<T extends ResourceType>(deps: ResourcesDeps, tenant: string): Groups<T> {
  const opened = async (): Promise<Directory> => {
    const { directory } = await deps.open()
    await deps.ready(tenant)
    directory.poll()
    return directory
  }
  return {
    ...createResources<T>(deps, tenant, 'Group'),
    members(id) {
      const change = async (op: 'add' | 'remove', ids: readonly string[], { actor = 'app' }: By = {}) => {
        const directory = await opened()
        if ((await directory.get({ tenant, type: 'Group', id })) === undefined) throw missing({ type: 'Group', id })
        for (let at = 0; at < ids.length; at += STEP) {
          const value = ids.slice(at, at + STEP).map((one) => ({ value: one }))
          await directory.patch({ tenant, actor, allow: STRICT }, 'Group', id, patchOf({ op, path: 'members', value }))
        }
      }
      return {
        async *list() {
          const directory = await opened()
          for await (const some of directory.members({ tenant, type: 'Group', id })) yield* some
        },
        add: (ids, by) => change('add', ids, by),
        remove: (ids, by) => change('remove', ids, by),
      }
    },
  }
}

function patchOf(operation: JsonObject): JsonObject {
  return { schemas: [PATCH_OP], Operations: [operation] }
}
