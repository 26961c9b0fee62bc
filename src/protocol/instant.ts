// Parses and writes times: xsd:dateTime. RFC 7643 §2.3.5.

// xsd:dateTime with date and time; the offset may be missing. RFC 7643 §2.3.5.
const FORM = /^(-?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?$/

/**
 * Milliseconds since 1970 of an xsd:dateTime, or undefined for other text. A missing offset means UTC, digits
 * past the milliseconds are cut off. RFC 7643 §2.3.5.
 */
export function instantOf(text: string): number | undefined {
  const parts = FORM.exec(text)
  if (parts === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number)
  const midnight = hour === 24 && minute === 0 && second === 0 && Number(parts[7] ?? 0) === 0
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if ((hour > 23 && !midnight) || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0')))
  const at = date.getTime() - offsetMs(parts[8])
  return Number.isNaN(at) ? undefined : at
}

const DAY_MS = 86_400_000
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))
const THREE = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(3, '0'))
let lastDay = Number.NaN
let lastDate = ''

/** Milliseconds since 1970 as an xsd:dateTime in UTC: what toISOString writes, for the many that fall on one day. RFC 7643 §2.3.5. */
export function formatInstant(at: number): string {
  const day = Math.floor(at / DAY_MS)
  if (day !== lastDay) {
    // What is no time is refused here.
    lastDate = new Date(at).toISOString().slice(0, -13)
    lastDay = day
  }
  const ms = at - day * DAY_MS
  const [hour, minute, second] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1_000) % 60]
  return `${lastDate}${TWO[hour]}:${TWO[minute]}:${TWO[second]}.${THREE[ms % 1_000]}Z`
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
}

function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}
