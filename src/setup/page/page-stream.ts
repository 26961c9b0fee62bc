// The live stream of the setup page: the state of its link, again whenever it has changed.

import type { Environment } from '../../environment.ts'

/** How often the state is looked at while somebody watches. */
const LOOK_MS = 1_000
/** A stream in which nothing happens says that it is still there. */
const HEARTBEAT_MS = 15_000
/** Browsers connect again by themselves: no stream is for ever. */
const LONGEST_MS = 3_600_000

/** How a stream is made. */
export interface PageStreamOptions {
  readonly environment: Environment
  /** The state now; rejects when the link is over. */
  readonly look: () => Promise<object>
  /** Calls back when something happened, so that it is looked at once. Returns how to stop. */
  readonly listen: (call: () => void) => () => void
  /** Aborted when the server stops. */
  readonly signal: AbortSignal
  /** Called once, when the stream has ended. */
  readonly ended: () => void
}

/** The events of a stream as text: `state`, and `over` when the link is over. Looks only while they are taken. */
export async function* pageEvents(options: PageStreamOptions): AsyncGenerator<string> {
  const { environment, look, signal } = options
  let wake = new AbortController()
  const stop = options.listen(() => wake.abort())
  const began = environment.monotonic()
  let spoken = began
  let before = ''
  try {
    // How soon the browser tries again when the stream breaks.
    yield 'retry: 2000\n\n'
    while (!signal.aborted && environment.monotonic() - began < LONGEST_MS) {
      wake = new AbortController()
      const state = await look().catch(() => undefined)
      if (state === undefined) {
        yield 'event: over\ndata: {}\n\n'
        return
      }
      // The time alone is no change.
      const text = JSON.stringify({ ...state, now: undefined })
      const now = environment.monotonic()
      if (text !== before) {
        before = text
        spoken = now
        yield `event: state\ndata: ${JSON.stringify(state)}\n\n`
      } else if (now - spoken >= HEARTBEAT_MS) {
        spoken = now
        yield ': still here\n\n'
      }
      await environment.wait(LOOK_MS, AbortSignal.any([signal, wake.signal])).catch(() => undefined)
    }
  } finally {
    stop()
    options.ended()
  }
}

/** Events as the body of a response, as fast as they are taken. */
export function streamOf(events: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await events.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await events.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
