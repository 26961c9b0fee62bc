import type { Watchers } from '../watchers.ts'
import { numberOf, type Statement } from './columns.ts'
import type { Database } from './database.ts'
import type { Dictionary, Tenant } from './dictionary.ts'
import type { PooledSession } from './session.ts'

/** Learns what other processes have changed, and has the watchers told. */
export interface ChangeWatch {
  /** A tenant was read: from now on its changes are watched. */
  readonly saw: (tenant: Tenant) => void
  /** This process has changed a tenant's records itself, and has told so. */
  readonly own: (name: string, records: number) => void
  /** Looks at one tenant now, if it is one that is watched. */
  readonly lookAt: (name: string) => Promise<void>
  readonly start: () => void
  readonly close: () => Promise<void>
}

/** Channel of NOTIFY; the payload is the origin of the process and the name of a tenant whose records changed. */
const CHANNEL = 'lockstep'

/** The statement that notifies other processes that a tenant's records changed. */
export function notification(origin: string, tenant: string): Statement {
  return [`select pg_notify('${CHANNEL}', $1)`, `${origin} ${tenant}`]
}

/** How often it is looked which tenants have changed. */
const LOOK_MS = 400
/** So far back each look reaches again: a change is dated before it is committed, and by another process's clock. */
const OVERLAP_MS = 60_000
/** A tenant that nobody has used for this long is forgotten. */
const IDLE_MS = 3_600_000
/** How often it is seen to that those are forgotten. */
const TIDY_MS = 60_000
/** For how long looking may fail before everything counts as changed. */
const BLIND_MS = 1_000
/** Dictionary of a node that are looked at in one statement: planning one costs by tenants and shards. */
const AT_ONCE = 200
/** Pause before listening again on a new connection. */
const LISTEN_AGAIN_MS = 1_000

interface Seen {
  readonly tenantNo: number
  readonly name: string
  /** When it was read last. */
  readonly at: number
  records: number
}

/** Those that changed since a time. */
const CHANGED = 'select s.t, s.records from lockstep.tenant_state s where s.changed > $1'
/** Those that were removed a short while ago. */
const GONE = 'select g.t from lockstep.gone g where g.a <= 0'

/**
 * Makes the notice of one process. NOTIFY tells at once but only while its connection holds, and on a cluster only on one node; so
 * it is looked again and again as well which tenants have changed. Neither costs more the more tenants there are: a notification has
 * its own tenant looked at, and a look asks an index for what changed lately.
 */
