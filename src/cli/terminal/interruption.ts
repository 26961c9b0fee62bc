// Lets a command clean up when it is stopped: by Ctrl-C, kill, or a closed terminal.

/** Signals after which a command still cleans up. */
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A command that can be stopped. */
export interface Interruption {
  /** Aborted once the command is to stop. */
  readonly signal: AbortSignal
  /** Signals end the process again. */
  readonly release: () => void
}

/** Catches signals: the first calls `say` and aborts; the next one ends the process at once, with this exit code. */
export function onInterruption(say: () => void, exitCode: number): Interruption {
  const stop = new AbortController()
  const interrupt = (signal: NodeJS.Signals) => {
    // Closing a terminal often sends SIGHUP twice, and writing to it fails; neither may interrupt the cleanup.
    if (signal === 'SIGHUP') {
      process.stdout.on('error', () => undefined)
      process.stderr.on('error', () => undefined)
    }
    if (stop.signal.aborted && signal === 'SIGHUP') return
    if (stop.signal.aborted) process.exit(exitCode)
    say()
    stop.abort(new Error('stopped'))
  }
  for (const signal of STOPPING) process.on(signal, interrupt)
  return {
    signal: stop.signal,
    release() {
      for (const signal of STOPPING) process.off(signal, interrupt)
    },
  }
}
