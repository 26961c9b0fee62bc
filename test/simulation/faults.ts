// What can go wrong in a simulation, and how often.

/** How often each fault happens: the probability per call of the store, unless stated otherwise. */
export interface Faults {
  /** The call does not reach the database. */
  readonly refused: number
  /** The call is carried out, but its answer is lost. */
  readonly answerLost: number
  /** The call fails for the caller and is carried out later. */
  readonly late: number
  /** The process crashes, before the call or when its answer arrives. */
  readonly crash: number
  /** The process sleeps, before the call or when its answer arrives. */
  readonly pause: number
  /** The longest sleep, in milliseconds. */
  readonly pauseMs: number
  /** The call is slow, or its answer is. */
  readonly slow: number
  /** The longest time that a slow call takes each way, in milliseconds. */
  readonly slowMs: number
  /** The wall clock of the process is set to a different time. */
  readonly clockSet: number
  /** How far wall clocks deviate from the true time, in milliseconds. */
  readonly skewMs: number
}

/** Nothing goes wrong. */
export const NO_FAULTS: Faults = {
  refused: 0,
  answerLost: 0,
  late: 0,
  crash: 0,
  pause: 0,
  pauseMs: 0,
  slow: 0,
  slowMs: 0,
  clockSet: 0,
  skewMs: 0,
}
