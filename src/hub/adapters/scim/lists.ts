// Reads lists of accounts page by page; one that ends early or repeats itself is no list. RFC 7644 §3.4.2.4.

import { type RawPage, readPage } from '../../../client/index.ts'
import { isObject, type Json } from '../../../protocol/index.ts'
import { parseUrl } from '../../../url.ts'
import { type Account, type AccountPage, type AdapterCall, AppError } from '../../contract/index.ts'
import type { AccountForm } from './account-form.ts'
import type { ScimOptions } from './scim-settings.ts'
import type { Ask } from './wire.ts'

/** What lists are read with. */
export interface ListDeps {
  readonly options: ScimOptions
  readonly ask: Ask
}

/** Where the next page begins, and what the pages before it said. */
interface Place {
  /** Index of its first entry, from 1; or its cursor; or its path. */
  readonly at: number | string
  /** Entries so far. */
  readonly seen: number
  /** What the page before said that there are in all. */
  readonly total: number | null
  /** Id of the very first account: a server that begins again shows it again. */
  readonly first: string
  /** By how many entries was gone back, as a list became shorter. */
  readonly back: number
}

/** One page of all accounts of a type. Throws AppError, also for a list that is not whole. */
export async function readList(
  deps: ListDeps,
  form: AccountForm,
  after: string | undefined,
  call: AdapterCall,
): Promise<AccountPage> {
  const { paging } = deps.options.profile
  const place = after === undefined ? undefined : parsePlace(after)
  switch (paging.style) {
    case 'cursor':
      return byCursor(deps, form, place, call)
    case 'link':
      return byLink(deps, form, place, call)
    default:
      return byIndex(deps, form, place, call)
  }
}

async function byIndex({ options, ask }: ListDeps, form: AccountForm, place: Place | undefined, call: AdapterCall) {
  const { count } = options.profile.paging
  const at = Number(place?.at ?? 1)
  const query = { startIndex: at, count, ...withoutMembers(form, options) }
  const page = pageOf((await ask({ method: 'GET', path: form.endpoint, query }, call)).body, form)
  const accounts = accountsOf(page, form)
  const total = totalOf(page, options)
  const first = accounts[0]?.id ?? ''
  if (accounts.length === 0) {
    if (total !== undefined && at - 1 < total) throw endedEarly(form, at - 1, total)
    return { accounts }
  }
  if (place !== undefined && first === place.first) {
    throw notWhole(form, 'the app gives the same page whatever startIndex says')
  }
  // As many as there are fewer may have moved to before this page without being read.
  const shrunk = Math.max(0, (place?.total ?? 0) - (total ?? place?.total ?? 0))
  const back = (place?.back ?? 0) + shrunk
  if (back > Math.max(place?.total ?? 0, MOST_BACK))
    throw notWhole(form, 'it becomes shorter while it is read, again and again')
  const next = Math.max(1, at + accounts.length - shrunk)
  if (total !== undefined && next > total) return { accounts }
  const seen = (place?.seen ?? 0) + accounts.length
  return {
    accounts,
    next: formatPlace({ at: next, seen, total: total ?? null, first: place?.first ?? first, back }),
  }
}

/** How many entries a short list may be gone back by. */
const MOST_BACK = 1_000

async function byCursor({ options, ask }: ListDeps, form: AccountForm, place: Place | undefined, call: AdapterCall) {
  const { count } = options.profile.paging
  const cursor = String(place?.at ?? '')
  const query = { cursor, count, ...withoutMembers(form, options) }
  const page = pageOf((await ask({ method: 'GET', path: form.endpoint, query }, call)).body, form)
  return following(form, accountsOf(page, form), totalOf(page, options), place, page.nextCursor)
}

async function byLink({ options, ask }: ListDeps, form: AccountForm, place: Place | undefined, call: AdapterCall) {
  const { count } = options.profile.paging
  const first = { path: form.endpoint, query: { count, ...withoutMembers(form, options) } }
  const answer = await ask({ method: 'GET', ...(place === undefined ? first : { path: String(place.at) }) }, call)
  const page = pageOf(answer.body, form)
  const next = linkOf(answer.headers.get('link'), options, form)
  return following(form, accountsOf(page, form), totalOf(page, options), place, next)
}

