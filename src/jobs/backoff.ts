// How long to wait before something that failed is tried again.

/** Pause after the first failure, in milliseconds. */
const FIRST_MS = 1_000
/** Longest pause between two tries, in milliseconds. */
const LONGEST_MS = 300_000
/** How far a pause is spread to both sides, so that what failed together is not tried together. */
const SPREAD = 0.2

/** The pause after so many failures in a row (1 or more), in milliseconds: 1 s, 2 s, 4 s … up to 5 minutes, ±20 %. */
export function backoffMs(failures: number, chance: () => number): number {
  const base = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS)
  return Math.round(base * (1 - SPREAD + 2 * SPREAD * chance()))
}
