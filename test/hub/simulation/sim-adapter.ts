// The adapter of a simulated app, as one process has it: requests travel, and everything happens to them that can.

import {
  type Account,
  type AccountPage,
  type Adapter,
  type AdapterCall,
  type AdapterKind,
  AppError,
  type MemberPage,
  type Traits,
} from '../../../src/hub/contract/index.ts'
import type { Document } from '../../../src/protocol/index.ts'
import type { Process } from '../../simulation/process.ts'
import type { Random } from '../../simulation/random.ts'
import type { Scheduler } from '../../simulation/scheduler.ts'
import type { AppFaults, Habits } from './habits.ts'
import type { Request, SimApp } from './sim-app.ts'
import type { Watch } from './watch.ts'

/** A request in the trace. */
export interface Sent {
  readonly number: number
  readonly app: string
  readonly process: string
  readonly request: Request
  /** The resource here, and the place in the log, that the hub sent it for. */
  readonly resource: string
  readonly basis: number
  readonly at: number
  /** When it left the process. */
  leftAt?: number
  /** When the caller heard of it, or gave up. */
  endedAt?: number
  /** When it was, or would have been, carried out. */
  readonly arrivals: number[]
  outcome?: string
  /** Until when the answer forbade requests. */
  pausedUntil?: number
}

/** The way to an app: the trace, the faults, and what the app is going through. */
export interface Way {
  readonly app: SimApp
  readonly faults: () => AppFaults
  readonly trace: Sent[]
  readonly watch: Watch
  /** How often a process hesitates between its last look at its lease and the request. */
  readonly hesitates: (isWrite: boolean) => number
  /** How often it dies as soon as it has sent the request that it has hesitated about. */
  readonly dies: number
  /** Until when it refuses: 429, 401. */
  throttledUntil: number
  unauthorizedUntil: number
}

/** The kind of adapters that simulated apps have. */
export const SIM_KIND = 'sim'

/** Creates the adapter kind of a process. */
export function simKind(
  ways: ReadonlyMap<string, Way>,
  process: Process | undefined,
  scheduler: Scheduler,
  random: Random,
): AdapterKind {
  return {
    kind: SIM_KIND,
    check() {},
    defaultMap: () => ({}),
    accountSchema: () => undefined,
    open({ id }) {
      const way = ways.get(id)
      if (way === undefined || process === undefined) throw new Error(`There is no simulated app ${id}`)
      return openAdapter(way, process, scheduler, random)
    },
  }
}

/** What an app's habits come to, as the hub sees them. */
export function traitsOf(habits: Habits): Traits {
  const comparable = (document: Document): Document => {
    const { userName } = document
    return habits.lower && typeof userName === 'string' ? { ...document, userName: userName.toLowerCase() } : document
  }
  const account = { create: true, remove: true, comparable }
  return {
    timeoutMs: habits.timeoutMs,
    concurrency: habits.concurrency,
    leaverShare: 0.3,
    buckets: habits.perMinute === 0 ? [] : [{ perMinute: habits.perMinute, burst: habits.burst }],
    readLagMs: habits.readLagMs,
    users: { ...account, match: habits.match, unique: habits.unique ? ['userName'] : [] },
    groups: { ...account, match: ['externalId', 'displayName'], unique: habits.uniqueGroups ? ['displayName'] : [] },
    members: { read: habits.members, perRequest: habits.perRequest, onCreate: habits.onCreate, nested: false },
    off: {
      disableMeans: habits.disableMeans,
      disabledReads: habits.disabledReads,
      reenable: habits.reenable,
      removeMeans: habits.removeMeans,
    },
  }
}

function openAdapter(way: Way, process: Process, scheduler: Scheduler, random: Random): Adapter {
  const send = <T>(request: Request, call: AdapterCall) =>
    travel(way, process, scheduler, random, request, call) as Promise<T>
  const traits = traitsOf(way.app.habits)
  const show: Adapter['show'] = (step) => [{ verb: step.do, target: 'id' in step ? step.id : step.type }]
  return {
    traits,
    list: (type, after, call) => send<AccountPage>({ do: 'list', type, after }, call),
    find: (type, key, call) => send<readonly Account[]>({ do: 'find', type, key }, call),
    read: (type, id, call) => send<Account | undefined>({ do: 'read', type, id }, call),
    create: (type, document, call) => send<Account>({ do: 'create', type, document }, call),
    update: (type, id, change, call) => send<void>({ do: 'update', type, id, change }, call),
    disable: (id, change, call) => send<void>({ do: 'disable', type: 'User', id, change }, call),
    remove: (type, id, call) => send<void>({ do: 'remove', type, id }, call),
    members: (id, change, call) => send<void>({ do: 'members', type: 'Group', id, change }, call),
    ...(traits.members.read === 'list'
      ? { readMembers: (id, after, call) => send<MemberPage>({ do: 'readMembers', id, after }, call) }
      : {}),
    ...(traits.members.read === 'one'
      ? { isMember: (id, member, call) => send<boolean>({ do: 'isMember', id, member }, call) }
      : {}),
    show,
  }
}

