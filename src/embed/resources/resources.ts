// People, groups and other resources of a tenant as the app's own code reads and writes them, without HTTP.

import { type Context, type Directory, missing, type PagePosition, type Stored } from '../../directory/index.ts'
import {
  type Catalog,
  ConfigError,
  diff,
  formatETag,
  type Json,
  type JsonObject,
  mutability,
  PATCH_OP,
  type ResourceType,
  ScimError,
  STRICT,
  schemasFor,
  selection,
  typeByName,
} from '../../protocol/index.ts'
import { representAll, type View } from '../../provider/index.ts'
import { filterOf, type Search } from './search.ts'
import type { Draft, New, Shown } from './types.ts'

/** On whose behalf the app's own code writes. */
export interface By {
  /** What the log says did it. Default `app`. */
  readonly actor?: string | undefined
}

/**
 * The resources of one type in a tenant. They go through the directory as what an identity provider sends does: checked by the schemas,
 * told to `on` and `after`, noted in the log. All reject with ScimError for what the directory refuses.
 */
export interface Resources<T extends ResourceType> {
  /**
   * The first one that a search finds; undefined if there is none.
   * @example const ann = await scim.users('acme').find({ email: 'ann@acme.example' })
   */
  readonly find: (search: Search<T>) => Promise<Shown<T> | undefined>
  /** The one with an id; undefined if there is none. */
  readonly get: (id: string) => Promise<Shown<T> | undefined>
  /**
   * All that a search finds, or all; read 100 at a time while they are taken.
   * @example for await (const user of scim.users('acme').list({ active: true })) console.log(user.userName)
   */
  readonly list: (search?: Search<T>) => AsyncIterable<Shown<T>>
  /**
   * Makes one.
   * @example await scim.users('acme').create({ userName: 'ann@acme.example', active: true }, { actor: 'support' })
   */
  readonly create: (resource: New<T>, by?: By) => Promise<Shown<T>>
  /**
   * Changes one: `change` gets a copy to change, and is called again if somebody else was faster. Only what differs is written; nothing
   * if nothing does. Rejects with 404 if there is none.
   * @example await scim.users('acme').update(ann.id, (draft) => { draft.active = false }, { actor: 'support' })
   */
  readonly update: (id: string, change: Change<T>, by?: By) => Promise<Shown<T>>
  /** Deletes one. False: there was none. */
  readonly delete: (id: string, by?: By) => Promise<boolean>
}

/** Says how a resource should be: changes the copy that it is given, or gives another one. */
export type Change<T extends ResourceType> = ((draft: Draft<T>) => Draft<T>) | ((draft: Draft<T>) => void)

/** What resources work with. */
export interface ResourcesDeps {
  readonly open: () => Promise<{ readonly directory: Directory }>
  /** Loads the tenant's types. */
  readonly ready: (tenant: string) => void | Promise<void>
  /** The base URL of a tenant, for `meta.location` and `$ref`. */
  readonly base: (tenant: string) => string
}

/** How many are read at once for a list. */
const PAGE = 100
/** How often an update is computed again because somebody else was faster: each time one of them is done. */
const ATTEMPTS = 100
/** The app's own code is told of every mistake. */
const ALLOW = { ...STRICT, refuseUnknownInBody: true }

/** What is needed of a tenant that is open. */
interface Place {
  readonly directory: Directory
  readonly catalog: Catalog
  readonly type: ResourceType
  readonly view: View
}

