// Looks for an account that is there already, before one is made.

import { type Document, isObject, type Json } from '../../protocol/index.ts'
import {
  type Account,
  type AccountTraits,
  accountTag,
  type Former,
  type Link,
  type MatchKey,
  QUEUES,
} from '../contract/index.ts'
import { isEmpty } from './empty-queues.ts'
import { formerKey } from './settle.ts'
import { accountTraits, isThere } from './steps.ts'
import type { Job, Turn } from './turn.ts'

/** What a search in the app has found. */
export type Match =
  | { readonly found: 'none' }
  /** Exactly one that nobody here has. `former`: the resource here whose account it was. */
  | { readonly found: 'one'; readonly account: Account; readonly key: MatchKey; readonly former?: string }
  /** The account of another living resource here. */
  | { readonly found: 'taken'; readonly account: Account; readonly key: MatchKey; readonly by: string }
  | { readonly found: 'many'; readonly accounts: readonly Account[]; readonly key: MatchKey }

/** The keys that an account is looked up by, the surest first. A key without a value never matches. */
export function matchKeys(attributes: readonly string[], document: Document): readonly MatchKey[] {
  return attributes.flatMap((attribute) => {
    const value = valueAt(document, attribute)
    return value === undefined || value === '' ? [] : [{ attribute, value }]
  })
}

/** Searches the app for the account of a resource. Throws AppError and TurnOver. */
export async function matchAccount(turn: Turn, job: Job, document: Document): Promise<Match> {
  const { adapter } = turn.app
  const own = accountTraits(adapter.traits, job.link.type)
  let other: Match = { found: 'none' }
  for (const key of matchKeys(own?.match ?? [], document)) {
    const match = await matchBy(turn, job, key)
    if (match.found === 'one' || match.found === 'many') return match
    if (match.found === 'taken') {
      other = match
      break
    }
  }
  // A create of unknown outcome may have been sent under another name, which may be somebody else's by now. Ours is there
  // although the name that it must get is taken: whoever has that may be waiting for the other one.
  for (const key of own === undefined ? [] : searchable(own, job.link.tentative?.sentAs ?? [])) {
    const match = await matchBy(turn, job, key)
    if (match.found === 'one' && !isOthers(match.account, document)) return match
  }
  return other
}

async function matchBy(turn: Turn, job: Job, key: MatchKey): Promise<Match> {
  const accounts = await searchFor(turn, job, key)
  if (accounts.length > 1) {
    const [first] = await unlinked(turn, job, accounts)
    // A create that was sent twice: the other one is found by the verify read.
    if (job.link.tentative?.create === true && first !== undefined) return { found: 'one', account: first, key }
    return { found: 'many', accounts, key }
  }
  const [account] = accounts
  return account === undefined ? { found: 'none' } : ownerOf(turn, job, account, key)
}

/** Whether an account says that it is somebody else's than this resource's, and of the creates that were `sentAs` these. */
export function isOthers(account: Account, wanted: Document | undefined, sentAs: readonly MatchKey[] = []): boolean {
  if (account.document.externalId === undefined) return false
  const isKnown = wanted?.externalId !== undefined || sentAs.some(isExternalId)
  return isKnown && !isOurs(account, wanted, sentAs)
}

/** Whether an account says that it is this resource's, or was made by one of the creates that were `sentAs` these. */
export function isOurs({ document }: Account, wanted: Document | undefined, sentAs: readonly MatchKey[] = []): boolean {
  const { externalId } = document
  if (externalId === undefined) return false
  return externalId === wanted?.externalId || sentAs.some((key) => isExternalId(key) && key.value === externalId)
}

/** Those of the keys of a create that the app can be searched by. */
export function searchable({ match }: Pick<AccountTraits, 'match'>, keys: readonly MatchKey[]): readonly MatchKey[] {
  return keys.filter(({ attribute }) => match.includes(attribute))
}

/** Whether a key is the id that resources are given here. */
export function isExternalId({ attribute }: MatchKey): boolean {
  return attribute === 'externalId'
}

/** Each key once. */
export function withoutDoubles(keys: readonly MatchKey[]): readonly MatchKey[] {
  return [...new Map(keys.map((key) => [`${key.attribute} ${key.value}`, key])).values()]
}

/** Accounts that have a value, as the app shows them. */
export async function searchFor(turn: Turn, job: Job, key: MatchKey): Promise<readonly Account[]> {
  const { type } = job.link
  const pass = await turn.calls.pass({
    step: 'read',
    type,
    lane: job.lane,
    collection: true,
    headers: headersOf(turn, job),
  })
  return pass.send((call) => turn.app.adapter.find(type, key, call))
}

