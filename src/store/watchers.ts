// Notifies those who watch a store of what may look different after a write.

import { reportError } from '../terminal.ts'
import type { Affected } from './contract/index.ts'

/** Called with what may look different; may be asynchronous. If it throws or rejects, the error is reported and changes nothing. */
export type Watcher = (affected: readonly Affected[]) => void

/** Reports an error that cannot be returned to any caller: that of a watcher. */
export type ReportError = (error: unknown) => void

/** Those that want to know what may look different: one list for each store. */
export interface Watchers {
  readonly any: () => boolean
  /** Returns how to stop; the watcher is not called after that. */
  readonly watch: (watcher: Watcher) => () => void
  /**
   * Calls each watcher; never throws. The write is on disk by then, so a watcher cannot change its outcome.
   */
  readonly notify: (affected: readonly Affected[]) => void
}

/** Creates the list of watchers of one store. */
export function createWatchers(report: ReportError = reportWatcher): Watchers {
  const watchers = new Set<{ readonly call: Watcher }>()

  return {
    any: () => watchers.size > 0,
    watch(watcher) {
      // An entry for each call: the same function may watch twice, and stop once.
      const entry = { call: watcher }
      watchers.add(entry)
      return () => {
        watchers.delete(entry)
      }
    },
    notify(affected) {
      if (affected.length === 0) return
      for (const entry of [...watchers]) {
        // An earlier watcher may have stopped it.
        if (watchers.has(entry)) guard(() => entry.call(affected), report)
      }
    },
  }
}

/** Runs a function of the host whose failure must not fail the work it is called about. */
export function guard(call: () => unknown, report: ReportError = reportWatcher): void {
  const fail = (error: unknown) => {
    try {
      report(error)
    } catch {
      // If reporting fails, there is nothing left to report to.
    }
  }
  try {
    const pending = call()
    if (isThenable(pending)) pending.then(undefined, fail)
  } catch (error) {
    fail(error)
  }
}

/** Whether a function is written as `async`, so that it is known to give a promise before it is called. */
export function isAsync(call: unknown): boolean {
  return Object.prototype.toString.call(call) === '[object AsyncFunction]'
}

/** Whether something is a promise, or is awaited like one: query builders are. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function reportWatcher(error: unknown): void {
  reportError('lockstep: a watcher of the store failed; the write that it was notified of is done', error)
}
