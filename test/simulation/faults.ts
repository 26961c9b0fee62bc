// What may go wrong in a simulation, and how often.

/** How often each fault happens: a probability at each call of the store, unless it says otherwise. */
export interface Faults {
  /** The call does not reach the database. */
  readonly refused: number
  /** It is carried out, but its answer does not arrive. */
  readonly answerLost: number
  /** It fails for the caller, and is carried out later. */
  readonly late: number
  /** The process ends, before the call or when its answer arrives. */
  readonly crash: number
  /** The process does nothing for a while, before the call or when its answer arrives. */
  readonly pause: number
  /** Longest pause, in milliseconds. */
  readonly pauseMs: number
  /** The call takes its time, as does its answer. */
  readonly slow: number
  /** Longest time that a slow call takes each way, in milliseconds. */
  readonly slowMs: number
  /** The wall clock of the process is set to another time. */
  readonly clockSet: number
  /** How far wall clocks are apart, in milliseconds. */
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
