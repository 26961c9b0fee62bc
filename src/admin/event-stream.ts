// An answer that goes on: server-sent events, as fast as the client takes them.

import type { Environment } from '../environment.ts'
import { Refused } from './refusals.ts'

/** One event of a stream. */
export interface ServerEvent {
  readonly event: string
  readonly data: object
}

/** How a stream of events is made. */
export interface EventStreamOptions {
  /** What has happened since the last look. */
  readonly look: () => Promise<readonly ServerEvent[]>
  /** Whether the client may still watch. */
  readonly isAllowed: () => Promise<boolean>
  /** Aborted when the server stops. */
  readonly signal: AbortSignal
  readonly environment: Pick<Environment, 'monotonic' | 'wait'>
  /** Called once, when the stream has ended. */
  readonly ended: () => void
}

/** The answers of one process that go on. */
export interface Streams {
  /** Begins one more; returns what ends it. Refuses when there are too many. */
  readonly begin: () => () => void
  /** Aborted when all have to end. */
  readonly signal: AbortSignal
  readonly close: () => void
}

/** Streams at the same time, in one process. */
const STREAMS = 100

/** Counts the answers that go on. */
export function createStreams(): Streams {
  const closing = new AbortController()
  let open = 0
  return {
    begin() {
      if (open >= STREAMS) {
        throw new Refused(503, 'ERR_UNAVAILABLE', `${STREAMS} streams are open already; close one, or try again later`)
      }
      open++
      return () => void open--
    },
    signal: closing.signal,
    close: () => closing.abort(),
  }
}

/** How often it is looked. */
const LOOK_MS = 1_000
/** A stream in which nothing happens says that it is still there, so that a client that has left is noticed. */
const HEARTBEAT_MS = 10_000
/** How often it is checked whether the client may still watch. */
const CHECK_MS = 1_000
/** Clients connect again by themselves: no stream is for ever. */
const LONGEST_MS = 3_600_000

/** The answer. Looking goes on only while the client takes what there is, so nothing piles up. */
export function eventStream(options: EventStreamOptions): Response {
  const { look, isAllowed, signal, environment, ended } = options
  const began = environment.monotonic()
  const left = new AbortController()
  const until = AbortSignal.any([signal, left.signal])
  let spoken = began
  let checked = began
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    left.abort()
    ended()
  }

  /** The next piece of text; undefined at the end. */
  async function next(): Promise<string | undefined> {
    for (;;) {
      const now = environment.monotonic()
      if (until.aborted || now - began > LONGEST_MS) return undefined
      if (now - checked >= CHECK_MS) {
        checked = now
        if (!(await isAllowed())) return undefined
      }
      const events = await look()
      if (events.length > 0) {
        spoken = now
        return events.map(({ event, data }) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join('')
      }
      if (now - spoken >= HEARTBEAT_MS) {
        spoken = now
        return ': still here\n\n'
      }
      await environment.wait(LOOK_MS, until).catch(() => undefined)
    }
  }

  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const text = await next()
          if (text !== undefined) return controller.enqueue(encoder.encode(text))
          end()
          controller.close()
        } catch (error) {
          end()
          controller.error(error)
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  })
}
