// One slice of a sweep: an app is compared with what it should hold, a page at a time, resumable at each.

import type { WorkWrite } from '../../store/index.ts'
import { type AccountType, AppError, type Link, QUEUES } from '../contract/index.ts'
import { classify, managedPart, type Shown } from './classify.ts'
import { fixSlice } from './fix-slice.ts'
import { ignoredAmong, isIgnored } from './ignored.ts'
import { lightSlice } from './light-sweep.ts'
import { linkOf, readShown, traitsOf } from './reading.ts'
import { type Seen, seenAfter, seenAmong, seenKey, seeWrite, unseeWrite } from './seen.ts'
import { settleVerdict } from './settle-verdict.ts'
import { comparedNames, createReport, type LinkItem, placeOf, type Slice, type SweepDeps } from './sweep-deps.ts'
import { membersSlice } from './sweep-members.ts'
import { counted, type SweepRun } from './sweep-run.ts'

/** Links held against the list in one slice. */
const LINKS = 200
/** Accounts that one slice reads again, to be sure. */
const READS = 20
/** Writes of listed accounts in one commit. */
const WRITES = 500

/**
 * Carries a sweep on by one slice. The caller commits what comes back, and calls again until the phase is `done` or `failed`. What the app
 * refuses ends the sweep with the reason; every other trouble is thrown, and the same slice is tried again later. `lightShare` is how many
 * accounts a light sweep reads.
 */
export async function sweepSlice(deps: SweepDeps, run: SweepRun, lightShare: number): Promise<Slice> {
  try {
    if (run.phase === 'fixing') return await fixSlice(deps, run)
    if (run.kind === 'light') return await lightSlice(deps, run, lightShare)
    switch (run.phase) {
      case 'accounts':
        return await listSlice(deps, run)
      case 'zombies':
        return await zombieSlice(deps, run)
      case 'links':
        return await linkSlice(deps, run)
      case 'strangers':
        return await strangerSlice(deps, run)
      case 'members':
        return await membersSlice(deps, run, (counts) => ended(deps, { ...run, counts }))
      default:
        return { run, writes: [] }
    }
  } catch (error) {
    if (!(error instanceof AppError) || !FINAL.has(error.trouble)) throw error
    const reason = `${run.phase}: ${error.message}`
    return { run: { ...run, phase: 'failed', endedAt: deps.now(), reason }, writes: [] }
  }
}

/** Troubles that another try won't end: an app that can't be listed is not compared, and that is said. */
const FINAL: ReadonlySet<string> = new Set(['refused', 'gone', 'too-large'])

async function listSlice(deps: SweepDeps, run: SweepRun): Promise<Slice> {
  const { app } = deps
  const traits = traitsOf(deps, run.type)
  const at = deps.now()
  const page = await deps.ask(run.type, (call) => app.adapter.list(run.type, run.after, call))
  const names = comparedNames(app, run.type)
  const writes = page.accounts.map((account) =>
    seeWrite(placeOf(deps), run.type, account, managedPart(account.document, names, traits), at),
  )
  // A page may be longer than a commit.
  for (let from = 0; from + WRITES < writes.length; from += WRITES) await deps.commit(writes.slice(from, from + WRITES))
  const last = writes.slice(Math.floor(Math.max(0, writes.length - 1) / WRITES) * WRITES)
  const counts = counted(run.counts, { listed: page.accounts.length })
  const { after: _, ...rest } = { ...run, counts }
  if (page.next !== undefined) return { run: { ...rest, after: page.next }, writes: last }
  const groups = run.type === 'User' && app.maps.Group !== undefined && app.adapter.traits.groups !== undefined
  return { run: groups ? { ...rest, type: 'Group' } : { ...rest, phase: 'zombies' }, writes: last }
}

/** Those who should be off come first: the list tells at once. */
async function zombieSlice(deps: SweepDeps, run: SweepRun): Promise<Slice> {
  const { links, next } = await pageOfLinks(deps, run.after)
  const off = links.filter(({ link }) => mustBeOff(link))
  const seen = await listed(deps, off)
  const report = createReport(deps, run)
  for (const one of off) {
    const found = seen(one)
    const { type } = one.link
    const verdict = classify(one.link, found, traitsOf(deps, type), comparedNames(deps.app, type))
    await settleVerdict(deps, report, one, found, verdict)
    if (found !== undefined) report.write(unseeWrite(deps.app.tenant, deps.app.settings.id, found.key))
  }
  return slice(run, report, next, 'links')
}

