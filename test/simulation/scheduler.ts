// Virtual time: runs tasks one at a time, picking a random one of those that are due.

import type { Random } from './random.ts'

/** The owner of a task. Tasks of a sleeping owner wait; those of a dead one are dropped. */
export interface TaskOwner {
  readonly alive: () => boolean
  /** The virtual time at which it wakes up. */
  readonly asleepUntil: () => number
}

/** Runs tasks in virtual time. */
export interface Scheduler {
  /** Milliseconds since the simulation began. */
  readonly now: () => number
  /**
   * Runs a task after this many milliseconds (rounded up) and returns how to cancel it. If the task returns a promise, no other task runs
   * until it is settled, so it must not wait for another task.
   */
  readonly after: (ms: number, call: () => void | Promise<void>, owner?: TaskOwner) => () => void
  /** Runs tasks until a virtual time, or until `stop` returns true. Throws after `steps` tasks, since something must be spinning. */
  readonly run: (until: number, stop: () => boolean, steps: number) => Promise<void>
}

interface Task {
  readonly at: number
  readonly call: () => void | Promise<void>
  readonly owner: TaskOwner | undefined
}

/** Creates a scheduler. */
export function createScheduler(random: Random): Scheduler {
  const tasks = new Set<Task>()
  let now = 0

  const dueAt = ({ at, owner }: Task) => Math.max(at, owner?.asleepUntil() ?? 0)

  function take(): Task | undefined {
    let soonest = Number.POSITIVE_INFINITY
    let ready: Task[] = []
    for (const task of tasks) {
      if (task.owner?.alive() === false) {
        tasks.delete(task)
        continue
      }
      const at = Math.max(now, dueAt(task))
      if (at > soonest) continue
      if (at < soonest) ready = []
      soonest = at
      ready.push(task)
    }
    return ready[random.below(ready.length)]
  }

  return {
    now: () => now,
    after(ms, call, owner) {
      const task = { at: now + Math.ceil(ms), call, owner }
      tasks.add(task)
      return () => {
        tasks.delete(task)
      }
    },
    async run(until, stop, steps) {
      for (let step = 0; !stop(); step++) {
        if (step === steps) throw new Error(`More than ${steps} tasks by ${now} ms: something spins`)
        // Let the code that the last task resumed run until it waits for another task.
        await new Promise((resolve) => setImmediate(resolve))
        const task = take()
        const at = task === undefined ? until : dueAt(task)
        if (task === undefined || at > until) {
          now = until
          return
        }
        now = Math.max(now, at)
        tasks.delete(task)
        await task.call()
      }
    },
  }
}
