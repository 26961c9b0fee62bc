// The list and search endpoints: GET of a resource endpoint and POST to /.search.

import { may } from '../access/index.ts'
import type { Answer } from '../call.ts'
import { type Plan, type Stored, traitsOf } from '../directory/index.ts'
import {
  type Cursor,
  forbidden,
  invalidFilter,
  invalidSyntax,
  isObject,
  LIMITS,
  openList,
  type ResourceType,
  readCursor,
  readSearchRequest,
  type SearchInput,
  sensitive,
  targetsIn,
  writeCursor,
} from '../protocol/index.ts'
import { parseBody, readBytes, requireJson } from './body.ts'
import { lookUp } from './fast/look-up.ts'
import { listBody, streamList, textsOf } from './list-body.ts'
import type { PlannedSearch } from './planned-search.ts'
import { memberParts, STREAM_FROM, showsGroups, type View } from './represent.ts'
import { bend, type RequestContext, requireRight, searchOf, viewOf } from './request.ts'
import { UNSHARED } from './respond.ts'
import { LARGE_PAGE, weighBody, weighSearch } from './weight.ts'

/** GET of a resource endpoint, or of the root for all types. RFC 7644 §3.4.2. */
export function list(request: RequestContext, types: readonly ResourceType[]): Answer | Promise<Answer> {
  const [only] = types.length === 1 ? types : []
  const search = searchOf(request, only)
  return answer(request, types, search, request.features.sensitive)
}

/** POST to /.search, at the root or under a type. RFC 7644 §3.4.3. */
export async function searchByPost(request: RequestContext, types: readonly ResourceType[]): Promise<Answer> {
  requireJson(request.call.header('content-type'))
  const bytes = await readBytes(request.call, LIMITS.BODY_BYTES)
  if (request.offload && weighBody(bytes) === 'heavy') return request.offload(bytes)
  const [only] = types.length === 1 ? types : []
  const sent = parseBody(bytes, request)
  const { body } = bend(request, {
    action: 'search',
    ...(only === undefined ? {} : { type: only }),
    query: {},
    body: sent,
  })
  if (!isObject(body)) throw invalidSyntax('A search request is a JSON object')
  return answer(request, types, readSearchRequest(body, request.principal.profile.allow), [], bytes)
}

function answer(
  request: RequestContext,
  all: readonly ResourceType[],
  given: SearchInput,
  sensitivePaths: readonly string[],
  bytes?: Uint8Array,
): Answer | Promise<Answer> {
  const { call, principal, features } = request
  const [only] = all.length === 1 ? all : []
  if (only) requireRight(request, 'read', only)
  const types = all.filter((type) => may(principal, 'read', type.name))
  if (types.length === 0) throw forbidden('This token may read no resource type; give its connection the right to')
  if (given.filter !== undefined && !features.filter)
    throw invalidFilter('Filters are switched off for this tenant; leave the filter out')
  if (request.offload && weighSearch(given) === 'heavy') return request.offload(bytes)
  const search: SearchInput = features.sort ? given : withoutSort(given)

  const ready = (input: SearchInput, walk?: PlannedSearch['walk']): PlannedSearch => {
    const views = new Map(types.map((type) => [type.name, viewOf(request, type, input)]))
    const plan = request.directory.plan(request.context, types, input, call.base, {
      groups: [...views.values()].some(showsGroups),
      after: walk?.from?.place,
      total: walk?.from === undefined,
    })
    if (sensitivePaths.length > 0) refuseSensitive(plan, sensitivePaths)
    return { request, search: input, plan, views, bytes, ...(walk === undefined ? {} : { walk }) }
  }

  if (search.paging === 'index') {
    const planned = ready(search)
    return lookUp(planned) ?? page(planned)
  }
  // A cursor is valid for this walk of this principal only (RFC 9865 §5.2, A-71).
  const name = walkOf(search, types, call.path, principal.actor, principal.tenant)
  return cursorOf(request, search, name).then((from) =>
    page(ready(from === undefined ? search : { ...search, count: from.count }, { name, from })),
  )
}

async function cursorOf(request: RequestContext, search: SearchInput, walk: string): Promise<Cursor | undefined> {
  if (!search.cursor) return undefined
  return readCursor(search.cursor, {
    key: await request.cursorKey(),
    walk,
    now: request.now(),
    count: search.countGiven,
  })
}

async function page({ request, search, plan, views, walk, bytes }: PlannedSearch): Promise<Answer> {
  const { directory, catalog } = request
  if (request.offload && plan.weight() === 'heavy') return request.offload(bytes)
  const page = await directory.find(plan)
  const large = (await memberTotal(request, page.resources, views)) > STREAM_FROM
  if (request.offload && (large || isLarge(page.resources))) return request.offload(bytes)
  const total = walk?.from?.total ?? page.total ?? page.resources.length
  const next =
    walk !== undefined && page.next !== undefined && search.count > 0
      ? await writeCursor(
          { place: page.next, total, count: search.count },
          { key: await request.cursorKey(), walk: walk.name, now: request.now() },
        )
      : undefined
  const head = openList({
    totalResults: total,
    itemsPerPage: page.resources.length,
    ...(walk === undefined ? { startIndex: search.startIndex } : {}),
    ...(next === undefined ? {} : { nextCursor: next }),
  })
  const headers = ['Content-Type', request.media, ...UNSHARED]
  if (large) return { status: 200, headers, body: streamList(head, page.resources, views, catalog) }
  const texts = await textsOf(page.resources, views, catalog)
  return { status: 200, headers, body: listBody(head, texts) }
}

/** Whether the resources of a page are so large together that to show them takes long. */
function isLarge(resources: readonly Stored[]): boolean {
  return resources.reduce((sum, { text }) => sum + text.length, 0) > LARGE_PAGE
}

/** How many members the page would show, counted no further than it matters. */
async function memberTotal(
  request: RequestContext,
  page: readonly Stored[],
  views: ReadonlyMap<string, View>,
): Promise<number> {
  let total = 0
  for (const stored of page) {
    const view = views.get(stored.type)
    if (view === undefined || !traitsOf(view.type).rows || memberParts(view) === undefined) continue
    total += await request.directory.memberCount(stored, STREAM_FROM + 1 - total)
    if (total > STREAM_FROM) break
  }
  return total
}

function withoutSort(search: SearchInput): SearchInput {
  const { sortBy: _by, sortOrder: _order, ...rest } = search
  return rest
}

function walkOf(
  search: SearchInput,
  types: readonly ResourceType[],
  path: string,
  actor: string,
  tenant: string,
): string {
  const { filter, sortBy, sortOrder, attributes, excludedAttributes } = search
  // GET and POST of one search are one walk.
  const place = path.replace(/\/?(\.search)?\/?$/, '')
  return JSON.stringify([
    tenant,
    actor,
    place,
    types.map((type) => type.name),
    filter,
    sortBy,
    sortOrder,
    attributes,
    excludedAttributes,
  ])
}

/** Refuses a filter in a URL on an attribute that the tenant declares sensitive (P-147). RFC 7644 §7.5.2. */
function refuseSensitive(plan: Plan, paths: readonly string[]): void {
  const folded = paths.map((path) => path.toLowerCase())
  for (const { filter } of plan.query.types) {
    for (const { path } of filter === undefined ? [] : targetsIn(filter)) {
      if (folded.includes(path.toLowerCase())) {
        throw sensitive(`A filter on ${path} is not allowed in a URL here; send the search by POST to /.search`)
      }
    }
  }
}
