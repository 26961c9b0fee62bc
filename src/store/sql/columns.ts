// Columns of a row, read as what they must hold.

/** The text in a column. Throws TypeError for anything else. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`Expected text in a column, found ${typeof value}`)
  return value
}

/** The number in a column. Throws TypeError for anything else. */
export function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(`Expected a number in a column, found ${typeof value}`)
  return value
}
