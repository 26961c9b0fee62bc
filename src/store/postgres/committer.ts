// Hands lists of writes to the database: those of one tenant that arrive together share a transaction.

import { Conflict, StoreUnavailable, type Write, type Written } from '../contract/index.ts'
import { DONE, mixesTenants, tenantOf } from '../rules.ts'
import type { CommitHook } from './commit-hook.ts'
import { isCollision, isDropped, isOutage, isTaken, unavailable } from './faults.ts'
import { HookError } from './hook-error.ts'
import type { Done, Job, Outcome } from './job.ts'
import { putQuietly } from './records.ts'
import { changeTenant } from './tenants.ts'
import { Doubt, Gone, type TransactionDeps, transact } from './transaction.ts'
import { type SentTransaction, UnknownOutcome, wasCommitted } from './unknown-outcome.ts'

/** Carries out lists of writes: of each tenant one transaction at a time. */
export interface Committer {
  readonly commit: (writes: readonly Write[], hook?: CommitHook) => Promise<readonly Written[]>
  /** Resolves when everything handed in is answered. */
  readonly close: () => Promise<void>
}

/** What a committer is made of. */
export interface CommitterDeps extends TransactionDeps {
  /** Called after each transaction, once its callers are answered, with the number of lists in it. */
  readonly committed: (name: string, done: Done, commits: number) => void
}

interface Waiting extends Job {
  readonly resolve: (written: readonly Written[]) => void
  readonly reject: (error: unknown) => void
}

/** Most lists, and writes in them, in one transaction. */
const JOBS = 256
const WRITES = 2_000
/** Attempts at a transaction that collides with others. */
const TRIES = 6
/** How long to look up what became of a transaction, while the server may be restarting. */
const LOOK_UP_MS = 5_000
const LOOK_UP_PAUSE_MS = 250

/** The outcomes of a batch, and what is to happen once its callers are answered. */
interface Batch {
  readonly outcomes: readonly Outcome[]
  readonly afterwards: readonly (() => void)[]
}

/** Creates the committer of one process. */
export function createCommitter(deps: CommitterDeps): Committer {
  const lanes = new Map<string, Waiting[]>()
  const running = new Set<Promise<void>>()
  let closed = false

  return {
    commit(writes, hook) {
      if (closed) return Promise.reject(new StoreUnavailable('The store is closed', 1_000))
      if (writes.length === 0 && hook === undefined) return Promise.resolve([])
      const mixed = mixesTenants(writes)
      if (mixed !== undefined) return Promise.reject(mixed)
      const name = writes[0] === undefined ? '' : tenantOf(writes[0])
      return new Promise((resolve, reject) => {
        const waiting = { writes, hook, resolve, reject }
        const lane = lanes.get(name)
        if (lane !== undefined) {
          lane.push(waiting)
          return
        }
        lanes.set(name, [waiting])
        const run = drain(deps, name, lanes).finally(() => running.delete(run))
        running.add(run)
      })
    },
    async close() {
      closed = true
      while (running.size > 0) await Promise.allSettled([...running])
    },
  }
}

