// Judges the end of a run: whether every app holds what it should, computed in another way than the hub does.

import { documentOf } from '../../../src/directory/index.ts'
import { type AppSettings, HUB_READER, type Link, type LinkReason, QUEUES } from '../../../src/hub/contract/index.ts'
import type { Document } from '../../../src/protocol/index.ts'
import type { Item } from '../../../src/store/index.ts'
import type { WorkStore } from '../../simulation/connection.ts'
import type { SimAccount, SimApp } from './sim-app.ts'
import { ENTERPRISE, settingsOf, TENANT, type World } from './world.ts'

/** A person or a group as it is here. */
interface Resource {
  readonly id: string
  readonly type: 'User' | 'Group'
  readonly document: Document
  /** Groups that it is in, nested ones too. */
  readonly memberOf: ReadonlySet<string>
}

/** What the company is like at the end. */
interface Company {
  readonly users: ReadonlyMap<string, Resource>
  readonly groups: ReadonlyMap<string, Resource>
  /** People in each group, through nested groups too. */
  readonly people: ReadonlyMap<string, ReadonlySet<string>>
  readonly killed: ReadonlySet<string>
}

/** One app at the end. */
interface Judged {
  readonly world: World
  readonly company: Company
  readonly settings: AppSettings
  readonly app: SimApp
  readonly links: ReadonlyMap<string, Item & { readonly link: Link }>
}

const MANY = 1_000
/** How soon whoever waits is looked at once there is no reason to wait any more. */
const WOKEN_MS = 60_000
/** Links that are not done, and say why. */
const EXCUSED = ['waiting', 'held', 'parked']

/** What is not settled yet; undefined when all is quiet. */
export async function unfinished(
  store: WorkStore,
  world: World,
  now: number,
  violated: (what: string) => void,
): Promise<string | undefined> {
  const row = await store.tenant(TENANT)
  const cursor = (await store.cursors(TENANT)).find(({ reader }) => reader === HUB_READER)
  if (cursor !== undefined && cursor.place < (row?.place ?? 0))
    return `the log is read to ${cursor.place} of ${row?.place}`
  const settings = new Map((await settingsOf(store)).map((one) => [one.id, one]))
  for (const { name } of world.apps) {
    if (settings.get(name)?.mode !== 'on') continue
    const [unit] = await store.items(TENANT, QUEUES.units, { keys: [name] })
    if (unit !== undefined && unit.state !== '' && unit.due <= now) return `app ${name} is ${unit.state}`
    for (const { key, state, due, mark, done, value } of await store.items(TENANT, QUEUES.links(name), {
      limit: MANY,
    })) {
      if (state === 'ready' || state === 'watched') return `the link of ${key} in ${name} is ${state}`
      const { reason } = value as unknown as Link
      // Whoever waits is looked at again after ten minutes, in case the one who is waited for had come meanwhile.
      const isYoung = state === 'waiting' && now - (reason?.since ?? now) < 660_000
      const missing = await notWoken(store, name, reason, now)
      if (missing !== undefined) violated(`P7: ${key} waits in ${name} for ${missing}, who has been there for a minute`)
      if (EXCUSED.includes(state) && (due <= now || isYoung)) return `the link of ${key} in ${name} is ${state}`
      if (state === '' && mark > done)
        return `P1: the link of ${key} in ${name} is at rest, with ${done} of ${mark} marks done`
    }
  }
  return undefined
}

/** Whoever waits is woken by the one who is waited for, not by time. */
async function notWoken(
  store: WorkStore,
  app: string,
  reason: LinkReason | undefined,
  now: number,
): Promise<string | undefined> {
  if (reason?.code !== 'waits-for' || reason.since > now - WOKEN_MS) return undefined
  const keys = reason.details as readonly string[]
  const links = await store.items(TENANT, QUEUES.links(app), { keys })
  return links.find(({ state, value }) => {
    const { account, acked, ackedAt = now } = value as unknown as Link
    return state === '' && account !== undefined && acked?.active === true && ackedAt < now - WOKEN_MS
  })?.key
}

/** What is wrong at the end; undefined when nothing is. */
export async function judge(
  store: WorkStore,
  world: World,
  duplicates: ReadonlySet<string>,
): Promise<string | undefined> {
  const company = await readCompany(store)
  for (const settings of await settingsOf(store)) {
    const app = world.apps.find(({ name }) => name === settings.id)
    if (app === undefined || settings.mode !== 'on') continue
    const items = await store.items(TENANT, QUEUES.links(app.name), { limit: MANY })
    const links = new Map(items.map((item) => [item.key, { ...item, link: item.value as unknown as Link }]))
    const judged = { world, company, settings, app, links }
    const wrong = judgeReasons(judged) ?? judgeUsers(judged) ?? judgeGroups(judged) ?? judgeAccounts(judged, duplicates)
    if (wrong !== undefined) return `${wrong} (${app.name})`
  }
  return undefined
}

