// Compares all members of a group with those that an app has, and marks the differences.

import type { Write } from '../../store/index.ts'
import { HUB_LANES, type Link, type Membership, QUEUES } from '../contract/index.ts'
import { markMember } from './dependents.ts'
import { ALL_MEMBERS } from './marks.ts'
import { accountOf } from './match.ts'
import { eachMemberOfApp } from './members-read.ts'
import { flattens, membersAmong, membersOf } from './nested.ts'
import { keepProgress } from './settle.ts'
import type { Job, Turn } from './turn.ts'

/** Items that are read together. */
const PAGE = 500

/**
 * Marks every member who should be in the group in the app and is not known to be, and every one that is known to be and should not. It can be
 * interrupted at any point and begun again. Throws AppError and TurnOver where the app's own members are read.
 */
export async function compareMembers(turn: Turn, job: Job): Promise<void> {
  const { deps, tenant, app, committer } = turn
  const queue = QUEUES.members(app.settings.id, job.item.key)
  // What is marked while this compares is compared once more.
  const [whole] = await deps.store.items(tenant, queue, { keys: [ALL_MEMBERS] })
  if (job.link.membersFrom === 'app' && app.adapter.traits.members.read === 'list') await takeMembersOver(turn, job)
  for await (const keys of membersOf(deps.store, tenant, job.item.key, flattens(app))) {
    for (let from = 0; from < keys.length; from += PAGE) await markMissing(turn, job, keys.slice(from, from + PAGE))
  }
  await markLeft(turn, job)
  if (whole !== undefined) {
    await committer.commit([
      { write: 'item', item: { tenant, queue, key: ALL_MEMBERS }, set: undefined, settles: whole.mark },
    ])
  }
  const { membersFrom: _membersFrom, ...link } = job.link
  job.link = link
  await keepProgress(turn, job)
}

/** Marks those of the members here who have an account and are not known to be in the group there. */
async function markMissing(turn: Turn, job: Job, keys: readonly string[]): Promise<void> {
  const { deps, tenant, app, committer } = turn
  const [links, known] = await Promise.all([
    deps.store.items(tenant, QUEUES.links(app.settings.id), { keys }),
    deps.store.items(tenant, QUEUES.members(app.settings.id, job.item.key), { keys }),
  ])
  const knownAs = new Map(known.map((item) => [item.key, item.value as unknown as Membership | null]))
  const writes: Write[] = []
  for (const { key, value } of links) {
    const link = value as unknown as Link
    const account = accountOf(turn, link)
    const membership = knownAs.get(key)
    if (account === undefined || link.inScope !== true) continue
    if (membership?.account === account && membership.tentative !== true) continue
    writes.push(markMember(turn, job.item.key, key, HUB_LANES.update))
  }
  if (writes.length > 0) await committer.commit(writes)
}

/** Marks those who are known to be in the group there and are not in it here. */
async function markLeft(turn: Turn, job: Job): Promise<void> {
  const { deps, tenant, app, committer } = turn
  const queue = QUEUES.members(app.settings.id, job.item.key)
  for (let after: string | undefined; ; ) {
    const page = await deps.store.items(tenant, queue, {
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    })
    const keys = page.map(({ key }) => key).filter((key) => key !== ALL_MEMBERS)
    const here = await membersAmong(deps.store, tenant, job.item.key, keys, flattens(app))
    const left = keys.filter((key) => !here.has(key))
    if (left.length > 0) await committer.commit(left.map((key) => markMember(turn, job.item.key, key, HUB_LANES.lose)))
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) return
  }
}

/** The members that a group which was taken over has already: those of them that are ours are compared like all others. */
async function takeMembersOver(turn: Turn, job: Job): Promise<void> {
  const { tenant, app, committer } = turn
  const queue = QUEUES.members(app.settings.id, job.item.key)
  await eachMemberOfApp(turn, job, async (owners) => {
    const writes = owners.map(
      ({ resource, account }): Write => ({
        write: 'item',
        item: { tenant, queue, key: resource },
        set: { value: { account } },
      }),
    )
    if (writes.length > 0) await committer.commit(writes)
  })
}
