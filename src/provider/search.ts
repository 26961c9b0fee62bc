import { may } from '../access/index.ts'
import { type Plan, type Stored, traitsOf } from '../directory/index.ts'
import {
  type BoundFilter,
  type Catalog,
  type Cursor,
  compareText,
  forbidden,
  invalidFilter,
  invalidSyntax,
  isDefault,
  isObject,
  LIMITS,
  LIST_END,
  matches,
  openList,
  pickMembers,
  type ResourceType,
  readCursor,
  readSearchRequest,
  type SearchInput,
  sensitive,
  targetsIn,
  typeByName,
  writeCursor,
} from '../protocol/index.ts'
import { parseBody, readBytes, requireJson } from './body.ts'
import type { Finished } from './cache.ts'
import type { Answer } from './call.ts'
import { memberParts, represent, representAll, STREAM_FROM, showsGroups, type View } from './represent.ts'
import { UNSHARED } from './respond.ts'
import { bend, requireRight, searchOf, type Turn, viewOf } from './turn.ts'
import { LARGE_PAGE, weighBody, weighSearch } from './weight.ts'

/** GET of a resource endpoint, or of the root for all types. RFC 7644 §3.4.2. */
export function list(turn: Turn, types: readonly ResourceType[]): Answer | Promise<Answer> {
  const [only] = types.length === 1 ? types : []
  const search = searchOf(turn, only)
  return answer(turn, types, search, turn.features.sensitive)
}

/** POST to /.search, at the root or under a type. RFC 7644 §3.4.3. */
export async function searchByPost(turn: Turn, types: readonly ResourceType[]): Promise<Answer> {
  requireJson(turn.call.header('content-type'))
  const bytes = await readBytes(turn.call, LIMITS.BODY_BYTES)
  if (turn.delegate && weighBody(bytes) === 'heavy') return turn.delegate(bytes)
  const [only] = types.length === 1 ? types : []
  const sent = parseBody(bytes, turn.principal)
  const { body } = bend(turn, {
    action: 'search',
    ...(only === undefined ? {} : { type: only }),
    query: {},
    body: sent,
  })
  if (!isObject(body)) throw invalidSyntax('A search request is a JSON object')
  return answer(turn, types, readSearchRequest(body, turn.principal.profile.allow), [], bytes)
}

/** A search on its way to an answer. */
interface Asked {
  readonly turn: Turn
  readonly search: SearchInput
  readonly plan: Plan
  /** How each type is shown, by its name. */
  readonly views: ReadonlyMap<string, View>
  /** The walk by cursor that this is a step of. */
  readonly walk?: { readonly name: string; readonly from: Cursor | undefined }
  readonly bytes: Uint8Array | undefined
}

function answer(
  turn: Turn,
  all: readonly ResourceType[],
  given: SearchInput,
  sensitivePaths: readonly string[],
  bytes?: Uint8Array,
): Answer | Promise<Answer> {
  const { call, principal, features } = turn
  const [only] = all.length === 1 ? all : []
  if (only) requireRight(turn, 'read', only)
  const types = all.filter((type) => may(principal, 'read', type.name))
  if (types.length === 0) throw forbidden('This token may read no resource type; give its connection the right to')
  if (given.filter !== undefined && !features.filter)
    throw invalidFilter('Filters are switched off for this tenant; leave the filter out')
  if (turn.delegate && weighSearch(given) === 'heavy') return turn.delegate(bytes)
  const search: SearchInput = features.sort ? given : withoutSort(given)

  const ready = (input: SearchInput, walk?: Asked['walk']): Asked => {
    const views = new Map(types.map((type) => [type.name, viewOf(turn, type, input)]))
    const plan = turn.directory.plan(turn.context, types, input, call.base, {
      groups: [...views.values()].some(showsGroups),
      after: walk?.from?.place,
      total: walk?.from === undefined,
    })
    if (sensitivePaths.length > 0) refuseSensitive(plan, sensitivePaths)
    return { turn, search: input, plan, views, bytes, ...(walk === undefined ? {} : { walk }) }
  }

  if (search.paging === 'index') {
    const asked = ready(search)
    return lookUp(asked) ?? page(asked)
  }
  // What a cursor is bound to: it is good for this walk of this principal alone (RFC 9865 §5.2, A-71).
  const name = walkOf(search, types, call.path, principal.actor, principal.tenant)
  return cursorOf(turn, search, name).then((from) =>
    page(ready(from === undefined ? search : { ...search, count: from.count }, { name, from })),
  )
}