async function linkSlice(deps: SweepDeps, run: SweepRun): Promise<Slice> {
  const { links, next } = await pageOfLinks(deps, run.after)
  const seen = await listed(deps, links)
  const report = createReport(deps, run)
  let reads = 0
  for (const [index, one] of links.entries()) {
    if (one.link.account === undefined || mustBeOff(one.link)) continue
    const { type } = one.link
    const found = seen(one)
    let shown: Shown | undefined = found
    let verdict = classify(one.link, shown, traitsOf(deps, type), comparedNames(deps.app, type))
    if (verdict.is === 'drifted' || verdict.is === 'missing') {
      // A list that is read while others write repeats and leaves out; only a read of its own says what is so.
      if (reads++ === READS) return slice(run, report, links[index - 1]?.item.key ?? run.after, 'links')
      shown = await readShown(deps, one)
      verdict = classify(one.link, shown, traitsOf(deps, type), comparedNames(deps.app, type))
    }
    await settleVerdict(deps, report, one, shown, verdict)
    if (found !== undefined) report.write(unseeWrite(deps.app.tenant, deps.app.settings.id, found.key))
  }
  return slice(run, report, next, 'strangers')
}

function mustBeOff({ wanted }: Link): boolean {
  return wanted === 'disabled' || wanted === 'absent'
}

/** What is left of the list belongs to nobody here, or to a link that was made meanwhile. */
async function strangerSlice(deps: SweepDeps, run: SweepRun): Promise<Slice> {
  const { tenant, settings } = deps.app
  const left = await seenAfter(deps.store, tenant, settings.id, deps.run, run.after, LINKS)
  const report = createReport(deps, run)
  const place = { tenant, app: settings.id, now: deps.now() }
  const accounts = left.map(({ key, account, name }) => {
    const type: AccountType = key.startsWith(`${deps.run}/Group/`) ? 'Group' : 'User'
    return { key, type, account, name }
  })
  const ignoredOf = await ignoredAmong(deps.store, place, accounts)
  for (const { key, type, account, name } of accounts) {
    report.write(unseeWrite(tenant, settings.id, key))
    if ((await linkOf(deps, type, account)) !== undefined) continue
    const what = 'Nobody here owns this account'
    const done = isIgnored(ignoredOf({ type, account }), 'stranger', what) ? 'ignored' : 'reported'
    report.add({ kind: 'stranger', type, account, name, what, done }, [])
  }
  const members = deps.app.maps.Group !== undefined && deps.app.adapter.traits.members.read !== 'none'
  if (left.length === LINKS) return slice(run, report, left.at(-1)?.key, 'strangers')
  if (members) return slice(run, report, undefined, 'members')
  return { run: ended(deps, { ...run, counts: report.counts() }), writes: report.writes() }
}

/** A sweep that has come to its end. */
function ended({ now }: SweepDeps, run: SweepRun): SweepRun {
  const { after: _after, page: _page, ...rest } = run
  return { ...rest, phase: 'done', endedAt: now() }
}

async function pageOfLinks(
  { store, app }: SweepDeps,
  after: string | undefined,
): Promise<{ readonly links: readonly LinkItem[]; readonly next: string | undefined }> {
  const where = after === undefined ? { limit: LINKS } : { after, limit: LINKS }
  const items = await store.items(app.tenant, QUEUES.links(app.settings.id), where)
  const links = items.map((item) => ({ item, link: item.value as unknown as Link }))
  return { links, next: items.length === LINKS ? items.at(-1)?.key : undefined }
}

/** The listed accounts of links. */
async function listed(deps: SweepDeps, links: readonly LinkItem[]): Promise<(link: LinkItem) => Seen | undefined> {
  const keyOf = ({ link }: LinkItem) => seenKey(deps.run, link.type, link.account ?? '')
  const keys = links.filter(({ link }) => link.account !== undefined).map(keyOf)
  const seen = await seenAmong(deps.store, deps.app.tenant, deps.app.settings.id, keys)
  return (one) => {
    const found = seen.get(keyOf(one))
    return found?.account === one.link.account ? found : undefined
  }
}

/** The run after a slice that goes on at `next`, or in the phase that follows. */
function slice(
  run: SweepRun,
  report: { readonly counts: () => SweepRun['counts']; readonly writes: () => readonly WorkWrite[] },
  next: string | undefined,
  then: SweepRun['phase'],
): Slice {
  const { after: _, ...rest } = run
  const counts = report.counts()
  const on = next === undefined ? { ...rest, counts, phase: then } : { ...rest, counts, after: next }
  return { run: on, writes: report.writes() }
}
