// The last requests to all apps of a tenant, newest first.

import type { Item, ListPage, Work } from '../../store/index.ts'
import { type AppSettings, type Attempt, type Link, QUEUES } from '../contract/index.ts'

/** A request to one of the apps. */
export interface DeliveryRow extends Attempt {
  readonly id: string
  readonly app: string
  /** Whom it is about, as the hub knows them now: userName or displayName. */
  readonly name?: string
}

/** Which requests are wanted. */
export interface DeliveriesRequest {
  /** The `next` of the page before. */
  readonly after?: string | undefined
  readonly limit: number
  /** Only those that came to something else than `done`. */
  readonly failed?: boolean | undefined
  /** Only those to one app. */
  readonly app?: string | undefined
  /** Only those about one resource. */
  readonly resource?: string | undefined
}

/** Requests that are read for one page at most: beyond, the page has fewer, and says where it ended. */
const SCANNED = 5_000

/** Lists the requests to these apps, newest first: ids begin with their time. A page may have fewer although there are more. */
export async function deliveriesOf(
  store: Pick<Work, 'items'>,
  tenant: string,
  apps: readonly Pick<AppSettings, 'id'>[],
  { after, limit, failed = false, resource }: DeliveriesRequest,
): Promise<ListPage<DeliveryRow>> {
  const read = (app: string, key: string | undefined) => {
    const from = key === undefined ? {} : { after: key }
    const tag = resource === undefined ? {} : { tag: resource.slice(-200) }
    return store.items(tenant, QUEUES.attempts(app), { order: 'desc', limit, ...from, ...tag })
  }
  const [begins, beginsIn = ''] = after?.split(' ') ?? []
  const heads: Head[] = []
  for (const { id: app } of apps) {
    // Of two requests with one id, that of the app which comes first in the order of names is the newer one.
    const key = begins !== undefined && app > beginsIn ? `${begins}~` : begins
    heads.push({ app, items: await read(app, key), at: 0 })
  }
  const rows: DeliveryRow[] = []
  let last: DeliveryRow | undefined
  for (let scanned = 0; scanned < SCANNED && rows.length < limit; scanned++) {
    const head = newestOf(heads)
    const item = head?.items[head.at]
    if (head === undefined || item === undefined) return { items: await named(store, tenant, rows) }
    last = { id: item.key, app: head.app, ...(item.value as unknown as Attempt) }
    head.at++
    if (head.at === head.items.length && head.items.length === limit) {
      head.items = await read(head.app, item.key)
      head.at = 0
    }
    if (!failed || last.outcome !== 'done') rows.push(last)
  }
  return { items: await named(store, tenant, rows), ...(last === undefined ? {} : { next: `${last.id} ${last.app}` }) }
}

/** The rows with names: most requests that change something name nobody. */
async function named(
  store: Pick<Work, 'items'>,
  tenant: string,
  rows: readonly DeliveryRow[],
): Promise<readonly DeliveryRow[]> {
  const names = new Map<string, string>()
  for (const app of new Set(rows.map((row) => row.app))) {
    const keys = [...new Set(rows.filter((row) => row.app === app).map(({ resource }) => resource))]
    for (const { key, value } of await store.items(tenant, QUEUES.links(app), { keys })) {
      const { name } = value as unknown as Link
      if (name !== undefined) names.set(`${app} ${key}`, name)
    }
  }
  return rows.map((row) => {
    const name = names.get(`${row.app} ${row.resource}`)
    return name === undefined ? row : { ...row, name }
  })
}

/** What has been read of one app, and how far it has been taken. */
interface Head {
  readonly app: string
  items: readonly Item[]
  at: number
}

function newestOf(heads: readonly Head[]): Head | undefined {
  let newest: Head | undefined
  for (const head of heads) {
    const key = head.items[head.at]?.key
    const other = newest?.items[newest.at]?.key
    if (key === undefined) continue
    const isNewer = newest === undefined || other === undefined || key > other
    if (isNewer || (key === other && head.app < (newest?.app ?? ''))) newest = head
  }
  return newest
}