async function cursorOf(turn: Turn, search: SearchInput, walk: string): Promise<Cursor | undefined> {
  if (!search.cursor) return undefined
  return readCursor(search.cursor, {
    key: await turn.cursorKey(),
    walk,
    now: turn.now(),
    count: search.countGiven,
  })
}

async function page({ turn, search, plan, views, walk, bytes }: Asked): Promise<Answer> {
  const { directory, catalog } = turn
  if (turn.delegate && plan.weight() === 'heavy') return turn.delegate(bytes)
  const page = await directory.find(plan)
  const large = (await memberTotal(turn, page.resources, views)) > STREAM_FROM
  if (turn.delegate && (large || isLarge(page.resources))) return turn.delegate(bytes)
  const total = walk?.from?.total ?? page.total ?? page.resources.length
  const next =
    walk !== undefined && page.next !== undefined && search.count > 0
      ? await writeCursor(
          { place: page.next, total, count: search.count },
          { key: await turn.cursorKey(), walk: walk.name, now: turn.now() },
        )
      : undefined
  const head = openList({
    totalResults: total,
    itemsPerPage: page.resources.length,
    ...(walk === undefined ? { startIndex: search.startIndex } : {}),
    ...(next === undefined ? {} : { nextCursor: next }),
  })
  const headers = ['Content-Type', turn.media, ...UNSHARED]
  if (large) return { status: 200, headers, body: stream(head, page.resources, views, catalog) }
  const texts = await textsOf(page.resources, views, catalog)
  return { status: 200, headers, body: whole(head, texts) }
}

/** Whether the resources of a page are so large together that to show them takes long. */
function isLarge(resources: readonly Stored[]): boolean {
  return resources.reduce((sum, { text }) => sum + text.length, 0) > LARGE_PAGE
}

/** So many resources are looked up one by one. */
const FEW = 20

/** One whom the filter may mean, as it is shown. */
type Shown = Pick<Finished, 'id' | 'text'>

/**
 * The answer to what identity providers ask before they create or change somebody: the index tells whom it can be, and the
 * finished text of each is kept or made, so that nothing is read for those who were asked for before. `undefined`: it is
 * asked, or to be shown, otherwise.
 */
function lookUp(asked: Asked): Answer | Promise<Answer> | undefined {
  const { turn, search, plan, views } = asked
  const [view] = views.size === 1 ? views.values() : []
  if (view === undefined || search.sortBy !== undefined) return undefined
  const { type, selection } = view
  const { plain, rows } = traitsOf(type)
  const filter = plan.query.types[0]?.filter
  if (filter === undefined || !plain || rows || !isDefault(selection)) return undefined
  const candidates = turn.directory.lookUp(plan, FEW, (number) => turn.texts.numbered(number, type) !== undefined)
  if (candidates === undefined) return undefined
  const shown: Shown[] = []
  const waiting: Promise<unknown>[] = []
  for (const { number, stored } of candidates) {
    const kept = stored === undefined ? turn.texts.numbered(number, type) : undefined
    if (kept !== undefined) shown.push(kept)
    if (stored === undefined) continue
    const text = represent(stored, view)
    const take = (one: string) => {
      turn.texts.keep(type, stored, one, number)
      shown.push({ id: stored.id, text: one })
    }
    if (typeof text === 'string') take(text)
    // Types with members, whose texts may be streams, are looked up otherwise.
    else waiting.push(text.then((one) => take(one as string)))
  }
  if (waiting.length === 0) return listOf(turn, search, filter, shown)
  return Promise.all(waiting).then(() => listOf(turn, search, filter, shown))
}

