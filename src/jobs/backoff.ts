// How long to wait before retrying something that failed.

/** Delay after the first failure, in milliseconds. */
const FIRST_MS = 1_000
/** Longest delay between two attempts, in milliseconds. */
const LONGEST_MS = 300_000
/** Jitter in either direction, so that things that failed together are not retried together. */
const SPREAD = 0.2

/** The delay in milliseconds after a number of consecutive failures (1 or more): 1 s, 2 s, 4 s … up to 5 minutes, ±20 %. */
export function backoffMs(failures: number, chance: () => number): number {
  const base = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS)
  return Math.round(base * (1 - SPREAD + 2 * SPREAD * chance()))
}
