// Looks at each request of a simulated hub as it is sent, arrives and is answered: what must never happen.

import type { Scheduler } from '../../simulation/scheduler.ts'
import type { Sent } from './sim-adapter.ts'
import type { SimAccount, SimApp } from './sim-app.ts'

/** What is watched. */
export interface WatchOptions {
  readonly scheduler: Scheduler
  readonly apps: ReadonlyMap<string, SimApp>
  readonly violated: (what: string) => void
  /** Clocks differ, or what a process wants to remember of a pause may not reach the store. */
  readonly forgetful: boolean
}

/** Watches the requests of a run. */
export interface Watch {
  /** A request leaves the process. */
  readonly left: (sent: Sent) => void
  /** A request is about to be carried out. */
  readonly arrives: (sent: Sent, late: boolean) => void
  readonly answered: (sent: Sent, result: unknown) => void
  /** Requests per app and resource since a moment. */
  readonly countSince: (ms: number) => ReadonlyMap<string, number>
}

const READS = ['list', 'find', 'read', 'readMembers', 'isMember']
/** How exactly a pause is kept: an answer and the next request may cross. */
const SLACK_MS = 50
const NO_PAUSE = { heard: 0, until: 0 }
/** An account that has been there for so long must have been seen. */
const OLD_MS = 30_000

/** Whether a request changes anything. */
export function isWrite({ request }: Pick<Sent, 'request'>): boolean {
  return !READS.includes(request.do)
}

/** Creates the watch. */
export function createWatch({ scheduler, apps, violated, forgetful }: WatchOptions): Watch {
  const all: Sent[] = []
  const onTheWay = new Map<string, Set<Sent>>()
  const bases = new Map<string, Sent>()
  /** Ids that each app has told the hub. */
  const told = new Map<string, Set<string>>()
  const pauses = new Map<string, { readonly heard: number; readonly until: number }>()
  const touched = new Set<SimAccount>()
  const keyOf = ({ app, resource }: Sent) => `${app} ${resource}`
  const show = (sent: Sent) => `#${sent.number} ${sent.request.do} by ${sent.process} (basis ${sent.basis})`

  /** Nobody can call a request back that a process sends when it wakes up after a time in which it would have given up. */
  const isBelated = ({ app, at, leftAt = at }: Sent) => leftAt - at > (apps.get(app)?.habits.timeoutMs ?? 0)

  function requireOneAtATime(sent: Sent): void {
    const others = onTheWay.get(keyOf(sent)) ?? new Set<Sent>()
    for (const other of others) {
      const until = (other.leftAt ?? 0) + (apps.get(other.app)?.habits.timeoutMs ?? 0)
      const over =
        isBelated(other) || other.arrivals.length > 0 || other.endedAt !== undefined || scheduler.now() >= until
      if (over) others.delete(other)
      else if ((isWrite(sent) && isWrite(other)) || other.process === sent.process)
        violated(`P4: ${show(sent)} for ${keyOf(sent)} leaves while ${show(other)} is on its way`)
    }
    others.add(sent)
    onTheWay.set(keyOf(sent), others)
  }

  function requireKnownIds(sent: Sent): void {
    const app = apps.get(sent.app)
    const known = told.get(sent.app) ?? new Set<string>()
    for (const id of idsIn(sent)) {
      if (!known.has(id) && app?.accounts.get(id)?.ours !== false)
        violated(`P7: ${show(sent)} names ${id}, which ${sent.app} has not told anybody`)
    }
  }

  /** Whoever takes over an account must have found exactly one; what is hidden, switched off, nobody finds. */
  function requireSurelyOurs(sent: Sent): void {
    const { request } = sent
    const app = apps.get(sent.app)
    const account = request.do === 'update' ? app?.accounts.get(request.id) : undefined
    if (app === undefined || account === undefined || account.ours || touched.has(account)) return
    touched.add(account)
    const like = [...app.accounts.values()].filter(
      (one) => one.type === account.type && !one.hidden && one.document.userName === account.document.userName,
    )
    const older = like.filter(({ made }) => made < sent.at - OLD_MS)
    if (older.length > 1)
      violated(`P5: ${show(sent)} takes over ${account.id}, and ${older.length} accounts have its name`)
  }

  return {
    left(sent) {
      all.push(sent)
      if (sent.resource !== '') requireOneAtATime(sent)
      requireKnownIds(sent)
      const { heard, until } = pauses.get(`${sent.process} ${sent.app}`) ?? NO_PAUSE
      // What was on its way out of the process when it heard of the pause crosses it.
      if (!forgetful && sent.at > heard && scheduler.now() < until - SLACK_MS)
        violated(`P10: ${show(sent)} goes to ${sent.app}, which asked for a pause until ${until} ms`)
    },
    arrives(sent, late) {
      requireSurelyOurs(sent)
      if (late || isBelated(sent) || !isWrite(sent) || sent.basis === 0) return
      const before = bases.get(keyOf(sent))
      // It has given up on it, and nobody can call it back: a late effect, which verify reads find.
      const isGivenUp = sent.endedAt !== undefined && before?.process === sent.process
      if (before !== undefined && before.basis > sent.basis && !isGivenUp)
        violated(`P3, P4: ${show(sent)} for ${keyOf(sent)} takes effect after ${show(before)}`)
      bases.set(keyOf(sent), sent)
    },
    answered(sent, result) {
      const known = told.get(sent.app) ?? new Set<string>()
      for (const id of idsOf(result)) known.add(id)
      told.set(sent.app, known)
      if (sent.pausedUntil !== undefined) {
        const key = `${sent.process} ${sent.app}`
        const until = sent.pausedUntil
        if (until > (pauses.get(key) ?? NO_PAUSE).until) pauses.set(key, { heard: scheduler.now(), until })
      }
    },
    countSince(ms) {
      const counts = new Map<string, number>()
      for (const sent of all) if (sent.at >= ms) counts.set(keyOf(sent), (counts.get(keyOf(sent)) ?? 0) + 1)
      return counts
    },
  }
}

