// Processes that write, read logs, work on items and trim logs while everything fails that can.

import { type HeldLease, type LogBatch, startReader, startWorker, type WorkResult } from '../../src/jobs/index.ts'
import { type Item, NEVER, type Write } from '../../src/store/index.ts'
import type { WorkStore } from '../simulation/connection.ts'
import type { Faults } from '../simulation/faults.ts'
import type { Process } from '../simulation/process.ts'
import { createRandom, type Random } from '../simulation/random.ts'
import { type OpenStore, type Scenario, type Simulation, simulate } from '../simulation/simulation.ts'
import { createModel, type Model, READER, seenBy, UNITS } from './model.ts'

/** A mistake, simulated by wrapping a process or its store so that the code behaves as if it contained that mistake. */
export interface Mistake {
  readonly name: string
  readonly bend: (process: Process, store: WorkStore) => { readonly process?: Process; readonly store?: WorkStore }
}

const LEASE_MS = 10_000
const DISTURBED_MS = 40_000
const CALM_MS = 400_000
/** How often a holder checks its lease during its work. */
const PARTS = 4

/** What a simulated process works with. */
interface Run {
  readonly simulation: Simulation
  readonly model: Model
  readonly process: Process
  readonly store: WorkStore
  readonly tenants: readonly [string, ...string[]]
  /** The tenant whose readers fail, until the faults end or for good. */
  readonly poisoned: string | undefined
  /** The tenant whose units take longer than a lease. */
  readonly slow: string | undefined
  /** The number of units per tenant. */
  readonly units: number
}

/** Options of a run. */
interface RunOptions {
  readonly mistake?: Mistake
  /** Called after each commit, in commit order. */
  readonly committed?: (writes: readonly Write[], by: Process) => void
}

/** Runs the scenario with a seed; returns what went wrong, or undefined. */
export function runJobs(seed: number, open: OpenStore, options: RunOptions = {}): Promise<string | undefined> {
  let simulation: Simulation | undefined
  const model = createModel(() => simulation as Simulation)
  const scenario: Scenario = {
    ...model,
    async start(started) {
      simulation = started
      await start(started, model, options.mistake)
    },
    committed(writes, by) {
      options.committed?.(writes, by)
      model.committed(writes, by)
    },
  }
  const faults = drawFaults(createRandom(seed ^ 0x5eed))
  return simulate(scenario, {
    seed,
    open,
    faults,
    disturbedMs: DISTURBED_MS,
    calmMs: CALM_MS,
    stepsPerSecond: 2_000,
  })
}

/** Each seed leaves some faults out, so that frequent ones do not hide the others. */
function drawFaults({ happens, next, pick }: Random): Faults {
  const rate = (most: number) => (happens(0.5) ? most * next() : 0)
  return {
    refused: rate(0.1),
    answerLost: rate(0.1),
    late: rate(0.1),
    crash: rate(0.01),
    pause: rate(pick([0.03, 0.1])),
    pauseMs: pick([500, LEASE_MS, 3 * LEASE_MS]),
    slow: rate(0.3),
    slowMs: pick([20, 500, LEASE_MS]),
    clockSet: rate(0.2),
    skewMs: pick([0, 500, 60_000]),
  }
}

async function start(simulation: Simulation, model: Model, mistake: Mistake | undefined): Promise<void> {
  const { random, store, spawn } = simulation
  const tenants: [string, ...string[]] = ['t0']
  for (let more = random.below(4); more > 0; more--) tenants.push(`t${more}`)
  const poisoned = random.happens(0.3) ? random.pick(tenants) : undefined
  const slow = random.happens(0.3) ? random.pick(tenants) : undefined
  const units = random.between(1, 3)
  for (const tenant of tenants) {
    await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
    const readers = random.happens(0.5) ? [READER, `${READER}/b`] : [READER]
    await store.commit(readers.map((reader) => ({ write: 'cursor', tenant, reader, place: 0 })))
    model.tenants.set(tenant, { log: [], handled: new Map(), marks: new Map() })
    if (tenant === poisoned && random.happens(0.5))
      for (const reader of readers) model.hopeless.add(`${tenant} ${reader}`)
  }
  for (let nodes = random.between(1, 3); nodes > 0; nodes--) {
    spawn(`node${nodes}`, (process, connection) => {
      const bent = { process, store: connection, ...mistake?.bend(process, connection) }
      startNode({ simulation, model, tenants, poisoned, slow, units, ...bent })
    })
  }
}

/** A process: a reader, a worker and a writer. */
function startNode(run: Run): void {
  const { simulation, process, store } = run
  const { random } = simulation
  const { environment } = process
  const slots = { total: random.between(1, 4), perTenant: random.between(1, 3) }
  const pace = { leaseMs: LEASE_MS, turnMs: 3 * LEASE_MS, slots }
  const options = { store, environment, owner: process.name, pace, report: () => {} }
  const batchLines = random.between(1, 5)
  const reader = startReader({ ...options, reader: READER, batchLines, handle: (batch) => handle(run, batch) })
  const worker = startWorker({ ...options, queue: UNITS, work: (item, lease) => workOn(run, item, lease) })
  const end = async () => {
    await Promise.all([reader.stop(), worker.stop()])
    process.crash()
  }
  void write(run).then(() => (random.happens(0.2) ? end() : undefined))
}

