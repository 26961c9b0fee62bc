// Notices what other processes have changed, and notifies the watchers.

import type { Affected } from '../contract/index.ts'
import { numberOf } from '../sql/columns.ts'
import type { Watchers } from '../watchers.ts'
import type { Statement } from './columns.ts'
import type { Database } from './database.ts'
import type { Dictionary, Tenant } from './dictionary.ts'
import { createListener } from './listener.ts'

/** Notices changes of the tenants that this process has read. */
export interface ChangeWatch {
  /** Watches a tenant from now on: it was just read. */
  readonly watch: (tenant: Tenant) => void
  /** This process has changed a tenant's records itself, and has notified its watchers. */
  readonly ownChange: (name: string, records: number) => void
  /** Looks at one tenant now, if it is watched. */
  readonly refresh: (name: string) => Promise<void>
  readonly start: () => void
  readonly close: () => Promise<void>
}

/** What changes are watched with. */
export interface ChangeWatchDeps {
  readonly database: Pick<Database, 'rows' | 'hold' | 'of' | 'nodeOf' | 'environment'>
  readonly dictionary: Pick<Dictionary, 'forget' | 'forgetAll' | 'drop' | 'usedAt'>
  readonly watchers: Pick<Watchers, 'notify'>
  /** Identifies this process in notifications. */
  readonly origin: string
  /** Whether to keep a connection that listens. */
  readonly listen: boolean
}

/** Channel of NOTIFY; the payload is the origin of the process and the name of a tenant whose records changed. */
const CHANNEL = 'lockstep'

/** The statement that notifies other processes that a tenant's records changed. */
export function notification(origin: string, tenant: string): Statement {
  return [`select pg_notify('${CHANNEL}', $1)`, `${origin} ${tenant}`]
}

/** Time between two polls. */
const POLL_MS = 400
/** How far back each poll reaches again: a change is dated before it is committed, by another process's clock. */
const OVERLAP_MS = 60_000
/** A tenant that has been unused this long is forgotten. */
const IDLE_MS = 3_600_000
/** Time between two searches for idle tenants. */
const IDLE_CHECK_MS = 60_000
/** After polls have failed this long, everything counts as changed. */
const BLIND_MS = 1_000
/** Tenants of a node that are read in one statement: planning one costs by tenants and shards. */
const AT_ONCE = 200

/** Tenants that changed since a time. */
const CHANGED = 'select s.t, s.records from lockstep.tenant_state s where s.changed > $1'
/** Tenants that were removed recently. */
const REMOVED = 'select g.t from lockstep.gone g where g.a <= 0'

interface Watched {
  readonly tenantNo: number
  readonly name: string
  /** When it was last read. */
  readonly at: number
  /** The tenant's count of changes as this process knows it. */
  records: number
}

/** What a change watch knows. */
interface WatchState extends ChangeWatchDeps {
  readonly byName: Map<string, Watched>
  readonly byNumber: Map<number, Watched>
  /** Runs statements one after the other, on the connection that listens if there is one: they don't queue for others. */
  readonly rows: Database['rows']
  /** Nodes of a cluster that have not answered yet. */
  readonly silent: Set<string | undefined>
  /** When the last successful poll began. */
  since: number
  /** When polling last succeeded, or everything was taken for changed. */
  polledAt: number
  idleCheckedAt: number
}

/**
 * Creates the change watch of one process. NOTIFY is immediate, but reaches a process only while its connection holds, and on a cluster only
 * from one node; so the process also polls for tenants that have changed. Neither costs more with more tenants: a notification has its
 * own tenant read, and a poll asks an index for recent changes.
 */