/** The app's ids that a request names. */
function idsIn({ request }: Sent): readonly string[] {
  const own = 'id' in request ? [request.id] : []
  if (request.do === 'members') return [...own, ...request.change.add, ...request.change.remove]
  return request.do === 'isMember' ? [...own, request.member] : own
}

/** The app's ids that an answer tells. */
function idsOf(result: unknown): readonly string[] {
  if (Array.isArray(result)) return result.flatMap(idsOf)
  if (typeof result !== 'object' || result === null) return []
  if ('accounts' in result) return idsOf(result.accounts)
  if ('ids' in result) return result.ids as readonly string[]
  return 'id' in result ? [String(result.id)] : []
}

/**
 * How many people the hub has switched off in the fullest hour. Late effects are left out. Whoever keeps another account, because a create
 * was carried out twice, is not switched off by the end of the twin: the guard does not count it either.
 */
export function mostInAnHour(app: SimApp): number {
  const accounts = new Map<string, { readonly person: string | undefined; readonly on: boolean }>()
  const off: { readonly at: number; readonly person: string | undefined }[] = []
  for (const { what, id, type, person, at, by, late } of app.effects) {
    if (type !== 'User') continue
    const on = what === 'on' || (what !== 'off' && what !== 'gone' && accounts.get(id)?.on === true)
    accounts.set(id, { person, on })
    const hasAnother = [...accounts.values()].some((one) => one.on && one.person === person)
    if (what === 'off' && by === 'hub' && !late && !hasAnother) off.push({ at, person })
  }
  let most = 0
  for (const { at } of off) {
    const within = off.filter((one) => one.at <= at && one.at > at - 3_600_000)
    most = Math.max(most, new Set(within.map(({ person }) => person)).size)
  }
  return most
}