/** Carries out what waits for one tenant, and removes its lane once nothing is left. */
async function drain(deps: CommitterDeps, name: string, lanes: Map<string, Waiting[]>): Promise<void> {
  const lane = lanes.get(name) ?? []
  // Everything that arrives in the same turn goes along.
  await new Promise<void>((resolve) => deps.database.environment.afterTurn(resolve))
  while (lane.length > 0) {
    const batch = takeBatch(lane)
    // Whatever goes wrong, every caller is answered.
    const { outcomes, afterwards } = await runBatch(deps, name, batch).catch((error: unknown) => failed(batch, error))
    for (const [at, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[at]
      if (outcome !== undefined && 'written' in outcome) resolve(outcome.written)
      else reject(outcome?.error)
    }
    // Callers continue when this turn ends; the watchers they read through must be notified by then.
    for (const call of afterwards) call()
  }
  lanes.delete(name)
}

/** Carries out one batch, again and again as long as that may help. */
async function runBatch(deps: CommitterDeps, name: string, jobs: readonly Job[]): Promise<Batch> {
  const { environment } = deps.database
  let careful = jobs.some(({ writes }) => writes.some(freesValues))
  /** Attempts that were not found committed when they were looked up, but may have been since. */
  const uncertain: SentTransaction[] = []
  for (let tries = 1; ; tries++) {
    try {
      const done = await runOnce(deps, name, jobs, careful)
      if (done.outcomes.every((outcome) => 'written' in outcome)) return settled(deps, name, done, jobs.length)
      // An earlier attempt that was carried out after all would be in the way of this one.
      for (const sent of uncertain) {
        const earlier = await lookUp(deps, name, sent, jobs.length)
        if (earlier !== undefined) return earlier
      }
      return settled(deps, name, done, jobs.length)
    } catch (error) {
      if (error instanceof Conflict) return failed(jobs, error)
      if (error instanceof HookError) return failed(jobs, error.cause)
      if (error instanceof UnknownOutcome) {
        const known = await lookUp(deps, name, error.sent, jobs.length)
        if (known !== undefined) return known
        uncertain.push(error.sent)
      } else if (error instanceof Gone) {
        deps.dictionary.forget(name)
      } else if (error instanceof Doubt || isTaken(error)) {
        careful = true
      } else if (isCollision(error)) {
        await environment.wait(5 * 2 ** tries * (0.5 + environment.chance()))
      } else if (!isOutage(error)) {
        return jobs.length === 1 ? failed(jobs, error) : runApart(deps, name, jobs)
      } else if (!isDropped(error) || tries > 2) {
        return failed(jobs, unavailable(error))
      }
      // A hook must not run twice, unless it is known that it didn't run at all.
      const again =
        jobs.every(({ hook }) => hook === undefined) ||
        isTaken(error) ||
        error instanceof Doubt ||
        error instanceof Gone
      if (tries >= TRIES || !again) return failed(jobs, unavailable(error))
    }
  }
}

async function runOnce(deps: CommitterDeps, name: string, jobs: readonly Job[], careful: boolean): Promise<Done> {
  const write = jobs[0]?.writes[0]
  if (write?.write === 'tenant') return changeTenant(deps.database, deps.origin, write)
  if (write?.write !== 'quiet') return transact(deps, name, jobs, careful)
  await putQuietly(deps.database, write.records)
  return { outcomes: [{ written: [DONE] }], affected: [], records: undefined }
}

/** One of the lists can't be written at all: each gets a transaction of its own, so that the others can. */
async function runApart(deps: CommitterDeps, name: string, jobs: readonly Job[]): Promise<Batch> {
  const outcomes: Outcome[] = []
  const afterwards: (() => void)[] = []
  for (const job of jobs) {
    const one = await runBatch(deps, name, [job])
    outcomes.push(...one.outcomes)
    afterwards.push(...one.afterwards)
  }
  return { outcomes, afterwards }
}

function settled({ dictionary, committed }: CommitterDeps, name: string, done: Done, commits: number): Batch {
  if (done.records !== undefined) {
    if (done.tenant === undefined) dictionary.forget(name)
    else dictionary.renew(done.tenant, done.records)
  }
  return { outcomes: done.outcomes, afterwards: [() => committed(name, done, commits)] }
}

/** Looks up on another connection what became of a transaction; undefined if it was not committed. */
async function lookUp(
  deps: CommitterDeps,
  name: string,
  sent: SentTransaction,
  commits: number,
): Promise<Batch | undefined> {
  const { database, dictionary } = deps
  const until = database.environment.now() + LOOK_UP_MS
  for (;;) {
    try {
      const tenant = await dictionary.find(name)
      if (tenant === undefined) throw new StoreUnavailable('The tenant was removed; the outcome is unknown', 1_000)
      return (await wasCommitted(database, tenant, sent)) ? settled(deps, name, sent, commits) : undefined
    } catch (error) {
      if (!isOutage(error)) throw error
      if (sent.at === undefined || database.environment.now() > until) {
        const message =
          'The connection to the database was lost during a commit, and its outcome could not be looked up'
        return failed(sent.outcomes, new StoreUnavailable(message, 2_000, { cause: error }))
      }
      await database.environment.wait(LOOK_UP_PAUSE_MS)
    }
  }
}

/** The same error for all. */
function failed(all: readonly unknown[], error: unknown): Batch {
  return { outcomes: all.map(() => ({ error })), afterwards: [] }
}

/** The next lists that share a transaction. Some kinds of write, and lists with a hook, go alone. */
function takeBatch(lane: Waiting[]): readonly Waiting[] {
  let writes = 0
  let end = 0
  for (const job of lane) {
    if (end > 0 && (isSolo(job) || end >= JOBS || writes + job.writes.length > WRITES)) break
    writes += job.writes.length
    end++
    if (isSolo(job)) break
  }
  return lane.splice(0, end)
}

function isSolo({ writes, hook }: Job): boolean {
  return hook !== undefined || writes.some(({ write }) => SOLO.has(write))
}

const SOLO: ReadonlySet<Write['write']> = new Set([
  'record',
  'indexed',
  'tenant',
  'load',
  'amend',
  'quiet',
  'cursor',
  'trim',
])

/** Whether a write frees an id or value, which a write before it in the same transaction may have found taken. */
function freesValues(write: Write): boolean {
  return write.write === 'remove' || ('unindex' in write && write.unindex.length > 0)
}
