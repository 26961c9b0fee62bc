// Whether a connection has been silent for longer than is usual for it.

/** When a connection was heard. Times in milliseconds since 1970. */
export interface Heard {
  readonly tenant: string
  readonly connection: string
  /** The first and the last time within the days that were looked at. */
  readonly first: number
  readonly last: number
  /** The longest time between two requests, in milliseconds. */
  readonly longestMs: number
}

/** Since when a connection is quiet, and what is usual. */
export interface Quiet {
  readonly since: number
  /** The longest silence that is usual, in milliseconds. */
  readonly usualMs: number
}

/** When connections were heard, from when they spoke: `minute` is where a count begins, `last` its last request. */
export function heardOf(
  spoke: readonly {
    readonly tenant: string
    readonly connection: string
    readonly minute: number
    readonly last: number
  }[],
): readonly Heard[] {
  const heard = new Map<string, Heard>()
  for (const { tenant, connection, minute, last } of [...spoke].sort((a, b) => a.minute - b.minute)) {
    const key = `${tenant} ${connection}`
    const before = heard.get(key)
    heard.set(
      key,
      before === undefined
        ? { tenant, connection, first: minute, last, longestMs: 0 }
        : {
            ...before,
            last: Math.max(before.last, last),
            longestMs: Math.max(before.longestMs, minute - before.last),
          },
    )
  }
  return [...heard.values()]
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How far back it is looked. */
export const HEARD_MS: number = 14 * DAY_MS
/** Kinds that speak by the clock, with what is too long. Entra speaks every 40 minutes, Google every few hours. */
const RHYTHMS: { readonly [kind: string]: number } = { entra: 3 * HOUR_MS, google: DAY_MS }
/** Kinds that speak when something changes are held against themselves. */
const TIMES = 3

/**
 * The longest silence that is usual, in milliseconds: what the kind's rhythm allows, or, for kinds that speak when something changes, three
 * times the connection's own longest silence, and at least a day.
 */
export function usualSilence({ longestMs }: Pick<Heard, 'longestMs'>, kind: string): number {
  return RHYTHMS[kind] ?? Math.max(DAY_MS, TIMES * longestMs)
}

/** Whether a connection is quiet: longer than is usual. Unusual, not broken. */
export function quietOf(heard: Heard, kind: string, now: number): Quiet | undefined {
  const { last } = heard
  const usualMs = usualSilence(heard, kind)
  return now - last > usualMs ? { since: last, usualMs } : undefined
}
