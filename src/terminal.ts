// The only exit to the terminal: everything printed is escaped here, so that no text can control the terminal.

/** Characters that a terminal would obey, hide or mirror: control, format, line separators, lone surrogates, zero width. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** A part of a line: text, or text in a colour. */
export type Part = string | Coloured

/** Text with the ANSI code of its colour; printed without colour where the output isn't a terminal. */
export interface Coloured {
  readonly text: string
  readonly colour: number
}

/** Text in a colour, by its ANSI code: 31 is red. */
export function inColour(colour: number, text: string): Coloured {
  return { text, colour }
}

/**
 * Escapes text to print it on one line of a terminal: characters that the terminal would obey or hide become `\u{1b}` and the like.
 * Names and values come from identity providers and other servers, which must not control an administrator's terminal.
 */
export function escapeText(text: string): string {
  return text.replace(UNSEEN, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`)
}

/** Escapes JSON, which still parses to the same value; line ends between its values are kept. RFC 8259 §7. */
export function escapeJson(json: string): string {
  return json.replace(UNSEEN, (found) => {
    if (found === '\n') return found
    const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}

/** Escapes text of several lines, keeping its line ends. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n')
}

/** Joins the parts of a line, escaped, with or without colours. */
export function formatParts(parts: readonly Part[], colours: boolean): string {
  const format = (part: Part) => {
    if (typeof part === 'string') return escapeText(part)
    return colours ? `\u001b[${part.colour}m${escapeText(part.text)}\u001b[0m` : escapeText(part.text)
  }
  return parts.map(format).join('')
}

/** Prints one line to standard output. */
export function printLine(...parts: readonly Part[]): void {
  process.stdout.write(`${formatParts(parts, coloursFit(process.stdout))}\n`)
}

/** Prints text of several lines to standard output. */
export function printLines(text: string): void {
  process.stdout.write(`${escapeLines(text)}\n`)
}

/** Prints JSON to standard output, with a line end; resolves when there is room for more. */
export function printJsonText(json: string): Promise<void> {
  return writeJsonPart(`${json}\n`)
}

/** Prints a part of a JSON text to standard output; resolves when there is room for more. */
export function writeJsonPart(part: string): Promise<void> {
  return writeData(escapeJson(part))
}

/** Writes to standard output without escaping; callers make sure that it isn't a terminal. Resolves when there is room for more. */
export function writeData(data: string): Promise<void> {
  const { stdout } = process
  if (stdout.write(data) || stdout.destroyed) return Promise.resolve()
  // One promise for all callers: a caller that prints much without waiting would pile up listeners.
  room ??= new Promise((resolve) => {
    const go = () => {
      stdout.off('drain', go).off('close', go).off('error', go)
      room = undefined
      resolve()
    }
    // Resolves too when the reader has gone; command-line.ts handles that error.
    stdout.on('drain', go).on('close', go).on('error', go)
  })
  return room
}

/** Pending while the buffer of standard output is full. */
let room: Promise<void> | undefined

/** Resolves once everything printed has been handed to the system, or refused by it; the error event follows one turn later. */
export function flushed(): Promise<void> {
  return new Promise((resolve) => process.stdout.write('', () => resolve()))
}

/** Prints one line to standard error. */
export function printErrorLine(...parts: readonly Part[]): void {
  process.stderr.write(`${formatParts(parts, coloursFit(process.stderr))}\n`)
}

/** Prints text of several lines to standard error. */
export function printErrorLines(text: string): void {
  process.stderr.write(`${escapeLines(text)}\n`)
}

/** Moves to the previous line and clears it. */
const BACK = '\u001b[1A\u001b[2K'

/** Prints one line to standard error in place of the previous one; only for a terminal. */
export function replaceErrorLine(...parts: readonly Part[]): void {
  process.stderr.write(`${BACK}${formatParts(parts, coloursFit(process.stderr))}\n`)
}

/** Columns of a terminal: the fewest that are plausible, and the default. */
const NARROWEST = 10
const USUAL = 80

/** The width of standard error in columns; 80 when the terminal doesn't report a plausible one. */
export function columnsOf(): number {
  const { columns } = process.stderr
  return columns >= NARROWEST ? columns : USUAL
}

/** Prints a question to standard error, without a line end, so that the answer is typed after it. */
export function printQuestion(question: string): void {
  process.stderr.write(`${escapeText(question)} `)
}

/** Standard error as the output of a log; the lines must be JSON or come from {@link formatParts}. */
export const LOG_OUTPUT = {
  write: (line: string): boolean => process.stderr.write(line),
  get isTTY(): boolean {
    return process.stderr.isTTY === true
  },
}

/** Reports an internal error with its stack; the default in apps that embed Lockstep and configure no reporter. */
export function reportError(text: string, error: unknown): void {
  console.error(escapeLines(`${text}${text === '' ? '' : ': '}${stackOf(error)}`))
}

/** The stack of an error, followed by those of its causes. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\n  caused by: ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

function coloursFit({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true && !process.env.NO_COLOR
}
