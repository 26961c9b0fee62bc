// Kill: puts one person out of every app at once, whatever scopes and guards say, until it is revoked.

import type { Environment } from '../../environment.ts'
import type { Store, Work, Write } from '../../store/index.ts'
import { HUB_LANES, type Kill, type Leaver, type Link, type Pardon, QUEUES, readApps } from '../contract/index.ts'
import { leavingWrites } from '../engine/leavers.ts'
import { leavingsOf, nobody } from './receipts.ts'

/** Who kills, and with what. */
export interface KillDeps {
  readonly store: Pick<Store & Work, 'records' | 'items' | 'commit' | 'tenant' | 'changes' | 'get'>
  readonly environment: Environment
  /** The name of the administrator in the log. */
  readonly actor: string
}

/** What came of it. */
export interface KillResult {
  /** Somebody had decided the same before; it was told again to every app that is open. */
  readonly already: boolean
  /** Apps in which the person has, or had, an account. */
  readonly apps: readonly string[]
}

/** The last kill of a person, as people ask for it. */
export interface Killed extends Kill {
  /** Who took it back, and when. Absent while it stands. */
  readonly revoked?: { readonly at: number; readonly by: string }
}

/** The verbs of the notes in the log. */
const VERBS = { kill: 'killed', revoke: 'killRevoked' } as const

/**
 * Decides that a person must be out of every app at once. The links of all apps come first in their lanes, pass the guard, and are not held
 * back by a pause that people have made; only an app that can't be reached, or asks for patience, makes it wait. It stands until
 * {@link revokeKill}: no scope and no change of the directory brings the person back. Done again, it changes nothing.
 */
export async function killPerson(deps: KillDeps, tenant: string, user: string): Promise<KillResult> {
  const { store, environment, actor } = deps
  const item = { tenant, queue: QUEUES.kills, key: user }
  const [before] = await store.items(tenant, QUEUES.kills, { keys: [user] })
  const { place = 0 } = (await store.tenant(tenant)) ?? {}
  const at = environment.now()
  const { apps, writes } = await marksOf(deps, tenant, user)
  if (before === undefined) {
    if (apps.length === 0 && !(await wasHere(store, tenant, user))) throw nobody(tenant, user)
    const kill: Kill = { at, by: actor }
    await store.commit([
      noteOf(deps, tenant, user, VERBS.kill),
      { write: 'item', item, set: { value: { ...kill } }, ifAbsent: true },
      ...writes,
    ])
    await noteLeaving(deps, tenant, user, place)
  } else if (writes.length > 0) await store.commit(writes)
  return { already: before !== undefined, apps }
}

/** Takes a kill back: from now on the directory and the scopes decide again. False when there was none. */
export async function revokeKill(deps: KillDeps, tenant: string, user: string): Promise<boolean> {
  const { store, environment, actor } = deps
  const item = { tenant, queue: QUEUES.kills, key: user }
  const [before] = await store.items(tenant, QUEUES.kills, { keys: [user] })
  if (before === undefined) return false
  const pardon: Pardon = { kill: before.value as unknown as Kill, at: environment.now(), by: actor }
  const { writes } = await marksOf(deps, tenant, user)
  await store.commit([
    noteOf(deps, tenant, user, VERBS.revoke),
    { write: 'item', item, set: undefined },
    {
      write: 'item',
      item: { tenant, queue: QUEUES.pardons, key: user },
      set: { value: { ...pardon, kill: { ...pardon.kill } } },
    },
    ...writes,
  ])
  return true
}

/** Whether somebody was killed, by whom and when; and who took it back. Undefined where nobody ever decided so. */
export async function lastKill(store: Pick<Work, 'items'>, tenant: string, user: string): Promise<Killed | undefined> {
  const [[kill], [pardon]] = await Promise.all([
    store.items(tenant, QUEUES.kills, { keys: [user] }),
    store.items(tenant, QUEUES.pardons, { keys: [user] }),
  ])
  if (kill !== undefined) return kill.value as unknown as Kill
  if (pardon === undefined) return undefined
  const { kill: before, at, by } = pardon.value as unknown as Pardon
  return { ...before, revoked: { at, by } }
}

/** Whether there is such a person, or was since the hub has been there. */
async function wasHere(store: KillDeps['store'], tenant: string, user: string): Promise<boolean> {
  if ((await store.get({ tenant, type: 'User', id: user })) !== undefined) return true
  return (await leavingsOf(store, tenant, user)).length > 0
}

function noteOf({ environment, actor }: KillDeps, tenant: string, user: string, verb: string): Write {
  const log = { actor, paths: [{ path: 'verb', new: verb }] }
  return { write: 'note', ref: { tenant, type: 'User', id: user }, at: environment.now(), log }
}

/** Marks the person's links in all apps, first of all lanes, and the apps. Where there is no link, nothing is made. */
async function marksOf(
  { store, environment }: KillDeps,
  tenant: string,
  user: string,
): Promise<{ readonly apps: readonly string[]; readonly writes: readonly Write[] }> {
  const apps: string[] = []
  const writes: Write[] = []
  const due = environment.now()
  const first = { lane: HUB_LANES.leave, due, state: 'ready' }
  for (const { id } of await readApps(store, tenant)) {
    const queue = QUEUES.links(id)
    const [link] = await store.items(tenant, queue, { keys: [user] })
    if (link === undefined) continue
    apps.push(id)
    // It may be forgotten before this is written: no mark may make one that says nothing.
    const { name } = link.value as unknown as Link
    writes.push({ write: 'mark', item: { tenant, queue, key: user }, ...first, value: { type: 'User', name } })
    writes.push({ write: 'mark', item: { tenant, queue: QUEUES.units, key: id }, ...first })
  }
  return { apps, writes }
}

/** A kill is a leaving, and gets a receipt. Its line in the log is known only once it is written. */
async function noteLeaving(
  { store, environment }: KillDeps,
  tenant: string,
  user: string,
  after: number,
): Promise<void> {
  for (let place = after; ; ) {
    const lines = await store.changes(tenant, place, 500)
    const line = lines.find(({ id, op, paths }) => {
      return id === user && op === 'note' && paths.some(({ path, new: verb }) => path === 'verb' && verb === VERBS.kill)
    })
    if (line !== undefined) {
      const leaver: Leaver = { how: 'killed', at: line.at, place: line.place }
      await store.commit([...leavingWrites(tenant, user, leaver, environment.now())])
      return
    }
    const last = lines.at(-1)
    if (last === undefined) return
    place = last.place
  }
}
