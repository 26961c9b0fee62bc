// The company of a simulation: its directory and its apps' settings, and how operations change them.

import { createDirectory, type Directory, documentOf } from '../../../src/directory/index.ts'
import type { Environment } from '../../../src/environment.ts'
import { createApps } from '../../../src/hub/apps/apps.ts'
import {
  type AdapterKind,
  type AppScope,
  type AppSettings,
  HUB_LANES,
  QUEUES,
  readApps,
} from '../../../src/hub/contract/index.ts'
import { killPerson, revokeKill } from '../../../src/hub/proof/kill.ts'
import { type Document, Group, STRICT, User } from '../../../src/protocol/index.ts'
import type { Write } from '../../../src/store/index.ts'
import type { WorkStore } from '../../simulation/connection.ts'
import { BEGINNING } from '../../simulation/process.ts'
import type { Random } from '../../simulation/random.ts'
import type { Scheduler } from '../../simulation/scheduler.ts'
import { SIM_KIND } from './sim-adapter.ts'
import type { SimApp } from './sim-app.ts'
import type { Operation, ScopeChoice } from './workload.ts'

/** The tenant of all simulations. */
export const TENANT = 't'

/** The extension of users. */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** What apps are given of people and groups. */
export const MAP: AppSettings['map'] = {
  User: {
    userName: { from: 'userName' },
    externalId: { from: 'id' },
    displayName: { from: 'displayName' },
    title: { from: 'title', whenMissing: 'clear' },
    active: { from: 'active', default: true },
    [`${ENTERPRISE}:manager`]: { ref: `${ENTERPRISE}:manager`, whenMissing: 'clear' },
  },
  Group: { displayName: { from: 'displayName' }, externalId: { from: 'id' }, members: { refs: 'members' } },
}

/** The company. */
export interface World {
  readonly directory: Directory
  readonly apps: readonly SimApp[]
  readonly administration: ReturnType<typeof createApps>
  /** The present id of each person and group. */
  readonly people: Map<number, string>
  readonly groups: Map<number, string>
  /** Apps whose policy ever let go of accounts, and apps where a hold was approved. */
  readonly letGo: Set<string>
  readonly approved: Set<string>
  /** Apps that were ever paused. */
  readonly paused: Set<string>
  /** Whose account an administrator has meddled with, by app and resource. */
  readonly meddled: Set<string>
  /** How often somebody was killed. */
  kills: number
  /** Apps with accounts that the hub has not made. */
  readonly strangers: Set<string>
}

/** A directory on a connection, with ids by seed. */
export function openDirectory(store: WorkStore, environment: Environment, random: Random): Directory {
  const fill = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256)
    return bytes
  }
  return createDirectory({
    store,
    types: [User, Group],
    openTenants: false,
    environment: { ...environment, random: fill },
  })
}

/** An environment of somebody who waits for nothing. */
export function officeEnvironment(scheduler: Scheduler, random: Random): Environment {
  const unavailable = () => {
    throw new Error('Not available in a simulation')
  }
  return {
    now: () => BEGINNING + scheduler.now(),
    monotonic: scheduler.now,
    chance: random.next,
    random: unavailable,
    fetch: unavailable,
    wait: (ms) => new Promise((resolve) => void scheduler.after(ms, resolve)),
    setTimer: (ms, call) => scheduler.after(Math.max(0, ms), () => void call()),
    afterTurn: (call) => void scheduler.after(0, () => void call()),
  }
}

/** The rules of a scope. */
export function scopeOf(choice: ScopeChoice, scopeGroup: string): AppScope {
  switch (choice) {
    case 'all':
      return { users: {}, groups: {} }
    case 'staff':
      return { users: { filter: 'userType eq "staff"' }, groups: {} }
    case 'members':
      return { users: { memberOf: [scopeGroup] }, groups: {} }
    case 'no groups':
      return { users: {} }
  }
}

/** The same, for a change, which leaves alone what it does not name. */
function wholeScope(choice: ScopeChoice, scopeGroup: string) {
  const { users, groups } = scopeOf(choice, scopeGroup)
  return { users: { filter: null, memberOf: null, ...users }, groups: groups ?? null }
}

