// The reading half of the directory: binds a search to its types and asks the store.

import {
  type BoundFilter,
  bindFilter,
  bindSort,
  type Catalog,
  decodePercent,
  type Filter,
  invalidFilter,
  parseFilter,
  type ResourceType,
  type SearchInput,
  tooMany,
} from '../protocol/index.ts'
import { type Candidate, type Page, type PagePosition, type Query, QueryTooLong, type Weight } from '../store/index.ts'
import type { Context, DirectoryDeps } from './context.ts'
import { traitsOf } from './traits.ts'

/** A query that is ready to run: bound to its types, and weighed when asked for. */
export interface Plan {
  readonly query: Query
  /** How expensive the query is; computing this reads from the store. */
  readonly weight: () => Weight
  /** What to ask when nothing matches: the same with %XX inside literals decoded (Q06). */
  readonly otherwise?: Query
}

/** The querying half of the door. */
export interface Queries {
  /**
   * Binds a search to one resource type, or at the root to several. Throws invalidFilter or invalidValue.
   * `after` continues a cursor walk; `groups` asks for the groups of each resource.
   */
  plan(
    context: Context,
    types: readonly ResourceType[],
    search: SearchInput,
    base: string,
    options: { readonly groups: boolean; readonly after?: PagePosition | undefined; readonly total: boolean },
  ): Plan
  find(plan: Plan): Promise<Page>
  /**
   * The resources that a query over one type, unsorted and without cursor, may match: all that satisfy its filter and perhaps
   * others; for a single comparison exactly those. `undefined`: the store can't say at once, or there are more than `atMost`.
   */
  lookUp(plan: Plan, atMost: number, known: (number: number) => boolean): readonly Candidate[] | undefined
}

/** Creates the reading half of a directory. */
export function createQueries<Tx>(deps: DirectoryDeps<Tx>): Queries {
  const { store } = deps
  return {
    plan(context, types, search, base, options) {
      const filter = search.filter === undefined ? undefined : parseFilter(search.filter, context.allow)
      const endpoints = endpointsOf(deps.catalog(context.tenant))
      const query = toQuery(context, types, search, base, endpoints, options, filter)
      const decoded =
        filter !== undefined && context.allow.percentInFilterValues && search.filter?.includes('%')
          ? decodePercent(filter)
          : undefined
      const weight = () => store.weigh(query)
      return decoded === undefined
        ? { query, weight }
        : { query, weight, otherwise: toQuery(context, types, search, base, endpoints, options, decoded) }
    },
    async find(plan) {
      try {
        const page = await store.find(plan.query)
        if (plan.otherwise === undefined || page.resources.length > 0 || (page.total ?? 0) > 0) return page
        return await store.find(plan.otherwise)
      } catch (error) {
        if (error instanceof QueryTooLong) throw tooMany(TOO_LONG)
        throw error
      }
    },
    lookUp: ({ query, otherwise }, atMost, known) =>
      otherwise === undefined ? store.lookUp?.(query, atMost, known) : undefined,
  }
}

/** The next attempt would take as long, so it is refused as RFC 7644 §3.4.2.1 says, without Retry-After. */
const TOO_LONG =
  'This search reads more than the database may in the time that one has; narrow it by an attribute that is indexed (userName, externalId, emails.value and others), leave out sortBy, or have its attributes indexed (lockstep index put)'

function toQuery(
  context: Context,
  types: readonly ResourceType[],
  search: SearchInput,
  base: string,
  endpoints: Query['endpoints'],
  options: { readonly groups: boolean; readonly after?: PagePosition | undefined; readonly total: boolean },
  filter: Filter | undefined,
): Query {
  const limit = search.count
  const many = types.length > 1
  const bound = types.map((type) => {
    const own: BoundFilter | undefined =
      filter === undefined ? undefined : bindFilter(filter, type, context.allow, many ? { types } : undefined)
    const sort =
      search.sortBy === undefined
        ? undefined
        : bindSort(search.sortBy, search.sortOrder, type, { allow: context.allow, types: many ? types : undefined })
    return { type: type.name, ...(own === undefined ? {} : { filter: own }), ...(sort === undefined ? {} : { sort }) }
  })
  if (bound.length === 0) throw invalidFilter('There is no resource type to search')
  return {
    tenant: context.tenant,
    types: bound,
    base,
    endpoints,
    page: search.paging === 'cursor' ? { after: options.after, limit } : { offset: search.startIndex - 1, limit },
    total: options.total,
    groups: options.groups && types.some((type) => traitsOf(type).groups),
  }
}

const knownEndpoints = new WeakMap<Catalog, Query['endpoints']>()

/** The endpoint of every type, not only of those that are searched: a group's members are users. */
function endpointsOf(catalog: Catalog): Query['endpoints'] {
  let known = knownEndpoints.get(catalog)
  if (known === undefined) {
    known = Object.fromEntries(catalog.types.map(({ name, endpoint }) => [name, endpoint]))
    knownEndpoints.set(catalog, known)
  }
  return known
}