async function readCompany(store: WorkStore): Promise<Company> {
  const users = new Map<string, Resource>()
  const groups = new Map<string, Resource>()
  const lines = await store.changes(TENANT, 0, 100_000)
  const ids = new Map(
    lines.flatMap(({ type, id }) => (type === 'User' || type === 'Group' ? [[id, type] as const] : [])),
  )
  for (const [id, type] of ids) {
    const stored = await store.get({ tenant: TENANT, type, id }, { groups: true })
    if (stored === undefined) continue
    const memberOf = new Set((stored.groups ?? []).map((group) => group.id))
    const resource: Resource = { id, type, document: documentOf(stored), memberOf }
    ;(type === 'User' ? users : groups).set(id, resource)
  }
  const people = new Map<string, Set<string>>()
  for (const user of users.values())
    for (const group of user.memberOf) people.set(group, (people.get(group) ?? new Set()).add(user.id))
  const kills = await store.items(TENANT, QUEUES.kills, { limit: MANY })
  return { users, groups, people, killed: new Set(kills.map(({ key }) => key)) }
}

/** Whether somebody is in scope. The rules are those that worlds have, understood anew. */
function isInScope({ settings }: Pick<Judged, 'settings'>, { document, memberOf }: Resource): boolean {
  const { filter, memberOf: groups } = settings.scope.users
  if (filter !== undefined && document.userType !== 'staff') return false
  return groups === undefined || groups.some((id) => memberOf.has(id))
}

/** Whether somebody is to be switched on. */
function isWanted(judged: Pick<Judged, 'settings' | 'company'>, user: Resource): boolean {
  return isInScope(judged, user) && user.document.active !== false && !judged.company.killed.has(user.id)
}

/** Every link that is not done says why, and the reason is true. */
function judgeReasons(judged: Judged): string | undefined {
  for (const [id, { state, link }] of judged.links) {
    if (!EXCUSED.includes(state)) continue
    if (link.reason === undefined) return `P1: the link of ${id} is ${state} without a reason`
    if (!isTrue(judged, id, link))
      return `P1: the link of ${id} is ${state}: ${link.reason.code}: ${link.reason.message}`
  }
  return undefined
}

function isTrue(judged: Judged, id: string, link: Link): boolean {
  const { company, app, world } = judged
  const user = company.users.get(id)
  switch (link.reason?.code) {
    case 'guard':
      return true
    case 'refused':
      if (app.habits.refusesBad && String(user?.document.title ?? '').startsWith('bad')) return true
      // The app does not take a member whose account another hand removes again and again.
      return [...(company.people.get(id) ?? [])].some(
        (one) => judged.links.get(one)?.link.reason?.code === 'vanishes' && world.meddled.has(`${app.name} ${one}`),
      )
    case 'waits-for': {
      const manager = managerHere(user)
      if (manager === undefined) return false
      const other = judged.links.get(manager)
      const boss = company.users.get(manager)
      // A manager who has, and shall have, no account is waited for in vain; everything else was sent.
      return (
        boss === undefined ||
        other?.link.account === undefined ||
        !isThere(app, other.link) ||
        EXCUSED.includes(other.state)
      )
    }
    case 'vanishes':
      return world.meddled.has(`${app.name} ${id}`)
    case 'taken':
    case 'conflict':
    case 'ambiguous':
    case 'swap':
    case 'adopt':
      return isNameTaken(judged, id, link)
    default:
      return false
  }
}

/** Whether somebody whom nothing moves has the name that a link needs. */
function isNameTaken({ company, app, links, world }: Judged, id: string, link: Link): boolean {
  const resource = company.users.get(id) ?? company.groups.get(id)
  const attribute = link.type === 'User' ? 'userName' : 'displayName'
  const name = String(resource?.document[attribute] ?? link.name).toLowerCase()
  // A stranger's account that had it was removed by hand: nobody hears of that before the daily try.
  if (link.reason?.code === 'conflict' && world.meddled.has(`${app.name} undefined`)) return true
  return [...app.accounts.values()].some((account) => {
    if (account.type !== link.type) return false
    // An id that was given again, after the account that had it was deleted, is another's.
    const isOthers = [...links.values()].some((one) => one.key !== id && one.link.account === account.id)
    if (account.id === link.account && !isOthers) return false
    if (String(account.document[attribute] ?? '').toLowerCase() !== name) return false
    // Where an account that is off is out of reach, nobody can rename it: it blocks the name that it had until it is switched on.
    if (account.hidden || wasRepeated(app, account.id)) return true
    // An account that the policy leaves alone keeps its name.
    if (world.letGo.has(app.name)) return true
    const owner = [...links.values()].find((one) => one.key !== id && one.link.account === account.id)
    if (owner === undefined || world.meddled.has(`${app.name} ${owner.key}`)) return true
    const other = company.users.get(owner.key) ?? company.groups.get(owner.key)
    if (EXCUSED.includes(owner.state)) {
      // Two who wait for each other's names are helped by nobody but the hub.
      const own = link.account === undefined ? undefined : app.accounts.get(link.account)
      const held = String(own?.document[attribute] ?? '').toLowerCase()
      const isCircle =
        owner.link.reason?.code === 'conflict' && held === String(other?.document[attribute]).toLowerCase()
      return !isCircle || own?.hidden === true
    }
    return String(other?.document[attribute] ?? name).toLowerCase() === name
  })
}

