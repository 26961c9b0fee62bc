// Members of a group in an app: those marked, in chunks, each confirmed by itself.

import { type Item, NEVER, type Write } from '../../store/index.ts'
import { AppError, accountTag, HUB_LANES, type Link, type Membership, QUEUES, type Step } from '../contract/index.ts'
import { sendStep } from './carry-out.ts'
import { guardDispute } from './disputes.ts'
import { guardRemoval } from './guarding.ts'
import { findLost } from './lost.ts'
import { ALL_MEMBERS } from './marks.ts'
import { headersOf } from './match.ts'
import { compareMembers } from './members-compare.ts'
import { ownerOf } from './members-read.ts'
import { wantedMembers } from './members-wanted.ts'
import { flattens, managesMembers, membersAmong } from './nested.ts'
import { keepProgress, verifyTimes } from './settle.ts'
import { isThere } from './steps.ts'
import { addTo, changeState, type Job, type Turn } from './turn.ts'

/** Members that are looked at together. */
const PAGE = 500

/** What is to be done about one membership. */
interface Move {
  readonly item: Item
  /** The app's id of the member. */
  readonly account: string
  readonly do: 'add' | 'remove'
}

/** The members of a page by what is to be done about them. */
interface Moves {
  readonly adds: readonly Move[]
  readonly removes: readonly Move[]
  /** Both, as far as a person has to approve them after a restored backup. */
  readonly disputed: readonly Move[]
  /** Nothing to send: how they are kept. */
  readonly settled: readonly Write[]
}

/** Brings the members of a group to what they must be. `settled`: the link was settled otherwise. Throws AppError and TurnOver. */
export async function deliverMembers(turn: Turn, job: Job): Promise<'done' | 'settled'> {
  if (!managesMembers(turn.app)) return 'done'
  if (job.link.membersFrom !== undefined || (await isMarkedWhole(turn, job))) await compareMembers(turn, job)
  let refused: (() => Promise<void>) | undefined
  for (let after = 0; ; ) {
    const page = await readyMembers(turn, job, after)
    if (page.length === 0) break
    const moves = await movesOf(turn, job, page)
    if (moves.settled.length > 0) await turn.committer.commit(moves.settled)
    // Access that ends comes first; otherwise nobody is to be without it in between.
    const order = job.lane <= HUB_LANES.lose ? (['removes', 'adds'] as const) : (['adds', 'removes'] as const)
    for (const which of order) {
      if (which === 'removes' && refused !== undefined) continue
      refused = (await sendMoves(turn, job, moves[which])) ?? refused
    }
    const disputed = await sendDisputed(turn, job, moves.disputed)
    // What the guard holds stays marked: the next page begins behind it.
    const held =
      (refused === undefined ? 0 : moves.removes.length) + (disputed === undefined ? 0 : moves.disputed.length)
    after = held === 0 ? 0 : after + held
    refused ??= disputed
  }
  if (refused === undefined) return 'done'
  await refused()
  return 'settled'
}

/**
 * The next page of marked members, by lane. `skip`: so many of them are held. That all are to be compared is no member: what is marked
 * so while others are on their way stays marked, and the link with it, until the next delivery compares.
 */
async function readyMembers(turn: Turn, job: Job, skip: number): Promise<readonly Item[]> {
  const { deps, tenant, app } = turn
  const found = await deps.store.due(QUEUES.members(app.settings.id, job.item.key), {
    until: NEVER - 1,
    limit: Math.min(1_000, skip + PAGE + 1),
    within: { tenant, state: 'ready' },
  })
  return found.filter(({ key }) => key !== ALL_MEMBERS).slice(skip)
}

async function isMarkedWhole({ deps, tenant, app }: Turn, job: Job): Promise<boolean> {
  const queue = QUEUES.members(app.settings.id, job.item.key)
  return (await deps.store.items(tenant, queue, { keys: [ALL_MEMBERS] })).length > 0
}

