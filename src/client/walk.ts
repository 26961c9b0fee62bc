// Walks over all resources of a search, page after page, and notices when some are missing.

import { ConfigError, type ResourceType, ScimError } from '../protocol/index.ts'
import { CLIENT_LIMITS } from './limits.ts'
import type { Received } from './received.ts'
import { isMissing, type ReadPage, readOnePage, type Search, type Start } from './search.ts'
import type { Send } from './send.ts'
import { TransportError } from './transport-error.ts'

/** A walk through all pages. */
export interface Walk<T = ResourceType> extends Search<T> {
  /** How to go from page to page. Default: by cursor where the server says that it can, else by index. RFC 9865. */
  readonly paging?: 'index' | 'cursor' | undefined
  /** Most resources to return. */
  readonly limit?: number | undefined
  /** Takes what comes, though it is less than the server counts: for servers that count resources they don't show. */
  readonly partial?: boolean | undefined
}

/** What one pass through all pages has seen. */
interface Pass {
  /** From 1. */
  readonly number: number
  /** Different resources that it gave. */
  distinct: number
  /** Entries that are no resource with an id. */
  unusable: number
  /** `totalResults` as the pages of this pass said it. */
  totals: { readonly first: number; readonly least: number; readonly most: number; readonly last: number } | undefined
  /** Some may have moved in front of where the next page began without being read again. */
  gap: boolean
  /** Resources that no pass before had given. */
  fresh: number
  /** Why it is not whole whatever the figures say, so that another pass would not help. */
  lack: string | undefined
  /** Why it could not come to its end. */
  broken: string | undefined
  /** The cursor came to its end before the list did. */
  expired: ScimError | undefined
}

/**
 * All resources of a search, page after page, each once. With index paging the next page starts after the resources that were
 * received, whatever the server says of its pages. Resources that moved meanwhile are read again, and the whole list too when it had
 * fewer distinct resources than `totalResults`. If some are still missing: ERR_INCOMPLETE, so that they are not mistaken for
 * deleted ones. A walk whose cursor expired starts over and gives only what is new. RFC 7644 §3.4.2.4, RFC 9865.
 */
export async function* walk<T extends ResourceType>(
  send: Send,
  type: T,
  search: Walk,
  options: { readonly urlLength: number; readonly hasCursors: (signal?: AbortSignal) => Promise<boolean> },
): AsyncGenerator<Received<T>, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY, partial = false, signal } = search
  if (search.count !== undefined && !(search.count >= 1)) {
    throw new ConfigError('count', `must be at least 1 to walk through a list, not ${search.count}`)
  }
  if (Number.isNaN(limit)) throw new ConfigError('limit', 'must be a number of resources')
  if (limit <= 0) return
  const byCursor = search.paging === undefined ? await options.hasCursors(signal) : search.paging === 'cursor'
  const ask = createAsk(send, type, search, options.urlLength)
  /** Each id with the last pass that gave it. */
  const seen = new Map<string, number>()
  let given = 0
  let before: Pass | undefined
  let passes = 0
  for (let number = 1; ; number++) {
    const pass = newPass(number)
    for await (const resource of readPass(ask, search, byCursor, pass, seen)) {
      yield resource
      given += 1
      if (given >= limit) return
    }
    if (pass.broken !== undefined) throw incomplete(type, pass.broken)
    if (pass.expired !== undefined) {
      // Begun again it comes further, as long as it does.
      if (pass.fresh === 0) throw pass.expired
      continue
    }
    if (partial) return
    if (pass.lack !== undefined) throw incomplete(type, pass.lack)
    const lack = shortfall(pass, before)
    if (lack === undefined) return
    // One that gave the same as the pass before is not worth another.
    const stands = before !== undefined && pass.fresh === 0 && isAlike(pass, before)
    passes += 1
    if (stands || passes >= CLIENT_LIMITS.PASSES) throw incomplete(type, lack)
    before = pass
  }
}

type Ask<T extends ResourceType> = (start: Start, isStale: (page: ReadPage<T>) => boolean) => Promise<ReadPage<T>>

/** Asks for one page; in a body from then on where the server reads `startIndex` there alone. */
function createAsk<T extends ResourceType>(send: Send, type: T, search: Search, urlLength: number): Ask<T> {
  let asked = search
  // The second page shows whether the server heeds startIndex.
  let isSettled = search.sensitive === true
  return async (start, isStale) => {
    const page = await readOnePage(send, type, asked, start, urlLength)
    if (isSettled || (start.startIndex ?? 1) <= 1) return page
    isSettled = true
    if (!isStale(page)) return page
    // Some servers (scimmy-routers 1.3) read startIndex only as a number, which a URL can't hold; a body can.
    const inBody = { ...search, sensitive: true }
    const again = await orMissing(readOnePage(send, type, inBody, start, urlLength))
    if (again === undefined || isStale(again)) return page
    asked = inBody
    return again
  }
}

