// A worker's side of the cluster: sends its numbers, asks for those of all, and ends when told to.

import type { Metrics, MetricsText } from '../monitoring/metrics.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** A worker's connection to the primary process. */
export interface Membership {
  /** The metrics of all workers, added up. */
  readonly text: () => Promise<MetricsText>
  /** Resolves when the primary process tells the worker to end. */
  readonly stopped: Promise<void>
}

/** Joins the cluster: sends the numbers of this process, and asks for those of all. */
export function joinCluster(metrics: Metrics): Membership {
  const asking = new Map<number, (text: MetricsText) => void>()
  let calls = 0
  const post = (message: FromWorker) => void process.send?.(message)
  const stopped = new Promise<void>((resolve) => {
    process.on('message', (message: ToWorker) => {
      switch (message.kind) {
        case 'collect': {
          const { round } = message
          metrics.numbers().then(
            (numbers) => post({ kind: 'numbers', round, numbers }),
            // The database may be gone; the numbers of the other workers still count.
            () => post({ kind: 'numbers', round, numbers: [] }),
          )
          return
        }
        case 'answer':
          asking.get(message.call)?.(message.text)
          asking.delete(message.call)
          return
        case 'stop':
          resolve()
      }
    })
  })
  return {
    stopped,
    text: () =>
      new Promise((resolve) => {
        asking.set(++calls, resolve)
        post({ kind: 'ask', call: calls })
      }),
  }
}
