// Shows a progress bar while a command works.

import { columnsOf, printErrorLine, replaceErrorLine } from '../../terminal.ts'
import { flagOption, type Options } from './options.ts'

/** A running progress bar. */
export interface Progress {
  readonly advance: (by: number) => void
  /** Prints a line to standard error, above the bar if there is one. */
  readonly say: (line: string) => void
  readonly stop: () => void
}

const SILENT: Progress = {
  advance: () => undefined,
  say: (line) => printErrorLine(line),
  stop: () => undefined,
}
/** The shortest time between two redraws. */
const DRAW_EVERY_MS = 100
/** Width of the bar in characters. */
const WIDTH = 30

/**
 * Starts a progress bar on a terminal; elsewhere, and with `--json`, nothing is shown. It never reads the keyboard: that would take
 * Ctrl-C away from the command, which needs it to clean up.
 */
export function startProgress(title: string, max: number, options: Options): Progress {
  if (!process.stderr.isTTY || flagOption(options, 'json') || max <= 0) return SILENT
  let done = 0
  let drawn = 0
  // The cursor stays on the line below the bar, so that other output begins on a line of its own.
  const bar = () => {
    const share = Math.min(1, done / max)
    const filled = Math.floor(WIDTH * share)
    const text = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.floor(100 * share)} % ${title}`
    return text.slice(0, columnsOf() - 1)
  }
  printErrorLine(bar())
  return {
    advance: (by) => {
      done += by
      const now = Date.now()
      if (now - drawn < DRAW_EVERY_MS) return
      drawn = now
      replaceErrorLine(bar())
    },
    say(line) {
      replaceErrorLine(line)
      printErrorLine(bar())
    },
    stop: () => replaceErrorLine(bar()),
  }
}