/** What is to be done about each of a page of members, as of now. */
async function movesOf(turn: Turn, job: Job, items: readonly Item[]): Promise<Moves> {
  const keys = items.map(({ key }) => key)
  for (const key of keys) addTo(turn.unlinked, key, job.item.key)
  const looked = await wantedMembers(turn, job, keys)
  const adds: Move[] = []
  const removes: Move[] = []
  const disputed: Move[] = []
  const settled: Write[] = []
  for (const item of items) {
    const { link, account, isWanted } = looked.get(item.key) ?? {}
    const known = item.value as unknown as Membership | null
    if (account !== undefined) {
      const isSure = known !== null && known.account === account && known.tentative !== true
      // Its value stays as it is by now, unless it says more: somebody may have come to doubt it since it was read.
      const value = isSure && Object.keys(known).length > 1 ? { value: { account } } : {}
      if (isSure) settled.push(memberAt(item, { state: '', due: NEVER, ...value }))
      else (known?.disputed === true ? disputed : adds).push({ item, account, do: 'add' })
    } else if (known !== null && isWanted === true && isInDoubt(link, known.account)) {
      // It stays: the group is looked at again with the account, and as soon as whoever may have it leaves.
      settled.push(memberAt(item, { state: '', due: NEVER }))
    } else if (known !== null && (await mayBeMember(turn, job, item.key, known, link))) {
      const move = { item, account: known.account, do: 'remove' } as const
      ;(known.disputed === true ? disputed : removes).push(move)
    } else settled.push({ write: 'item', item: keysOf(item), set: undefined, settles: item.mark })
  }
  return { adds, removes, disputed, settled }
}

/** Whether an account may still be in a group in the app that it should not be in. */
async function mayBeMember(
  turn: Turn,
  job: Job,
  member: string,
  { account, tentative }: Membership,
  link: Link | undefined,
): Promise<boolean> {
  const { deps, tenant, app } = turn
  const { off } = app.adapter.traits
  // Where it was ended while it was being added, whoever has got its id since may have been added in its stead.
  if (tentative === true && turn.ended.has(accountTag('User', account)) && (await ownerOf(turn, account)) === member)
    return true
  if (link?.account === account) {
    // One that only looks removed, or is out of reach, still is a member, and would come back as one.
    return isThere(app.adapter.traits, link) || off.disableMeans !== 'deleted'
  }
  // The same person, hired again, may have taken the account over, and the memberships with it.
  const heir = await ownerOf(turn, account)
  // What is stored of the member itself may be older than its removal, which is being written.
  if (heir !== undefined && heir !== member)
    return !(await membersAmong(deps.store, tenant, job.item.key, [heir], flattens(app))).has(heir)
  if (isInDoubt(link, account)) return true
  // Who has no account in the app is a member of nothing there.
  return off.removeMeans === 'deactivates'
}

/**
 * Whether an account may be that of somebody who seems to have none: it may have been made and joined by a process that died before it wrote
 * down whose it is. It is looked for until the last read.
 */
function isInDoubt(link: Link | undefined, account: string): boolean {
  if (link === undefined || link.account !== undefined || link.off?.account === account) return false
  return link.tentative?.create === true || link.doubted === true
}

/** Sends what somebody has approved after a restored backup. Returns how to hold the group if nobody has. */
async function sendDisputed(turn: Turn, job: Job, moves: readonly Move[]): Promise<(() => Promise<void>) | undefined> {
  if (moves.length === 0) return undefined
  const guarded = await guardDispute(turn, job, moves.length)
  if (!guarded.go) return guarded.hold
  for (const kind of ['remove', 'add'] as const) {
    const own = moves.filter((move) => move.do === kind)
    const size = Math.max(1, turn.app.adapter.traits.members.perRequest)
    for (let from = 0; from < own.length; from += size) await sendChunk(turn, job, own.slice(from, from + size))
  }
  return undefined
}

/** Sends moves of one kind, chunk by chunk. Returns how to hold the group, if the guard does not let them through. */
async function sendMoves(turn: Turn, job: Job, moves: readonly Move[]): Promise<(() => Promise<void>) | undefined> {
  const size = Math.max(1, turn.app.adapter.traits.members.perRequest)
  for (let from = 0; from < moves.length; from += size) {
    const chunk = moves.slice(from, from + size)
    if (chunk[0]?.do === 'remove') {
      const emptiedFrom = await membersBefore(turn, job)
      const guarded = await guardRemoval(turn, job, {
        accounts: 0,
        memberships: chunk.filter(({ item }) => (item.value as unknown as Membership | null)?.counted !== true).length,
        ...(emptiedFrom === undefined ? {} : { emptiedFrom }),
      })
      if (!guarded.go) return guarded.hold
    }
    await sendChunk(turn, job, chunk)
  }
  return undefined
}

/** How many members the group had in the app, when it has none left here. */
async function membersBefore({ deps, tenant, app }: Turn, { item }: Job): Promise<number | undefined> {
  if ((await deps.store.memberCount({ tenant, type: 'Group', id: item.key }, 1)) > 0) return undefined
  const known = await deps.store.items(tenant, QUEUES.members(app.settings.id, item.key), { limit: 1_000 })
  return known.filter(({ value }) => value !== null).length
}

