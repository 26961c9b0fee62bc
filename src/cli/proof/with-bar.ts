// A progress bar for work that tells how far it is.

import type { Options } from '../terminal/options.ts'
import { startProgress } from '../terminal/progress.ts'

/** Shows a bar while something is done that tells how many steps are behind it. `most`: about how many there are. */
export async function withBar<T>(
  title: string,
  most: number,
  options: Options,
  work: (onProgress: (done: number) => void) => Promise<T>,
): Promise<T> {
  const progress = startProgress(title, most, options)
  let shown = 0
  try {
    return await work((done) => {
      progress.advance(Math.max(0, done - shown))
      shown = done
    })
  } finally {
    progress.stop()
  }
}