/** Headers that name a delivery. */
export function headersOf(turn: Turn, { item }: Job): { readonly [name: string]: string } {
  return { 'lockstep-delivery': `${turn.app.settings.id}/${item.key}/${item.place}` }
}

/** Whose account it is: of nobody here, of someone who left, or of another living resource. */
export async function ownerOf(turn: Turn, job: Job, account: Account, key: MatchKey): Promise<Match> {
  const tag = accountTag(job.link.type, account.id)
  const claimed = turn.claims.get(tag) ?? turn.claims.get(nameClaim(job.link.type, key))
  if (claimed !== undefined && claimed !== job.item.key) return { found: 'taken', account, key, by: claimed }
  const { tenant, app, deps } = turn
  const items = await deps.store.items(tenant, QUEUES.links(app.settings.id), { tag, limit: 10 })
  let former: string | undefined
  for (const { key: resource, value } of items) {
    const link = value as unknown as Link
    if (resource === job.item.key || link.account !== account.id || link.type !== job.link.type) continue
    if (link.goneAt === undefined) return { found: 'taken', account, key, by: resource }
    former = resource
  }
  // Nothing was awaited since the claims were looked at for the last time but the items.
  const taken = turn.claims.get(tag)
  if (taken !== undefined && taken !== job.item.key) return { found: 'taken', account, key, by: taken }
  turn.claims.set(tag, job.item.key)
  return { found: 'one', account, key, ...(former === undefined ? {} : { former }) }
}

/**
 * Whether an account belongs to another resource by now: that of the same person, hired again, or of somebody to whom the app has given
 * the id once more.
 */
export async function isTakenOver(turn: Turn, { link, item }: Job): Promise<boolean> {
  const { account, type } = link
  if (account === undefined) return false
  const { tenant, app, deps } = turn
  const tag = accountTag(type, account)
  const items = await deps.store.items(tenant, QUEUES.links(app.settings.id), { tag, limit: 10 })
  return items.some(({ key, value }) => {
    const other = value as unknown as Link
    const isComing = other.adopting === true && other.wanted === 'active'
    const isOn = other.goneAt === undefined && (other.acked?.active !== false || isComing)
    return key !== item.key && other.account === account && other.type === type && isOn
  })
}

async function unlinked(turn: Turn, job: Job, accounts: readonly Account[]): Promise<readonly Account[]> {
  const free: Account[] = []
  for (const account of accounts) {
    const { found } = await ownerOf(turn, job, account, { attribute: 'id', value: account.id })
    if (found === 'one') {
      free.push(account)
      break
    }
  }
  return free
}

/** The old account of someone who left under this name; in an app that hides accounts that are off, nothing else finds it. */
export async function formerAccount(turn: Turn, job: Job, document: Document): Promise<Former | undefined> {
  const name = document.userName
  if (job.link.type !== 'User' || typeof name !== 'string' || name === '') return undefined
  const { tenant, app, deps } = turn
  if (await isEmpty(turn, 'former')) return undefined
  const [item] = await deps.store.items(tenant, QUEUES.former(app.settings.id), { keys: [formerKey(name)] })
  return item === undefined ? undefined : (item.value as unknown as Former)
}

/** Whether a link's account is in the app as far as it was confirmed. */
export function accountOf(turn: Turn, link: Link | undefined): string | undefined {
  return isThere(turn.app.adapter.traits, link) ? link?.account : undefined
}

/** Claims a name while an account is made with it: who finds that account then must not take it for a stranger's. */
export function claimNames({ app, claims }: Turn, { item }: Job, type: Link['type'], document: Document): void {
  const { match = [], unique = [] } = accountTraits(app.adapter.traits, type) ?? {}
  for (const key of matchKeys([...match, ...unique], document)) claims.set(nameClaim(type, key), item.key)
}

function nameClaim(type: Link['type'], { attribute, value }: MatchKey): string {
  return `${type} ${attribute} ${value.toLowerCase()}`
}

/** The text at a path of an account: `userName`, `emails.value` (the primary one, else the first). */
export function valueAt(document: Document, path: string): string | undefined {
  // URNs have dots in them: the attribute is what comes after the last colon.
  const colon = path.lastIndexOf(':')
  const inside = colon < 0 ? document : document[path.slice(0, colon)]
  const [name = '', sub] = path.slice(colon + 1).split('.')
  let value: Json | undefined = isObject(inside) ? inside[name] : undefined
  if (Array.isArray(value)) {
    const list = value as readonly Json[]
    value = list.find((one) => isObject(one) && one.primary === true) ?? list[0]
  }
  if (sub !== undefined && isObject(value)) value = value[sub]
  return typeof value === 'string' ? value : undefined
}