/** Makes the company: a tenant, the group that scopes name, and the apps, switched on. */
export async function createWorld(
  store: WorkStore,
  environment: Environment,
  random: Random,
  apps: readonly SimApp[],
  kinds: readonly AdapterKind[],
): Promise<World> {
  await store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: 1 }])
  const directory = openDirectory(store, environment, random)
  const administration = createApps({
    store,
    environment,
    actor: 'administrator',
    kinds,
    seal: async (_tenant, _app, secret) => `sealed ${secret.length}`,
    matches: async () => false,
    mayNameVariables: true,
    types: async () => [User, Group],
  })
  const world: World = {
    directory,
    apps,
    administration,
    people: new Map(),
    groups: new Map(),
    letGo: new Set(),
    approved: new Set(),
    paused: new Set(),
    meddled: new Set(),
    strangers: new Set(),
    kills: 0,
  }
  const { id } = await directory
    .create(context(world), 'Group', { schemas: [Group.schema.id], displayName: 'g0' })
    .then(({ stored }) => stored)
  world.groups.set(0, id)
  for (const { name } of apps) {
    await administration.create(TENANT, name, {
      label: name,
      adapter: SIM_KIND,
      options: {},
      map: MAP as never,
      scope: scopeOf(random.pick(['all', 'all', 'staff', 'members']), id) as never,
      policy: { onLeave: random.pick(['disable', 'disable', 'delete']), tombstoneDays: 30, adopt: 'one' },
      guard: { floor: 4, percent: 20, membersFloor: 8, membersPercent: 20 },
    })
    await administration.switchOn(TENANT, name, undefined, { withoutPlan: true })
  }
  return world
}

function context({ directory }: Pick<World, 'directory'>, txn = directory.newTxn()) {
  return { tenant: TENANT, actor: 'hr', allow: STRICT, txn }
}

/** Carries out an operation through a directory. What is refused is left alone. */
export async function carryOut(
  world: World,
  directory: Directory,
  store: WorkStore,
  environment: Environment,
  operation: Operation,
): Promise<void> {
  const { people, groups, apps } = world
  const at = context({ directory })
  const person = (n: number) => people.get(n)
  const patch = async (type: 'User' | 'Group', id: string | undefined, ...Operations: readonly object[]) => {
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }
    if (id !== undefined) await directory.patch(at, type, id, body as never)
  }
  const hire = async (n: number, name = `u${n}`) => {
    const document = {
      schemas: [User.schema.id],
      userName: name,
      displayName: `U ${n}`,
      userType: n % 3 === 0 ? 'guest' : 'staff',
      active: true,
    }
    const { stored } = await directory.create(at, 'User', document)
    people.set(n, stored.id)
  }
  const nameOf = async (id: string) => {
    const stored = await directory.get({ tenant: TENANT, type: 'User', id })
    return stored === undefined ? '' : String(documentOf(stored).userName)
  }
  const app = 'app' in operation ? apps[operation.app] : undefined
  switch (operation.do) {
    case 'hire':
      if (person(operation.user) === undefined) await hire(operation.user)
      return
    case 'rehire': {
      // The same name, a new resource.
      const id = person(operation.user)
      if (id !== undefined) await directory.remove(at, 'User', id)
      return hire(operation.user)
    }
    case 'fire': {
      const id = person(operation.user)
      if (id === undefined) return
      await directory.remove(at, 'User', id)
      people.delete(operation.user)
      return
    }
    case 'deactivate':
    case 'reactivate':
      return patch('User', person(operation.user), {
        op: 'replace',
        path: 'active',
        value: operation.do === 'reactivate',
      })
    case 'rename':
      return patch('User', person(operation.user), { op: 'replace', path: 'userName', value: `u${operation.name}` })
    case 'swap': {
      const [a, b] = [person(operation.user), person(operation.other)]
      if (a === undefined || b === undefined || a === b) return
      const [nameA, nameB] = [await nameOf(a), await nameOf(b)]
      await patch('User', a, { op: 'replace', path: 'userName', value: `swap-${operation.user}` })
      await patch('User', b, { op: 'replace', path: 'userName', value: nameA })
      return patch('User', a, { op: 'replace', path: 'userName', value: nameB })
    }
    case 'title':
      return patch(
        'User',
        person(operation.user),
        operation.text === ''
          ? { op: 'remove', path: 'title' }
          : { op: 'replace', path: 'title', value: operation.text },
      )
    case 'type':
      return patch('User', person(operation.user), { op: 'replace', path: 'userType', value: operation.text })
    case 'manager': {
      const id = person(operation.other)
      if (id === undefined)
        return patch('User', person(operation.user), { op: 'remove', path: `${ENTERPRISE}:manager` })
      return patch('User', person(operation.user), {
        op: 'replace',
        path: `${ENTERPRISE}:manager`,
        value: { value: id },
      })
    }
    case 'found': {
      if (groups.has(operation.group)) return
      const { stored } = await directory.create(at, 'Group', {
        schemas: [Group.schema.id],
        displayName: `g${operation.group}`,
      })
      groups.set(operation.group, stored.id)
      return
    }
    case 'dissolve': {
      const id = groups.get(operation.group)
      if (id === undefined || operation.group === 0) return
      await directory.remove(at, 'Group', id)
      groups.delete(operation.group)
      return
    }
    case 'rename group':
      return patch('Group', groups.get(operation.group), {
        op: 'replace',
        path: 'displayName',
        value: `n${operation.name}`,
      })
    case 'join':
    case 'leave': {
      const id = person(operation.user)
      if (id === undefined) return
      return patch(
        'Group',
        groups.get(operation.group),
        operation.do === 'join'
          ? { op: 'add', path: 'members', value: [{ value: id }] }
          : { op: 'remove', path: `members[value eq "${id}"]` },
      )
    }
    case 'nest':
    case 'unnest': {
      const id = groups.get(operation.other)
      // Always downwards, so that groups contain each other in no circle.
      if (id === undefined || operation.other <= operation.group) return
      return patch(
        'Group',
        groups.get(operation.group),
        operation.do === 'nest'
          ? { op: 'add', path: 'members', value: [{ value: id, type: 'Group' }] }
          : { op: 'remove', path: `members[value eq "${id}"]` },
      )
    }
    case 'hire many':
      for (let n = operation.user; n < operation.user + operation.count; n++) if (person(n) === undefined) await hire(n)
      return
    case 'deactivate many':
      for (let n = operation.user; n < operation.user + operation.count; n++)
        await patch('User', person(n), { op: 'replace', path: 'active', value: false })
      return
    case 'kill':
    case 'revive':
      return kill(world, store, environment, person(operation.user), operation.do)
    default:
      if (app !== undefined) await configure(world, store, environment, app, operation)
  }
}

