// The one way to a terminal: escapes control characters and waits for slow readers.

/** What a terminal would obey, hide or mirror: control and format characters, line separators, halves of pairs, and what has no width. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** A part of a line: text, or text in a colour. */
export type Part = string | Painted

/** Text in a colour, by its ANSI code; shown plainly where colours don't belong. */
export interface Painted {
  readonly text: string
  readonly colour: number
}

/** Text in a colour. 31: red. */
export function paint(colour: number, text: string): Painted {
  return { text, colour }
}

/**
 * A text as it may be shown on a terminal, on one line: whatever it would obey or hide is written out, like `\u{1b}`. Names and
 * values come from identity providers and other servers, which have no business with the administrator's terminal.
 */
export function shown(text: string): string {
  return text.replace(UNSEEN, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`)
}

/** The same for JSON, which stays the same JSON; line ends between its values are kept. RFC 8259 §7. */
export function shownJson(json: string): string {
  return json.replace(UNSEEN, (found) => {
    if (found === '\n') return found
    const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}

/** The same for text of several lines, each of which stays one. */
export function shownLines(text: string): string {
  return text.split('\n').map(shown).join('\n')
}

/** One line of parts, ready to be written. */
export function formatParts(parts: readonly Part[], colours: boolean): string {
  const format = (part: Part) => {
    if (typeof part === 'string') return shown(part)
    return colours ? `\u001b[${part.colour}m${shown(part.text)}\u001b[0m` : shown(part.text)
  }
  return parts.map(format).join('')
}

/** Prints one line to standard output. */
export function printLine(...parts: readonly Part[]): void {
  process.stdout.write(`${formatParts(parts, coloursFit(process.stdout))}\n`)
}

/** Prints own text of several lines to standard output. */
export function printLines(text: string): void {
  process.stdout.write(`${shownLines(text)}\n`)
}

/** Prints JSON to standard output as it is, with a line end; resolves when there is room for more. */
export function printJsonText(json: string): Promise<void> {
  return writeJsonPart(`${json}\n`)
}

/** Writes a part of a JSON text to standard output; resolves when there is room for more. */
export function writeJsonPart(part: string): Promise<void> {
  const { stdout } = process
  if (stdout.write(shownJson(part)) || stdout.destroyed) return Promise.resolve()
  // One listener for all: they would pile up where much is printed without waiting.
  room ??= new Promise((resolve) => {
    const go = () => {
      stdout.off('drain', go).off('close', go).off('error', go)
      room = undefined
      resolve()
    }
    // A reader that is gone takes nothing more; listeners to errors of standard output know.
    stdout.on('drain', go).on('close', go).on('error', go)
  })
  return room
}

/** Pending while standard output takes nothing more. */
let room: Promise<void> | undefined

/** Resolves when the system has taken all that was printed, or has refused it: standard output learns that a turn later. */
export function printed(): Promise<void> {
  return new Promise((resolve) => process.stdout.write('', () => resolve()))
}

/** Prints one line to standard error. */
export function complain(...parts: readonly Part[]): void {
  process.stderr.write(`${formatParts(parts, coloursFit(process.stderr))}\n`)
}

/** Prints own text of several lines to standard error. */
export function complainLines(text: string): void {
  process.stderr.write(`${shownLines(text)}\n`)
}

/** Up to the line before, with nothing left on it. */
const BACK = '\u001b[1A\u001b[2K'

/** Prints one line to standard error in place of the last one; only on a terminal. */
export function complainOver(...parts: readonly Part[]): void {
  process.stderr.write(`${BACK}${formatParts(parts, coloursFit(process.stderr))}\n`)
}

/** Columns of a terminal: the fewest that are believed, and what is usual. */
const NARROWEST = 10
const USUAL = 80

/** How wide standard error is. A terminal that doesn't say, or says next to nothing, is taken for one of the usual width. */
export function columnsOf(): number {
  const { columns } = process.stderr
  return columns >= NARROWEST ? columns : USUAL
}

/** Prints a question to standard error; the answer is typed behind it. */
export function printQuestion(question: string): void {
  process.stderr.write(`${shown(question)} `)
}

/** Standard error for a log, which gives whole lines of JSON or of {@link formatParts}. */
export const LOG_OUTPUT = {
  write: (line: string): boolean => process.stderr.write(line),
  get isTTY(): boolean {
    return process.stderr.isTTY === true
  },
}

/** Reports an error of ours, with its stack, where the embedding app has no report of its own. */
export function reportError(text: string, error: unknown): void {
  console.error(shownLines(`${text}${text === '' ? '' : ': '}${stackOf(error)}`))
}

/** The stack of an error with those of its causes. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\n  caused by: ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

function coloursFit({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true && !process.env.NO_COLOR
}
