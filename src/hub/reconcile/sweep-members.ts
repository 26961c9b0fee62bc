// The part of a sweep that compares members of groups with what the app shows.

import type { Item, WorkWrite } from '../../store/index.ts'
import {
  AppError,
  accountTag,
  type Drift,
  type DriftedMember,
  HUB_LANES,
  type Link,
  type MemberPage,
  type Membership,
  QUEUES,
} from '../contract/index.ts'
import { unitMark } from '../engine/marks.ts'
import { doneAbout } from './mend.ts'
import { seenAfter, seenAmong, seenKey, seeWrite, unseeWrite } from './seen.ts'
import { createReport, type LinkItem, placeOf, type Slice, type SweepDeps } from './sweep-deps.ts'
import type { SweepRun } from './sweep-run.ts'

/** Members held against the list in one slice. */
const MEMBERS = 500
/** Members that are asked for one by one, of each group, where an app doesn't list them. */
const SAMPLE = 20

/** How far the comparison of one group is: its members are listed, then ours are held against the list, then what is left is looked at. */
type Part = 'list' | 'ours' | 'left'

/**
 * Carries the comparison of members on by one slice. `run.after` is the group, `run.page` the part and the place in it. `end` makes the run
 * that has come to its end.
 */
export async function membersSlice(
  deps: SweepDeps,
  run: SweepRun,
  end: (counts: SweepRun['counts']) => SweepRun,
): Promise<Slice> {
  const group = await groupOf(deps, run)
  if (group === undefined) return { run: end(run.counts), writes: [] }
  const at = partOf(run)
  if (deps.app.adapter.traits.members.read === 'one') return sampleSlice(deps, run, group)
  if (at.part === 'list') return listSlice(deps, run, group, at.after)
  if (at.part === 'ours') return oursSlice(deps, run, group, at.after)
  return leftSlice(deps, run, group, at.after)
}

/** The group that is compared: the one that a page was begun of, or the next one that has an account and is wanted. */
async function groupOf({ store, app }: SweepDeps, run: SweepRun): Promise<LinkItem | undefined> {
  const queue = QUEUES.links(app.settings.id)
  if (run.page !== undefined && run.after !== undefined) {
    const [item] = await store.items(app.tenant, queue, { keys: [run.after] })
    if (item !== undefined) return { item, link: item.value as unknown as Link }
  }
  for (let after = run.after; ; ) {
    const items = await store.items(app.tenant, queue, after === undefined ? { limit: 500 } : { after, limit: 500 })
    for (const item of items) {
      const link = item.value as unknown as Link
      if (link.type === 'Group' && link.account !== undefined && link.wanted === 'active') return { item, link }
    }
    after = items.at(-1)?.key
    if (items.length < 500 || after === undefined) return undefined
  }
}

async function listSlice(deps: SweepDeps, run: SweepRun, group: LinkItem, after: string | undefined): Promise<Slice> {
  const { adapter } = deps.app
  const at = deps.now()
  const account = group.link.account ?? ''
  const page = await deps.ask('Group', async (call): Promise<MemberPage> => {
    const found = await adapter.readMembers?.(account, after, call)
    if (found === undefined)
      throw new AppError('refused', 'The adapter says that it lists members, and has no readMembers')
    return found
  })
  const writes = page.ids.map((id) => seeWrite(membersPlace(deps, group), 'User', { id, document: {} }, {}, at))
  for (let from = 0; from + MEMBERS < writes.length; from += MEMBERS)
    await deps.commit(writes.slice(from, from + MEMBERS))
  const last = writes.slice(Math.floor(Math.max(0, writes.length - 1) / MEMBERS) * MEMBERS)
  return { run: onTo(run, group, page.next === undefined ? 'ours' : 'list', page.next), writes: last }
}

