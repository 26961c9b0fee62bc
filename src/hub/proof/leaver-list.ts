// Who has left a tenant, the last one first, and whether every app has confirmed it.

import { documentOf } from '../../directory/index.ts'
import type { ListPage } from '../../store/index.ts'
import { type Leaver, type Left, QUEUES, type Told, timeKey } from '../contract/index.ts'
import { leaverKey } from '../engine/leavers.ts'
import type { ReceiptApp } from './receipt.ts'
import { receiptIn } from './receipt-jws.ts'
import { leaverIn, namesOf } from './receipts.ts'
import { type ToldStore, told } from './told.ts'

/** One leaving, as a list shows it. Times are in milliseconds since 1970. */
export interface LeaverRow extends Pick<Leaver, 'how' | 'at' | 'place' | 'userName' | 'externalId'> {
  readonly user: string
  /** Every app in which there was an account has confirmed. */
  readonly complete: boolean
  /** The person came back before the apps had confirmed: nothing is waited for any more. */
  readonly returned: boolean
  /** A receipt was signed. */
  readonly signedAt?: number
  /** Apps by where they are; `open` ones have not confirmed. */
  readonly apps: { readonly confirmed: number; readonly verified: number; readonly open: number }
  /** Labels of the apps that are open, a few of them. */
  readonly openIn: readonly string[]
  /** When the last app confirmed; absent when none did. */
  readonly lastConfirmedAt?: number
}

/** Which leavings are wanted. */
export interface LeaversRequest {
  /** The `next` of the page before. */
  readonly after?: string | undefined
  readonly limit: number
  /** Only those since and until then, in milliseconds since 1970. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** Only those that some app has not confirmed. */
  readonly open?: boolean | undefined
}

/** Leavings that are looked at for one page at most: beyond, the page has fewer, and says where it ended. */
const SCANNED = 500
/** Names of open apps that a row has. */
const NAMED = 5

/** Lists the leavings of a tenant, the last one first. A page may have fewer although there are more. */
export async function leaverList(
  store: ToldStore,
  tenant: string,
  { after, limit, since = 0, until, open = false }: LeaversRequest,
): Promise<ListPage<LeaverRow>> {
  const rows: LeaverRow[] = []
  let key = after ?? (until === undefined ? undefined : timeKey(until + 1))
  for (let scanned = 0; scanned < SCANNED; ) {
    const page = await store.items(tenant, QUEUES.left, {
      order: 'desc',
      limit: Math.min(limit, SCANNED - scanned),
      ...(key === undefined ? {} : { after: key }),
    })
    for (const item of page) {
      scanned++
      key = item.key
      const row = await rowOf(store, tenant, item.value as unknown as Left)
      if (row !== undefined && row.at < since) return { items: rows }
      if (row !== undefined && !(open && row.complete)) rows.push(row)
      if (rows.length === limit) return { items: rows, next: item.key }
    }
    if (page.length === 0) return { items: rows }
  }
  return { items: rows, ...(key === undefined ? {} : { next: key }) }
}

async function rowOf(store: ToldStore, tenant: string, { user, place }: Left): Promise<LeaverRow | undefined> {
  const [item] = await store.items(tenant, QUEUES.leavers, { keys: [leaverKey(user, place)] })
  if (item === undefined) return undefined
  const { receipt, ...leaver } = leaverIn(item)
  // Who was switched off is here still, under the names of today.
  const here = leaver.how === 'deleted' ? undefined : await store.get({ tenant, type: 'User', id: user })
  const signed = receipt === undefined ? undefined : receiptIn(receipt)
  // While it is open, the apps themselves tell; afterwards links expire, and the receipt is what stays.
  const isOpen = item.state !== ''
  const standings = isOpen ? (await told(store, tenant, user)).map(standingOf) : (signed?.apps ?? []).map(fromReceipt)
  const count = (state: Standing['state']) => standings.filter((one) => one.state === state).length
  const confirmed = standings.flatMap(({ confirmedAt }) => confirmedAt ?? [])
  const open = standings.filter(({ state }) => state === 'open')
  return {
    user,
    ...leaver,
    ...(here === undefined ? {} : namesOf(documentOf(here))),
    complete: open.length === 0,
    returned: !isOpen && signed === undefined,
    apps: { confirmed: count('confirmed'), verified: count('verified'), open: open.length },
    openIn: open.slice(0, NAMED).map(({ label }) => label),
    ...(confirmed.length === 0 ? {} : { lastConfirmedAt: Math.max(...confirmed) }),
  }
}

/** Where one app is with somebody who left. */
interface Standing {
  readonly label: string
  readonly state: 'confirmed' | 'verified' | 'open' | 'none'
  readonly confirmedAt?: number
}

function standingOf({ label, state, wanted, confirmedAt }: Told): Standing {
  if (state === 'none') return { label, state }
  // An account that is active there is not out, whatever the settings of the app say.
  const isOut = (state === 'confirmed' || state === 'verified') && wanted !== 'active'
  return { label, state: isOut ? state : 'open', ...(isOut && confirmedAt !== undefined ? { confirmedAt } : {}) }
}

function fromReceipt({ label, state, confirmedAt }: ReceiptApp): Standing {
  return { label, state, ...(confirmedAt === undefined ? {} : { confirmedAt: Date.parse(confirmedAt) }) }
}
