// Finds accounts that are in an app already, for a plan: one by one, or by one list of all.

import type { Store, Work } from '../../store/index.ts'
import { type Account, type AccountType, accountTag, type Link, type MatchKey, QUEUES } from '../contract/index.ts'
import { valueAt } from '../engine/match.ts'
import type { PlanReads } from './plan-reads.ts'

/** What a search has found. */
export type PlannedMatch =
  | { readonly found: 'none' }
  | { readonly found: 'one'; readonly account: Account; readonly key: MatchKey; readonly former?: string }
  | { readonly found: 'taken'; readonly account: Account; readonly key: MatchKey; readonly by: string }
  | { readonly found: 'many'; readonly accounts: readonly Account[]; readonly key: MatchKey }

/** Searches an app. */
export type Matcher = (resource: string, type: AccountType, keys: readonly MatchKey[]) => Promise<PlannedMatch>

/** Searches of one type after which the app is listed once instead. */
const SEARCHES = 25
/** Accounts that are kept in memory at most; in larger apps each one is searched for. */
const LISTED = 200_000

interface Listed {
  readonly count: number
  readonly byValue: ReadonlyMap<string, readonly Account[]>
}

/** Creates a matcher for one plan. */
export function createMatcher(
  store: Pick<Store & Work, 'items'>,
  tenant: string,
  app: string,
  reads: PlanReads,
  matchAttributes: (type: AccountType) => readonly string[],
): Matcher {
  const searches = new Map<AccountType, number>()
  const lists = new Map<AccountType, Listed | 'too many'>()
  /** Accounts that the plan gives to somebody already. */
  const claims = new Map<string, string>()

  async function accountsWith(type: AccountType, key: MatchKey): Promise<readonly Account[]> {
    const count = (searches.get(type) ?? 0) + 1
    searches.set(type, count)
    if (count > SEARCHES && !lists.has(type)) lists.set(type, await listAll(reads, type, matchAttributes(type)))
    const listed = lists.get(type)
    if (listed === undefined || listed === 'too many') return reads.find(type, key)
    return listed.byValue.get(foldedKey(key)) ?? []
  }

  async function ownerOf(
    resource: string,
    type: AccountType,
    account: Account,
  ): Promise<{ readonly living?: string; readonly former?: string }> {
    const tag = accountTag(type, account.id)
    const claimed = claims.get(tag)
    if (claimed !== undefined && claimed !== resource) return { living: claimed }
    const items = await store.items(tenant, QUEUES.links(app), { tag, limit: 10 })
    let former: string | undefined
    for (const { key, value } of items) {
      const link = value as unknown as Link
      if (key === resource || link.account !== account.id || link.type !== type) continue
      if (link.goneAt === undefined) return { living: key }
      former = key
    }
    claims.set(tag, resource)
    return former === undefined ? {} : { former }
  }

  return async (resource, type, keys) => {
    for (const key of keys) {
      const accounts = await accountsWith(type, key)
      if (accounts.length > 1) return { found: 'many', accounts, key }
      const [account] = accounts
      if (account === undefined) continue
      const { living, former } = await ownerOf(resource, type, account)
      if (living !== undefined) return { found: 'taken', account, key, by: living }
      return { found: 'one', account, key, ...(former === undefined ? {} : { former }) }
    }
    return { found: 'none' }
  }
}

async function listAll(
  reads: PlanReads,
  type: AccountType,
  attributes: readonly string[],
): Promise<Listed | 'too many'> {
  const byValue = new Map<string, Account[]>()
  let count = 0
  for await (const accounts of reads.list(type)) {
    count += accounts.length
    if (count > LISTED) return 'too many'
    for (const account of accounts) {
      for (const attribute of attributes) {
        const value = valueAt(account.document, attribute)
        if (value === undefined || value === '') continue
        const key = foldedKey({ attribute, value })
        const same = byValue.get(key)
        // Index paging may show an account twice.
        if (same === undefined) byValue.set(key, [account])
        else if (!same.some(({ id }) => id === account.id)) same.push(account)
      }
    }
  }
  return { count, byValue }
}

/** Apps compare names without case nearly always; where one does not, the delivery asks the app itself. */
function foldedKey({ attribute, value }: MatchKey): string {
  return `${attribute}\n${value.toLowerCase()}`
}
