// Differences that somebody has said to leave, for some time: sweeps count them apart, and mend none of them.

import { toBase64url } from '../../base64url.ts'
import type { Work, WorkWrite } from '../../store/index.ts'
import { type AccountType, accountTag, type IgnoredDrift, QUEUES } from '../contract/index.ts'

/** The key of what is ignored about an account. */
export function ignoredKey(type: AccountType, account: string): string {
  return toBase64url(new TextEncoder().encode(accountTag(type, account)))
}

/** The write that keeps it until its end. */
export function ignoredWrite(tenant: string, app: string, ignored: IgnoredDrift): WorkWrite {
  const key = ignoredKey(ignored.type, ignored.account)
  const set = { value: { ...ignored } as never, expires: ignored.until }
  return { write: 'item', item: { tenant, queue: QUEUES.ignored(app), key }, set }
}

/** Names an account of an app. */
export type AccountRef = Pick<IgnoredDrift, 'type' | 'account'>

/** What is ignored of some accounts now. */
export async function ignoredAmong(
  store: Pick<Work, 'items'>,
  { tenant, app, now }: { readonly tenant: string; readonly app: string; readonly now: number },
  accounts: readonly AccountRef[],
): Promise<(account: AccountRef) => IgnoredDrift | undefined> {
  const keys = accounts.map(({ type, account }) => ignoredKey(type, account))
  const items = keys.length === 0 ? [] : await store.items(tenant, QUEUES.ignored(app), { keys })
  const found = new Map(items.map(({ key, value }) => [key, value as unknown as IgnoredDrift]))
  return ({ type, account }) => {
    const ignored = found.get(ignoredKey(type, account))
    // Ids of apps may be longer than keys, which have their ends alone.
    return ignored?.account === account && ignored.until > now ? ignored : undefined
  }
}

/** Whether a difference is one that is ignored: of the same class, in no other attribute. Access that must have ended never is. */
export function isIgnored(ignored: IgnoredDrift | undefined, kind: string, what: string): boolean {
  if (ignored?.kind !== kind) return false
  return kind === 'stranger' || what.split(', ').every((name) => ignored.attributes?.includes(name))
}
