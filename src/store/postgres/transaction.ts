// Carries out lists of writes of one tenant in one transaction.

import type { Environment } from '../../environment.ts'
import { type Affected, Conflict, StoreUnavailable, type Write, type Written } from '../contract/index.ts'
import { NOTHING } from '../rules.ts'
import { notification } from './change-watch.ts'
import type { Statement } from './columns.ts'
import { BEFORE_HOOK, runHook, type Told } from './commit-hook.ts'
import type { Database } from './database.ts'
import type { Dictionary, Tenant } from './dictionary.ts'
import { isLost } from './faults.ts'
import { type Flush, flushOf } from './flush.ts'
import { makePaths, missingPaths, type WantedPath, wantedPaths } from './index-paths.ts'
import { hasItems } from './items.ts'
import type { Done, Job, Outcome } from './job.ts'
import { placedLines } from './log.ts'
import { type Session, Unanswered } from './session.ts'
import { startList, startWork, type UnitOfWork, undoList } from './unit-of-work.ts'
import { type SentTransaction, UnknownOutcome } from './unknown-outcome.ts'
import { createWithin } from './within.ts'
import { applyWrite } from './write.ts'
import { lockForWrites } from './write-locks.ts'

/** What transactions are carried out with. */
export interface TransactionDeps {
  readonly database: Database
  readonly dictionary: Dictionary
  /** Identifies this process in notifications. */
  readonly origin: string
  /** Called with a tenant's count of changes when this process has made one that concerns no watcher. */
  readonly ownChange: (name: string, records: number) => void
}

/** A taken id or value was met; carry the transaction out again, carefully, to find out which. */
export class Doubt extends Error {}

/** The tenant was removed since it was looked up. */
export class Gone extends Error {}

/** How often locks are released and taken again because a resource to be removed was put into another group meanwhile. */
const LOCK_TRIES = 20

/** Carries out lists of writes of the tenant `name` in one transaction. `careful`: looks for taken ids and values before it writes. */
export async function transact(
  deps: TransactionDeps,
  name: string,
  jobs: readonly Job[],
  careful: boolean,
): Promise<Done> {
  const { database, dictionary, origin } = deps
  const known = await dictionary.find(name)
  if (known === undefined)
    return { outcomes: jobs.map(({ writes }) => withoutTenant(writes)), affected: [], records: undefined }
  const writes = jobs.flatMap((job) => job.writes)
  const missing = missingPaths(known, wantedPaths(writes, known))
  // Such writes come alone, and their paths must not outlive a failure.
  const inside = writes.some(({ write }) => write === 'load' || write === 'indexed')
  const tenant = missing.length === 0 || inside ? known : await addPaths(deps, known, missing)
  const created = writes.reduce((sum, write) => sum + resourcesCreated(write), 0)
  const rowNos = created === 0 ? [] : await dictionary.rowNumbers(tenant, created)
  const paths = inside ? missing : []
  const { environment } = database
  const mark = Math.floor(environment.chance() * Number.MAX_SAFE_INTEGER)
  const mayMove = database.nodeOf(tenant.tenantNo) !== undefined
  return database.of(tenant.tenantNo).session((session) =>
    run(session, tenant, jobs, {
      rowNos,
      paths,
      careful,
      origin,
      mayMove,
      now: environment.now(),
      mark,
      environment,
    }),
  )
}

/**
 * Makes index paths in a transaction of their own: it locks the tenant's row first, which writers of resources lock last. A path
 * without entries is never wrong, whatever becomes of the write that it was made for.
 */
async function addPaths(
  { database, dictionary, origin, ownChange }: TransactionDeps,
  tenant: Tenant,
  paths: readonly WantedPath[],
): Promise<Tenant> {
  return database.of(tenant.tenantNo).session(async (session) => {
    await session.begin()
    try {
      const made = await makePaths(session, tenant, paths)
      if (made === undefined) throw new Gone()
      await session.commit([notification(origin, tenant.name)])
      dictionary.renew({ ...made, records: tenant.records }, made.records)
      ownChange(tenant.name, made.records)
      return made
    } catch (error) {
      // Made or not: a second attempt will find out.
      if (error instanceof Unanswered) throw error.cause
      if (!isLost(error)) await session.rows('rollback').catch(() => {})
      throw error
    }
  })
}

