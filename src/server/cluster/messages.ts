import type { MetricsText, Numbers } from '../monitoring/metrics.ts'

/** From a worker to the process that has started it. */
export type FromWorker =
  /** Somebody asks for the numbers of all. */
  | { readonly kind: 'ask'; readonly call: number }
  /** Its own numbers, as it was asked. */
  | { readonly kind: 'numbers'; readonly round: number; readonly numbers: Numbers }

/** To a worker. */
export type ToWorker =
  /** Its own numbers are wanted. */
  | { readonly kind: 'collect'; readonly round: number }
  /** The numbers of all, as it has asked. */
  | { readonly kind: 'answer'; readonly call: number; readonly text: MetricsText }
  /** Finish what is in flight, and end. */
  | { readonly kind: 'stop' }
