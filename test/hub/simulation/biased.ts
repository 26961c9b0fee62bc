// Plans that lean towards one fault, for mistakes that plans drawn for everything seldom reach.

import { NO_FAULTS } from '../../simulation/faults.ts'
import { createRandom, type Random } from '../../simulation/random.ts'
import { type AppFaults, type Habits, NO_APP_FAULTS } from './habits.ts'
import type { Plan } from './scenario.ts'
import type { Act, Operation } from './workload.ts'

/** An app without peculiarities. */
const PLAIN: Habits = {
  unique: true,
  uniqueGroups: false,
  lower: false,
  members: 'list',
  perRequest: 100,
  onCreate: 0,
  disableMeans: 'kept',
  disabledReads: true,
  reenable: 'update',
  removeMeans: 'removed',
  readLagMs: 0,
  reusesIds: false,
  timeoutMs: 3_000,
  concurrency: 4,
  perMinute: 0,
  burst: 1,
  refusesBad: false,
  match: ['externalId', 'userName'],
}

/** One calm process and one plain app, with everybody in scope, and what differs. */
function plain({ seed }: Plan, differs: Partial<Plan>, operations: readonly Operation[]): Plan {
  return {
    seed,
    processes: 1,
    apps: [app({})],
    faults: NO_FAULTS,
    ...differs,
    operations: [at(1, { do: 'scope', app: 0, scope: 'all' }), ...operations].toSorted((a, b) => a.at - b.at),
  }
}

function app(habits: Partial<Habits>, faults?: Partial<AppFaults>): Plan['apps'][number] {
  return {
    habits: { ...PLAIN, ...habits },
    faults: faults === undefined ? NO_APP_FAULTS : { ...NO_APP_FAULTS, ...faults },
  }
}

function at(ms: number, act: Act): Operation {
  return { ...act, at: ms, through: -1 }
}

function by({ seed }: Plan): Random {
  return createRandom(seed ^ 0xb1a5)
}

function each<T>(count: number, make: (n: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, n) => make(n))
}

/** Accounts are made after the hub has given up on it, in an app that takes two of the same name. */
export function lateCreates(plan: Plan): Plan {
  const { below } = by(plan)
  const apps = [app({ unique: false, timeoutMs: 1_000 }, { late: 0.4, lateMs: 10_000 })]
  return plain(
    plan,
    { apps },
    each(9, (user) => at(100 + below(25_000), { do: 'hire', user })),
  )
}

/** Some leave an app that takes one request a second, while many are hired. */
export function longBacklog(plan: Plan): Plan {
  const { below } = by(plan)
  const apps = [app({ perMinute: 60, burst: 1, concurrency: 2 })]
  return plain(plan, { apps }, [
    ...each(3, (user) => at(100 + user, { do: 'hire', user })),
    at(25_000, { do: 'hire many', user: 20, count: 30 }),
    ...each(3, (user) => at(28_000 + below(8_000), { do: user === 0 ? 'fire' : 'deactivate', user })),
  ])
}

/** The app has two accounts of a name when somebody of that name is hired. */
export function namesakes(plan: Plan): Plan {
  const { below } = by(plan)
  const apps = [app({ unique: false, match: ['userName'] })]
  return plain(plan, { apps }, [
    ...each(8, (n) => at(2 + below(500), { do: 'stranger', app: 0, name: n % 4, external: false })),
    ...each(4, (user) => at(35_000 + below(3_000), { do: 'hire', user })),
  ])
}

/** Managers come into scope long after the people whom they manage. */
export function lateManagers(plan: Plan): Plan {
  const { below } = by(plan)
  return plain(plan, {}, [
    at(2, { do: 'scope', app: 0, scope: 'staff' }),
    ...each(6, (user) => at(100 + below(1_000), { do: 'hire', user })),
    // Every third is a guest.
    ...[1, 2, 4, 5].map((user) => at(3_000 + below(3_000), { do: 'manager', user, other: 3 * below(2) })),
    ...[0, 3].map((user) => at(20_000 + below(15_000), { do: 'type', user, text: 'staff' })),
  ])
}

/** Processes hesitate before they send requests that take long, and some die right after. */
export function hesitant(plan: Plan): Plan {
  const { below } = by(plan)
  const slow = () => app({ timeoutMs: 12_000, members: 'none' }, { slowWrites: 0.9 })
  return plain(plan, { processes: 3, apps: each(3, slow), hesitation: { happens: 0.3, dies: 0.5 } }, [
    ...each(3, (n) => at(1, { do: 'scope', app: n, scope: 'all' })),
    ...each(9, (user) => at(10 + user, { do: 'hire', user })),
    ...each(60, (n) => at(1_000 + below(38_000), { do: 'title', user: below(9), text: `t${n}` })),
  ])
}

/** Processes sleep past the end of their leases, in the middle of their work. */
export function sleepy(plan: Plan): Plan {
  const { below } = by(plan)
  const faults = { ...NO_FAULTS, pause: 0.002, pauseMs: 60_000 }
  return plain(plan, { processes: 3, apps: [app({ members: 'none' }), app({ members: 'none' })], faults }, [
    ...each(9, (user) => at(10 + user, { do: 'hire', user })),
    ...each(60, (n) => at(1_000 + below(38_000), { do: 'title', user: below(9), text: `t${n}` })),
  ])
}

/** Processes crash while people leave an app for good. */
export function crashingLeavers(plan: Plan): Plan {
  const { below } = by(plan)
  const apps = [app({ timeoutMs: 2_000 }, { lost: 0.3 })]
  return plain(plan, { processes: 2, apps, faults: { ...NO_FAULTS, crash: 0.002 } }, [
    at(2, { do: 'policy', app: 0, onLeave: 'delete' }),
    ...each(9, (user) => at(10 + user, { do: 'hire', user })),
    ...each(4, (user) => at(8_000 + below(25_000), { do: 'fire', user })),
  ])
}
