// How trouble is told to the app: errors that are not a client's.

/**
 * Receives each error that is not a client's: `id` is in the answer too, where there is one. `where`: the handler of the app's that threw it,
 * `on.user.created` for instance.
 */
export type Report = (problem: {
  readonly error: unknown
  readonly id?: string
  readonly method?: string
  readonly where?: string
}) => void

/** Which handler threw what: the error itself stays as it is, since the app may want to know it again. */
const thrownIn = new WeakMap<object, string>()

/** Notes which handler threw an error. */
export function noteThrown(error: unknown, where: string): void {
  if (typeof error === 'object' && error !== null && !thrownIn.has(error)) thrownIn.set(error, where)
}

/** A report that says which handler threw the error. */
export function withWhere(report: Report): Report {
  return (problem) => {
    const { error } = problem
    const where = typeof error === 'object' && error !== null ? thrownIn.get(error) : undefined
    report(where === undefined ? problem : { ...problem, where })
  }
}
