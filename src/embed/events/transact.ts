// What is done in the transaction of a commit: guards, what handlers are told, and what is kept for later.

import type { Committed } from '../../directory/index.ts'
import { type Catalog, ConfigError } from '../../protocol/index.ts'
import { type Awaitable, type Steps, step } from '../../store/index.ts'
import { noteThrown } from '../report.ts'
import { createOutbox } from './after/outbox.ts'
import { announce } from './announce.ts'
import type { AnyEvent, EventName } from './contract/event.ts'
import type { EventPlan, Handler } from './contract/read-event-options.ts'
import { createGraph } from './facts/graph.ts'
import { type RoleChange, roleChangesOf } from './facts/role-changes.ts'
import { readScene } from './facts/scene.ts'
import { guardDeactivations } from './guards/deactivations.ts'
import { guardLast } from './guards/last-of.ts'
import { guardSeats } from './guards/seats.ts'

/** What a transaction is accompanied with. */
export interface TransactDeps {
  readonly plan: EventPlan
  readonly catalog: (tenant: string) => Catalog
  readonly now: () => number
}

/** Accompanies a commit. `dbOf` makes what handlers get as `db`, at the first handler. */
export function* transact({ plan, catalog: of, now }: TransactDeps, done: Committed, dbOf: () => unknown): Steps<void> {
  const { on, after, guards, rolesOf } = plan
  const catalog = of(done.tenant)
  const scene = yield* readScene(done, catalog)
  const { seats } = guards
  let made: { readonly value: unknown } | undefined
  const db = () => {
    made ??= { value: dbOf() }
    return made.value
  }
  if (seats !== undefined) {
    yield* guardSeats(scene, catalog, (tenant) => atOnce(done, 'guards.seats', seats(tenant, { db: db() })))
  }
  if (guards.deactivations !== undefined) yield* guardDeactivations(scene, guards.deactivations, now())
  const wanted = (name: EventName) => on.has(name) || after.has(name)
  let roles: readonly RoleChange[] = []
  const followed = guards.lastOf.length > 0 || wanted('role.granted') || wanted('role.revoked')
  const graph = followed && rolesOf !== undefined ? createGraph(scene, rolesOf) : undefined
  if (graph !== undefined && rolesOf !== undefined) {
    roles = yield* roleChangesOf(scene, graph)
    yield* guardLast(scene, catalog, roles, { lastOf: guards.lastOf, rolesOf })
  }
  if (on.size + after.size === 0) return
  const outbox = createOutbox(done.tenant, done.within, now())
  function* tell(event: AnyEvent): Steps<void> {
    // Before the handler, which may change what it is given.
    if (after.has(event.name)) yield* outbox.add(event)
    const handler = on.get(event.name)
    if (handler === undefined) return
    yield* named(`on.${event.name}`, () => run(done, handler, { ...event, db: db() }))
  }
  yield* announce({ scene, graph, roles, wanted, tell })
  yield* outbox.close()
}

/** Does what the app has written, and notes where it is what it throws. */
function* named(where: string, work: () => Awaitable<unknown>): Steps<void> {
  try {
    yield* step(work())
  } catch (error) {
    noteThrown(error, where)
    throw error
  }
}

/** Runs a handler; on SQLite it must be done when it returns. */
function run(done: Committed, handler: Handler, event: AnyEvent): Awaitable<unknown> {
  // Refused before it is called: what it does after its first `await` would be outside of every transaction.
  if (done.within.synchronous && Object.prototype.toString.call(handler) === '[object AsyncFunction]') {
    throw notAtOnce(`on.${event.name}`)
  }
  return atOnce(done, `on.${event.name}`, handler(event))
}

function atOnce<T>({ within }: Committed, option: string, value: Awaitable<T>): Awaitable<T> {
  if (within.synchronous && typeof value === 'object' && value !== null && 'then' in value) {
    // A query builder would only now be executed, by its `then`.
    if (value instanceof Promise) value.catch(() => {})
    throw notAtOnce(option)
  }
  return value
}

function notAtOnce(option: string): ConfigError {
  return new ConfigError(
    option,
    'must be synchronous on SQLite: return no promise and no unfinished query (`.run()` finishes one); what takes longer goes into `after`',
  )
}