function managerHere(user: Resource | undefined): string | undefined {
  const extension = user?.document[ENTERPRISE] as { readonly manager?: { readonly value?: string } } | undefined
  return extension?.manager?.value
}

/** Whether the account of a link is there, as the hub sees it. */
function isThere(app: SimApp, link: Link): boolean {
  const account = link.account === undefined ? undefined : app.accounts.get(link.account)
  if (account === undefined) return false
  return link.type === 'Group' || app.habits.disableMeans === 'kept' || account.document.active !== false
}

function judgeUsers(judged: Judged): string | undefined {
  const { company, app, links, world } = judged
  for (const user of company.users.values()) {
    const { id } = user
    const held = links.get(id)
    if (world.meddled.has(`${app.name} ${id}`)) continue
    if (held !== undefined && EXCUSED.includes(held.state) && held.link.reason?.code !== 'waits-for') continue
    const account = held?.link.account === undefined ? undefined : app.accounts.get(held.link.account)
    const name = `${id} (${user.document.userName})`
    if (isWanted(judged, user)) {
      if (held === undefined) return `P1: ${name} is in scope and has no link`
      if (account === undefined && wasRepeated(app, held.link.account)) continue
      if (account === undefined) return `P2: ${name} is in scope and has no account`
      const wrong = wasRepeated(app, account.id) ? undefined : differenceOf(judged, user, account)
      if (wrong !== undefined) return `P2: the account ${account.id} of ${name} ${wrong}`
    } else if (account !== undefined && wasRepeated(app, account.id)) {
    } else if (account !== undefined && account.document.active !== false && !letsGo(judged, user)) {
      return `P2: ${name} must be off, and ${account.id} is on`
    } else if (account !== undefined && isInScope(judged, user) && app.habits.disableMeans === 'kept') {
      // Whoever is off keeps the name that he has here, so that his old one is free.
      const wrong = differenceOf(judged, user, account)
      if (wrong !== undefined) return `P2: the account ${account.id} of ${name}, who is off, ${wrong}`
    }
  }
  return undefined
}

/**
 * Whether a request that was done and answered arrived once more after everything else. Nobody hears of that: a newer state is undone until
 * a sweep, and only an app with versions (If-Match) can refuse it.
 */
function wasRepeated({ effects }: SimApp, account: string | undefined, member?: string): boolean {
  if (member !== undefined)
    return effects.findLast((one) => one.id === account && one.member === member)?.twice === true
  // What came after it may have changed other attributes.
  return effects.some((one) => one.id === account && one.member === undefined && one.twice)
}

/** Whether an app may keep somebody who left: its policy lets go of accounts, or did. */
function letsGo({ world, app }: Judged, _user: Resource | undefined): boolean {
  return world.letGo.has(app.name)
}

/** What an account holds, and should not. */
function differenceOf(judged: Judged, user: Resource, account: SimAccount): string | undefined {
  const { app, links } = judged
  const { document } = account
  const lower = (text: unknown) => (app.habits.lower ? String(text).toLowerCase() : text)
  const wanted: Document = {
    userName: lower(user.document.userName) as string,
    externalId: user.id,
    displayName: user.document.displayName ?? null,
    title: user.document.title ?? null,
    active: isWanted(judged, user),
  }
  // What another hand changed at a stranger's account, after it was found and before it was taken over, shows at the next full sweep.
  const isMeddled = document.nickName === 'by hand' && judged.world.meddled.has(`${app.name} undefined`)
  for (const [name, value] of Object.entries(wanted)) {
    if (name === 'title' && isMeddled) continue
    if ((document[name] ?? null) !== value)
      return `has ${name} ${JSON.stringify(document[name])} instead of ${JSON.stringify(value)}`
  }
  const boss = managerHere(user)
  // Nobody hears of it when another hand removes the account of a manager, before the next full sweep.
  if (boss !== undefined && judged.world.meddled.has(`${app.name} ${boss}`)) return undefined
  const link = boss === undefined ? undefined : links.get(boss)?.link
  const manager = link !== undefined && isThere(app, link) ? link.account : undefined
  const extension = document[ENTERPRISE] as { readonly manager?: { readonly value?: string } } | undefined
  const held = extension?.manager?.value
  // Whoever is off need not be told of a manager who came or went.
  if (held !== manager && wanted.active === true) return `has the manager ${held} instead of ${manager} (P7)`
  return undefined
}

