// What a function of the host threw inside a transaction, or that it did not end.

/** What a hook threw; `cause` is handed back unchanged. */
export class HookError extends Error {
  /** It has not ended, so it may still send statements: its connection can't be used again. */
  readonly late: boolean
  constructor(cause: unknown, late = false) {
    super('A commit hook has failed', { cause })
    this.name = 'HookError'
    this.late = late
  }

  /** For a hook that has not ended after so many milliseconds. */
  static tooLate(ms: number): HookError {
    const cause = new Error(
      `A hook or handler inside a transaction has not ended after ${ms / 1_000} s, while all writes of its tenant waited; nothing is written: what takes longer goes behind the commit (\`after\`)`,
    )
    return new HookError(cause, true)
  }
}
