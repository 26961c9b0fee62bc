import { columnsOf, complain, complainOver } from '../../terminal.ts'
import { flagOption, type Options } from './options.ts'

/** A bar that shows how far a command has got. */
export interface Progress {
  readonly advance: (by: number) => void
  /** Writes a line for people, above the bar where there is one. */
  readonly say: (line: string) => void
  readonly stop: () => void
}

const SILENT: Progress = {
  advance: () => undefined,
  say: (line) => complain(line),
  stop: () => undefined,
}
/** The bar is drawn anew at most so often. */
const DRAW_EVERY_MS = 100
/** Characters of the bar itself. */
const WIDTH = 30

/**
 * Starts a progress bar on a terminal; elsewhere, and for programs, nothing is shown. It writes and reads nothing: whoever reads
 * keys takes Ctrl-C away from the command, which then can't clear up.
 */
export function startProgress(title: string, max: number, options: Options): Progress {
  if (!process.stderr.isTTY || flagOption(options, 'json') || max <= 0) return SILENT
  let done = 0
  let drawn = 0
  // Below the bar stands an empty line, so that what others write comes to stand on a line of its own.
  const bar = () => {
    const share = Math.min(1, done / max)
    const filled = Math.floor(WIDTH * share)
    const text = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.floor(100 * share)} % ${title}`
    return text.slice(0, columnsOf() - 1)
  }
  complain(bar())
  return {
    advance: (by) => {
      done += by
      const now = Date.now()
      if (now - drawn < DRAW_EVERY_MS) return
      drawn = now
      complainOver(bar())
    },
    say(line) {
      complainOver(line)
      complain(bar())
    },
    stop: () => complainOver(bar()),
  }
}
