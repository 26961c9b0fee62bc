import type { Watchers } from '../watchers.ts'
import { type Database, type Held, numberOf } from './database.ts'
import type { Tenant, Tenants } from './tenants.ts'
import { CHANNEL } from './transaction.ts'

/** Learns what other processes have changed, and has the watchers told. */
export interface Notice {
  /** A tenant was read: from now on its changes are watched. */
  readonly saw: (tenant: Tenant) => void
  /** This process has changed a tenant's records itself, and has told so. */
  readonly own: (name: string, records: number) => void
  readonly start: () => void
  readonly close: () => Promise<void>
}

/** How often the tenants in use are looked at. */
const LOOK_MS = 400
/** For how long looking may fail before everything counts as changed. */
const BLIND_MS = 1_000
/** Pause before listening again on a new connection. */
const LISTEN_AGAIN_MS = 1_000

interface Seen {
  readonly t: number
  records: number
}

/**
 * Makes the notice of one process. NOTIFY tells at once but only while its connection holds, and on a cluster only on one node; so
 * the tenants in use are looked at again and again as well.
 */
export function createNotice(
  database: Database,
  tenants: Pick<Tenants, 'forget' | 'forgetAll'>,
  options: { readonly listen: boolean; readonly origin: string },
  { tell }: Watchers,
): Notice {
  const seen = new Map<string, Seen>()
  let timer: NodeJS.Timeout | undefined
  let again: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let lookedAt = Date.now()
  let listener: Held | undefined
  let closed = false

  function changed(name: string): void {
    tenants.forget(name)
    tell([{ tenant: name, records: true }])
  }

  function saw({ name, t, records }: Tenant): void {
    const before = seen.get(name)
    seen.set(name, { t, records })
    // It changed between two looks.
    if (before !== undefined && (before.t !== t || before.records !== records)) tell([{ tenant: name, records: true }])
  }

  async function look(): Promise<void> {
    const asked = [...seen]
    if (asked.length === 0) {
      lookedAt = Date.now()
      return
    }
    // Not in a queue with everybody else: on the connection that waits for notices, if there is one.
    const rows = await (listener ?? database).rows(
      'select s.t, s.records from lockstep.tenant_state s where s.t = any($1::bigint[])',
      asked.map(([, { t }]) => t),
    )
    lookedAt = Date.now()
    const now = new Map(rows.map(([t, records]) => [numberOf(t), numberOf(records)]))
    for (const [name, was] of asked) {
      const records = now.get(was.t)
      if (seen.get(name) !== was || records === was.records) continue
      if (records === undefined) {
        seen.delete(name)
        tenants.forget(name)
        tell([
          { tenant: name, records: true },
          { tenant: name, all: true },
        ])
        continue
      }
      was.records = records
      changed(name)
    }
  }

  /** Nobody knows what was missed. */
  function blind(): void {
    lookedAt = Date.now()
    tenants.forgetAll()
    tell([{ everything: true }])
  }

  function lookSoon(): void {
    if (closed) return
    timer = setTimeout(() => {
      const waiting = setInterval(blind, BLIND_MS)
      looking = look()
        .catch(() => {
          if (Date.now() - lookedAt >= BLIND_MS) blind()
        })
        .finally(() => {
          clearInterval(waiting)
          looking = undefined
          lookSoon()
        })
    }, LOOK_MS)
    timer.unref()
  }

  async function listen(): Promise<void> {
    if (closed || !options.listen) return
    try {
      const own = await database.hold()
      if (closed) return own.release(true)
      listener = own
      const lost = () => {
        if (listener !== own) return
        listener = undefined
        own.release(true)
        listenAgain()
      }
      own.client.on('error', lost)
      own.client.on('end', lost)
      own.client.on('notification', ((message: { readonly channel: string; readonly payload?: string }) => {
        if (message.channel !== CHANNEL || message.payload === undefined) return
        const [origin, ...rest] = message.payload.split(' ')
        const name = rest.join(' ')
        if (origin === options.origin) return
        if (seen.has(name)) void look().catch(() => {})
        else tell([{ tenant: name, records: true }])
      }) as (...args: unknown[]) => void)
      await own.client.query(`listen ${CHANNEL}`)
    } catch {
      const own = listener
      listener = undefined
      own?.release(true)
      listenAgain()
    }
  }

  function listenAgain(): void {
    if (closed) return
    again = setTimeout(() => void listen(), LISTEN_AGAIN_MS)
    again.unref()
  }

  return {
    saw,
    own(name, records) {
      const was = seen.get(name)
      // More than one's own change: the next look tells of the others.
      if (was !== undefined && was.records + 1 === records) was.records = records
    },
    start() {
      lookSoon()
      void listen()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(again)
      const own = listener
      listener = undefined
      own?.release(true)
      await looking
    },
  }
}