/** Creates the resources of one type, by its name, in a tenant. */
export function createResources<T extends ResourceType>(
  deps: ResourcesDeps,
  tenant: string,
  name: string,
): Resources<T> {
  const place = () => placeOf(deps, tenant, name)
  const contextOf = ({ actor = 'app' }: By = {}): Context => ({ tenant, actor, allow: ALLOW })
  const showOne = async (view: View, stored: Stored) => (await shown<T>(view, [stored]))[0] as Shown<T>

  async function* list(filter: string | undefined, count: number): AsyncGenerator<Shown<T>, void, undefined> {
    const { directory, type, view } = await place()
    let after: PagePosition | undefined
    do {
      const input = { startIndex: 1, count, paging: 'cursor', ...(filter === undefined ? {} : { filter }) } as const
      const options = { groups: true, total: false, ...(after === undefined ? {} : { after }) }
      const page = await directory.find(directory.plan(contextOf(), [type], input, view.base, options))
      yield* await shown<T>(view, page.resources)
      after = page.next
    } while (after !== undefined)
  }

  return {
    async find(search) {
      for await (const one of list(filterOf(search), 1)) return one
      return undefined
    },
    async get(id) {
      const { directory, type, view } = await place()
      const stored = await directory.get({ tenant, type: type.name, id })
      return stored === undefined ? undefined : showOne(view, stored)
    },
    list: (search) => list(filterOf(search), PAGE),
    async create(resource, by) {
      const { directory, type, view } = await place()
      const body = plain(resource)
      const { stored } = await directory.create(contextOf(by), type.name, { schemas: schemasFor(body, type), ...body })
      return showOne(view, stored)
    },
    async update(id, change, by) {
      const { directory, type, view } = await place()
      for (let attempt = 1; ; attempt++) {
        const stored = await directory.get({ tenant, type: type.name, id })
        if (stored === undefined) throw missing({ type: type.name, id })
        const before = await showOne(view, stored)
        const draft = structuredClone(before) as unknown as Draft<T>
        const operations = operationsOf(plain(before), plain(change(draft) ?? draft), type)
        if (operations.length === 0) return before
        try {
          const body = { schemas: [PATCH_OP], Operations: operations as readonly Json[] }
          const options = { ifMatch: formatETag(stored.version) }
          return await showOne(view, (await directory.patch(contextOf(by), type.name, id, body, options)).stored)
        } catch (error) {
          if (!(error instanceof ScimError && error.status === 412) || attempt >= ATTEMPTS) throw error
        }
      }
    },
    async delete(id, by) {
      const { directory, type } = await place()
      try {
        await directory.remove(contextOf(by), type.name, id)
        return true
      } catch (error) {
        if (error instanceof ScimError && error.status === 404) return false
        throw error
      }
    },
  }
}

async function placeOf(deps: ResourcesDeps, tenant: string, name: string): Promise<Place> {
  const { directory } = await deps.open()
  await deps.ready(tenant)
  directory.poll()
  const catalog = directory.catalog(tenant)
  const type = typeByName(catalog, name)
  if (type === undefined) {
    const names = catalog.types.map((one) => one.name).join(', ')
    throw new ConfigError('types', `has no resource type ${name} for the tenant "${tenant}"; there are ${names}`)
  }
  // Members are read by themselves, however many there are.
  const view: View = {
    directory,
    catalog,
    type,
    base: deps.base(tenant),
    selection: selection([], ['members'], type, STRICT),
  }
  return { directory, catalog, type, view }
}

async function shown<T extends ResourceType>(view: View, page: readonly Stored[]): Promise<readonly Shown<T>[]> {
  // Without members each is one finished text.
  return (await representAll(page, view)).map((text) => JSON.parse(text as string) as Shown<T>)
}

/** Only what JSON has: members that are undefined are left out. */
function plain(resource: unknown): JsonObject {
  return JSON.parse(JSON.stringify(resource)) as JsonObject
}

/** The operations that turn one state into another; refuses what the directory alone sets. */
function operationsOf(before: JsonObject, after: JsonObject, type: ResourceType) {
  const { patches, notes } = diff(before, after, type)
  const refused = notes.filter(({ kind }) => kind === 'refused' || kind === 'impossible' || kind === 'unknown')
  if (refused.length > 0) throw mutability(refused.map(({ why }) => why).join('; '))
  return patches.flat()
}
