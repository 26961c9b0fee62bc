// A run of the hub: processes, apps and a company, by seed; and what went wrong in it.

import { documentOf } from '../../../src/directory/index.ts'
import { clearApp } from '../../../src/hub/apps/clear-app.ts'
import { type AdapterKind, type Link, QUEUES } from '../../../src/hub/contract/index.ts'
import { createHub } from '../../../src/hub/hub.ts'
import type { Write } from '../../../src/store/index.ts'
import type { WorkStore } from '../../simulation/connection.ts'
import type { Faults } from '../../simulation/faults.ts'
import type { Process } from '../../simulation/process.ts'
import { createRandom, type Random } from '../../simulation/random.ts'
import { type OpenStore, type Scenario, type Simulation, simulate } from '../../simulation/simulation.ts'
import { type AppFaults, drawAppFaults, drawHabits, NO_APP_FAULTS } from './habits.ts'
import { judge, unfinished } from './judge.ts'
import { judgePlans } from './judge-plans.ts'
import { type Sent, simKind, type Way } from './sim-adapter.ts'
import { createSimApp, type SimApp } from './sim-app.ts'
import { createWatch, mostInAnHour } from './watch.ts'
import { drawWorkload, type Operation } from './workload.ts'
import { carryOut, createWorld, officeEnvironment, openDirectory, settingsOf, TENANT, type World } from './world.ts'

/** A mistake, simulated by wrapping what each process works with. */
export interface Mistake {
  readonly name: string
  /** What it comes to: the property that it breaks. */
  readonly shows: RegExp
  /** Leans a plan towards what brings it out. */
  readonly plan?: (drawn: Plan) => Plan
  readonly bend: (
    process: Process,
    store: WorkStore,
    kind: AdapterKind,
  ) => { readonly process?: Process; readonly store?: WorkStore; readonly kind?: AdapterKind }
}

/** Everything that a seed decides before the run begins; a failing run is made smaller by leaving parts out. */
export interface Plan {
  readonly seed: number
  readonly processes: number
  readonly apps: readonly { readonly habits: ReturnType<typeof drawHabits>; readonly faults: AppFaults }[]
  readonly faults: Faults
  /** How often a process hesitates between its last look at its lease and a write, and dies afterwards; as often as it sleeps if absent. */
  readonly hesitation?: { readonly happens: number; readonly dies: number }
  readonly operations: readonly Operation[]
}

/** Options of a run. */
export interface RunOptions {
  readonly mistake?: Mistake
  /** Called once the company is there, with what goes on being filled. */
  readonly started?: (trace: readonly Sent[], store: WorkStore, world: World) => void
  /** Counts the transitions of links: `ready → parked`. */
  readonly transitions?: Map<string, number>
  /** Called with what a hub reports that no link explains. */
  readonly report?: (error: unknown, where: string) => void
}

const LEASE_MS = 20_000
const DISTURBED_MS = 40_000
/** The longest backoff, the longest pause of a breaker, and two verify reads. */
const CALM_MS = 2 * 3_600_000
const STEPS_PER_SECOND = 10_000
/** Two looks at what other processes have written, a token, and the request. */
const LEAVER_MS = 20_000
/** Most requests about one resource of one app after the faults have ended. */
const MOST_REQUESTS = 60

/** Draws the plan of a seed. */
export function drawPlan(seed: number): Plan {
  const random = createRandom(seed ^ 0x41b)
  const processes = random.pick([1, 2, 2, 3])
  const calmApps = random.happens(0.3)
  const apps = Array.from({ length: random.pick([1, 1, 2, 2, 4]) }, () => ({
    habits: drawHabits(random),
    faults: calmApps ? NO_APP_FAULTS : drawAppFaults(random),
  }))
  const faults = drawFaults(random)
  return {
    seed,
    processes,
    apps,
    faults,
    operations: drawWorkload(random, { apps: apps.length, processes, ms: DISTURBED_MS, calmApps }),
  }
}

function drawFaults({ happens, next, pick }: Random): Faults {
  const calm = happens(0.3)
  const rate = (most: number) => (!calm && happens(0.5) ? most * next() : 0)
  return {
    refused: rate(0.03),
    answerLost: rate(0.03),
    late: rate(0.03),
    crash: rate(0.005),
    pause: rate(pick([0.005, 0.02])),
    pauseMs: pick([500, LEASE_MS, 2 * LEASE_MS]),
    slow: rate(0.2),
    slowMs: pick([20, 500, 5_000]),
    clockSet: rate(0.02),
    skewMs: calm ? 0 : pick([0, 0, 500, 10_000]),
  }
}

