// The server's log: JSON lines, or readable ones on a terminal, without secrets.

import { type Logger, pino } from 'pino'
import type { LogLevel } from '../../site/index.ts'
import { escapeJson, escapeLines, formatParts, inColour, LOG_OUTPUT, type Part } from '../../terminal.ts'

/** The server's log. Lines name routes, never URLs: URLs contain user names. */
export type Log = Logger

/** Where lines go: standard error, so that standard output contains only what the operator asked for. */
export interface LogOutput {
  readonly write: (text: string) => unknown
  readonly isTTY?: boolean
}

/** Fields to censor, should one ever be logged. RFC 7644 §7.5.2 (P-148). */
const REDACTED = [
  'authorization',
  'token',
  'password',
  '*.authorization',
  '*.token',
  '*.password',
  'headers',
  'url',
  'body',
]

const COLOURS: { readonly [level: number]: number } = { 50: 31, 60: 31, 40: 33, 30: 32, 20: 2, 10: 2 }
const DIM = 2
const NAMES: { readonly [level: number]: string } = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** Creates the log: JSON lines, or readable lines on a terminal. `named`: each names the process that wrote it. */
export function createLog(
  level: LogLevel,
  output: LogOutput = LOG_OUTPUT,
  { named = false }: { readonly named?: boolean } = {},
): Log {
  const pretty = output.isTTY === true
  const destination = { write: (line: string) => void output.write(pretty ? formatLine(line) : escapeJson(line)) }
  return pino(
    {
      level,
      base: named ? { pid: process.pid } : null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: REDACTED, censor: '[hidden]' },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
}

/** A JSON line in readable form: time, level, message, the rest as name=value. */
export function formatLine(line: string): string {
  const { level, time, msg, err, ...rest }: { [name: string]: unknown } = JSON.parse(line)
  const code =
    Object.keys(NAMES)
      .map(Number)
      .find((known) => NAMES[known] === level) ?? 30
  const clock = typeof time === 'string' ? time.slice(11, 19) : ''
  const facts = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const parts: readonly Part[] = [
    inColour(DIM, clock),
    ' ',
    inColour(COLOURS[code] ?? DIM, String(level).padEnd(5)),
    ` ${String(msg ?? '')} `,
    inColour(DIM, facts.join(' ')),
  ]
  return `${formatParts(parts, true)}${isStack(err) ? `\n${escapeLines(err.stack)}` : ''}\n`
}

function isStack(value: unknown): value is { readonly stack: string } {
  return typeof value === 'object' && value !== null && 'stack' in value && typeof value.stack === 'string'
}
