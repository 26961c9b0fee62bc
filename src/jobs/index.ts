// What rooms above use to do work that lasts: leases, a reader of the logs, a worker of due items.

export { backoffMs } from './backoff.ts'
export { type HeldLease, type LeaseDeps, LeaseLost, type LeaseTerms, TurnTooLong, underLease } from './lease.ts'
export { type LogBatch, type LogResult, type Reader, type ReaderOptions, startReader } from './reader.ts'
export { PACE, type Pace, type RoundCounts } from './rounds.ts'
export { startWorker, type Worker, type WorkerOptions, type WorkResult } from './worker.ts'