/** Runs a plan; returns what went wrong, or undefined. */
export function runPlan(plan: Plan, open: OpenStore, options: RunOptions = {}): Promise<string | undefined> {
  let run: Run | undefined
  let looks = 0
  const states = new Map<string, string>()
  const scenario: Scenario = {
    committed: (writes) => countTransitions(writes, states, options.transitions),
    async start(simulation) {
      run = await start(simulation, plan, options)
      options.started?.(run.trace, simulation.store, run.world)
    },
    async unfinished() {
      const { simulation, world } = run as Run
      looks += 1
      if (looks % 5 !== 1) return 'not looked at'
      await repair(run as Run)
      return unfinished(simulation.store, world, (run as Run).now(), simulation.violated)
    },
    async wrong() {
      const { simulation, world, apps } = run as Run
      // A create that was acknowledged, and arrives once more after the account has got another name, is found by sweeps.
      const duplicates = new Set(
        apps.filter((_, at) => (plan.apps[at]?.faults.duplicated ?? 0) > 0).map(({ name }) => name),
      )
      return (
        (await judge(simulation.store, world, duplicates)) ??
        (await judgeBounds(run as Run)) ??
        (await judgePlans(simulation.store, world, (run as Run).now))
      )
    },
  }
  return simulate(scenario, {
    seed: plan.seed,
    open,
    faults: plan.faults,
    disturbedMs: DISTURBED_MS,
    calmMs: CALM_MS,
    stepsPerSecond: STEPS_PER_SECOND,
  })
}

/** Follows the states of links through the commits. */
function countTransitions(
  writes: readonly Write[],
  states: Map<string, string>,
  counts: Map<string, number> | undefined,
): void {
  for (const write of writes) {
    if ((write.write !== 'item' && write.write !== 'mark') || !write.item.queue.startsWith('hub/links/')) continue
    const key = `${write.item.queue} ${write.item.key}`
    const before = states.get(key) ?? 'none'
    const state = write.write === 'mark' ? 'ready' : write.set === undefined ? 'none' : write.set.state
    if (state === undefined) continue
    const after = state === '' ? 'rest' : state
    states.set(key, after)
    const name = `${before} → ${after}`
    counts?.set(name, (counts.get(name) ?? 0) + 1)
  }
}

/** Whether a process may not know of a pause that an app has asked for: by its clock, or because a commit was lost. */
function isForgetful({ skewMs, clockSet, refused, answerLost, late, crash }: Faults): boolean {
  return skewMs + clockSet + refused + answerLost + late + crash > 0
}

interface Run {
  readonly simulation: Simulation
  readonly world: World
  readonly apps: readonly SimApp[]
  readonly trace: Sent[]
  readonly watch: ReturnType<typeof createWatch>
  readonly now: () => number
  /** The directory of each process. */
  readonly nodes: Map<number, { readonly process: Process; readonly store: WorkStore }>
}

async function start(simulation: Simulation, plan: Plan, options: RunOptions): Promise<Run> {
  const { scheduler, random, store, spawn, violated, disturbed } = simulation
  const apps = plan.apps.map(({ habits }, at) => createSimApp(`app${at}`, habits, scheduler.now))
  const byName = new Map(apps.map((app) => [app.name, app]))
  const trace: Sent[] = []
  const watch = createWatch({
    scheduler,
    apps: byName,
    violated,
    forgetful: isForgetful(plan.faults),
  })
  const ways = new Map(
    apps.map((app, at): readonly [string, Way] => [
      app.name,
      {
        app,
        trace,
        faults: () => (disturbed() ? (plan.apps[at]?.faults ?? NO_APP_FAULTS) : NO_APP_FAULTS),
        hesitates: (isWrite) => (disturbed() ? howOften(plan, isWrite) : 0),
        dies: plan.hesitation?.dies ?? 0,
        watch,
        throttledUntil: 0,
        unauthorizedUntil: 0,
      },
    ]),
  )
  const environment = officeEnvironment(scheduler, random)
  const office = simKind(ways, undefined, scheduler, random)
  const world = await createWorld(store, environment, random, apps, [office])
  const nodes: Run['nodes'] = new Map()
  for (let at = 0; at < plan.processes; at++) {
    spawn(`node${at}`, (process, connection) => {
      const kind = simKind(ways, process, scheduler, random)
      const bent = { process, store: connection, kind, ...options.mistake?.bend(process, connection, kind) }
      nodes.set(at, { process, store: connection })
      startNode({ ...bent, report: options.report ?? (() => {}) })
    })
  }
  const cameBack = new Map<number, number>()
  const watchLeaver = (user: number) => {
    const id = world.people.get(user) ?? ''
    const left = scheduler.now()
    const on = apps.map((app) => accountsOn(app, id))
    scheduler.after(LEAVER_MS, async () => {
      const stored = await store.get({ tenant: TENANT, type: 'User', id })
      if (stored !== undefined && documentOf(stored).active !== false) return
      // Whoever came back, and left once more, is watched anew from then on.
      if ((cameBack.get(user) ?? -1) >= left) return
      for (const [at, app] of apps.entries()) {
        const still = accountsOn(app, id).find((one) => on[at]?.includes(one) === true)
        if (still !== undefined && !(await isExcused(store, world, app, id)))
          violated(`P9: ${still} of ${app.name} is on, and ${id} left ${LEAVER_MS} ms ago`)
      }
    })
  }
  for (const operation of plan.operations) {
    scheduler.after(operation.at, () => {
      const node = nodes.get(operation.through)
      const through = node?.process.alive() === true ? node : undefined
      const own =
        through === undefined ? world.directory : openDirectory(through.store, through.process.environment, random)
      void carryOut(world, own, through?.store ?? store, environment, operation).catch(() => {})
      if (operation.do === 'reactivate') cameBack.set(operation.user, scheduler.now())
      if (isCalm(plan) && (operation.do === 'deactivate' || operation.do === 'fire')) watchLeaver(operation.user)
    })
  }
  return { simulation, world, apps, trace, watch, now: environment.now, nodes }
}

