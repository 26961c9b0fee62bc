// Reads the members that a group has in an app.

import type { Write } from '../../store/index.ts'
import { accountTag, HUB_LANES, type Link, type MemberPage, type Membership, QUEUES } from '../contract/index.ts'
import { markMember } from './dependents.ts'
import { headersOf } from './match.ts'
import { wantedMembers } from './members-wanted.ts'
import { keepProgress, park } from './settle.ts'
import type { Job, Turn } from './turn.ts'

/** A member in an app whose account is ours. */
export interface OwnMember {
  readonly resource: string
  readonly account: string
}

/** Reads at once of those whose accounts they are. */
const AT_ONCE = 32
const PAGE = 500
/** Members that an app forgets again within this time are not sent over and over. */
const LOST_MS = 86_400_000

/** Goes through the members that the app shows, page by page: those whose accounts are ours. Returns all ids that it showed. */
export async function eachMemberOfApp(
  turn: Turn,
  job: Job,
  visit: (owners: readonly OwnMember[]) => Promise<void>,
): Promise<ReadonlySet<string>> {
  const { adapter } = turn.app
  const id = job.link.account ?? ''
  const shown = new Set<string>()
  for (let after: string | undefined; ; ) {
    const ask = { step: 'read', type: 'Group', lane: job.lane, headers: headersOf(turn, job) } as const
    const pass = await turn.calls.pass(ask)
    const page: MemberPage | undefined = await pass.send(async (call) => adapter.readMembers?.(id, after, call))
    if (page === undefined) return shown
    for (const one of page.ids) shown.add(one)
    for (let from = 0; from < page.ids.length; from += AT_ONCE) {
      const owners = await Promise.all(
        page.ids
          .slice(from, from + AT_ONCE)
          .map(async (account) => ({ resource: await ownerOf(turn, account), account })),
      )
      await visit(owners.flatMap(({ resource, account }) => (resource === undefined ? [] : [{ resource, account }])))
    }
    if (page.next === undefined) return shown
    after = page.next
  }
}

/** The resource here whose account is the one with an id of the app. */
export async function ownerOf({ deps, tenant, app }: Turn, account: string): Promise<string | undefined> {
  for (const type of ['User', 'Group'] as const) {
    const tag = accountTag(type, account)
    const items = await deps.store.items(tenant, QUEUES.links(app.settings.id), { tag, limit: 10 })
    const owners = items.filter(({ value }) => (value as unknown as Link).account === account)
    // Of two, the one who left had it before.
    const item = owners.find(({ value }) => (value as unknown as Link).goneAt === undefined) ?? owners[0]
    if (item !== undefined) return item.key
  }
  return undefined
}

/**
 * Reads the members of a group back, after a request of unknown outcome. What the app has forgotten is sent again, once a day; an app that
 * forgets it again is not fought with. Who is there and should not be is taken out. `wasStale`: what differs is disputed, after a restored
 * backup.
 */
export async function verifyMembers(turn: Turn, job: Job, wasStale = false): Promise<'changed' | 'settled'> {
  const { adapter, settings } = turn.app
  if (adapter.traits.members.read !== 'list' || adapter.readMembers === undefined) {
    await sendDoubtedAgain(turn, job)
    return 'changed'
  }
  const { deps, tenant, committer } = turn
  const queue = QUEUES.members(settings.id, job.item.key)
  const disputed = wasStale ? { disputed: true } : {}
  const shown = await eachMemberOfApp(turn, job, async (owners) => {
    const known = await deps.store.items(tenant, queue, { keys: owners.map(({ resource }) => resource) })
    const isKnown = new Set(known.filter(({ value }) => value !== null).map(({ key }) => key))
    const writes = owners
      .filter(({ resource }) => !isKnown.has(resource))
      .flatMap(({ resource, account }): Write[] => [
        { write: 'item', item: { tenant, queue, key: resource }, set: { value: { account, ...disputed } } },
        markMember(turn, job.item.key, resource, HUB_LANES.lose),
      ])
    if (writes.length > 0) await committer.commit(writes)
  })
  const forgotten = await markForgotten(turn, job, shown, disputed)
  if (forgotten === 0 || wasStale) return 'changed'
  const now = deps.environment.now()
  const { lostAt } = job.link
  if (lostAt !== undefined && now - lostAt < LOST_MS) {
    const message = `The app has forgotten ${forgotten} members of the group again, after they were sent anew`
    await park(turn, job, { code: 'vanishes', message })
    return 'settled'
  }
  job.link = { ...job.link, lostAt: now }
  await keepProgress(turn, job)
  return 'changed'
}

/** Members cannot be read: what an earlier request may have undone meanwhile is sent once more. */
async function sendDoubtedAgain(turn: Turn, job: Job): Promise<void> {
  const { deps, tenant, app, committer } = turn
  const queue = QUEUES.members(app.settings.id, job.item.key)
  for (let after: string | undefined; ; ) {
    const page = await deps.store.items(tenant, queue, { limit: PAGE, ...(after === undefined ? {} : { after }) })
    const writes = page.flatMap(({ key, state, value }): readonly Write[] => {
      const membership = value as unknown as Membership | null
      if (state !== '' || membership?.tentative !== true) return []
      const set = { value: { ...membership, again: true } }
      return [
        { write: 'item', item: { tenant, queue, key }, set },
        markMember(turn, job.item.key, key, HUB_LANES.update),
      ]
    })
    if (writes.length > 0) await committer.commit(writes)
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) return
  }
}

/**
 * Marks members that the app does not show. Whoever is to be one is sent again; others are gone already, and nothing is sent for them.
 * Returns how many it has forgotten: those that it had confirmed, and that are still to be members.
 */
async function markForgotten(
  turn: Turn,
  job: Job,
  shown: ReadonlySet<string>,
  disputed: Pick<Membership, 'disputed'>,
): Promise<number> {
  const { deps, tenant, app, committer } = turn
  const queue = QUEUES.members(app.settings.id, job.item.key)
  let count = 0
  for (let after: string | undefined; ; ) {
    const page = await deps.store.items(tenant, queue, {
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    })
    const missing = page.filter(({ value }) => {
      const membership = value as unknown as Membership | null
      return membership !== null && !shown.has(membership.account)
    })
    const keys = missing.map(({ key }) => key)
    const wanted = keys.length === 0 ? undefined : await wantedMembers(turn, job, keys)
    const writes: Write[] = []
    for (const { key, value } of missing) {
      const { account, tentative } = value as unknown as Membership
      const isWanted = wanted?.get(key)?.account !== undefined
      if (isWanted && tentative !== true) count += 1
      const set = { value: isWanted ? { account, tentative: true, ...disputed } : null }
      writes.push({ write: 'item', item: { tenant, queue, key }, set })
      writes.push(markMember(turn, job.item.key, key, HUB_LANES.update))
    }
    if (writes.length > 0) await committer.commit(writes)
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) return count
  }
}
