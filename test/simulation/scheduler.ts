// Virtual time: runs one task after the other, of those that are due a random one.

import type { Random } from './random.ts'

/** Who a task belongs to; one that sleeps or is gone does nothing. */
export interface TaskOwner {
  readonly alive: () => boolean
  /** The virtual time until which it does nothing. */
  readonly asleepUntil: () => number
}

/** Runs tasks in virtual time. */
export interface Scheduler {
  /** Milliseconds since the simulation began. */
  readonly now: () => number
  /**
   * Has a task run after so many milliseconds, whole ones; returns how to cancel that. With a promise as its result, nothing else happens until that is
   * settled: it must not wait for another task.
   */
  readonly after: (ms: number, call: () => void | Promise<void>, owner?: TaskOwner) => () => void
  /** Runs tasks until a virtual time, or until `stop` is true after one. Throws after `steps` tasks: something runs without end. */
  readonly run: (until: number, stop: () => boolean, steps: number) => Promise<void>
}

interface Task {
  readonly at: number
  readonly call: () => void | Promise<void>
  readonly owner: TaskOwner | undefined
}

/** Makes a scheduler. */
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
        if (step === steps) throw new Error(`${steps} steps and no end at ${now} ms`)
        const task = take()
        const at = task === undefined ? until : dueAt(task)
        if (task === undefined || at > until) {
          now = until
          return
        }
        now = Math.max(now, at)
        tasks.delete(task)
        await task.call()
        // What it has set off goes on until it waits for another task.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}