async function sendChunk(turn: Turn, job: Job, chunk: readonly Move[]): Promise<void> {
  const { calls, committer, deps } = turn
  const id = job.link.account ?? ''
  const accounts = (kind: Move['do']) => chunk.filter((move) => move.do === kind).map(({ account }) => account)
  const step: Step = { do: 'members', type: 'Group', id, change: { add: accounts('add'), remove: accounts('remove') } }
  const pass = await calls.pass({ step: 'members', type: 'Group', lane: job.lane, headers: headersOf(turn, job) })
  const tentative = (move: Move) =>
    memberAt(move.item, { value: { account: move.account, tentative: true, ...countedIn(move) } })
  await committer.commit(chunk.map(tentative))
  try {
    await sendStep(turn, job, step, pass.send)
  } catch (error) {
    const isUnknown = error instanceof AppError && error.trouble === 'unknown'
    if (isUnknown) {
      job.link = { ...job.link, verify: verifyTimes(deps.environment.now()) }
      await keepProgress(turn, job)
      throw error
    }
    await committer.commit(chunk.map((move) => memberAt(move.item, { value: asBefore(move) })))
    const added = new Map(chunk.filter((move) => move.do === 'add').map(({ item, account }) => [item.key, account]))
    const isRefused = error instanceof AppError && error.trouble === 'refused'
    const lost = isRefused ? await findLost(turn, job, added) : []
    if (lost.length === 0) throw error
    // They are looked for, and made again if need be; then the group goes on.
    throw new AppError(
      'unknown',
      `The app has lost the accounts of ${lost.slice(0, 3).join(', ')}, who are to be members`,
    )
  }
  // An account that was switched off or removed meanwhile may have been another's, by its id, when it was added.
  const isCrossed = (move: Move) => move.do === 'add' && turn.ended.has(accountTag('User', move.account))
  const doubted = chunk.filter((move) => isCrossed(move) || isDoubted(move.item.value as unknown as Membership | null))
  if (doubted.length > 0) job.link = { ...job.link, verify: verifyTimes(deps.environment.now()) }
  const memberships = (turn.state.memberships ?? 0) + accounts('add').length - accounts('remove').length
  changeState(turn, { memberships: Math.max(0, memberships) })
  const isReadable = turn.app.adapter.traits.members.read === 'list'
  const kept = chunk.map((move) =>
    isReadable || !doubted.includes(move) ? confirmedMember(move) : [doubtedMember(move)],
  )
  // Those that rest in doubt, and the read that they rest until, are written together.
  await (doubted.length > 0 ? keepProgress(turn, job, kept.flat()) : committer.commit(kept.flat()))
}

/** A removal has passed the guard, which has counted it. */
function countedIn(move: Move): Pick<Membership, 'counted'> {
  return move.do === 'remove' ? { counted: true } : {}
}

/** What is known of a membership after a request that was not carried out. */
function asBefore(move: Move): Item['value'] {
  const known = move.item.value as unknown as Membership | null
  return known === null ? null : { ...known, ...countedIn(move) }
}

/** Whether an earlier request about a membership may still take effect. */
function isDoubted(membership: Membership | null): boolean {
  return membership?.tentative === true && membership.again !== true
}

/** What an earlier request may undo, and nobody can read: it rests until the verify read, and is sent once more. */
function doubtedMember({ item, account }: Move): Write {
  return {
    write: 'item',
    item: keysOf(item),
    set: { state: '', due: NEVER, value: { account, tentative: true } },
    settles: item.mark,
  }
}

function confirmedMember({ item, account, do: what }: Move): readonly Write[] {
  const own = keysOf(item)
  if (what === 'add')
    return [{ write: 'item', item: own, set: { state: '', due: NEVER, value: { account } }, settles: item.mark }]
  return [
    // Should it be marked meanwhile, it stays: then nothing is known to be there.
    { write: 'item', item: own, set: { value: null } },
    { write: 'item', item: own, set: undefined, settles: item.mark },
  ]
}

function memberAt(
  item: Item,
  set: { readonly state?: string; readonly due?: number; readonly value?: Item['value'] },
): Write {
  const settles = set.state === undefined ? {} : { settles: item.mark }
  return { write: 'item', item: keysOf(item), set, ...settles }
}

function keysOf({ tenant, queue, key }: Item) {
  return { tenant, queue, key }
}

/** Forgets the members of a group that is not in the app any more. */
export async function forgetMembers(turn: Turn, group: string): Promise<void> {
  const { deps, tenant, app, committer } = turn
  const queue = QUEUES.members(app.settings.id, group)
  for (;;) {
    const page = await deps.store.items(tenant, queue, { limit: PAGE })
    if (page.length === 0) return
    await committer.commit(page.map((item) => ({ write: 'item', item: keysOf(item), set: undefined })))
  }
}
