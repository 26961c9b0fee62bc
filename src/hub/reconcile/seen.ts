// What an app has listed during a sweep, kept until our links have been held against it.

import { type Document, isObject } from '../../protocol/index.ts'
import type { Item, Work, WorkWrite } from '../../store/index.ts'
import { type Account, type AccountType, QUEUES } from '../contract/index.ts'
import type { Shown } from './classify.ts'

/** A sweep that stops for good leaves nothing behind for longer than that. */
const KEEP_MS = 7 * 86_400_000

/** An account that was listed. */
export interface Seen extends Shown {
  readonly key: string
  readonly account: string
  readonly name: string
}

/** The key of a listed account. App ids may be longer than keys; what is found is compared whole. */
export function seenKey(run: string, type: AccountType, account: string): string {
  return `${run}/${type}/${account.length <= 300 ? account : account.slice(-300)}`
}

/** Keeps an account that was listed, with the part that can be compared. */
export function seeWrite(
  place: { readonly tenant: string; readonly app: string; readonly run: string },
  type: AccountType,
  account: Account,
  document: Document,
  at: number,
): WorkWrite {
  const { userName, displayName } = account.document
  const name = typeof userName === 'string' ? userName : typeof displayName === 'string' ? displayName : account.id
  return {
    write: 'item',
    item: { tenant: place.tenant, queue: QUEUES.seen(place.app), key: seenKey(place.run, type, account.id) },
    set: { value: { account: account.id, name: name.slice(0, 200), document, at }, expires: at + KEEP_MS },
  }
}

/** Forgets a listed account: it has been held against its link. */
export function unseeWrite(tenant: string, app: string, key: string): WorkWrite {
  return { write: 'item', item: { tenant, queue: QUEUES.seen(app), key }, set: undefined }
}

/** The listed accounts of these keys. */
export async function seenAmong(
  store: Pick<Work, 'items'>,
  tenant: string,
  app: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Seen>> {
  const items = keys.length === 0 ? [] : await store.items(tenant, QUEUES.seen(app), { keys })
  return new Map(items.map((item) => [item.key, readSeen(item)]))
}

/** The listed accounts of a run that are left, in order of their keys. */
export async function seenAfter(
  store: Pick<Work, 'items'>,
  tenant: string,
  app: string,
  run: string,
  after: string | undefined,
  limit: number,
): Promise<readonly Seen[]> {
  const items = await store.items(tenant, QUEUES.seen(app), { after: after ?? `${run}/`, limit })
  return items.filter(({ key }) => key.startsWith(`${run}/`)).map(readSeen)
}

function readSeen({ key, value }: Item): Seen {
  const { account, name, document, at } = isObject(value) ? value : {}
  return {
    key,
    account: typeof account === 'string' ? account : '',
    name: typeof name === 'string' ? name : '',
    document: isObject(document) ? document : {},
    at: typeof at === 'number' ? at : 0,
  }
}