export function createChangeWatch(deps: ChangeWatchDeps): ChangeWatch {
  const { environment } = deps.database
  const listener = createListener(deps.database, CHANNEL, (payload) => notified(state, payload))
  const now = environment.now()
  const state: WatchState = {
    ...deps,
    byName: new Map(),
    byNumber: new Map(),
    rows: oneAfterTheOther((sql, ...values) => (listener.session() ?? deps.database).rows(sql, ...values)),
    silent: new Set(),
    since: now,
    polledAt: now,
    idleCheckedAt: now,
  }
  let cancel = () => {}
  let polling: Promise<void> | undefined
  let closed = false

  function pollLater(): void {
    if (closed) return
    const poll = () => {
      polling = pollOnce(state).finally(() => {
        polling = undefined
        pollLater()
      })
    }
    cancel = environment.setTimer(POLL_MS, poll, { background: true })
  }

  return {
    watch: (tenant) => watch(state, tenant),
    ownChange(name, records) {
      const known = state.byName.get(name)
      // If more has changed than that, the next poll notices.
      if (known !== undefined && known.records + 1 === records) known.records = records
    },
    async refresh(name) {
      const known = state.byName.get(name)
      if (known !== undefined) await refresh(state, known)
    },
    start() {
      pollLater()
      if (deps.listen) void listener.start()
    },
    async close() {
      closed = true
      cancel()
      listener.close()
      await polling
    },
  }
}

function oneAfterTheOther(rows: Database['rows']): Database['rows'] {
  let last: Promise<unknown> = Promise.resolve()
  return (sql, ...values) => {
    const ask = () => rows(sql, ...values)
    const answer = last.then(ask, ask)
    last = answer
    return answer
  }
}

function watch({ byName, byNumber, watchers, database }: WatchState, { name, tenantNo, records }: Tenant): void {
  const before = byName.get(name)
  if (before !== undefined) byNumber.delete(before.tenantNo)
  const watched = { tenantNo, name, at: database.environment.now(), records }
  byName.set(name, watched)
  byNumber.set(tenantNo, watched)
  // It changed between two polls.
  if (before !== undefined && (before.tenantNo !== tenantNo || before.records !== records)) {
    watchers.notify([{ tenant: name, records: true }])
  }
}

function unwatch({ byName, byNumber }: WatchState, { name, tenantNo }: Watched): void {
  byName.delete(name)
  byNumber.delete(tenantNo)
}

/** Forgets a tenant and everything that was made of it. */
function drop(state: WatchState, watched: Watched, affected: readonly Affected[]): void {
  unwatch(state, watched)
  state.dictionary.drop(watched)
  state.watchers.notify(affected)
}

function changed({ dictionary, watchers }: WatchState, name: string): void {
  dictionary.forget(name)
  watchers.notify([{ tenant: name, records: true }])
}

/** Compares a tenant's count of changes as it is now; undefined: the tenant is gone. */
function compare(state: WatchState, watched: Watched, records: number | undefined): void {
  const { tenantNo, name } = watched
  if (state.byNumber.get(tenantNo) !== watched || records === watched.records) return
  if (records === undefined) {
    drop(state, watched, [
      { tenant: name, records: true },
      { tenant: name, all: true },
    ])
    return
  }
  watched.records = records
  changed(state, name)
}

/** Another process has notified that a tenant's records changed. */
function notified(state: WatchState, payload: string): void {
  const space = payload.indexOf(' ')
  if (payload.slice(0, space) === state.origin) return
  const name = payload.slice(space + 1)
  const watched = state.byName.get(name)
  if (watched !== undefined) void refresh(state, watched).catch(() => {})
  else state.watchers.notify([{ tenant: name, records: true }])
}

async function refresh(state: WatchState, watched: Watched): Promise<void> {
  const sql = 'select s.records from lockstep.tenant_state s where s.t = $1'
  const [row] = await state.rows(sql, watched.tenantNo)
  compare(state, watched, row === undefined ? undefined : numberOf(row[0]))
}

