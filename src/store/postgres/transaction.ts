import { ConfigError } from '../../protocol/index.ts'
import {
  type Affected,
  Conflict,
  StoreUnavailable,
  type WholeChange,
  type Write,
  type Written,
} from '../contract/index.ts'
import { Aborted, type Database, numberOf, type Session, type Statement } from './database.ts'
import { type Dictionary, makePaths, missingPaths, pathKey, type Tenant, type WantedPath } from './dictionary.ts'
import type { PostgresClient } from './driver.ts'
import { codeOf, isLost, isRefusal } from './faults.ts'
import { flush } from './flush.ts'
import { lockAll } from './lock.ts'
import { createWork, type Work } from './unit-of-work.ts'
import { applyWrite } from './write.ts'

/** One caller's list of writes, all or none. */
export interface Job {
  readonly writes: readonly Write[]
  readonly inside: ((tx: PostgresClient, changes: readonly WholeChange[]) => void | Promise<void>) | undefined
}

/** What became of a list. */
export type Outcome = { readonly written: readonly Written[] } | { readonly error: unknown }

/** The connection was lost before the answer to COMMIT came: written or not, and which, has to be asked. */
export class Unknown extends Error {
  /** The mark of the transaction and the place of its first log line; undefined when it wrote none. */
  readonly mark: number
  readonly place: number | undefined
  readonly outcomes: readonly Outcome[]
  readonly touched: readonly Affected[]
  readonly records: number | undefined
  constructor(
    told: Pick<Unknown, 'mark' | 'place' | 'outcomes' | 'touched' | 'records'>,
    options: { readonly cause: unknown },
  ) {
    super('the connection was lost during COMMIT', options)
    this.mark = told.mark
    this.place = told.place
    this.outcomes = told.outcomes
    this.touched = told.touched
    this.records = told.records
  }
}

/** What a function given by the caller threw, which is handed back as it is. */
export class Inside extends Error {
  constructor(cause: unknown) {
    super('thrown inside', { cause })
  }
}

/** A transaction that came through, or that had nothing to write. */
export interface Done {
  readonly outcomes: readonly Outcome[]
  readonly touched: readonly Affected[]
  /** The tenant's count of changes, when records, paths or the tenant itself changed. */
  readonly records: number | undefined
  /** The tenant with the paths that were made. */
  readonly tenant?: Tenant | undefined
}

/** What transactions are carried out with. */
export interface Ground {
  readonly database: Database
  readonly tenants: Dictionary
  /** Tells this process's notices from others'. */
  readonly origin: string
  /** Told of a tenant's count of changes that this process has made without any watcher's concern. */
  readonly own: (name: string, records: number) => void
}

/** How often all is locked again because somebody who is to be removed was put into another group just then. */
const LOCK_TRIES = 20

/** Channel of NOTIFY; the payload is who says it and the name of a tenant whose records changed. */
export const CHANNEL = 'lockstep'

/** Carries out lists of writes of one tenant in one transaction. `careful`: looks for taken ids and values before it writes. */
export async function transact(
  ground: Ground & { readonly name: string },
  jobs: readonly Job[],
  careful: boolean,
): Promise<Done> {
  const { database, tenants, name, origin } = ground
  const found = await tenants.find(name)
  if (found === undefined)
    return { outcomes: jobs.map(({ writes }) => withoutTenant(writes)), touched: [], records: undefined }
  const writes = jobs.flatMap((job) => job.writes)
  const paths = missingPaths(found, wantedPaths(writes, found))
  // What is loaded or said of paths comes alone, and leaves nothing when it is refused.
  const alone = writes.some(({ write }) => write === 'load' || write === 'indexed')
  const tenant = paths.length === 0 || alone ? found : await addPaths(ground, found, paths)
  const creates = writes.reduce((sum, write) => sum + newIn(write), 0)
  const numbers = creates === 0 ? [] : await tenants.numbers(tenant, creates)
  const moves = database.nodeOf(tenant.t) !== undefined
  return database
    .of(tenant.t)
    .session((session) => run(session, tenant, jobs, { numbers, paths: alone ? paths : [], careful, origin, moves }))
}

/**
 * Makes index paths, in a transaction of their own: it locks the tenant's row first, which writers of resources lock last. A path that
 * is there without an entry says nothing wrong, whatever becomes of the write that it was made for.
 */
async function addPaths(
  { database, tenants, origin, own }: Ground,
  tenant: Tenant,
  paths: readonly WantedPath[],
): Promise<Tenant> {
  return database.of(tenant.t).session(async (session) => {
    await session.begin()
    try {
      const made = await makePaths(session, tenant, paths)
      if (made === undefined) throw new Gone()
      await session.rows(`select pg_notify('${CHANNEL}', $1)`, `${origin} ${tenant.name}`)
      await session.commit()
      tenants.renew({ ...made, records: tenant.records }, made.records)
      own(tenant.name, made.records)
      return made
    } catch (error) {
      if (!isLost(error)) await session.rows('rollback').catch(() => {})
      throw error
    }
  })
}

