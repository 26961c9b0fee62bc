// Who has to be looked at again when an account comes, goes, or leaves scope.

import type { Write } from '../../store/index.ts'
import { accountTag, HUB_LANES, type Link, type Membership, QUEUES } from '../contract/index.ts'
import { fills, isEmpty } from './empty-queues.ts'
import { flattens, managesMembers } from './nested.ts'
import { accountTraits, isThere } from './steps.ts'
import { type Job, keyOf, type Turn } from './turn.ts'

/** Items in one page of those who wait. */
const PAGE = 200
/** Most people who are woken because someone they refer to is gone; the others are found by the next sweep. */
const REFERRERS = 1_000

/**
 * The writes that wake those whose answer depends on a link that has changed: who waits for the account, the groups that the resource is
 * in, and who refers to it. They go into the commit that changes the link, so that no crash comes between.
 */
export async function wakeDependents(turn: Turn, job: Job): Promise<readonly Write[]> {
  const { traits } = turn.app.adapter
  const accountOf = (link: Link) => (isThere(traits, link) ? link.account : undefined)
  const before = accountOf(job.saved)
  const after = accountOf(job.link)
  const isMember = (link: Link) => accountOf(link) !== undefined && link.inScope === true
  const moved = before !== after
  const renamed = hasNewName(turn, job)
  const joins = isMember(job.saved) !== isMember(job.link)
  if (!moved && !renamed && !joins) return []
  const writes: Write[] = []
  // An account that is gone has given up its name as well.
  if (renamed || moved) writes.push(...(await wakeWaiting(turn, job.item.key)))
  // Who waits for the name of an account that nobody here had when it was found.
  const accounts = new Set([job.saved.account, job.link.account].filter((account) => account !== undefined))
  for (const account of renamed || moved ? accounts : [])
    writes.push(...(await wakeWaiting(turn, accountTag(job.link.type, account))))
  if (moved && before !== undefined && job.source.type === 'User')
    writes.push(...(await wakeReferrers(turn, job.item.key)))
  if (moved || joins) writes.push(...(await wakeGroups(turn, job, isMember(job.link))))
  // The id is that of an account which is gone, and which took its memberships with it.
  const { account, off, lostAt } = job.saved
  const isGone = account === undefined || traits.off.disableMeans === 'deleted'
  const had = account ?? off?.account ?? (lostAt === undefined ? undefined : after)
  if (moved && after !== undefined && isGone && had === after) writes.push(...(await doubtMemberships(turn, job)))
  return writes
}

/** What is known of the memberships of an account is known of an earlier one, to which the app had given the same id. */
async function doubtMemberships(turn: Turn, job: Job): Promise<readonly Write[]> {
  const { tenant, app, deps } = turn
  const { account = '' } = job.link
  const writes: Write[] = []
  for (const group of managesMembers(app) ? groupsOf(turn, job) : []) {
    const queue = QUEUES.members(app.settings.id, group)
    for (const { key, value } of await deps.store.items(tenant, queue, { keys: [job.item.key] })) {
      const known = value as unknown as Membership | null
      if (known?.account !== account || known.tentative === true) continue
      writes.push({
        write: 'item',
        item: { tenant, queue, key },
        set: { value: { ...known, tentative: true } as never },
      })
    }
  }
  return writes
}

/** The groups in the app that a resource may be a member of. */
function groupsOf({ app, unlinked }: Turn, { source, item }: Job): readonly string[] {
  // What was read of the resource may be older than a membership that was looked at meanwhile, when it had no account yet.
  const looked = unlinked.get(item.key) ?? []
  return [...new Set([...(flattens(app) ? source.memberOf : source.directGroups), ...looked])]
}

/** Whether the account has given up a name that others may wait for. */
function hasNewName({ app }: Turn, { link, saved }: Job): boolean {
  const { unique = [], match = [] } = accountTraits(app.adapter.traits, link.type) ?? {}
  // An account that is found by a name is in the way of others of that name, even where the app allows it twice.
  const names = [...unique, ...match]
  return names.some((name) => saved.acked?.[name] !== undefined && saved.acked[name] !== link.acked?.[name])
}

/** Marks those who wait for a link, or for an account by its tag. */
async function wakeWaiting(turn: Turn, needed: string): Promise<readonly Write[]> {
  const { tenant, app, deps } = turn
  const queue = QUEUES.waits(app.settings.id)
  // Those of this turn may not be stored yet.
  const writes: Write[] = [...(turn.waiting.get(needed) ?? [])].map((id) => markLink(turn, id, HUB_LANES.update))
  if (await isEmpty(turn, 'waits')) return writes
  for (let after: string | undefined; ; ) {
    const page = await deps.store.items(tenant, queue, {
      tag: needed.slice(-200),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    })
    for (const { key, value: waiter } of page) {
      if (typeof waiter === 'string') writes.push(markLink(turn, waiter, HUB_LANES.update))
      writes.push({ write: 'item', item: { tenant, queue, key }, set: undefined })
    }
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) return writes
  }
}

/** Marks the groups in the app that the resource is in, and its membership in each. */
async function wakeGroups(turn: Turn, job: Job, joins: boolean): Promise<readonly Write[]> {
  const { tenant, app, deps } = turn
  const { item } = job
  if (!managesMembers(app)) return []
  const groups = groupsOf(turn, job)
  const writes: Write[] = []
  for (let from = 0; from < groups.length; from += PAGE) {
    const keys = groups.slice(from, from + PAGE)
    const links = await deps.store.items(tenant, QUEUES.links(app.settings.id), { keys })
    for (const { key: group } of links) {
      const lane = joins ? HUB_LANES.update : HUB_LANES.lose
      writes.push(markMember(turn, group, item.key, lane), markLink(turn, group, lane))
    }
  }
  return writes
}

/** Marks people whose account refers to that of a user who has none any more. */
export async function wakeReferrers(turn: Turn, user: string): Promise<readonly Write[]> {
  const { tenant, app, deps } = turn
  const writes: Write[] = []
  for (const path of app.maps.User.refers) {
    const holders = await deps.store.holders(tenant, 'User', { path, value: user }, REFERRERS)
    for (const holder of holders) writes.push(markLink(turn, holder, HUB_LANES.update))
  }
  return writes
}

/** A mark of a link that is there. */
export function markLink(turn: Pick<Turn, 'tenant' | 'app' | 'deps'>, resource: string, lane: number): Write {
  const { tenant, app, deps } = turn
  return {
    write: 'mark',
    item: { tenant, queue: QUEUES.links(app.settings.id), key: resource },
    lane,
    due: deps.environment.now(),
    state: 'ready',
    value: { type: 'User', name: resource },
  }
}

/** A mark of one membership. */
export function markMember(
  turn: Pick<Turn, 'tenant' | 'app' | 'deps'>,
  group: string,
  member: string,
  lane: number,
): Write {
  const { tenant, app, deps } = turn
  return {
    write: 'mark',
    item: { tenant, queue: QUEUES.members(app.settings.id, group), key: member },
    lane,
    due: deps.environment.now(),
    state: 'ready',
  }
}

/** Makes sure that a link which waits for others is woken by them. */
export function waitWrites(turn: Turn, job: Job, needed: readonly string[]): readonly Write[] {
  const { key: waiter, tenant } = keyOf(job)
  const queue = QUEUES.waits(turn.app.settings.id)
  if (needed.length > 0) fills(turn, 'waits')
  return needed.map((id) => ({
    write: 'item',
    item: { tenant, queue, key: `${id}/${waiter}` },
    set: { tag: id.slice(-200), value: waiter },
  }))
}
