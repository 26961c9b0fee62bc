import { ConfigError } from '../../protocol/index.ts'
import {
  type Affected,
  Conflict,
  StoreUnavailable,
  tenantOfWork,
  type WholeChange,
  type Write,
  type Written,
} from '../contract/index.ts'
import type { PostgresClient } from './driver.ts'
import { isCollision, isDropped, isLost, isOutage, isTaken, unavailable } from './faults.ts'
import { createQuietWrites } from './quiet.ts'
import {
  CHANNEL,
  cameThrough,
  type Done,
  Doubt,
  Gone,
  type Ground,
  Inside,
  type Job,
  type Outcome,
  transact,
  Unknown,
} from './transaction.ts'

/** Hands lists of writes to the database: those of one tenant that arrive together in one transaction, one after the other. */
export interface Committer {
  readonly commit: (
    writes: readonly Write[],
    inside?: (tx: PostgresClient, changes: readonly WholeChange[]) => void | Promise<void>,
  ) => Promise<readonly Written[]>
  /** Ends when all that was handed in is answered. */
  readonly close: () => Promise<void>
}

interface Waiting extends Job {
  readonly resolve: (written: readonly Written[]) => void
  readonly reject: (error: unknown) => void
}

/** Lists, and writes in them, in one transaction at most. */
const JOBS = 256
const WRITES = 2_000
/** Tries of a transaction that somebody else's got in the way of. */
const TRIES = 6
/** How long to ask what became of a transaction, while the server may be starting again. */
const ASK_MS = 5_000
const ASK_PAUSE_MS = 250

/** What came of a batch, and of which transactions the watchers are to hear once its callers are answered. */
interface Batch {
  readonly outcomes: readonly Outcome[]
  readonly told: readonly (() => void)[]
}

