import { flagOption, type Options } from './usage.ts'

/** A bar that shows how far a command has got. */
export interface Progress {
  readonly advance: (by: number) => void
  readonly stop: () => void
}

const SILENT: Progress = { advance: () => undefined, stop: () => undefined }
/** The bar is drawn anew at most so often. */
const DRAW_EVERY_MS = 100

/** Starts a progress bar on a terminal; elsewhere, and for programs, nothing is shown. */
export async function startProgress(title: string, max: number, options: Options): Promise<Progress> {
  if (!process.stderr.isTTY || flagOption(options, 'json') || max <= 0) return SILENT
  const { progress } = await import('@clack/prompts')
  const bar = progress({ max, output: process.stderr })
  bar.start(title)
  let waiting = 0
  let total = 0
  let drawn = 0
  return {
    advance: (by) => {
      waiting += by
      const now = Date.now()
      if (now - drawn < DRAW_EVERY_MS) return
      total += waiting
      bar.advance(waiting, `${title}: ${Math.floor((100 * total) / max)} %`)
      waiting = 0
      drawn = now
    },
    stop: () => bar.stop(`${title}: done`),
  }
}