export function createChangeWatch(
  database: Pick<Database, 'rows' | 'hold' | 'of' | 'nodeOf'>,
  tenants: Pick<Dictionary, 'forget' | 'forgetAll' | 'drop' | 'usedAt'>,
  options: { readonly listen: boolean; readonly origin: string; readonly now?: () => number },
  { notify }: Watchers,
): ChangeWatch {
  const { now = Date.now } = options
  const seen = new Map<string, Seen>()
  const byNumber = new Map<number, Seen>()
  /** When the last look that came through began. */
  let since = now()
  let tidied = now()
  let timer: NodeJS.Timeout | undefined
  let again: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let lookedAt = now()
  let listener: PooledSession | undefined
  let closed = false

  function changed(name: string): void {
    tenants.forget(name)
    notify([{ tenant: name, records: true }])
  }

  function saw({ name, tenantNo, records }: Tenant): void {
    const before = seen.get(name)
    keep({ tenantNo, name, at: now(), records })
    // It changed between two looks.
    if (before !== undefined && (before.tenantNo !== tenantNo || before.records !== records))
      notify([{ tenant: name, records: true }])
  }

  function keep(one: Seen): void {
    dismiss(seen.get(one.name))
    seen.set(one.name, one)
    byNumber.set(one.tenantNo, one)
  }

  function dismiss(one: Seen | undefined): void {
    if (one === undefined) return
    if (seen.get(one.name) === one) seen.delete(one.name)
    if (byNumber.get(one.tenantNo) === one) byNumber.delete(one.tenantNo)
  }

  /** What a tenant's count of changes is now says whether it has changed; undefined: it is gone. */
  function compare(was: Seen, records: number | undefined): void {
    if (byNumber.get(was.tenantNo) !== was || records === was.records) return
    if (records !== undefined) {
      was.records = records
      changed(was.name)
      return
    }
    dismiss(was)
    tenants.drop(was)
    notify([
      { tenant: was.name, records: true },
      { tenant: was.name, all: true },
    ])
  }

  let asked: Promise<unknown> = Promise.resolve()
  /** Not in a queue with everybody else: on the connection that waits for notices, if there is one, and there one after the other. */
  const rows: Database['rows'] = (sql, ...values) => {
    const ask = () => (listener ?? database).rows(sql, ...values)
    const answer = asked.then(ask, ask)
    asked = answer
    return answer
  }

  async function look(): Promise<void> {
    const began = now()
    const states = await rows(CHANGED, since - OVERLAP_MS)
    const gone = await rows(GONE)
    since = began
    lookedAt = now()
    for (const [tenantNo, records] of states) {
      const was = byNumber.get(numberOf(tenantNo))
      if (was !== undefined) compare(was, numberOf(records))
    }
    for (const [tenantNo] of gone) {
      const was = byNumber.get(numberOf(tenantNo))
      if (was !== undefined) compare(was, undefined)
    }
  }

  async function lookAt(was: Seen): Promise<void> {
    const [state] = await rows('select s.records from lockstep.tenant_state s where s.t = $1', was.tenantNo)
    compare(was, state === undefined ? undefined : numberOf(state[0]))
  }

  /** Forgets whom nobody uses, with all that hangs on it: what isn't looked at may not be kept. */
  function tidy(): void {
    if (now() - tidied < TIDY_MS) return
    tidied = now()
    for (const one of [...seen.values()]) {
      if (one.tenantNo === 0 || Math.max(one.at, tenants.usedAt(one.name) ?? 0) > tidied - IDLE_MS) continue
      dismiss(one)
      tenants.drop(one)
      notify([{ tenant: one.name, records: true }])
    }
  }

  /** Nobody knows what was missed. */
  function blind(): void {
    lookedAt = now()
    tenants.forgetAll()
    notify([{ everything: true }])
  }

  /** Nodes of a cluster that have not answered yet. */
  const asking = new Set<string | undefined>()

  /** Not all can be looked at: on a cluster each node is asked by itself, and who lives on one that doesn't answer counts as changed. */
  async function inTheDark(): Promise<void> {
    const byNode = new Map<string | undefined, Seen[]>()
    for (const one of seen.values()) {
      const node = database.nodeOf(one.tenantNo)
      const those = byNode.get(node)
      if (those === undefined) byNode.set(node, [one])
      else those.push(one)
    }
    if (byNode.size < 2) return blind()
    await Promise.all([...byNode].map(([node, those]) => lookAtNode(node, those)))
  }

  async function lookAtNode(node: string | undefined, those: readonly Seen[]): Promise<void> {
    for (let at = 0; at < those.length; at += AT_ONCE) {
      const some = those.slice(at, at + AT_ONCE)
      const records = asking.has(node) ? undefined : await within(BLIND_MS, recordsOf(node, some))
      for (const one of some) {
        if (records !== undefined) compare(one, records.get(one.tenantNo))
        else if (byNumber.get(one.tenantNo) === one) changed(one.name)
      }
    }
  }

  async function recordsOf(node: string | undefined, those: readonly Seen[]): Promise<Map<number, number>> {
    asking.add(node)
    try {
      const numbers = those.map(({ tenantNo }) => tenantNo)
      const states = await database
        .of(numbers[0] ?? 0)
        .rows('select s.t, s.records from lockstep.tenant_state s where s.t = any($1::bigint[])', numbers)
      return new Map(states.map(([tenantNo, records]) => [numberOf(tenantNo), numberOf(records)]))
    } finally {
      asking.delete(node)
    }
  }

  function lookSoon(): void {
    if (closed) return
    timer = setTimeout(() => {
      const waiting = setInterval(() => void inTheDark(), BLIND_MS)
      looking = look()
        .catch(() => (now() - lookedAt >= BLIND_MS ? inTheDark() : undefined))
        .finally(() => {
          clearInterval(waiting)
          looking = undefined
          tidy()
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
        const was = seen.get(name)
        if (was !== undefined) void lookAt(was).catch(() => {})
        else notify([{ tenant: name, records: true }])
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
    async lookAt(name) {
      const was = seen.get(name)
      if (was !== undefined) await lookAt(was)
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

/** What comes of it in time; undefined when nothing does. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([answer.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}
