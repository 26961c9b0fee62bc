// Checks options of the client.

import { ConfigError } from '../protocol/index.ts'

/** Timers hold no more milliseconds: 24 days. */
export const LONGEST_MS = 2 ** 31 - 1

/** Throws ConfigError unless a number lies between two others; absent is fine. */
export function checkNumber(
  option: string,
  value: unknown,
  range: { readonly least: number; readonly most: number; readonly whole?: boolean; readonly words?: string },
): void {
  if (value === undefined) return
  const { least, most, whole = false, words = `at least ${least}` } = range
  const isRight = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))
  if (isRight) return
  const shown = typeof value === 'number' && value > most ? `at most ${most}` : words
  throw new ConfigError(option, `must be a ${whole ? 'whole ' : ''}number of ${shown}, not ${String(value)}`)
}

/** Throws ConfigError unless a value is an object with these functions; absent is fine. */
export function checkFunctions(option: string, value: unknown, names: readonly string[]): void {
  if (value === undefined) return
  for (const name of names) {
    if (
      typeof value !== 'object' ||
      value === null ||
      typeof (value as { [name: string]: unknown })[name] !== 'function'
    ) {
      throw new ConfigError(option, `must have a function "${name}"`)
    }
  }
}
