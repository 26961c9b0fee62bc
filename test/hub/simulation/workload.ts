// What happens in a simulated company: operations drawn by seed, which make sense when some are left out.

import type { Random } from '../../simulation/random.ts'

/** Who is in scope of an app. */
export type ScopeChoice = 'all' | 'staff' | 'members' | 'no groups'

/** One thing that somebody does. People, groups and apps are numbers; what does not exist is left alone. */
export type Act =
  | { readonly do: 'hire' | 'fire' | 'rehire' | 'deactivate' | 'reactivate'; readonly user: number }
  /** Gives somebody a name of a small stock, so that names collide. */
  | { readonly do: 'rename'; readonly user: number; readonly name: number }
  | { readonly do: 'swap'; readonly user: number; readonly other: number }
  | { readonly do: 'title'; readonly user: number; readonly text: string }
  | { readonly do: 'type'; readonly user: number; readonly text: 'staff' | 'guest' }
  | { readonly do: 'manager'; readonly user: number; readonly other: number }
  | { readonly do: 'found' | 'dissolve'; readonly group: number }
  | { readonly do: 'rename group'; readonly group: number; readonly name: number }
  | { readonly do: 'join' | 'leave'; readonly group: number; readonly user: number }
  | { readonly do: 'nest' | 'unnest'; readonly group: number; readonly other: number }
  /** Many at once, in one request. */
  | { readonly do: 'hire many' | 'deactivate many'; readonly user: number; readonly count: number }
  | { readonly do: 'kill' | 'revive'; readonly user: number }
  | { readonly do: 'scope'; readonly app: number; readonly scope: ScopeChoice }
  | { readonly do: 'policy'; readonly app: number; readonly onLeave: 'disable' | 'delete' | 'unlink' | 'ignore' }
  | { readonly do: 'pause' | 'resume' | 'approve' | 'discard' | 'rotate'; readonly app: number }
  /** An account of an app that the hub has not made, with the name of somebody. */
  | { readonly do: 'stranger'; readonly app: number; readonly name: number; readonly external: boolean }
  /** An administrator's hand in an app. */
  | {
      readonly do: 'meddle'
      readonly app: number
      readonly user: number
      readonly how: 'change' | 'remove' | 'switch on'
    }

/** An act, its time, and the process that it goes through; -1 for one without faults. */
export type Operation = Act & { readonly at: number; readonly through: number }

/** What a workload is drawn for. */
export interface WorkloadOptions {
  readonly apps: number
  readonly processes: number
  readonly ms: number
  /** Which kinds of acts it leaves out. */
  readonly calmApps: boolean
}

const USERS = 9
const GROUPS = 4
const NAMES = 11

/** Draws the operations of a run, in order of time. */
export function drawWorkload(random: Random, { apps, processes, ms, calmApps }: WorkloadOptions): readonly Operation[] {
  const { below, happens, pick, between } = random
  const user = () => below(USERS)
  const other = () => below(USERS)
  const group = () => below(GROUPS)
  const name = () => below(NAMES)
  const app = () => below(apps)
  const acts: readonly (readonly [weight: number, draw: () => Act])[] = [
    [6, () => ({ do: 'hire', user: user() })],
    [3, () => ({ do: 'fire', user: user() })],
    [2, () => ({ do: 'rehire', user: user() })],
    [4, () => ({ do: 'deactivate', user: user() })],
    [4, () => ({ do: 'reactivate', user: user() })],
    [4, () => ({ do: 'rename', user: user(), name: name() })],
    [2, () => ({ do: 'swap', user: user(), other: other() })],
    [3, () => ({ do: 'title', user: user(), text: pick(['a', 'b', 'bad c', 'd', '']) })],
    [4, () => ({ do: 'type', user: user(), text: pick(['staff', 'guest']) })],
    [3, () => ({ do: 'manager', user: user(), other: other() })],
    [2, () => ({ do: 'found', group: group() })],
    [1, () => ({ do: 'dissolve', group: group() })],
    [1, () => ({ do: 'rename group', group: group(), name: name() })],
    [8, () => ({ do: 'join', group: group(), user: user() })],
    [6, () => ({ do: 'leave', group: group(), user: user() })],
    [1, () => ({ do: 'nest', group: group(), other: group() })],
    [1, () => ({ do: 'unnest', group: group(), other: group() })],
    [happens(0.3) ? 1 : 0, () => ({ do: 'hire many', user: USERS + below(5), count: pick([3, 8, 20]) })],
    [happens(0.2) ? 1 : 0, () => ({ do: 'deactivate many', user: 0, count: pick([3, 8, 20]) })],
    [happens(0.3) ? 1 : 0, () => ({ do: 'kill', user: user() })],
    [happens(0.3) ? 1 : 0, () => ({ do: 'revive', user: user() })],
    [happens(0.4) ? 1 : 0, () => ({ do: 'scope', app: app(), scope: pick(['all', 'staff', 'members', 'no groups']) })],
    [
      happens(0.3) ? 1 : 0,
      () => ({ do: 'policy', app: app(), onLeave: pick(['disable', 'delete', 'unlink', 'ignore']) }),
    ],
    [happens(0.2) ? 1 : 0, () => ({ do: 'pause', app: app() })],
    [happens(0.2) ? 1 : 0, () => ({ do: 'resume', app: app() })],
    [1, () => ({ do: 'approve', app: app() })],
    [happens(0.3) ? 1 : 0, () => ({ do: 'discard', app: app() })],
    [happens(0.2) ? 1 : 0, () => ({ do: 'rotate', app: app() })],
    [!calmApps && happens(0.4) ? 2 : 0, () => ({ do: 'stranger', app: app(), name: name(), external: happens(0.2) })],
    [
      !calmApps && happens(0.4) ? 2 : 0,
      () => ({ do: 'meddle', app: app(), user: user(), how: pick(['change', 'remove', 'switch on']) }),
    ],
  ]
  const total = acts.reduce((sum, [weight]) => sum + weight, 0)
  const draw = (): Act => {
    let left = random.next() * total
    for (const [weight, one] of acts) {
      left -= weight
      if (left < 0) return one()
    }
    return { do: 'hire', user: 0 }
  }
  const operations: Operation[] = []
  const bursts = happens(0.5)
  for (let at = 0; ; ) {
    // In bursts, changes come while others are still on their way.
    at += bursts && happens(0.7) ? below(30) : below(pick([500, 3_000]))
    if (at >= ms) return operations
    operations.push({ ...draw(), at, through: happens(0.3) ? -1 : between(0, processes - 1) })
  }
}

/** An operation as a failing run prints it. */
export function describe({ at, through, ...act }: Operation): string {
  const { do: what, ...rest } = act
  const details = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return `${String(at).padStart(6)} ms ${what} ${details.join(', ')}${through < 0 ? '' : ` (process ${through})`}`
}
