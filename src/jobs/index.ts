// The room's exports: leases, the log reader, the worker for due items.

export { backoffMs } from './backoff.ts'
export { createBell } from './bell.ts'
export { type HeldLease, type LeaseDeps, LeaseLost, type LeaseTerms, TurnTooLong, underLease } from './lease.ts'
export { PACE, type Pace, type RoundCounts } from './lease-loop.ts'
export { type LogBatch, type LogGap, type LogResult, type Reader, type ReaderOptions, startReader } from './reader.ts'
export { startWorker, type Worker, type WorkerOptions, type WorkResult } from './worker.ts'