/** One poll. Never fails: if it can't find out what has changed, everything counts as changed. */
async function pollOnce(state: WatchState): Promise<void> {
  const { now, setTimer } = state.database.environment
  // A poll that hangs counts as failed, again and again.
  let cancel = () => {}
  const whileItHangs = () => {
    void refreshByNode(state)
    cancel = setTimer(BLIND_MS, whileItHangs, { background: true })
  }
  cancel = setTimer(BLIND_MS, whileItHangs, { background: true })
  try {
    await poll(state)
  } catch {
    if (now() - state.polledAt >= BLIND_MS) await refreshByNode(state)
  } finally {
    cancel()
  }
  dropIdle(state)
}

async function poll(state: WatchState): Promise<void> {
  const { now } = state.database.environment
  const began = now()
  const states = await state.rows(CHANGED, state.since - OVERLAP_MS)
  const removed = await state.rows(REMOVED)
  state.since = began
  state.polledAt = now()
  for (const [tenantNo, records] of states) {
    const watched = state.byNumber.get(numberOf(tenantNo))
    if (watched !== undefined) compare(state, watched, numberOf(records))
  }
  for (const [tenantNo] of removed) {
    const watched = state.byNumber.get(numberOf(tenantNo))
    if (watched !== undefined) compare(state, watched, undefined)
  }
}

/** Drops idle tenants with everything that was made of them: what isn't watched must not be kept. */
function dropIdle(state: WatchState): void {
  const now = state.database.environment.now()
  if (now - state.idleCheckedAt < IDLE_CHECK_MS) return
  state.idleCheckedAt = now
  for (const watched of [...state.byName.values()]) {
    const usedAt = Math.max(watched.at, state.dictionary.usedAt(watched.name) ?? 0)
    if (watched.tenantNo === 0 || usedAt > now - IDLE_MS) continue
    drop(state, watched, [{ tenant: watched.name, records: true }])
  }
}

/** Polling fails. On a cluster each node is asked by itself; tenants of a node that doesn't answer count as changed. */
async function refreshByNode(state: WatchState): Promise<void> {
  const { database, byName } = state
  const byNode = new Map<string | undefined, Watched[]>()
  for (const watched of byName.values()) {
    const node = database.nodeOf(watched.tenantNo)
    const those = byNode.get(node)
    if (those === undefined) byNode.set(node, [watched])
    else those.push(watched)
  }
  if (byNode.size < 2) return everythingChanged(state)
  await Promise.all([...byNode].map(([node, those]) => refreshNode(state, node, those)))
}

function everythingChanged(state: WatchState): void {
  state.polledAt = state.database.environment.now()
  state.dictionary.forgetAll()
  state.watchers.notify([{ everything: true }])
}

async function refreshNode(state: WatchState, node: string | undefined, those: readonly Watched[]): Promise<void> {
  for (let at = 0; at < those.length; at += AT_ONCE) {
    const some = those.slice(at, at + AT_ONCE)
    const records = state.silent.has(node) ? undefined : await recordsOf(state, node, some)
    for (const watched of some) {
      if (records !== undefined) compare(state, watched, records.get(watched.tenantNo))
      else if (state.byNumber.get(watched.tenantNo) === watched) changed(state, watched.name)
    }
  }
}

/** Counts of changes of tenants of one node; undefined when it doesn't answer in time. */
async function recordsOf(
  { database, silent }: WatchState,
  node: string | undefined,
  those: readonly Watched[],
): Promise<ReadonlyMap<number, number> | undefined> {
  silent.add(node)
  const tenantNos = those.map(({ tenantNo }) => tenantNo)
  const states = database
    .of(tenantNos[0] ?? 0)
    .rows('select s.t, s.records from lockstep.tenant_state s where s.t = any($1::bigint[])', tenantNos)
    .finally(() => silent.delete(node))
    .then((rows) => new Map(rows.map(([tenantNo, records]) => [numberOf(tenantNo), numberOf(records)])))
    .catch(() => undefined)
  const given = new AbortController()
  try {
    return await Promise.race([states, database.environment.wait(BLIND_MS, given.signal).then(() => undefined)])
  } finally {
    given.abort()
  }
}
