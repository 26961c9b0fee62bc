// Times as people and programs read them.

/** A time in milliseconds since 1970 as ISO 8601 text. */
export function isoTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}
