// Tells every process that somebody's sessions are to end: the person was deactivated or deleted.

import type { AlongWrite, Committed } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { isObject, type Json } from '../../protocol/index.ts'
import { type Item, NEVER, type Store, type WithinWrite, type Write } from '../../store/index.ts'
import { LINKS, withoutLinks } from './links.ts'

/** Somebody whose sessions are to end. */
export interface SignInEnd {
  readonly tenant: string
  /** Id of the person. */
  readonly person: string
  readonly cause: 'deactivated' | 'deleted'
  /** When that was, in milliseconds since 1970. */
  readonly at: number
}

/** Hears of each end in every process that listens: at least once, within about a second. */
export type EndListener = (end: SignInEnd) => void | Promise<void>

/** Tells of ends. */
export interface Ends {
  /** Calls back from now on. Returns how to stop. */
  readonly on: (listener: EndListener) => () => void
  readonly stop: () => void
}

/** Ends as the transaction that causes them leaves them. */
const CAUSED = 'sign-in-end'
/** Ends as all processes read them: items of the whole database, in order of time. */
const TOLD = 'sign-in-ended'
/** How often a process looks. */
const LOOK_MS = 300
/** How long what was left or told is kept. Whoever could not look for longer than that asks `check` anyway. */
const KEPT_MS = 600_000
/** How far behind the time of its last look a process begins, since clocks differ and commits take time. */
const OVERLAP_MS = 15_000
const PAGE = 500

/** Leaves, in the transaction of a change, whose sessions are to end, and takes the links of whoever is deleted away. */
export function noteEnds({ tenant, changes, documents, within }: Committed): void | Promise<void> {
  const writes: WithinWrite[] = []
  const gone: string[] = []
  for (const change of changes) {
    if (change.type !== 'User') continue
    const deleted = change.op === 'delete'
    const { before, after } = documents(change) ?? {}
    if (deleted) gone.push(change.id)
    else if (!(before !== undefined && before.active !== false && after?.active === false)) continue
    const { id: person, at, place } = change
    const value: Json = { person, cause: deleted ? 'deleted' : 'deactivated', at }
    const set = { state: 'caused', due: at, expires: at + KEPT_MS, value }
    writes.push({ write: 'item', item: { tenant, queue: CAUSED, key: String(place) }, set })
  }
  if (writes.length === 0) return
  // One after the other, as values or as promises, whichever the store gives.
  let pending: void | Promise<void> = within.write(writes)
  for (const id of gone) {
    const remove = () => {
      const items = within.items(LINKS, { tag: id, limit: 1_000 })
      return items instanceof Promise
        ? items.then((found) => within.write(withoutLinks(tenant, id, found)))
        : within.write(withoutLinks(tenant, id, items))
    }
    pending = pending instanceof Promise ? pending.then(remove) : remove()
  }
  return pending
}

/** The same for a change that no hook hears of, to be written along with it. */
export function endOf(environment: Pick<Environment, 'now' | 'random'>, tenant: string, person: string): AlongWrite {
  const at = environment.now()
  const value: Json = { person, cause: 'deactivated', at }
  const set = { state: 'caused', due: at, expires: at + KEPT_MS, value }
  return { write: 'item', item: { tenant, queue: CAUSED, key: `silent-${chance(environment)}` }, set }
}

/** Creates what tells of ends. It looks for them while somebody listens. */
export function createEnds(deps: {
  readonly environment: Environment
  readonly open: () => Promise<{ readonly store: Store }>
  readonly report: (error: unknown) => void
}): Ends {
  const { environment, open, report } = deps
  const listeners = new Set<EndListener>()
  /** Ends that were told here, until they can't be read again. */
  const known = new Map<string, number>()
  let cancel: (() => void) | undefined
  let unwatch: (() => void) | undefined
  let looking = false
  let again = false
  let since = environment.now()

  function tell(item: Item): void {
    const { value } = item
    if (!isObject(value)) return
    const { tenant, person, cause, at, place } = value
    const key = `${place} ${tenant}`
    if (known.has(key) || typeof tenant !== 'string' || typeof person !== 'string' || typeof at !== 'number') return
    known.set(key, environment.now())
    const end: SignInEnd = { tenant, person, cause: cause === 'deleted' ? 'deleted' : 'deactivated', at }
    for (const listener of listeners) {
      // What one of them throws keeps no other from hearing it.
      Promise.resolve()
        .then(() => listener(end))
        .catch(report)
    }
  }

  async function look(store: Store): Promise<void> {
    const now = environment.now()
    await tellOthers(store, environment)
    for (let after = timeKey(since - OVERLAP_MS); ; ) {
      const items = await store.items('', TOLD, { after, limit: PAGE })
      items.forEach(tell)
      const last = items.at(-1)
      if (last === undefined || items.length < PAGE) break
      after = last.key
    }
    since = now
    for (const [key, at] of known) if (at < now - KEPT_MS) known.delete(key)
  }

  async function round(): Promise<void> {
    cancel?.()
    if (looking) {
      again = true
      return
    }
    looking = true
    try {
      const { store } = await open()
      if (listeners.size > 0) unwatch ??= store.watchWork((queues) => queues.has(CAUSED) && void round())
      do {
        again = false
        await look(store)
      } while (again)
    } catch (error) {
      report(error)
    } finally {
      looking = false
      cancel?.()
      if (listeners.size > 0) cancel = environment.setTimer(LOOK_MS, () => void round(), { background: true })
    }
  }

  function stop(): void {
    listeners.clear()
    cancel?.()
    unwatch?.()
    unwatch = undefined
  }

  return {
    on(listener) {
      if (listeners.size === 0) {
        since = environment.now()
        queueMicrotask(() => void round())
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) stop()
      }
    },
    stop,
  }
}

/** Puts what transactions have left where every process reads it. Done twice if it is cut short in between; readers know what they know. */
async function tellOthers(store: Store, environment: Pick<Environment, 'now' | 'random'>): Promise<void> {
  for (;;) {
    const items = await store.due(CAUSED, { until: NEVER - 1, limit: PAGE })
    if (items.length === 0) return
    const now = environment.now()
    await store.commit(
      items.map(({ tenant, key, value }): Write => {
        const told: Json = { ...(isObject(value) ? value : {}), tenant, place: key }
        const item = { tenant: '', queue: TOLD, key: `${timeKey(now)}-${chance(environment)}` }
        return { write: 'item', item, set: { value: told, expires: now + KEPT_MS } }
      }),
    )
    for (const tenant of new Set(items.map((item) => item.tenant))) {
      const done = items.filter((item) => item.tenant === tenant)
      await store.commit(
        done.map(({ queue, key }) => ({ write: 'item', item: { tenant, queue, key }, set: undefined })),
      )
    }
    if (items.length < PAGE) return
  }
}

function timeKey(at: number): string {
  return String(Math.max(0, at)).padStart(15, '0')
}

function chance({ random }: Pick<Environment, 'random'>): string {
  return [...random(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