/** The list of those of a few who satisfy a filter. */
function listOf(turn: Turn, search: SearchInput, filter: BoundFilter, few: readonly Shown[]): Answer {
  // Of one comparison the index tells all.
  const exact = filter.op === 'eq' || filter.op === 'sw'
  const found = exact ? [...few] : satisfying(filter, few)
  if (found.length > 1) found.sort((a, b) => compareText(a.id, b.id))
  const first = search.startIndex - 1
  const page = first === 0 && found.length <= search.count ? found : found.slice(first, first + search.count)
  const head = openList({ totalResults: found.length, itemsPerPage: page.length, startIndex: search.startIndex })
  const texts = page.map(({ text }) => text)
  return { status: 200, headers: ['Content-Type', turn.media, ...UNSHARED], body: whole(head, texts) }
}

/** The text of a list. Not joined: what is only put together is copied once, on its way out. */
function whole(head: string, texts: readonly (string | AsyncIterable<string>)[]): string {
  let body = head
  for (const [at, text] of texts.entries()) body += at === 0 ? text : `,${text}`
  return body + LIST_END
}

/** Of each only the attributes are read that the filter asks about. */
function satisfying(filter: BoundFilter, few: readonly Shown[]): Shown[] {
  const names = new Set(targetsIn(filter).map(({ extension, attribute }) => extension ?? attribute.name))
  return few.filter(({ text }) => matches(pickMembers(text, names), filter))
}

/** How many members the page would show, counted no further than it matters. */
async function memberTotal(turn: Turn, page: readonly Stored[], views: ReadonlyMap<string, View>): Promise<number> {
  let total = 0
  for (const stored of page) {
    const view = views.get(stored.type)
    if (view === undefined || !traitsOf(view.type).rows || memberParts(view) === undefined) continue
    total += await turn.directory.memberCount(stored, STREAM_FROM + 1 - total)
    if (total > STREAM_FROM) break
  }
  return total
}

async function textsOf(
  page: readonly Stored[],
  views: ReadonlyMap<string, View>,
  catalog: Catalog,
): Promise<readonly (string | AsyncIterable<string>)[]> {
  if (views.size === 1) {
    const [view] = views.values()
    return view === undefined ? [] : representAll(page, view)
  }
  // Of several types: each resource by the view of its own, in the order of the page.
  const texts: (string | AsyncIterable<string>)[] = []
  for (const stored of page) {
    const type = typeByName(catalog, stored.type)
    const view = type && views.get(type.name)
    if (view) texts.push(...(await representAll([stored], view)))
  }
  return texts
}

/** A page with many members, made while it is sent: one resource at a time is in memory, and of a large group a part. */
async function* stream(
  head: string,
  page: readonly Stored[],
  views: ReadonlyMap<string, View>,
  catalog: Catalog,
): AsyncIterable<string> {
  yield head
  for (const [at, stored] of page.entries()) {
    if (at > 0) yield ','
    for (const text of await textsOf([stored], views, catalog)) {
      if (typeof text === 'string') yield text
      else yield* text
    }
  }
  yield LIST_END
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

/** Filters on values that a tenant calls sensitive may not stand in a URL (P-147). RFC 7644 §7.5.2. */
function refuseSensitive(plan: Plan, paths: readonly string[]): void {
  const folded = paths.map((path) => path.toLowerCase())
  for (const { filter } of plan.query.types) {
    for (const { path } of filter === undefined ? [] : targetsIn(filter)) {
      if (folded.includes(path.toLowerCase())) {
        throw sensitive(`A filter on ${path} may not stand in a URL here; send the search by POST to /.search`)
      }
    }
  }
}