/** Makes the committer of one process. `committed` is told of each transaction, once its callers are answered. */
export function createCommitter(
  ground: Ground,
  committed: (name: string, done: Done, commits: number) => void,
): Committer {
  const { database, tenants, origin } = ground
  const putQuietly = createQuietWrites(database)
  const lanes = new Map<string, Waiting[]>()
  const running = new Set<Promise<void>>()
  let closed = false

  async function drain(name: string, lane: Waiting[]): Promise<void> {
    // What arrives in the same turn goes along.
    await new Promise((resolve) => setImmediate(resolve))
    while (lane.length > 0) {
      const batch = takeBatch(lane)
      // Whatever goes wrong, nobody waits for good.
      const { outcomes, told } = await runBatch(name, batch).catch((error: unknown) => failed(batch, error))
      for (const [at, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[at]
        if (outcome !== undefined && 'written' in outcome) resolve(outcome.written)
        else reject(outcome?.error)
      }
      // Callers go on when this turn ends; whoever they read from must have heard by then.
      for (const tell of told) tell()
    }
    lanes.delete(name)
  }

  async function runBatch(name: string, jobs: readonly Job[]): Promise<Batch> {
    const [first] = jobs
    const write = first?.writes[0]
    let careful = jobs.some(({ writes }) => writes.some(setsFree))
    for (let tries = 1; ; tries++) {
      try {
        const done =
          write?.write === 'tenant'
            ? await changeTenant(write)
            : write?.write === 'quiet'
              ? await putQuietly(write.records)
              : await transact({ ...ground, name }, jobs, careful)
        return settled(name, done, jobs.length)
      } catch (error) {
        if (error instanceof Conflict) return failed(jobs, error)
        if (error instanceof Inside) return failed(jobs, error.cause)
        if (error instanceof Unknown) {
          const known = await ask(name, error, jobs.length)
          if (known !== undefined) return known
        } else if (error instanceof Gone) {
          tenants.forget(name)
        } else if (error instanceof Doubt || isTaken(error)) {
          careful = true
        } else if (isCollision(error)) {
          await pause(5 * 2 ** tries * (0.5 + Math.random()))
        } else if (!isOutage(error)) {
          return jobs.length === 1 ? failed(jobs, error) : apart(name, jobs)
        } else if (!isDropped(error) || tries > 2) {
          return failed(jobs, unavailable(error))
        }
        // What runs inside must not run twice, unless it is known that it didn't run at all.
        const again =
          jobs.every(({ inside }) => inside === undefined) ||
          isTaken(error) ||
          error instanceof Doubt ||
          error instanceof Gone
        if (tries >= TRIES || !again) return failed(jobs, unavailable(error))
      }
    }
  }

  /** One of them can't be written at all: each goes alone, so that the others can. */
  async function apart(name: string, jobs: readonly Job[]): Promise<Batch> {
    const outcomes: Outcome[] = []
    const told: (() => void)[] = []
    for (const job of jobs) {
      const one = await runBatch(name, [job])
      outcomes.push(...one.outcomes)
      told.push(...one.told)
    }
    return { outcomes, told }
  }

  function settled(name: string, done: Done, commits: number): Batch {
    if (done.records !== undefined) {
      if (done.tenant === undefined) tenants.forget(name)
      else tenants.renew(done.tenant, done.records)
    }
    return { outcomes: done.outcomes, told: [() => committed(name, done, commits)] }
  }

  /** Asks on another connection what became of a transaction; undefined when it was not carried out. */
  async function ask(name: string, unknown: Unknown, commits: number): Promise<Batch | undefined> {
    const until = Date.now() + ASK_MS
    for (;;) {
      try {
        const tenant = await tenants.find(name)
        if (tenant === undefined) throw new StoreUnavailable('the tenant was removed; the outcome is unknown', 1_000)
        if (!(await cameThrough(database, tenant, unknown))) return undefined
        return settled(name, unknown, commits)
      } catch (error) {
        if (!isOutage(error)) throw error
        const error503 = new StoreUnavailable(
          'the connection to the database was lost during a commit, and whether it was carried out could not be asked',
          2_000,
          { cause: error },
        )
        if (unknown.place === undefined || Date.now() > until) return failed(unknown.outcomes, error503)
        await pause(ASK_PAUSE_MS)
      }
    }
  }

  async function changeTenant(write: Extract<Write, { write: 'tenant' }>): Promise<Done> {
    const { tenant: name, as, at } = write
    if (name === '') throw new Conflict('exists', 0, name)
    let committing = false
    await database.session(async ({ rows, commit }) => {
      await rows('begin isolation level read committed')
      try {
        if (as === 'new') {
          // Not the name: what a tenant that is gone has left belongs to nobody.
          const t = Math.floor(Math.random() * (Number.MAX_SAFE_INTEGER - 1)) + 1
          const made = await rows(
            'insert into lockstep.tenant (name, t, created) values ($1, $2, $3) on conflict (name) do nothing returning t',
            name,
            t,
            at,
          )
          if (made.length === 0) throw new Conflict('exists', 0, name)
          await rows('insert into lockstep.tenant_state (t, place, next_k, next_a, records) values ($1, 0, 1, 1, 0)', t)
        } else {
          const [gone] = await rows('delete from lockstep.tenant where name = $1 returning t', name)
          if (gone === undefined) throw new Conflict('missing', 0, 'tenant')
          const t = Number(gone[0])
          // Who is writing just now comes first; who comes later finds no tenant. To delete all its rows may take long.
          await rows('delete from lockstep.tenant_state where t = $1', t)
          await rows('insert into lockstep.gone (t, a, at) values ($1, 0, $2)', t, Date.now())
        }
        await rows(`select pg_notify('${CHANNEL}', $1)`, `${origin} ${name}`)
        committing = true
        await commit()
      } catch (error) {
        if (!isLost(error)) await rows('rollback').catch(() => {})
        // A second try would find what the first one has made in its way.
        throw committing ? unavailable(error) : error
      }
    })
    const written = { changed: true, version: 0, created: at, modified: at }
    const touched: Affected[] = [
      { tenant: name, records: true },
      { tenant: name, all: true },
    ]
    return { outcomes: [{ written: [written] }], touched, records: 0 }
  }

  return {
    commit(writes, inside) {
      if (closed) return Promise.reject(new StoreUnavailable('the store is closed', 1_000))
      const names = new Set(writes.map(tenantOf))
      const [name] = names
      if (name === undefined && inside === undefined) return Promise.resolve([])
      if (names.size > 1) {
        const expected = `must be of one tenant; these are of ${[...names].map((one) => `"${one}"`).join(', ')}`
        return Promise.reject(new ConfigError('commit', expected))
      }
      return new Promise((resolve, reject) => {
        const waiting = { writes, inside, resolve, reject }
        const lane = lanes.get(name ?? '')
        if (lane !== undefined) {
          lane.push(waiting)
          return
        }
        const fresh = [waiting]
        lanes.set(name ?? '', fresh)
        const run = drain(name ?? '', fresh).finally(() => running.delete(run))
        running.add(run)
      })
    },
    async close() {
      closed = true
      while (running.size > 0) await Promise.allSettled([...running])
    },
  }
}

/** The same error for all. */
function failed(all: readonly unknown[], error: unknown): Batch {
  return { outcomes: all.map(() => ({ error })), told: [] }
}

/** The next lists that go together. What writes in the transaction itself, or runs in it, goes alone. */
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

function isSolo({ writes, inside }: Job): boolean {
  return inside !== undefined || writes.some(({ write }) => SOLO.has(write))
}

const SOLO: ReadonlySet<Write['write']> = new Set(['record', 'indexed', 'tenant', 'load', 'amend', 'quiet'])

/** Whether a write sets an id or value free, which a write before it in the same transaction may have found taken. */
function setsFree(write: Write): boolean {
  return write.write === 'remove' || ('unindex' in write && write.unindex.length > 0)
}

function tenantOf(write: Write): string {
  switch (write.write) {
    case 'create':
    case 'update':
      return write.draft.tenant
    case 'remove':
    case 'reindex':
    case 'note':
      return write.ref.tenant
    case 'item':
    case 'mark':
    case 'cursor':
    case 'fence':
    case 'trim':
      return tenantOfWork(write)
    case 'quiet':
      return ''
    case 'record':
      return write.record.tenant
    case 'tenant':
    case 'indexed':
    case 'load':
    case 'amend':
      return write.tenant
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