function judgeGroups(judged: Judged): string | undefined {
  const { company, app, links, settings, world } = judged
  if (settings.scope.groups === undefined) return undefined
  for (const group of company.groups.values()) {
    const held = links.get(group.id)
    if (held === undefined) return `P1: the group ${group.document.displayName} has no link`
    if (EXCUSED.includes(held.state)) continue
    const account = held.link.account === undefined ? undefined : app.accounts.get(held.link.account)
    if (account === undefined && wasRepeated(app, held.link.account)) continue
    if (account === undefined) return `P2: the group ${group.document.displayName} has no account`
    if (account.document.displayName !== group.document.displayName && !wasRepeated(app, account.id))
      return `P2: the group ${group.document.displayName} is called ${account.document.displayName}`
    const wanted = new Set<string>()
    for (const id of company.people.get(group.id) ?? []) {
      const user = company.users.get(id)
      const link = links.get(id)
      if (user === undefined || link === undefined || !isInScope(judged, user)) continue
      if (isThere(app, link.link) && link.link.account !== undefined) wanted.add(link.link.account)
    }
    const exempt = new Set(
      [...links.values()]
        .filter(({ key, state }) => EXCUSED.includes(state) || world.meddled.has(`${app.name} ${key}`))
        .flatMap(({ link }) => link.account ?? []),
    )
    for (const id of [...wanted, ...account.members]) if (wasRepeated(app, account.id, id)) exempt.add(id)
    const missing = [...wanted].find((id) => !account.members.has(id) && !exempt.has(id))
    const extra = [...account.members].find((id) => !wanted.has(id) && !exempt.has(id) && isWithinReach(app, id))
    if (missing !== undefined) return `P2, P7: the group ${group.document.displayName} lacks ${missing}`
    if (extra !== undefined && !world.letGo.has(app.name))
      return `P2: the group ${group.document.displayName} has ${extra}`
  }
  return undefined
}

/** Whether the hub can say anything of a member: an account of its own, in reach. */
function isWithinReach({ accounts }: SimApp, id: string): boolean {
  const account = accounts.get(id)
  return account?.ours === true && !account.hidden
}

/** Accounts that nobody here answers for, and those that two do. */
function judgeAccounts(
  { app, links, company, world, settings }: Judged,
  duplicates: ReadonlySet<string>,
): string | undefined {
  const owners = new Map<string, string>()
  for (const [id, { link, state }] of links) {
    if (link.account === undefined) continue
    const other = owners.get(link.account)
    const lives = company.users.has(id) || company.groups.has(id)
    if (lives && other !== undefined && other !== id)
      return `P5: the account ${link.account} is linked to ${other} and ${id}`
    if (lives) owners.set(link.account, id)
    const account = app.accounts.get(link.account)
    const gone = link.type === 'User' && !lives
    const adopted = [...links.values()].some(
      (one) => one.key !== id && one.link.account === link.account && company.users.has(one.key),
    )
    if (
      gone &&
      !adopted &&
      account !== undefined &&
      account.document.active !== false &&
      !EXCUSED.includes(state) &&
      !world.letGo.has(app.name) &&
      !world.meddled.has(`${app.name} ${id}`)
    )
      return `P2: ${id} is gone, and ${link.account} is on`
  }
  const byExternal = new Map<string, string>()
  for (const account of app.accounts.values()) {
    if (!account.ours || account.type !== 'User' || account.document.active === false) continue
    const external = String(account.document.externalId)
    if (world.meddled.has(`${app.name} ${external}`)) continue
    const twin = byExternal.get(external)
    // Of somebody whom the policy let go of nobody looks for a twin any more.
    if (twin !== undefined && !duplicates.has(app.name) && !world.letGo.has(app.name))
      return `P5: ${external} has two accounts that are on: ${twin} and ${account.id}`
    byExternal.set(external, account.id)
    const known = owners.has(account.id) || [...links.values()].some(({ link }) => link.account === account.id)
    if (!known && !duplicates.has(app.name) && !world.letGo.has(app.name))
      return `P5: ${account.id} is on, was made for ${external}, and no link knows it`
  }
  for (const account of app.accounts.values()) {
    if (!account.ours && account.document.displayName === 'Stranger' && account.document.nickName !== 'by hand')
      return `P2: what nobody manages was changed at ${account.id}`
  }
  return settings.id === app.name ? undefined : 'another app'
}