/** The page, and what follows it: a page that is named, or the end, which is checked. */
function following(
  form: AccountForm,
  accounts: readonly Account[],
  total: number | undefined,
  place: Place | undefined,
  next: string | undefined,
): AccountPage {
  const seen = (place?.seen ?? 0) + accounts.length
  if (next === undefined) {
    if (total !== undefined && seen < total) throw endedEarly(form, seen, total)
    return { accounts }
  }
  const first = accounts[0]?.id ?? ''
  if (next === place?.at || (place !== undefined && first !== '' && first === place.first)) {
    throw notWhole(form, 'the app gives the same page again')
  }
  return {
    accounts,
    next: formatPlace({ at: next, seen, total: total ?? null, first: place?.first ?? first, back: 0 }),
  }
}

/** The path, below the base URL, of the page that a Link header calls the next one. RFC 8288. */
function linkOf(header: string | null, { url }: ScimOptions, form: AccountForm): string | undefined {
  for (const part of (header ?? '').slice(0, LINK_LENGTH).split(',')) {
    const from = part.indexOf('<')
    const to = part.indexOf('>', from)
    if (from < 0 || to < 0 || !/;\s*rel\s*=\s*"?next"?/i.test(part.slice(to))) continue
    const base = new URL(`${url}/`)
    const text = part.slice(from + 1, to)
    const target = parseUrl(text, base.href)
    // Credentials go nowhere else.
    if (target === null || target.origin !== base.origin || !target.pathname.startsWith(base.pathname)) {
      throw notWhole(form, `its next page is said to be at ${text.slice(0, 100)}, which is not below ${url}`)
    }
    return `/${target.pathname.slice(base.pathname.length)}${target.search}`
  }
  return undefined
}

/** Longest Link header that is read. */
const LINK_LENGTH = 8_192

/** The list in an answer. Throws AppError for anything else. */
export function pageOf(body: Parameters<typeof readPage>[0], form: AccountForm): RawPage {
  const page = readPage(body)
  if (page !== undefined) return page
  throw notWhole(form, 'the answer has neither "Resources" nor "totalResults"')
}

/** The accounts of a page. An entry without an id can't be told from others, so that the list is not whole. */
export function accountsOf(page: RawPage, form: AccountForm): readonly Account[] {
  const accounts = page.resources.map((each) => form.read(each)).filter((each) => each !== undefined)
  const lost = page.resources.length + page.unusable - accounts.length
  if (lost > 0) throw notWhole(form, `${lost} of its entries have no id`)
  return accounts
}

function totalOf({ totalResults }: RawPage, { profile }: ScimOptions): number | undefined {
  return profile.paging.totals ? totalResults : undefined
}

/** Groups are read without their members, of whom there may be many. RFC 7644 §3.9. */
export function withoutMembers(form: AccountForm, { profile }: ScimOptions): { readonly excludedAttributes?: string } {
  const isGroups = form.endpoint === profile.paths.groups
  return isGroups && profile.protocol === '2.0' ? { excludedAttributes: 'members' } : {}
}

function endedEarly(form: AccountForm, seen: number, total: number): AppError {
  return notWhole(form, `it ended after ${seen} entries, and the app said that there are ${total}`)
}

function notWhole(form: AccountForm, why: string): AppError {
  return new AppError('unavailable', `The list of ${form.endpoint} is not whole: ${why}`)
}

function formatPlace({ at, seen, total, first, back }: Place): string {
  return JSON.stringify([at, seen, total, first, back])
}

function parsePlace(text: string): Place {
  const read = JSON.parse(text) as Json
  const [at, seen, total, first, back] = Array.isArray(read) && !isObject(read) ? read : []
  return {
    at: typeof at === 'number' ? at : String(at ?? ''),
    seen: Number(seen ?? 0),
    total: typeof total === 'number' ? total : null,
    first: String(first ?? ''),
    back: Number(back ?? 0),
  }
}