/** One pass through all pages; gives what no pass before gave. */
async function* readPass<T extends ResourceType>(
  ask: Ask<T>,
  search: Walk,
  byCursor: boolean,
  pass: Pass,
  seen: Map<string, number>,
): AsyncGenerator<Received<T>, void, undefined> {
  const isStale = ({ resources }: ReadPage<T>) =>
    resources.length > 0 && resources.every((each) => seen.get((each as { id: string }).id) === pass.number)
  const cursors = new Set<string>()
  let start: Start = byCursor ? { cursor: '' } : {}
  const place = createPlace(pass)
  for (let pages = 0; pages < CLIENT_LIMITS.PAGES; pages++) {
    let page: ReadPage<T>
    try {
      page = await ask(start, isStale)
    } catch (error) {
      if (!isExpired(error, start)) throw error
      pass.expired = error
      return
    }
    const before = pass.distinct
    for (const resource of page.resources) {
      const { id } = resource as { id: string }
      const last = seen.get(id)
      if (last === pass.number) continue
      if (last === undefined && seen.size >= CLIENT_LIMITS.SEEN_IDS) {
        pass.broken = `it has more than ${CLIENT_LIMITS.SEEN_IDS} resources; ask for it in parts, by a filter`
        return
      }
      seen.set(id, pass.number)
      pass.distinct += 1
      if (last !== undefined) continue
      pass.fresh += 1
      yield resource
    }
    pass.unusable += page.unusable
    if (pass.unusable > 0) pass.lack = `${pass.unusable} of its entries have no id, so that they can't be worked with`
    const { nextCursor } = page
    if (nextCursor !== undefined && search.paging !== 'index') {
      noteTotal(pass, page.totalResults)
      if (cursors.has(nextCursor)) {
        pass.broken = 'the server gave a cursor twice'
        return
      }
      cursors.add(nextCursor)
      start = { cursor: nextCursor }
      continue
    }
    if (start.cursor !== undefined && start.cursor !== '') {
      noteTotal(pass, page.totalResults)
      return
    }
    // The server advertises cursors but returned none: continue by index.
    const entries = page.resources.length + page.unusable
    const next = place(entries, page.totalResults, pass.distinct - before, search.count)
    if (next === undefined) return
    start = { startIndex: next }
  }
  pass.broken = `it has more than ${CLIENT_LIMITS.PAGES} pages`
}

/** Where the next page begins, from 1, worked out from each page by index; undefined at the end. */
function createPlace(pass: Pass) {
  let next = 1
  let furthest = 1
  let stale = 0
  let steps = 0
  let reread = 0
  return (entries: number, total: number | undefined, fresh: number, count?: number) => {
    const shrunk = Math.max(0, (pass.totals?.last ?? 0) - (total ?? 0))
    noteTotal(pass, total)
    next += entries
    if (fresh > 0) steps += 1
    if (shrunk > 0 && total !== undefined && next > 1) {
      // That many unread resources may have moved to before this position.
      reread += shrunk
      if (reread <= (pass.totals?.most ?? 0)) {
        next = Math.max(1, next - shrunk)
        return next
      }
      pass.gap = true
    }
    stale = fresh === 0 && next > furthest ? stale + 1 : 0
    furthest = Math.max(furthest, next)
    if (entries === 0) return undefined
    if (total === undefined) {
      if (fresh > 0) return next
      // A server that returns its first page again, and a full one, may have more.
      if (steps <= 1 && entries === count) {
        pass.lack = 'the server gives the same page whatever startIndex says, and no totalResults'
      }
      return undefined
    }
    // Only where all figures agree is it known to be the end; else an empty page is.
    if (next - 1 === total && pass.distinct + pass.unusable === total) return undefined
    if (stale < CLIENT_LIMITS.STALE_PAGES) return next
    if (steps <= 1 && pass.distinct < total) pass.lack = 'the server gives the same page whatever startIndex says'
    return undefined
  }
}

function newPass(number: number): Pass {
  return {
    number,
    distinct: 0,
    unusable: 0,
    totals: undefined,
    gap: false,
    fresh: 0,
    lack: undefined,
    broken: undefined,
    expired: undefined,
  }
}

function noteTotal(pass: Pass, total: number | undefined): void {
  if (total === undefined) return
  const { first = total, least = total, most = total } = pass.totals ?? {}
  pass.totals = { first, least: Math.min(least, total), most: Math.max(most, total), last: total }
}

/** What a pass lacks to be the whole list, in words; undefined when it is. `before`: the pass before it. */
function shortfall({ distinct, totals, gap }: Pass, before: Pass | undefined): string | undefined {
  if (totals === undefined || distinct >= totals.most) return undefined
  const why = `${distinct} different resources came, and totalResults says ${totals.most}`
  if (before === undefined) return why
  // The first pass must return the highest total seen. On a busy server a second pass can't: resources that were created or deleted
  // while it ran may be missing, as long as the total continues from the previous pass.
  const hasOnlyGrown = totals.first === totals.least
  const goesOn = before.totals !== undefined && totals.first <= before.totals.last && !gap
  const wanted = hasOnlyGrown ? totals.first : goesOn ? totals.least : totals.most
  return distinct >= wanted ? undefined : why
}

function isAlike(a: Pass, b: Pass): boolean {
  return a.distinct === b.distinct && a.totals?.first === b.totals?.first && a.totals?.last === b.totals?.last
}

/** The server no longer knows the cursor that it gave. RFC 9865 §2. */
function isExpired(error: unknown, { cursor }: Start): error is ScimError {
  if (cursor === undefined || cursor === '' || !(error instanceof ScimError)) return false
  return error.scimType === 'expiredCursor' || error.scimType === 'invalidCursor'
}

/** Undefined where the server has no `/.search`. */
async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function incomplete(type: ResourceType, lack: string): TransportError {
  return new TransportError('ERR_INCOMPLETE', `the list of ${type.endpoint} is not whole: ${lack}`, {
    mayBeDone: false,
  })
}
