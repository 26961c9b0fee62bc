// Finds accounts by looking through the whole list, for apps that can't be asked for one.

import type { Document, JsonObject } from '../../protocol/index.ts'
import { type Account, type AccountPage, type AccountType, AppError, type MatchKey } from '../contract/index.ts'

/** Gives one page of a list. */
type ListPage<Context> = (type: AccountType, after: string | undefined, app: Context) => Promise<AccountPage>

/** Most pages that a look through a list reads. */
const MOST_PAGES = 10_000

/** All accounts of a type, page by page. A list that never ends is no list. */
async function* listed<Context>(list: ListPage<Context>, type: AccountType, app: Context): AsyncGenerator<Account> {
  let after: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { accounts, next } = await list(type, after, app)
    yield* accounts
    if (next === undefined) return
    after = next
  }
  throw new AppError('unavailable', `The list of accounts has more than ${MOST_PAGES} pages`)
}

/** Accounts with a value, the first two. */
export async function findListed<Context>(
  list: ListPage<Context>,
  type: AccountType,
  { attribute, value }: MatchKey,
  app: Context,
): Promise<readonly Account[]> {
  const found: Account[] = []
  for await (const account of listed(list, type, app)) {
    if (valuesAt(account.document, attribute).some((one) => sameText(attribute, one, value))) found.push(account)
    if (found.length === 2) break
  }
  return found
}

/** The account of an id. */
export async function readListed<Context>(
  list: ListPage<Context>,
  type: AccountType,
  id: string,
  app: Context,
): Promise<Account | undefined> {
  for await (const account of listed(list, type, app)) if (account.id === id) return account
  return undefined
}

function valuesAt(document: Document, attribute: string): readonly unknown[] {
  const [first = '', sub] = attribute.split('.')
  const value = document[first]
  if (sub === undefined) return [value]
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value]
  return entries.map((entry) => (typeof entry === 'object' && entry !== null ? (entry as JsonObject)[sub] : undefined))
}

/** Ids are compared to the letter, names not. RFC 7643 §4.1. */
function sameText(attribute: string, a: unknown, b: string): boolean {
  if (typeof a !== 'string') return false
  return attribute === 'externalId' ? a === b : a.toLowerCase() === b.toLowerCase()
}