/** How often a process hesitates before it sends a request. */
function howOften({ hesitation, faults }: Plan, isWrite: boolean): number {
  if (hesitation === undefined) return faults.pause
  return isWrite ? hesitation.happens : 0
}

/** What a process works with. */
interface Node {
  readonly process: Process
  readonly store: WorkStore
  readonly kind: AdapterKind
  readonly report: NonNullable<RunOptions['report']>
}

/** Whether nothing goes wrong in a run: what takes long then, the hub takes. */
function isCalm({ faults, apps }: Plan): boolean {
  const { crash, pause, refused, late, slow, answerLost } = faults
  return crash + pause + refused + late + slow + answerLost === 0 && apps.every((app) => app.faults === NO_APP_FAULTS)
}

/** The accounts of somebody that are on. */
function accountsOn(app: SimApp, id: string): readonly string[] {
  return [...app.accounts.values()]
    .filter(({ document }) => document.externalId === id && document.active !== false)
    .map((account) => account.id)
}

/** Whether nobody promises that somebody is out of an app at once: it is, or was, paused, lets go of people, or the guard has said no. */
async function isExcused(store: WorkStore, world: World, app: SimApp, id: string): Promise<boolean> {
  const settings = (await settingsOf(store)).find((one) => one.id === app.name)
  if (
    settings?.mode !== 'on' ||
    world.paused.has(app.name) ||
    world.letGo.has(app.name) ||
    world.meddled.has(`${app.name} ${id}`)
  )
    return true
  const [item] = await store.items(TENANT, QUEUES.links(app.name), { keys: [id] })
  // Whoever was approved a moment ago still has the reason, until the app has confirmed the removal.
  return item?.state === 'held' || (item?.value as unknown as Link | undefined)?.reason?.code === 'guard'
}

/** A process with a hub. */
function startNode({ process, store, kind, report }: Node): void {
  const hub = createHub({
    store,
    environment: process.environment,
    owner: process.name,
    kinds: [kind],
    secret: async () => undefined,
    clear: (tenant, app, signal) => clearApp(store, tenant, app, signal),
    pace: { leaseMs: LEASE_MS, pollMs: 3_000 },
    report: (error, where) => report(error, `${process.name} ${JSON.stringify(where)}`),
  })
  hub.start()
}

/** After the faults, somebody resumes what is paused, and approves what is held. */
async function repair({ world, simulation, now }: Run): Promise<void> {
  for (const { id, mode } of await settingsOf(simulation.store))
    if (mode === 'paused') await world.administration.resume(TENANT, id)
  void now
}

/** What holds over a whole run: limits in time. */
async function judgeBounds({ apps, simulation, world, watch }: Run): Promise<string | undefined> {
  for (const { id, guard } of await settingsOf(simulation.store)) {
    const app = apps.find(({ name }) => name === id)
    if (app === undefined || world.approved.has(id)) continue
    const people = [...app.accounts.values()].filter(({ type }) => type === 'User').length
    const most = mostInAnHour(app)
    // A kill is somebody's decision, and not counted. Per cent are of those there were before the hour's removals.
    const limit = Math.max(guard.floor, Math.ceil((guard.percent * (people + most)) / 100)) + world.kills
    if (most > limit) return `P8: ${most} people were switched off in an hour, and ${limit} may be (${id})`
  }
  for (const [key, count] of watch.countSince(DISTURBED_MS)) {
    if (count > MOST_REQUESTS) return `P10: ${count} requests for ${key} after the faults had ended`
  }
  return undefined
}
