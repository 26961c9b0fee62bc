// What the parts of a turn share: one app, its lease, its calls and commits.

import type { Environment } from '../../environment.ts'
import type { HeldLease } from '../../jobs/index.ts'
import type { Item, Store, Work, Write } from '../../store/index.ts'
import type { AppState, CompiledApp, HubMeter, HubTracer, Link, PlanItem, RemovalCause } from '../contract/index.ts'
import type { Calls } from './calls.ts'
import type { Committer } from './committer.ts'
import type { Source } from './source.ts'

/** The parts of a store that the engine uses. */
export type EngineStore = Store & Work

/** What happened to a link, for those who watch live. */
export interface HubEvent {
  readonly event: 'delivered' | 'parked' | 'held' | 'resurrected'
  readonly tenant: string
  readonly app: string
  readonly resource: string
  readonly type: Link['type']
  readonly name: string
  readonly lane: number
  readonly action?: PlanItem['action']
  readonly message?: string
}

/** What the engine works with. */
export interface EngineDeps {
  readonly store: EngineStore
  readonly environment: Environment
  /** Errors that no link explains. */
  readonly report: (error: unknown, where: { readonly tenant: string; readonly app?: string } | undefined) => void
  readonly onEvent?: (event: HubEvent) => void
  readonly meter?: HubMeter
  readonly tracer?: HubTracer
}

/** The queues that are empty most of the time, and asked about with every account that is made. */
export type MostlyEmpty = 'waits' | 'former'

/** One turn of one app. */
export interface Turn {
  readonly deps: EngineDeps
  readonly tenant: string
  readonly app: CompiledApp
  readonly lease: HeldLease
  /** Those of the deliveries, and then of the sweep. */
  calls: Calls
  readonly committer: Committer
  /** The state of the unit as of now. Owned by the turn; see {@link changeState}. */
  state: AppState
  /** The item of the unit as it was read. */
  readonly unit: Item
  /** Accounts that deliveries of this turn are taking, by tag; the resource. Two must not take the same. */
  readonly claims: Map<string, string>
  /** Accounts that this turn has made, by tag; the resource. What is stored of whoever had such an id before may be older. */
  readonly made: Map<string, string>
  /** Verdicts of people on holds that are not closed. */
  readonly verdicts: ReadonlyMap<string, 'approved' | 'discarded' | undefined>
  /** Accounts that this turn has switched off or removed, by tag: what a search shows of them may be older. */
  readonly ended: Set<string>
  /** Deliveries under way, by resource: what they know is newer than what is stored. */
  readonly jobs: Map<string, Job>
  /** Groups in which a resource was looked at, by resource; they look again when its account comes or goes. */
  readonly unlinked: Map<string, Set<string>>
  /** Who waits for a link, by the resource waited for, since before that was stored. */
  readonly waiting: Map<string, Set<string>>
  /** The open hold of each cause that was held in this turn. */
  readonly holding: Map<string, Promise<string>>
  /** States and lanes of links that are due at a time to come. */
  readonly timed: Set<string>
  /** Which of the app's queues are empty; see `isEmpty`. */
  readonly empty: Map<MostlyEmpty, Promise<boolean> | boolean>
  /** Requests that were noted. */
  attempts: number
}

/** One link that is being worked on. */
export interface Job {
  readonly item: Item
  readonly source: Source
  readonly killed: boolean
  readonly cause: { readonly mark: number; readonly value: RemovalCause } | undefined
  /** The link as it is now. */
  link: Link
  /** The link as of the last commit. */
  saved: Link
  /** A confirmation that goes into the next commit, with what is to be written along: nothing is sent before. */
  unsaved?: readonly Write[]
  /** The lane of its requests. */
  lane: number
  /** When its account, off for good, is to be removed. */
  removeAt?: number
  /** The name that it has for a while, in a circle of people who swap theirs; the real one is tried again. */
  swapped?: string
}

/** Changes the state of the unit; it is kept with the next commit. */
export function changeState(turn: Turn, state: Partial<AppState>): void {
  turn.state = { ...turn.state, ...state }
  turn.committer.touch()
}

/** The state of the unit as it is kept. */
export function stateOf(turn: Turn): AppState {
  return { ...turn.state, ...turn.calls.state(), timed: [...turn.timed].sort() }
}

/** Names the item of a job. */
export function keyOf({ item: { tenant, queue, key } }: Pick<Job, 'item'>) {
  return { tenant, queue, key }
}

/** Tells those who watch live. */
export function tell(turn: Turn, job: Job, event: Pick<HubEvent, 'event' | 'action' | 'message'>): void {
  const { tenant, app, deps } = turn
  const { type, name } = job.link
  deps.onEvent?.({ ...event, tenant, app: app.settings.id, resource: job.item.key, type, name, lane: job.lane })
}

/** Adds to a set of several. */
export function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([value]))
  else set.add(value)
}
