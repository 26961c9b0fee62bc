// Numbers, times and durations as people read them, in the language of the page.

import { currentLanguage } from './words.ts'

/** The browser's own form of the language of the page: en-GB has other dates than en-US. */
function locale(): string {
  const language = currentLanguage()
  return navigator.languages.find((one) => one.split('-')[0] === language && isLocale(one)) ?? language
}

/** Whether the browser knows its own language by a name that it takes: with LANG=C, Chromium is in `en-US@posix`. */
function isLocale(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length > 0
  } catch {
    return false
  }
}

/** 104,211. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)
}

/** 2.1 s, 0.9 ms, 3 min. */
export function duration(ms: number): string {
  if (ms < 1) return `${number(ms, 2)} ms`
  if (ms < 1_000) return `${number(ms, ms < 10 ? 1 : 0)} ms`
  if (ms < 60_000) return `${number(ms / 1_000, ms < 10_000 ? 1 : 0)} s`
  if (ms < 3_600_000) return `${number(ms / 60_000)} min`
  if (ms < 172_800_000) return `${number(ms / 3_600_000)} h`
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(
    Math.round(ms / 86_400_000),
  )
}

const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** 12 min ago, in 3 days. */
export function since(time: string | number, now: number = Date.now()): string {
  const ms = new Date(time).getTime() - now
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'always', style: 'short' })
  for (const [unit, size] of STEPS) if (Math.abs(ms) >= size) return format.format(Math.trunc(ms / size), unit)
  // Not zero, which would be to come: *0 sec. ago*.
  return format.format(-0, 'second')
}

/** 12 min, 3 days: how long something has lasted by now, to be read after *for*. */
export function lasting(start: string | number, now: number = Date.now()): string {
  const seconds = Math.floor((now - new Date(start).getTime()) / 1_000)
  return duration(Math.max(1, seconds) * 1_000)
}

/** 12:03:04. */
export function clock(time: string | number, { ms = false }: { readonly ms?: boolean } = {}): string {
  return new Intl.DateTimeFormat(locale(), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(ms ? { fractionalSecondDigits: 3 } : {}),
  }).format(new Date(time))
}

/** 12 Nov 2026. */
export function day(time: string | number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(new Date(time))
}

/** 12 Nov 2026, 12:03:04: the whole time, with its zone. */
export function moment(time: string | number): string {
  return new Intl.DateTimeFormat(locale(), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(new Date(time))
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** 4.1 GiB. */
export function bytes(count: number): string {
  const at = Math.min(SIZES.length - 1, count < 1 ? 0 : Math.floor(Math.log2(count) / 10))
  const value = count / 1024 ** at
  return `${number(value, value < 10 && at > 0 ? 1 : 0)} ${SIZES[at]}`
}
