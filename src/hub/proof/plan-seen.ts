// What an app holds of links that were remembered before a backup was restored, for a plan.

import type { Account, AccountType, CompiledApp, Link } from '../contract/index.ts'
import { asRead, hasAccess, isStale } from '../engine/disputes.ts'
import { accountTraits, managedOf } from '../engine/steps.ts'
import type { PlanReads } from './plan-reads.ts'

/** Reads of one type after which the app is listed once instead. */
const READS = 25
/** Accounts that are kept in memory at most; in larger apps each one is read. */
const LISTED = 200_000

/** Shows the account of an id as the app has it now. */
export type Seen = (type: AccountType, id: string) => Promise<Account | undefined>

/** Creates what shows accounts to one plan: one by one, or by one list of all. */
export function createSeen(reads: PlanReads): Seen {
  const counts = new Map<AccountType, number>()
  const lists = new Map<AccountType, Promise<ReadonlyMap<string, Account> | undefined>>()
  return async (type, id) => {
    const count = (counts.get(type) ?? 0) + 1
    counts.set(type, count)
    if (count > READS && !lists.has(type)) lists.set(type, listAll(reads, type))
    const listed = await lists.get(type)
    // Lists may miss what a read shows: accounts that are off, rows that move while they are read.
    return listed?.get(id) ?? reads.read(type, id)
  }
}

async function listAll(reads: PlanReads, type: AccountType): Promise<ReadonlyMap<string, Account> | undefined> {
  const byId = new Map<string, Account>()
  for await (const accounts of reads.list(type)) {
    for (const account of accounts) byId.set(account.id, account)
    if (byId.size > LISTED) return undefined
  }
  return byId
}

/** Whether the app has to be asked before it can be said what would be sent: once it is resumed, it will be. */
export function mustBeSeen(app: CompiledApp, link: Link): boolean {
  const isReadable = accountTraits(app.adapter.traits, link.type)?.unreadable !== true
  if (!isReadable || link.account === undefined) return false
  return app.settings.review !== undefined || isStale(app, link)
}

/** A link as it will be once its account has been read back. */
export function asSeen(app: CompiledApp, link: Link, seen: Account | undefined, now: number): Link {
  const { account: _account, acked: _acked, ...rest } = link
  if (seen === undefined) return { ...rest, lostAt: now, ...(hasAccess(link) ? { disputed: true } : {}) }
  const active = link.type === 'User' ? { active: seen.document.active !== false } : {}
  const read: Link = { ...link, ...asRead(app), acked: managedOf(app, link, { ...seen.document, ...active }) }
  return hasAccess(read) === hasAccess(link) ? read : { ...read, disputed: true }
}
