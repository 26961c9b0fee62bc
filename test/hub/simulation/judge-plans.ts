// Judges plans at the end of a run: they send and write nothing (P13), and find nothing left to do (P12).

import type { Environment } from '../../../src/environment.ts'
import { type AppSettings, type Link, type PlanItem, QUEUES } from '../../../src/hub/contract/index.ts'
import { compileMaps } from '../../../src/hub/map/app-maps.ts'
import { type PlanDeps, planApp } from '../../../src/hub/proof/plan.ts'
import { compileScope } from '../../../src/hub/scope/compile-scope.ts'
import { Group, User } from '../../../src/protocol/index.ts'
import type { WorkStore } from '../../simulation/connection.ts'
import { READS, simKind, traitsOf } from './sim-adapter.ts'
import type { Request, SimApp } from './sim-app.ts'
import { settingsOf, TENANT, type World } from './world.ts'

const TYPES = [User, Group]
/** What a plan says of links that wait, are held or parked is judged by their reasons. */
const EXCUSED = ['waiting', 'held', 'parked']
const MANY = 1_000

/** What is wrong with the plans of all apps once everything is settled; undefined when nothing is. */
export async function judgePlans(store: WorkStore, world: World, now: () => number): Promise<string | undefined> {
  for (const settings of await settingsOf(store)) {
    const app = world.apps.find(({ name }) => name === settings.id)
    // Accounts that were let go of are as somebody left them.
    if (app === undefined || settings.mode !== 'on' || world.letGo.has(app.name)) continue
    const wrong = await judgePlan(store, world, settings, app, now)
    if (wrong !== undefined) return `${wrong} (${app.name})`
  }
  return undefined
}

async function judgePlan(
  store: WorkStore,
  world: World,
  settings: AppSettings,
  app: SimApp,
  now: () => number,
): Promise<string | undefined> {
  const effects = app.effects.length
  const items: PlanItem[] = []
  const sent: Request[] = []
  await planApp(planDeps(store, settings, app, now, sent), async (steps) => {
    items.push(...steps.map(({ planned }) => planned.item))
  })
  const write = sent.find((request) => !READS.includes(request.do))
  if (write !== undefined || app.effects.length > effects) return `P13: a plan has sent ${write?.do}`
  const links = await store.items(TENANT, QUEUES.links(app.name), { limit: MANY })
  const open = new Set(links.filter(({ state }) => EXCUSED.includes(state)).map(({ key }) => key))
  const meddled = (resource: string) => world.meddled.has(`${app.name} ${resource}`)
  const wrong = items.find(({ resource, action, type }) => {
    if (action === 'held' || action === 'parked' || action === 'wait') return false
    // A group goes on for its members: whose of them are open is not told.
    if (type === 'Group' && action === 'update' && links.some(({ key }) => open.has(key) || meddled(key))) return false
    return !open.has(resource) && !meddled(resource)
  })
  if (wrong === undefined) return undefined
  const link = links.find(({ key }) => key === wrong.resource)?.value as unknown as Link | undefined
  return `P12: everything is settled, and a plan would ${wrong.action} ${wrong.resource} (${wrong.why}; it has ${JSON.stringify(link?.acked)})`
}

function planDeps(store: WorkStore, settings: AppSettings, app: SimApp, now: () => number, sent: Request[]): PlanDeps {
  const kind = simKind(new Map(), undefined, undefined as never, undefined as never)
  const ask = async (request: Request) => {
    sent.push(request)
    return app.carryOut(request) as never
  }
  const environment: PlanDeps['environment'] = {
    now,
    wait: async () => {},
    random: (bytes) => bytes,
    afterTurn: (call) => void Promise.resolve().then(call),
  } as Pick<Environment, 'now' | 'wait' | 'random' | 'afterTurn'>
  return {
    store: {
      ...store,
      commit() {
        throw new Error('P13: a plan writes')
      },
    },
    environment,
    tenant: TENANT,
    signal: new AbortController().signal,
    app: {
      tenant: TENANT,
      settings,
      scope: compileScope(settings.scope, settings.grants, TYPES),
      maps: compileMaps(settings, kind, TYPES),
      adapter: {
        // No time passes here, in which a budget could fill.
        traits: { ...traitsOf(app.habits), buckets: [] },
        list: (type, after) => ask({ do: 'list', type, after }),
        find: (type, key) => ask({ do: 'find', type, key }),
        read: (type, id) => ask({ do: 'read', type, id }),
        create: (type, document) => ask({ do: 'create', type, document }),
        update: (type, id, change) => ask({ do: 'update', type, id, change }),
        disable: (id, change) => ask({ do: 'disable', type: 'User', id, change }),
        remove: (type, id) => ask({ do: 'remove', type, id }),
        members: (id, change) => ask({ do: 'members', type: 'Group', id, change }),
        show: (step) => [{ verb: step.do, target: 'id' in step ? step.id : step.type }],
      },
    },
  }
}
