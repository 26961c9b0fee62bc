// The store as a simulated process sees it: calls can be slow, lost, or carried out late.

import { type Affected, Conflict, type Store, StoreUnavailable, type Work, type Write } from '../../src/store/index.ts'
import type { Faults } from './faults.ts'
import type { Process } from './process.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'

/** A store that holds work. */
export type WorkStore = Store & Work

/** What a connection is made of. */
export interface Network {
  readonly store: WorkStore
  readonly scheduler: Scheduler
  readonly random: Random
  /** The faults that can happen now. */
  readonly faults: () => Faults
  /** Called right after the database has carried out a commit, before it is answered. */
  readonly committed: (writes: readonly Write[], by: Process) => void
}

/** Methods that are one request to the database and one answer. All others are passed through. */
const READS = [
  'get',
  'secret',
  'find',
  'names',
  'memberPage',
  'membersAmong',
  'memberCount',
  'holders',
  'changes',
  'records',
  'tenants',
  'tenant',
  'items',
  'due',
  'states',
  'cursors',
  'news',
  'leaseHolder',
] as const
const WRITES = ['commit', 'lease', 'release'] as const

type Call = (...given: readonly unknown[]) => Promise<unknown>

/** The longest delay of a late call, in milliseconds. */
const LATE_MS = 15_000

/** Connects a process to the store. Its watchers are called for its own commits only, once they are answered. */
export function connect(network: Network, process: Process): WorkStore {
  const { store } = network
  const watchers = new Set<(affected: readonly Affected[]) => void>()
  const workWatchers = new Set<(queues: ReadonlySet<string>) => void>()
  const calls: { [name: string]: Call } = {}
  for (const name of READS) {
    const call = store[name].bind(store) as Call
    calls[name] = (...given) => request(network, process, () => call(...given), { writes: false, atOnce: true })
  }
  for (const name of WRITES) {
    const call = store[name].bind(store) as Call
    calls[name] = async (...given) => {
      const [writes, inside] = given as [readonly Write[], unknown]
      const carryOut = async () => {
        const result = await call(...given)
        if (name === 'commit') network.committed(writes, process)
        return result
      }
      const answer = await request(network, process, carryOut, { writes: true, atOnce: inside === undefined })
      if (name === 'commit') notify(writes)
      return answer
    }
  }

  function notify(writes: readonly Write[]): void {
    const queues = new Set<string>()
    const tenants = new Set<string>()
    for (const write of writes) {
      if (write.write === 'item' || write.write === 'mark') queues.add(write.item.queue)
      if ('log' in write) tenants.add('draft' in write ? write.draft.tenant : write.ref.tenant)
    }
    if (queues.size > 0) for (const watcher of [...workWatchers]) watcher(queues)
    const affected = [...tenants].map((tenant) => ({ tenant, all: true }) as const)
    if (affected.length > 0) for (const watcher of [...watchers]) watcher(affected)
  }

  return {
    ...store,
    ...(calls as unknown as Pick<WorkStore, (typeof READS)[number] | (typeof WRITES)[number]>),
    freshness: 'eventual',
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    watchWork(watcher) {
      workWatchers.add(watcher)
      return () => workWatchers.delete(watcher)
    },
  }
}

/** Sends a call to the database and returns the answer, subject to faults. */
function request(
  { scheduler, random, faults }: Network,
  process: Process,
  carryOut: () => Promise<unknown>,
  { writes, atOnce }: { readonly writes: boolean; readonly atOnce: boolean },
): Promise<unknown> {
  const delay = () => (random.happens(faults().slow) ? random.below(faults().slowMs) : random.below(3))
  const disturb = () => {
    const { crash, pause, pauseMs, clockSet, skewMs } = faults()
    if (random.happens(pause)) process.sleep(random.below(pauseMs))
    if (random.happens(clockSet)) process.setClock(random.between(-skewMs, skewMs))
    if (random.happens(crash)) process.crash()
  }
  const lost = () => new StoreUnavailable('The connection was lost', 1_000)

  return new Promise((resolve, reject) => {
    const answer = (arrive: () => void) => {
      scheduler.after(
        delay(),
        () => {
          disturb()
          // If the process has just fallen asleep or crashed, the answer arrives later, or never.
          scheduler.after(0, arrive, process)
        },
        process,
      )
    }
    const done = () => carryOut().then((result) => answer(() => resolve(result)), failed)
    const failed = (error: unknown) => answer(() => reject(error))
    // The database is instantaneous, except for what runs inside a commit.
    const within = (work: () => Promise<unknown>) => {
      const ended = work().then(
        () => {},
        (error) => {
          if (!(error instanceof Conflict || error instanceof StoreUnavailable)) failed(error)
        },
      )
      return atOnce ? ended : undefined
    }
    const arrive = () => {
      const { refused, answerLost, late } = faults()
      if (random.happens(refused)) return failed(lost())
      if (!writes) return within(done)
      if (random.happens(answerLost)) return within(() => carryOut().finally(() => failed(lost())))
      if (!random.happens(late)) return within(done)
      failed(lost())
      scheduler.after(random.below(LATE_MS), () => within(carryOut))
    }
    disturb()
    // A request that was sent arrives even if the process crashes afterwards.
    scheduler.after(0, () => void scheduler.after(delay(), arrive), process)
  })
}