/** Members that the app should have. Those that it doesn't show are added once more. */
async function oursSlice(deps: SweepDeps, run: SweepRun, group: LinkItem, after: string | undefined): Promise<Slice> {
  const { tenant, settings } = deps.app
  const queue = QUEUES.members(settings.id, group.item.key)
  const where = after === undefined ? { limit: MEMBERS } : { after, limit: MEMBERS }
  const items = await deps.store.items(tenant, queue, where)
  const confirmed = items.filter((item) => isConfirmed(item))
  const { run: place } = membersPlace(deps, group)
  const keyOf = (item: Item) => seenKey(place, 'User', accountOf(item))
  const seen = await seenAmong(deps.store, tenant, settings.id, confirmed.map(keyOf))
  const report = createReport(deps, run)
  for (const item of confirmed) {
    report.count({ compared: 1 })
    if (seen.has(keyOf(item))) {
      report.count({ same: 1 })
      report.write(unseeWrite(tenant, settings.id, keyOf(item)))
      continue
    }
    addDrift(deps, report, group, { resource: item.key, account: accountOf(item), is: 'missing' })
  }
  const next = items.length === MEMBERS ? items.at(-1)?.key : undefined
  return {
    run: { ...onTo(run, group, next === undefined ? 'left' : 'ours', next), counts: report.counts() },
    writes: report.writes(),
  }
}

/** Members that nobody put there: accounts of people here are taken out again, others are only reported. */
async function leftSlice(deps: SweepDeps, run: SweepRun, group: LinkItem, after: string | undefined): Promise<Slice> {
  const { tenant, settings } = deps.app
  const { run: place } = membersPlace(deps, group)
  const left = await seenAfter(deps.store, tenant, settings.id, place, after, 100)
  const report = createReport(deps, run)
  for (const seen of left) {
    report.write(unseeWrite(tenant, settings.id, seen.key))
    const owners = await deps.store.items(tenant, QUEUES.links(settings.id), {
      tag: accountTag('User', seen.account),
      limit: 10,
    })
    const owner = owners.find(({ value }) => (value as unknown as Link).account === seen.account)
    if (owner === undefined) {
      const what = `a member of ${group.link.name} that nobody here owns`
      report.add({ kind: 'stranger', type: 'User', account: seen.account, name: seen.name, what, done: 'reported' }, [])
      continue
    }
    const queue = QUEUES.members(settings.id, group.item.key)
    const [own] = await deps.store.items(tenant, queue, { keys: [owner.key] })
    // Added since the list was read.
    if (own !== undefined && (own.state !== '' || accountOf(own) === seen.account)) continue
    addDrift(deps, report, group, { resource: owner.key, account: seen.account, is: 'extra' })
  }
  const more = left.length === 100 ? left.at(-1)?.key : undefined
  const counts = report.counts()
  if (more !== undefined) return { run: { ...onTo(run, group, 'left', more), counts }, writes: report.writes() }
  return { run: nextGroup({ ...run, counts }, group), writes: report.writes() }
}

/** Where members can only be asked for one by one: a few of each group, others each time. */
async function sampleSlice(deps: SweepDeps, run: SweepRun, group: LinkItem): Promise<Slice> {
  const { settings } = deps.app
  const queue = QUEUES.members(settings.id, group.item.key)
  const items = await sampleOf(deps, queue)
  const report = createReport(deps, run)
  for (const item of items.filter((one) => isConfirmed(one))) {
    const account = group.link.account ?? ''
    const is = await deps.ask(
      'Group',
      async (call) => (await deps.app.adapter.isMember?.(account, accountOf(item), call)) ?? true,
    )
    report.count({ compared: 1, ...(is ? { same: 1 } : {}) })
    if (is) continue
    addDrift(deps, report, group, { resource: item.key, account: accountOf(item), is: 'missing' })
  }
  return { run: nextGroup({ ...run, counts: report.counts() }, group), writes: report.writes() }
}

/** Members from a place on that differs from run to run, as run ids do. */
async function sampleOf({ store, app, run }: SweepDeps, queue: string): Promise<readonly Item[]> {
  const from = run.slice(-8)
  const found = await store.items(app.tenant, queue, { after: from, limit: SAMPLE })
  if (found.length === SAMPLE) return found
  const rest = await store.items(app.tenant, queue, { limit: SAMPLE - found.length })
  return [...found, ...rest.filter(({ key }) => key <= from)]
}

