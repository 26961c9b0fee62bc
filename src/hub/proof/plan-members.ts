// What would be done about the members of a group in one app.

import type { Store, Work } from '../../store/index.ts'
import {
  accountTag,
  type CompiledApp,
  type Link,
  type Membership,
  QUEUES,
  type ShownRequest,
  type Step,
} from '../contract/index.ts'
import { flattens, managesMembers, membersAmong, membersOf } from '../engine/nested.ts'
import { isThere } from '../engine/steps.ts'
import { requestsOf } from './plan-one.ts'

/** Members that join and leave a group. */
export interface PlannedMembers {
  readonly add: number
  readonly remove: number
  /** Some of them were changed in the app after the backup that was restored. */
  readonly disputed: boolean
  /** The group would have no member left; so many it has. */
  readonly emptiedFrom?: number
  readonly requests: readonly ShownRequest[]
}

/** People and groups that will have an account once the plan is carried out, and those who will be out of scope. */
export interface Moving {
  readonly joining: Set<string>
  readonly leaving: Set<string>
}

/** Members whose requests are shown; all are counted. */
const SHOWN = 1_000
const PAGE = 500

/**
 * Plans the members of a group. Those who have no account yet are shown by their id here. `group`: the app's id of the group, undefined
 * while it has none. `shown`: the members that the app has, where what is remembered of them may be old.
 */
export async function planMembers(
  store: Store & Work,
  tenant: string,
  app: CompiledApp,
  resource: string,
  group: string | undefined,
  moving: Moving,
  shown?: ReadonlySet<string>,
): Promise<PlannedMembers> {
  if (!managesMembers(app)) return { add: 0, remove: 0, disputed: false, requests: [] }
  let disputed = false
  const flat = flattens(app)
  const { traits } = app.adapter
  const adds: string[] = []
  const removes: string[] = []
  let add = 0
  let remove = 0
  let wanted = 0
  for await (const keys of membersOf(store, tenant, resource, flat)) {
    for (let from = 0; from < keys.length; from += PAGE) {
      const page = keys.slice(from, from + PAGE)
      const { accounts, known } = await readMembers(store, tenant, app, resource, page, moving)
      for (const key of page) {
        const account = accounts.get(key) ?? (moving.joining.has(key) ? `(account of ${key})` : undefined)
        if (account === undefined) continue
        wanted++
        const membership = known.get(key)
        const isThere = shown?.has(account) ?? (membership?.account === account && membership.tentative !== true)
        if (isThere) continue
        if (membership?.disputed === true || (shown !== undefined && membership?.account === account)) disputed = true
        add++
        if (adds.length < SHOWN) adds.push(account)
      }
    }
  }
  let had = 0
  const queue = QUEUES.members(app.settings.id, resource)
  for (let after: string | undefined; ; ) {
    const page = await store.items(tenant, queue, { limit: PAGE, ...(after === undefined ? {} : { after }) })
    const there = page.filter(({ value }) => value !== null)
    had += there.length
    const keys = there.map(({ key }) => key)
    const [here, { accounts }] = await Promise.all([
      membersAmong(store, tenant, resource, keys, flat),
      readMembers(store, tenant, app, resource, keys, moving),
    ])
    for (const { key, value } of there) {
      if (here.has(key) && accounts.has(key)) continue
      const { account, disputed: isDisputed } = value as unknown as Membership
      // Taken out already, by whoever has done it since.
      if (shown?.has(account) === false) continue
      if (isDisputed === true) disputed = true
      remove++
      if (removes.length < SHOWN) removes.push(account)
    }
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) break
  }
  for (const account of shown ?? []) {
    if (await isUnknown(store, tenant, app, resource, account, flat)) {
      remove++
      disputed = true
      if (removes.length < SHOWN) removes.push(account)
    }
  }
  const size = Math.max(1, traits.members.perRequest)
  const id = group ?? `(account of ${resource})`
  const steps = [
    ...chunks(adds, size).map(
      (part): Step => ({ do: 'members', type: 'Group', id, change: { add: part, remove: [] } }),
    ),
    ...chunks(removes, size).map(
      (part): Step => ({ do: 'members', type: 'Group', id, change: { add: [], remove: part } }),
    ),
  ]
  return {
    add,
    remove,
    disputed,
    ...(wanted === 0 && had > 0 ? { emptiedFrom: had } : {}),
    requests: requestsOf(app, steps),
  }
}

/** Whether an account that is ours is a member in the app, and nobody here remembers it, or wants it to be one. */
async function isUnknown(
  store: Store & Work,
  tenant: string,
  app: CompiledApp,
  group: string,
  account: string,
  flat: boolean,
): Promise<boolean> {
  for (const type of ['User', 'Group'] as const) {
    const tag = accountTag(type, account)
    const links = await store.items(tenant, QUEUES.links(app.settings.id), { tag, limit: 10 })
    const own = links.find(({ value }) => (value as unknown as Link).account === account)
    if (own === undefined) continue
    const [known] = await store.items(tenant, QUEUES.members(app.settings.id, group), { keys: [own.key] })
    if (known !== undefined && known.value !== null) return false
    return !(await membersAmong(store, tenant, group, [own.key], flat)).has(own.key)
  }
  return false
}

/** The accounts of members in scope, and what is known of their memberships. */
async function readMembers(
  store: Work,
  tenant: string,
  app: CompiledApp,
  group: string,
  keys: readonly string[],
  { leaving }: Moving,
) {
  const [links, items] = await Promise.all([
    store.items(tenant, QUEUES.links(app.settings.id), { keys }),
    store.items(tenant, QUEUES.members(app.settings.id, group), { keys }),
  ])
  const accounts = new Map<string, string>()
  for (const { key, value } of links) {
    const link = value as unknown as Link
    if (link.inScope !== true || leaving.has(key) || !isThere(app.adapter.traits, link)) continue
    if (link.type === 'Group' && flattens(app)) continue
    if (link.account !== undefined) accounts.set(key, link.account)
  }
  const known = new Map(items.map(({ key, value }) => [key, value as unknown as Membership | null]))
  return { accounts, known }
}

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: T[][] = []
  for (let from = 0; from < list.length; from += size) parts.push(list.slice(from, from + size))
  return parts
}
