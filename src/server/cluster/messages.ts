// The messages between a worker and the primary process of a cluster.

import type { MetricsText, Numbers } from '../monitoring/metrics.ts'

/** From a worker to the primary process. */
export type FromWorker =
  /** Asks for the numbers of all workers. */
  | { readonly kind: 'ask'; readonly call: number }
  /** Its own numbers, as requested. */
  | { readonly kind: 'numbers'; readonly round: number; readonly numbers: Numbers }

/** To a worker. */
export type ToWorker =
  /** Asks for its own numbers. */
  | { readonly kind: 'collect'; readonly round: number }
  /** The numbers of all workers, as requested. */
  | { readonly kind: 'answer'; readonly call: number; readonly text: MetricsText }
  /** Tells it to finish the requests in flight, and end. */
  | { readonly kind: 'stop' }
