// What would be done about the members of a group in one app.

import type { Store, Work } from '../../store/index.ts'
import {
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
 * Plans the members of a group. Those who have no account yet are shown by their id here. `group`: the app's id of the group, undefined while it has none.
 */
export async function planMembers(
  store: Store & Work,
  tenant: string,
  app: CompiledApp,
  resource: string,
  group: string | undefined,
  moving: Moving,
): Promise<PlannedMembers> {
  if (!managesMembers(app)) return { add: 0, remove: 0, requests: [] }
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
        if (membership?.account === account && membership.tentative !== true) continue
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
      remove++
      if (removes.length < SHOWN) removes.push((value as unknown as Membership).account)
    }
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) break
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
    ...(wanted === 0 && had > 0 ? { emptiedFrom: had } : {}),
    requests: requestsOf(app, steps),
  }
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
