// Reads the options of a command, and refuses values that make no sense.

import { LockstepError } from '../../protocol/index.ts'

/** The command line makes no sense; the exit code is 2. */
export class UsageError extends LockstepError {
  /** The usage of the command, where the command was called wrongly. */
  readonly usage: string | undefined
  constructor(message: string, options: { readonly usage?: string; readonly cause?: unknown } = {}) {
    super('ERR_USAGE', message, options.cause === undefined ? undefined : { cause: options.cause })
    this.usage = options.usage
  }
}

/** The options of a command, as given. */
export interface Options {
  readonly [name: string]: unknown
}

/** The text of an option; undefined if it was not given. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** The parts of an option that takes a comma-separated list, trimmed; none if it was not given. */
export function listOption(options: Options, name: string): readonly string[] {
  return splitList(textOption(options, name) ?? '')
}

/** The parts of a comma-separated list, trimmed, without the empty ones. */
export function splitList(text: string): readonly string[] {
  return text.split(',').flatMap((part) => part.trim() || [])
}

/** Whether a flag was given. */
export function flagOption(options: Options, name: string): boolean {
  return options[name] === true
}

/** The whole number that an option holds, `least` or more; undefined if it was not given. */
export function numberOption(options: Options, name: string, least: number): number | undefined {
  const text = textOption(options, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value
  throw new UsageError(`--${name} must be a whole number, at least ${least}, not "${text}"`)
}

const UNITS: { readonly [unit: string]: number } = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** Milliseconds that a token is valid, from `90d`, `12h`, `1y` or a date; null for `never`, undefined if not given. */
export function lifetimeOption(options: Options, now: number): number | null | undefined {
  const text = textOption(options, 'expires')
  if (text === undefined) return undefined
  if (text === 'never') return null
  const match = /^(\d{1,5})([mhdwy])$/.exec(text)
  const lifetime = match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0) : Date.parse(text) - now
  if (lifetime > 0) return lifetime
  throw new UsageError(
    `--expires must be a duration like 90d, 12h or 1y, a future date like 2030-12-31, or never, not "${text}"`,
  )
}
