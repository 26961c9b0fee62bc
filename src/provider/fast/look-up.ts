// Short cut: answers a look-up by index from kept texts, without a query.

import type { Answer } from '../../call.ts'
import { traitsOf } from '../../directory/index.ts'
import {
  type BoundFilter,
  compareText,
  isDefault,
  matches,
  openList,
  pickMembers,
  type SearchInput,
  targetsIn,
} from '../../protocol/index.ts'
import { listBody } from '../list-body.ts'
import type { PlannedSearch } from '../planned-search.ts'
import { represent } from '../represent.ts'
import type { RequestContext } from '../request.ts'
import { UNSHARED } from '../respond.ts'
import type { Finished } from './kept-texts.ts'

/** Resources that are looked up one by one; a search for more goes the usual way. */
const FEW = 20

/** A resource that may match the filter, as it is shown. */
type Shown = Pick<Finished, 'id' | 'text'>

/**
 * The answer to the look-up that identity providers send before they create or change a user: the index says which resources may
 * match, and the text of each is kept or made here, so that nothing is read for those asked for before. `undefined`: the search
 * asks for more than that.
 */
export function lookUp(planned: PlannedSearch): Answer | Promise<Answer> | undefined {
  const { request, search, plan, views } = planned
  const [view] = views.size === 1 ? views.values() : []
  if (view === undefined || search.sortBy !== undefined) return undefined
  const { type, selection } = view
  const { plain, rows } = traitsOf(type)
  const filter = plan.query.types[0]?.filter
  if (filter === undefined || !plain || rows || !isDefault(selection)) return undefined
  const { texts } = request
  if (texts === undefined) return undefined
  const candidates = request.directory.lookUp(plan, FEW, (number) => texts.numbered(number, type) !== undefined)
  if (candidates === undefined) return undefined
  const shown: Shown[] = []
  const waiting: Promise<unknown>[] = []
  for (const { number, stored } of candidates) {
    const kept = stored === undefined ? texts.numbered(number, type) : undefined
    if (kept !== undefined) shown.push(kept)
    if (stored === undefined) continue
    const text = represent(stored, view)
    const take = (one: string) => {
      texts.keep(type, stored, one, number)
      shown.push({ id: stored.id, text: one })
    }
    if (typeof text === 'string') take(text)
    // Types with members, whose texts may be streams, never get here.
    else waiting.push(text.then((one) => take(one as string)))
  }
  if (waiting.length === 0) return listOf(request, search, filter, shown)
  return Promise.all(waiting).then(() => listOf(request, search, filter, shown))
}

/** The list of those of a few resources that match a filter. */
function listOf(request: RequestContext, search: SearchInput, filter: BoundFilter, few: readonly Shown[]): Answer {
  // For a single comparison the index is exact.
  const exact = filter.op === 'eq' || filter.op === 'sw'
  const found = exact ? [...few] : satisfying(filter, few)
  if (found.length > 1) found.sort((a, b) => compareText(a.id, b.id))
  const first = search.startIndex - 1
  const page = first === 0 && found.length <= search.count ? found : found.slice(first, first + search.count)
  const head = openList({ totalResults: found.length, itemsPerPage: page.length, startIndex: search.startIndex })
  const shown = page.map(({ text }) => text)
  return { status: 200, headers: ['Content-Type', request.media, ...UNSHARED], body: listBody(head, shown) }
}

/** Reads only the attributes that the filter compares. */
function satisfying(filter: BoundFilter, few: readonly Shown[]): Shown[] {
  const names = new Set(targetsIn(filter).map(({ extension, attribute }) => extension ?? attribute.name))
  return few.filter(({ text }) => matches(pickMembers(text, names), filter))
}