async function kill(
  world: World,
  store: WorkStore,
  environment: Environment,
  id: string | undefined,
  what: 'kill' | 'revive',
): Promise<void> {
  if (id === undefined) return
  const deps = { store, environment, actor: 'administrator' }
  if (what === 'revive') {
    await revokeKill(deps, TENANT, id)
    return
  }
  world.kills += 1
  await killPerson(deps, TENANT, id)
}

async function configure(
  world: World,
  store: WorkStore,
  environment: Environment,
  app: SimApp,
  operation: Operation,
): Promise<void> {
  const { administration } = world
  const { name } = app
  const scopeGroup = world.groups.get(0) ?? ''
  switch (operation.do) {
    case 'scope':
      await administration.change(TENANT, name, { scope: wholeScope(operation.scope, scopeGroup) as never })
      return
    case 'policy':
      if (operation.onLeave === 'unlink' || operation.onLeave === 'ignore') world.letGo.add(name)
      await administration.change(TENANT, name, { policy: { onLeave: operation.onLeave } })
      return
    case 'pause':
      world.paused.add(name)
      await administration.pause(TENANT, name)
      return
    case 'resume':
      await administration.resume(TENANT, name)
      return
    case 'rotate':
      await administration.change(TENANT, name, { credentials: { kind: 'bearer', secret: `secret ${operation.at}` } })
      return
    case 'approve':
    case 'discard':
      return decide(world, store, environment, name, operation.do === 'approve' ? 'approved' : 'discarded')
    case 'stranger': {
      const document: Document = {
        userName: `u${operation.name}`,
        displayName: 'Stranger',
        nickName: 'by hand',
        active: true,
      }
      if (app.habits.unique && [...app.accounts.values()].some((one) => one.document.userName === document.userName))
        return
      world.strangers.add(name)
      app.make('User', operation.external ? { ...document, externalId: 'elsewhere' } : document)
      return
    }
    case 'meddle': {
      const id = world.people.get(operation.user)
      const account = [...app.accounts.values()].find((one) => one.document.externalId === id)
      if (account === undefined) return
      world.meddled.add(`${name} ${id}`)
      if (operation.how === 'remove') app.erase(account.id)
      else
        app.change(
          account.id,
          operation.how === 'change' ? { title: 'by hand', nickName: 'by hand' } : { active: true },
        )
      return
    }
  }
}

/** What administrators say about all holds of an app that nobody has decided about. */
async function decide(
  world: World,
  store: WorkStore,
  environment: Environment,
  app: string,
  verdict: 'approved' | 'discarded',
): Promise<void> {
  const now = environment.now()
  const holds = await store.items(TENANT, QUEUES.holds(app), { limit: 100 })
  const open = holds.filter(({ value }) => (value as { verdict?: string }).verdict === undefined)
  if (open.length === 0) return
  if (verdict === 'approved') world.approved.add(app)
  await store.commit([
    ...open.map(
      ({ tenant, queue, key, value }): Write => ({
        write: 'item',
        item: { tenant, queue, key },
        set: { value: { ...(value as object), verdict, by: 'administrator', at: now } as never },
      }),
    ),
    {
      write: 'mark',
      item: { tenant: TENANT, queue: QUEUES.units, key: app },
      lane: HUB_LANES.leave,
      due: now,
      state: 'ready',
    },
  ])
}

/** The settings of the apps as they are now. */
export async function settingsOf(store: WorkStore): Promise<readonly AppSettings[]> {
  return readApps(store, TENANT)
}
