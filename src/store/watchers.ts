import { reportError } from '../terminal.ts'
import type { Affected } from './contract/index.ts'

/** Called with what may look different; may be asynchronous. What it throws, or rejects with, is reported and changes nothing. */
export type Watcher = (affected: readonly Affected[]) => void

/** Told of an error that no caller can be answered with: that of a watcher. */
export type ReportError = (error: unknown) => void

/** Everybody who wants to hear of changes. */
export interface Watchers {
  readonly any: () => boolean
  /** Returns how to stop; nobody is called after that. */
  readonly watch: (watcher: Watcher) => () => void
  /**
   * Calls each of them; never throws. Whoever commits is answered first: a watcher has no say in a write, which is on disk by
   * then.
   */
  readonly notify: (affected: readonly Affected[]) => void
}

/** Makes the list of watchers of one store. */
export function createWatchers(report: ReportError = reportWatcher): Watchers {
  const watchers = new Set<{ readonly call: Watcher }>()

  return {
    any: () => watchers.size > 0,
    watch(watcher) {
      // An entry for each call: the same function may watch twice, and leave once.
      const entry = { call: watcher }
      watchers.add(entry)
      return () => {
        watchers.delete(entry)
      }
    },
    notify(affected) {
      if (affected.length === 0) return
      for (const entry of [...watchers]) {
        // One of those before may have had it leave.
        if (watchers.has(entry)) guard(() => entry.call(affected), report)
      }
    },
  }
}

/** Runs what a host has given, whose failure is not that of the work it is told about. */
export function guard(call: () => unknown, report: ReportError = reportWatcher): void {
  const tell = (error: unknown) => {
    try {
      report(error)
    } catch {
      // Whoever can't even report has nobody left to be told.
    }
  }
  try {
    const pending = call()
    if (isThenable(pending)) pending.then(undefined, tell)
  } catch (error) {
    tell(error)
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
  reportError('lockstep: a watcher of the store failed; the write it was told of is done', error)
}