/** Requests that change nothing. */
export const READS = ['list', 'find', 'read', 'readMembers', 'isMember']

/** One request from the process to the app and back. */
function travel(
  way: Way,
  process: Process,
  scheduler: Scheduler,
  random: Random,
  request: Request,
  call: AdapterCall,
): Promise<unknown> {
  const { app, trace, faults, watch } = way
  const [, resource = '', basis = '0'] = (call.headers['lockstep-delivery'] ?? '').split('/')
  const sent: Sent = {
    number: trace.length + 1,
    app: app.name,
    process: process.name,
    request,
    resource,
    basis: Number(basis),
    at: scheduler.now(),
    arrivals: [],
  }
  const rates = faults()
  const { timeoutMs } = app.habits
  const isWrite = !READS.includes(request.do)
  const isSlow = () =>
    random.happens(rates.slow) || (isWrite && rates.slowWrites > 0 && random.happens(rates.slowWrites))
  const delay = () => (isSlow() ? random.below(timeoutMs) : 1 + random.below(20))

  return new Promise((resolve, reject) => {
    let ended = false
    const end = (outcome: string, settle: () => void) => {
      if (ended) return
      ended = true
      cancel()
      call.signal.removeEventListener('abort', stop)
      sent.endedAt = scheduler.now()
      sent.outcome = outcome
      settle()
    }
    const fail = (error: AppError) => end(error.trouble, () => reject(error))
    const unknown = (why: string) => fail(new AppError('unknown', why))
    const stop = () => unknown('The request was ended')
    const cancel = scheduler.after(timeoutMs, () => unknown('The app did not answer in time'), process)
    if (call.signal.aborted) return stop()
    call.signal.addEventListener('abort', stop, { once: true })
    // A process may be put to sleep after its last look at its lease, and send the request when it wakes up.
    const hesitates = random.happens(way.hesitates(isWrite))
    if (hesitates) process.sleep(random.below(timeoutMs))
    const dies = hesitates && way.dies > 0 && random.happens(way.dies)

    const answer = (settle: () => void) => void scheduler.after(delay(), settle, process)
    const arrive = (late: boolean, twice = false) => {
      watch.arrives(sent, late)
      sent.arrivals.push(scheduler.now())
      try {
        const result = app.carryOut(request, { late, twice })
        return () =>
          end('done', () => {
            watch.answered(sent, result)
            resolve(result)
          })
      } catch (error) {
        return () => fail(error as AppError)
      }
    }
    // Whoever has given up does not hear that a pause was asked for.
    const pauses = (refusal: AppError) =>
      end(refusal.trouble, () => {
        if (refusal.retryAfterMs !== undefined) sent.pausedUntil = scheduler.now() + refusal.retryAfterMs
        watch.answered(sent, undefined)
        reject(refusal)
      })
    const reach = () => {
      const refusal = refused(way, rates, scheduler.now(), random)
      if (refusal !== undefined) return answer(() => pauses(refusal))
      if (random.happens(rates.lost)) return answer(() => unknown('The connection broke'))
      if (isWrite && random.happens(rates.late)) {
        scheduler.after(timeoutMs + random.below(rates.lateMs), () => void arrive(true))
        return
      }
      const settle = arrive(false)
      if (isWrite && random.happens(rates.duplicated))
        scheduler.after(random.below(rates.lateMs), () => void arrive(true, true))
      if (random.happens(rates.answerLost)) return answer(() => unknown('The connection broke'))
      if (random.happens(rates.broken)) return answer(() => fail(new AppError('unknown', '500', { status: 500 })))
      answer(settle)
    }
    scheduler.after(
      0,
      () => {
        trace.push(sent)
        sent.leftAt = scheduler.now()
        watch.left(sent)
        // A request that has left arrives even if the process crashes afterwards.
        scheduler.after(delay(), reach)
        if (dies) process.crash()
      },
      process,
    )
  })
}

/** What the app, or the way to it, refuses without looking at the request. */
function refused(way: Way, rates: AppFaults, now: number, random: Random): AppError | undefined {
  if (rates.dead || random.happens(rates.unavailable)) return new AppError('unavailable', 'No connection')
  if (random.happens(rates.unauthorized)) way.unauthorizedUntil = now + rates.unauthorizedMs
  if (now < way.unauthorizedUntil) return new AppError('credentials', 'The token is not known', { status: 401 })
  if (random.happens(rates.throttled)) way.throttledUntil = now + random.below(rates.throttledMs)
  if (now >= way.throttledUntil) return undefined
  const retryAfterMs = way.throttledUntil - now
  return new AppError('throttled', 'Too many requests', { status: 429, ...(rates.retryAfter ? { retryAfterMs } : {}) })
}
