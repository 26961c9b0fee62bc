// The lines of a live list that are in memory: those that are shown, and those that wait while it is paused.

import type { Answer } from '../api/client.ts'

/** A request as lists have it, or the place where lines were left out. */
export type RequestLine = Answer<'GET /requests'>['items'][number] & { readonly gap?: true }

/** Most lines in memory. */
export const MOST_LINES = 20_000
/** Most that are shown once the list follows again; as many may wait while it is paused. */
const SHOWN = MOST_LINES / 2

/** What is in memory. */
export interface Kept {
  /** Oldest first; undefined until the first are read. */
  shown: readonly RequestLine[] | undefined
  held: readonly RequestLine[]
  /** How many have come while it was paused: more than are held, after a long pause. */
  came: number
  /** The last place that was read. */
  place: number
  /** Where older ones begin. */
  next: number | undefined
}

/** Before anything was read. */
export function nothingKept(): Kept {
  return { shown: undefined, held: [], came: 0, place: 0, next: undefined }
}

/** Takes lines that came, and how far that was read. They wait until they are released. */
export function take(kept: Kept, lines: readonly RequestLine[], place: number | undefined): void {
  kept.place = Math.max(kept.place, place ?? 0)
  if (lines.length === 0) return
  kept.came += lines.length
  // Those that fall out here would fall out of what is shown as well, and can be read again as older ones.
  kept.held = [...kept.held, ...lines].slice(-SHOWN)
}

/** Takes a place where lines were left out: a line of its own says so. */
export function takeGap(kept: Kept, { to }: { readonly to: number }): void {
  if (to <= kept.place) return
  kept.place = to
  const line = {
    id: `gap-${to}`,
    place: to,
    gap: true,
    at: '',
    tenant: '',
    method: '',
    route: '',
    asks: 'read',
  } as const
  kept.held = [...kept.held, { ...line, path: '', status: 0, us: 0, bytesIn: 0, bytesOut: 0, process: '' }].slice(
    -SHOWN,
  )
}

/** Shows what waited. */
export function release(kept: Kept): void {
  kept.came = 0
  if (kept.held.length === 0) return
  const all = [...(kept.shown ?? []), ...kept.held]
  const fallen = all.length > SHOWN
  kept.shown = fallen ? all.slice(-SHOWN) : all
  kept.held = []
  if (fallen) kept.next = kept.shown[0]?.place
}

/** Puts older lines before those that are shown, as long as there is room. */
export function toOlder(kept: Kept, older: readonly RequestLine[], next: number | undefined): void {
  kept.shown = [...older.toReversed(), ...(kept.shown ?? [])]
  kept.next = kept.shown.length + SHOWN > MOST_LINES ? undefined : next
}