/** What a transaction needs that is made before it. */
interface Preparation {
  /** Row numbers for new resources. */
  readonly rowNos: readonly number[]
  /** Index paths to be made within the transaction. */
  readonly paths: readonly WantedPath[]
  readonly careful: boolean
  readonly origin: string
  /** Whether the tenant lives on a node of a cluster, and may be moved to another one. */
  readonly mayMove: boolean
  /** Milliseconds since 1970. */
  readonly now: number
  readonly environment: Environment
  /** Of the log lines, by which the transaction is found if the answer to COMMIT is lost. */
  readonly mark: number
}

async function run(session: Session, tenant: Tenant, jobs: readonly Job[], preparation: Preparation): Promise<Done> {
  try {
    const work = await begin(session, tenant, jobs, preparation)
    const outcomes = await applyJobs(work, jobs)
    const all = outcomes.every((outcome) => 'written' in outcome)
    const hook = all ? jobs.find((job) => job.hook)?.hook : undefined
    if (!isDirty(work) && hook === undefined) {
      await requireTenant(work)
      return { outcomes, affected: [], records: undefined }
    }
    const affected = affectedBy(work)
    if (preparation.paths.length > 0) work.recordsChanged = true
    const more: Statement[] = work.recordsChanged ? [notification(preparation.origin, tenant.name)] : []
    const { mark } = preparation
    const sent = { mark, at: work.lines[0]?.at, outcomes, affected, records: undefined }
    if (hook === undefined && jobs.every(({ writes }) => writes.every(isRepeatable))) {
      return await commitAtOnce(work, sent, flushOf(work, mark, more))
    }
    if (hook !== undefined) more.push(BEFORE_HOOK)
    const during = hook && ((told: Told) => runHook(session, hook, told, preparation.environment))
    const done = await commitInSteps(work, sent, flushOf(work, mark, more), during)
    // What else such a transaction may have changed about paths is read again.
    const reread = jobs.some(({ writes }) => writes.some(({ write }) => write === 'indexed' || write === 'load'))
    return reread ? { ...done, tenant: undefined } : done
  } catch (error) {
    const ended = isLost(error) || error instanceof Gone || error instanceof UnknownOutcome
    if (!ended) await session.rows('rollback').catch(() => {})
    throw error
  }
}

/** Whether a write may be carried out again when it is uncertain whether it was: it fails then, or finds nothing to do. */
function isRepeatable({ write }: Write): boolean {
  return write === 'create' || write === 'update' || write === 'remove'
}

/**
 * Writes and commits in one round trip. If the connection is lost, the server may carry it out after we have looked for it in vain: the
 * committer looks again when a second attempt fails.
 */
async function commitAtOnce(work: UnitOfWork, sent: SentTransaction, flush: Flush): Promise<Done> {
  const results = await answerOf(work.session.commit(flush.statements), sent)
  if (flush.read(results) === undefined) {
    // It may have added rows just after the tenant was removed.
    await work.session.rows(GONE_AGAIN, work.tenant.tenantNo, work.now)
    throw new Gone()
  }
  return { ...sent, tenant: work.tenant }
}

const GONE_AGAIN = 'insert into lockstep.gone (t, a, at) values ($1, 0, $2) on conflict (t, a) do update set at = $2'

/** Writes, runs the hook, and commits. */
async function commitInSteps(
  work: UnitOfWork,
  sent: SentTransaction,
  flush: Flush,
  during: ((told: Told) => Promise<void>) | undefined,
): Promise<Done> {
  const { session, tenant } = work
  const flushed = flush.read(await session.together(flush.statements))
  if (flushed === undefined) {
    await session.rows('rollback')
    throw new Gone()
  }
  await during?.({ changes: placedLines(work, flushed.placeBefore), within: createWithin(work) })
  const records = work.recordsChanged ? flushed.records : undefined
  await answerOf(session.commit(), { ...sent, records })
  return { ...sent, records, tenant }
}

async function answerOf<T>(commit: Promise<T>, sent: SentTransaction): Promise<T> {
  try {
    return await commit
  } catch (error) {
    throw error instanceof Unanswered ? new UnknownOutcome(sent, { cause: error.cause }) : error
  }
}