/** Handles lines: marks one item for each. */
async function handle(run: Run, { tenant, reader, lines, lease }: LogBatch) {
  const { simulation, model, poisoned } = run
  const { random } = simulation
  await dawdle(run, lease, 0)
  if (tenant === poisoned && (simulation.disturbed() || model.hopeless.has(`${tenant} ${reader}`))) {
    throw new Error('poisoned')
  }
  const upTo = random.happens(0.1) ? random.pick(lines).place : (lines.at(-1)?.place ?? 0)
  const writes = lines
    .filter(({ place }) => place <= upTo)
    .map(
      ({ place, id }): Write => ({
        write: 'mark',
        item: { tenant, queue: seenBy(reader), key: String(place) },
        lane: 0,
        due: NEVER - 1,
        state: 'seen',
        value: id,
      }),
    )
  return { writes, upTo }
}

/** Works on a unit: its value becomes the mark that was seen. */
async function workOn(run: Run, item: Item, lease: HeldLease): Promise<WorkResult> {
  const { random, disturbed, store, violated } = run.simulation
  const { tenant, queue, key } = item
  const [present] = await store.items(tenant, queue, { keys: [key] })
  if (lease.remainingMs() > 0 && present?.state === '')
    violated(`${run.process.name} works ${key} of ${tenant}, at rest`)
  await dawdle(run, lease, item.tenant === run.slow ? 1.5 * LEASE_MS : 0)
  if (disturbed() && random.happens(0.1)) throw new Error('failed')
  return { set: { state: '', due: NEVER, value: item.mark } }
}

/** Takes some time, and checks meanwhile that the lease is valid when it claims to be. */
async function dawdle(run: Run, lease: HeldLease, leastMs: number): Promise<void> {
  const { simulation, process, store } = run
  const { random } = simulation
  await requireOwner(run, lease)
  const signal = random.happens(0.7) ? lease.signal : undefined
  const ms = leastMs + (random.happens(0.05) ? random.below(2 * LEASE_MS) : random.below(50))
  for (let part = 0; part < PARTS; part++) {
    await process.environment.wait(ms / PARTS, signal)
    await requireOwner(run, lease)
  }
  if (random.happens(0.3)) {
    await store.leaseHolder(lease.key)
    await requireOwner(run, lease)
  }
}

/** While a holder may rely on its lease, the database must agree. */
async function requireOwner({ simulation, process }: Run, { key, epoch, remainingMs }: HeldLease): Promise<void> {
  if (remainingMs() <= 0) return
  const holder = await simulation.store.leaseHolder(key)
  if (holder?.epoch === epoch && holder.leftMs > 0) return
  simulation.violated(`${process.name} relies on ${key.tenant} ${key.name}, which belongs to ${holder?.owner}`)
}

/** Writes lines, marks units and trims logs until the faults end. */
async function write(run: Run): Promise<void> {
  const { simulation, process, store, tenants } = run
  const { random, disturbed } = simulation
  for (let n = 0; disturbed(); n++) {
    await process.environment.wait(random.below(random.pick([10, 1_000, 3_000])))
    const tenant = random.pick(tenants)
    const undone = random.happens(0.1)
    const writes = random.happens(0.1) ? [await cut(store, tenant, random)] : lines(run, tenant, n)
    const inside = () => {
      if (undone) throw new Error('undone')
    }
    // The model follows what was committed; a writer does not retry.
    await store.commit(writes, undone ? inside : undefined).catch(() => {})
  }
}

function lines({ simulation, process, units }: Run, tenant: string, n: number): readonly Write[] {
  const { random } = simulation
  const now = process.environment.now()
  const writes: Write[] = []
  for (let line = random.between(0, 4); line > 0; line--) {
    const ref = { tenant, type: 'Setting', id: `${process.name}-${n}-${line}` }
    writes.push({ write: 'note', ref, at: now, log: { actor: process.name, paths: [] } })
  }
  if (writes.length === 0 || random.happens(0.5)) {
    const due = now + (random.happens(0.3) ? random.below(5_000) : 0)
    const item = { tenant, queue: UNITS, key: `unit ${random.below(units)}` }
    writes.push({ write: 'mark', item, lane: random.pick([0, 5]), due, state: 'ready' })
  }
  return writes
}

async function cut(store: WorkStore, tenant: string, random: Random): Promise<Write> {
  const row = await store.tenant(tenant).catch(() => undefined)
  return { write: 'trim', tenant, upTo: random.between(0, row?.place ?? 0) }
}
