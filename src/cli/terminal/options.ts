import { LockstepError } from '../../protocol/index.ts'

/** The command line makes no sense: exit code 2. */
export class UsageError extends LockstepError {
  /** How the command is called, where that is what was wrong. */
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

/** An option's text, if it was given. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** Whether a flag was given. */
export function flagOption(options: Options, name: string): boolean {
  return options[name] === true
}

/** An option that is a whole number from `least`, if it was given. */
export function numberOption(options: Options, name: string, least: number): number | undefined {
  const text = textOption(options, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value
  throw new UsageError(`--${name} must be a whole number from ${least}, not "${text}"`)
}

const UNITS: { readonly [unit: string]: number } = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** How long a token lives: `90d`, `12h`, `1y`, a date, or `never` (null). Undefined when the option is not given. */
export function lifetimeOption(options: Options, now: number): number | null | undefined {
  const text = textOption(options, 'expires')
  if (text === undefined) return undefined
  if (text === 'never') return null
  const match = /^(\d{1,5})([mhdwy])$/.exec(text)
  const lifetime = match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0) : Date.parse(text) - now
  if (lifetime > 0) return lifetime
  throw new UsageError(`--expires must be like 90d, 12h or 1y, a future date like 2030-12-31, or never, not "${text}"`)
}