/**
 * Changes nothing, and keeps a tenant on its node of a cluster until the transaction ends: tenant. Citus decides where a plain change goes
 * once it has the lock that a move of shards waits for. It doesn't for INSERT … SELECT: planned before a move and carried out after it,
 * rows went to the shards that were left behind, and were lost.
 */
const STAY = `delete from lockstep.record r where r.t = $1 and r.kind = '' and r.key = ''`

/** Begins a transaction that has locked all that the writes concern. */
async function begin(
  session: Session,
  tenant: Tenant,
  jobs: readonly Job[],
  { paths, careful, mayMove, rowNos, now }: Preparation,
): Promise<UnitOfWork> {
  const writes = jobs.flatMap((job) => job.writes)
  const hooked = jobs.some(({ hook }) => hook !== undefined)
  for (let tries = 1; ; tries++) {
    await session.begin()
    if (mayMove) await session.rows(STAY, tenant.tenantNo)
    const made = paths.length === 0 ? tenant : await makePaths(session, tenant, paths)
    if (made === undefined) {
      await session.rows('rollback')
      throw new Gone()
    }
    const work = startWork(made, session, { rowNos, careful, hooked, now })
    if (await lockForWrites(work, writes)) return work
    await session.rows('rollback')
    if (tries === LOCK_TRIES) {
      throw new StoreUnavailable('The resource was put into new groups while it was being removed', 1_000)
    }
  }
}

/** Applies each list in memory, all of it or nothing. */
async function applyJobs(work: UnitOfWork, jobs: readonly Job[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { writes } of jobs) {
    startList(work)
    try {
      const written: Written[] = []
      for (const [at, write] of writes.entries()) written.push(await applyWrite(work, write, at))
      outcomes.push({ written })
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      // A write before it may be in conflict itself, which would have to be reported first.
      if (!work.careful && jobs.some((job) => job.writes.some(takesUnseen))) throw new Doubt()
      undoList(work)
      outcomes.push({ error })
    }
  }
  return outcomes
}

function isDirty(work: UnitOfWork): boolean {
  const { lines, recordsChanged, amended, entryChanges, byRowNo, readersMoved, cut } = work
  if (lines.length > 0 || recordsChanged || amended || entryChanges.length > 0) return true
  if (work.notesRecorded || readersMoved || cut || hasItems(work)) return true
  // A password hash that is made again has no line in the log.
  for (const { changed } of byRowNo.values()) if (changed) return true
  return false
}

/** Ends a transaction that has nothing to write. What stood in the way may be left from a tenant that is gone. */
async function requireTenant({ session, tenant }: UnitOfWork): Promise<void> {
  const [exists] = await session.rows('select 1 from lockstep.tenant_state s where s.t = $1', tenant.tenantNo)
  await session.rows('rollback')
  if (exists === undefined) throw new Gone()
}

/** What looks different after a transaction, for the watchers of this process. */
function affectedBy({ tenant: { name: tenant }, lines, groups, byRowNo, recordsChanged, cut }: UnitOfWork): Affected[] {
  const affected: Affected[] = lines.map(({ type, id }) => ({ tenant, type, id }))
  const regrouped = [...groups.values()].some(({ now }) => now.size > 0)
  const renamed = [...byRowNo.values()].some(
    ({ removed, isNew, oldDisplay, display }) => removed || (!isNew && oldDisplay !== display),
  )
  if (regrouped || renamed || cut) affected.push({ tenant, all: true })
  if (recordsChanged) affected.push({ tenant, records: true })
  return affected
}

/** What comes of writes to a tenant that doesn't exist. */
function withoutTenant(writes: readonly Write[]): Outcome {
  const written: Written[] = []
  for (const [at, write] of writes.entries()) {
    if (write.write !== 'record' || write.value !== undefined) return { error: new Conflict('missing', at, 'tenant') }
    written.push(NOTHING)
  }
  return { written }
}

/** Whether a write takes an id or a unique value without having looked. */
function takesUnseen(write: Write): boolean {
  return write.write === 'create' || ('index' in write && write.index.some(({ unique }) => unique))
}

function resourcesCreated(write: Write): number {
  if (write.write === 'load') return write.rows.filter(({ row }) => row === 'resource').length
  return write.write === 'create' ? 1 : 0
}