function addDrift(
  deps: SweepDeps,
  report: ReturnType<typeof createReport>,
  group: LinkItem,
  member: DriftedMember,
): void {
  const { link, item } = group
  const done = doneAbout(deps.app.settings, 'drifted')
  const account = link.account ?? ''
  const is = member.is === 'missing' ? 'is not in the group' : 'is in the group and should not be'
  const what = `member ${member.resource} ${is}`
  const drift: Drift = {
    kind: 'drifted',
    type: 'Group',
    account,
    resource: item.key,
    name: link.name,
    what,
    done,
    member,
  }
  report.add(drift, mendMember(deps, group, member))
}

/**
 * The writes that mend one member: what the app has of it becomes what the sweep saw, and the deliverer adds or removes it as it is wanted
 * by then.
 */
function mendMember(deps: SweepDeps, group: LinkItem, { resource, account, is }: DriftedMember): readonly WorkWrite[] {
  const { tenant, settings } = deps.app
  const item = { tenant, queue: QUEUES.members(settings.id, group.item.key), key: resource }
  const value: Membership | null = is === 'missing' ? null : { account }
  return [
    { write: 'item', item, set: { value: value === null ? null : { ...value }, state: 'ready', due: deps.now() } },
    ...groupMark(deps, group, is === 'missing' ? HUB_LANES.sweep : HUB_LANES.lose),
  ]
}

/**
 * What mends a member that a sweep has found and left; none where something has happened to it since. It is not read again: adding who is
 * there, and removing who is not, changes nothing.
 */
export async function fixMember(
  deps: SweepDeps,
  group: LinkItem,
  member: DriftedMember,
): Promise<readonly WorkWrite[]> {
  const { tenant, settings } = deps.app
  const queue = QUEUES.members(settings.id, group.item.key)
  const [own] = await deps.store.items(tenant, queue, { keys: [member.resource] })
  const isOurs = own !== undefined && isConfirmed(own) && accountOf(own) === member.account
  if (member.is === 'missing') return isOurs ? mendMember(deps, group, member) : []
  const isUnderWay = own !== undefined && (own.state !== '' || accountOf(own) === member.account)
  return isUnderWay ? [] : mendMember(deps, group, member)
}

function groupMark({ app, now }: SweepDeps, { item, link }: LinkItem, lane: number): readonly WorkWrite[] {
  const { tenant, queue, key } = item
  const { type, name } = link
  const due = now()
  return [
    { write: 'mark', item: { tenant, queue, key }, lane, due, state: 'ready', value: { type, name } },
    unitMark({ tenant, app: app.settings.id }, lane, due),
  ]
}

/** Where the listed members of a group are kept. */
function membersPlace(deps: SweepDeps, { item }: LinkItem): ReturnType<typeof placeOf> {
  const place = placeOf(deps)
  return { ...place, run: `${place.run}~${item.key}` }
}

function accountOf({ value }: Item): string {
  const membership = value as unknown as Membership | null
  return membership?.account ?? ''
}

/** The app confirmed it, and nothing about it is under way. */
function isConfirmed(item: Item): boolean {
  const membership = item.value as unknown as Membership | null
  return item.state === '' && membership !== null && membership.tentative !== true
}

function partOf({ page = 'list' }: SweepRun): { readonly part: Part; readonly after: string | undefined } {
  const cut = page.indexOf(' ')
  const part = (cut === -1 ? page : page.slice(0, cut)) as Part
  return { part, after: cut === -1 ? undefined : page.slice(cut + 1) }
}

function onTo(run: SweepRun, { item }: LinkItem, part: Part, after: string | undefined): SweepRun {
  return { ...run, after: item.key, page: after === undefined ? part : `${part} ${after}` }
}

function nextGroup({ page: _, ...run }: SweepRun, { item }: LinkItem): SweepRun {
  return { ...run, after: item.key }
}