/** What a transaction needs that is made before it. */
interface Preparation {
  /** For new resources. */
  readonly numbers: readonly number[]
  /** Index paths to be made along with the writes. */
  readonly paths: readonly WantedPath[]
  readonly careful: boolean
  readonly origin: string
  /** Whether the tenant lives on a node of a cluster, and may be moved to another one. */
  readonly moves: boolean
}

async function run(
  session: Session,
  tenant: Tenant,
  jobs: readonly Job[],
  { numbers, paths, careful, origin, moves }: Preparation,
): Promise<Done> {
  const { rows } = session
  let told: ConstructorParameters<typeof Unknown>[0] | undefined
  try {
    const writes = jobs.flatMap((job) => job.writes)
    const work = await begin(session, tenant, writes, { paths, careful, moves })
    const outcomes: Outcome[] = []
    let at = 0
    const seen = jobs.some((job) => job.inside !== undefined)
    const means = { work, careful, seen, nextNumber: () => numbers[at++] ?? 0 }
    for (const job of jobs) {
      work.mark()
      try {
        const written: Written[] = []
        for (const [i, write] of job.writes.entries()) written.push(await applyWrite(means, write, i))
        outcomes.push({ written })
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        // What came before it may be in the way itself, and that would have to be said first.
        if (!careful && writes.some(takes)) throw new Doubt()
        work.undo()
        outcomes.push({ error })
      }
    }
    const inside = outcomes.every((outcome) => 'written' in outcome)
      ? jobs.find((job) => job.inside)?.inside
      : undefined
    if (!isDirty(work) && inside === undefined) {
      // What stood in the way may be left from a tenant that is gone.
      const [lives] = await rows('select 1 from lockstep.tenant_state s where s.t = $1', tenant.t)
      await rows('rollback')
      if (lives === undefined) throw new Gone()
      return { outcomes, touched: [], records: undefined }
    }
    const own = work.recordsChanged
    if (paths.length > 0) work.recordsChanged = true
    const mark = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
    const notify: readonly Statement[] = work.recordsChanged
      ? [[`select pg_notify('${CHANNEL}', $1)`, `${origin} ${tenant.name}`]]
      : []
    const ended = await flush(work, mark, inside === undefined ? notify : [...notify, [`savepoint ${HOOK}`]])
    if (ended === undefined) {
      await rows('rollback')
      throw new Gone()
    }
    if (inside !== undefined) await runInside(session, inside, ended.changes)
    const touched = touchedBy(work, own)
    const records = work.recordsChanged ? ended.records : undefined
    told = { mark, place: ended.changes[0]?.place, outcomes, touched, records }
    await session.commit()
    // What else a transaction may have changed about paths is read anew.
    const reread = writes.some(({ write }) => write === 'indexed' || write === 'load')
    return { outcomes, touched, records, tenant: reread ? undefined : work.tenant }
  } catch (error) {
    if (told !== undefined && !(error instanceof Aborted) && !isRefusal(error))
      throw new Unknown(told, { cause: error })
    if (!isLost(error) && !(error instanceof Gone)) await rows('rollback').catch(() => {})
    throw error
  }
}

/** The savepoint under which a function of the host runs. */
const HOOK = 'lockstep_hook'

/** Runs the host's function, and sees to it that the transaction is still the one it was handed, and alive. */
async function runInside(
  { client }: Session,
  inside: NonNullable<Job['inside']>,
  changes: readonly WholeChange[],
): Promise<void> {
  try {
    await inside(client, changes)
    // Fails when a statement has failed that nobody told us of, and when there is another transaction now, or none.
    await client.query(`release savepoint ${HOOK}`)
  } catch (error) {
    const wrong = BROKEN[codeOf(error)]
    throw new Inside(wrong === undefined ? error : new ConfigError('hooks.commit', wrong, { cause: error }))
  }
}

/** What the host's function did, by what the server says to whatever comes next. */
const BROKEN: { readonly [code: string]: string } = {
  '25P02':
    'went on after a statement of its own had failed, and with that PostgreSQL had given up the whole transaction: nothing is written; put a savepoint around what may fail, write "on conflict do nothing", or let the error through',
  '25P01':
    'ended the transaction that it was called in; leave COMMIT and ROLLBACK to Lockstep, and throw when nothing is to be kept',
  '3B001':
    'ended the transaction that it was called in and began another one, which is rolled back; leave BEGIN, COMMIT and ROLLBACK to Lockstep, and throw when nothing is to be kept',
}

/**
 * Changes nothing, and keeps a tenant on its node of a cluster until the transaction ends: tenant. Citus looks where a plain change goes
 * once it has the lock that a move of shards waits for. It doesn't for INSERT … SELECT: planned before a move and carried out after it, rows
 * went to the shards that were left behind, and were lost.
 */
export const STAY = `delete from lockstep.record r where r.t = $1 and r.kind = '' and r.key = ''`

/** Begins a transaction that has all locked that the writes concern. */
async function begin(
  session: Session,
  tenant: Tenant,
  writes: readonly Write[],
  { paths, careful, moves }: Pick<Preparation, 'paths' | 'careful' | 'moves'>,
): Promise<Work> {
  for (let tries = 1; ; tries++) {
    await session.begin()
    if (moves) await session.rows(STAY, tenant.t)
    const made = paths.length === 0 ? tenant : await makePaths(session, tenant, paths)
    if (made === undefined) {
      await session.rows('rollback')
      throw new Gone()
    }
    const work = createWork(made, session)
    if (await lockAll(work, writes, careful)) return work
    await session.rows('rollback')
    if (tries === LOCK_TRIES) throw new StoreUnavailable('others put the resource into ever new groups', 1_000)
  }
}

/** Something is in the way, and what it is has to be looked at. */
export class Doubt extends Error {}

/** The tenant was removed since it was looked up. */
export class Gone extends Error {}

function isDirty(work: Work): boolean {
  if (work.lines().length > 0 || work.recordsChanged || work.amended || work.entryChanges().length > 0) return true
  // A hash made again has no line in the log.
  return [...work.held()].some(({ changed }) => changed)
}

/** What looks different after a transaction, told in this process. */
function touchedBy(work: Work, records: boolean): readonly Affected[] {
  const tenant = work.tenant.name
  const touched: Affected[] = work.lines().map(({ y, id }) => ({ tenant, type: y, id }))
  const around = [...work.groups().values()].some(({ now }) => now.size > 0)
  const renamed = [...work.held()].some(
    ({ gone, isNew, wasDisplay, display }) => gone || (!isNew && wasDisplay !== display),
  )
  if (around || renamed) touched.push({ tenant, all: true })
  if (records) touched.push({ tenant, records: true })
  return touched
}

/** What comes of writes to a tenant that is not there. */
function withoutTenant(writes: readonly Write[]): Outcome {
  const written: Written[] = []
  for (const [at, write] of writes.entries()) {
    if (write.write !== 'record' || write.value !== undefined) return { error: new Conflict('missing', at, 'tenant') }
    written.push({ changed: false, version: 0, created: 0, modified: 0 })
  }
  return { written }
}

/** Whether a write takes an id or a unique value without having looked. */
function takes(write: Write): boolean {
  return write.write === 'create' || ('index' in write && write.index.some(({ unique }) => unique))
}

/** How many resources a write makes. */
function newIn(write: Write): number {
  if (write.write === 'load') return write.rows.filter(({ row }) => row === 'resource').length
  return write.write === 'create' ? 1 : 0
}

function wantedPaths(writes: readonly Write[], tenant: Tenant): readonly WantedPath[] {
  const wanted = new Map<string, WantedPath>()
  for (const write of writes) {
    if (write.write === 'indexed' && write.as === 'complete') {
      for (const path of write.paths) {
        const key = pathKey(write.type, path)
        if (!tenant.paths.has(key)) wanted.set(key, { y: write.type, path, unique: false, ready: true })
      }
    }
    if (write.write === 'load') {
      for (const row of write.rows) {
        if (row.row === 'path') {
          const { type: y, path, unique, complete: ready } = row
          wanted.set(pathKey(y, path), { y, path, unique, ready })
        }
        if (row.row !== 'resource') continue
        // Its own row has told whether it is unique and complete; without one it promises nothing.
        for (const path of Object.keys(row.entries)) {
          const key = pathKey(row.type, path)
          if (tenant.paths.has(key) || wanted.has(key)) continue
          wanted.set(key, { y: row.type, path, unique: false, ready: false })
        }
      }
    }
    if (write.write !== 'create' && write.write !== 'update' && write.write !== 'reindex') continue
    const y = write.write === 'reindex' ? write.ref.type : write.draft.type
    for (const { path, unique = false } of write.index) {
      const key = pathKey(y, path)
      const other = wanted.get(key)
      const ready = write.write !== 'reindex' && other?.ready !== false
      wanted.set(key, { y, path, unique: unique && other?.unique !== false, ready })
    }
  }
  return [...wanted.values()]
}

/** Whether a transaction came through whose COMMIT nobody answered. Waits for it to end, if the server is still at it. */
export async function cameThrough(database: Database, tenant: Tenant, unknown: Unknown): Promise<boolean> {
  const { place, mark } = unknown
  if (place === undefined) throw new StoreUnavailable('the connection was lost; the outcome is unknown', 1_000)
  return database.of(tenant.t).session(async ({ rows }) => {
    await rows('begin isolation level read committed')
    try {
      // Whoever wrote it has the row locked until it is done.
      const [state] = await rows('select s.place from lockstep.tenant_state s where s.t = $1 for update', tenant.t)
      if (state === undefined) throw new StoreUnavailable('the tenant was removed; the outcome is unknown', 1_000)
      const [row] = await rows('select c.mark from lockstep.change c where c.t = $1 and c.place = $2', tenant.t, place)
      return row !== undefined && numberOf(row[0]) === mark
    } finally {
      await rows('rollback').catch(() => {})
    }
  })
}
