// An answer that goes on: server-sent events, as fast as the client takes them.

import type { Environment } from '../environment.ts'
import { Refused } from './refusals.ts'

/** One event of a stream. */
export interface ServerEvent {
  readonly event: string
  readonly data: object
  /** What the browser sends as Last-Event-ID when it reads on after a break. */
  readonly id?: string
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
  /** Aborted when the client leaves; absent: noticed when something is sent. */
  readonly gone?: AbortSignal
  /** Called once, when the stream has ended. */
  readonly ended: () => void
  /** How often it is looked, checked whether the client may still watch, and said that the stream is still there; in milliseconds. */
  readonly lookMs?: number
  readonly checkMs?: number
  readonly heartbeatMs?: number
}

/** The answers of one process that go on. */
export interface Streams {
  /** Begins one more; returns what ends it. Refuses when there are too many, of this process or of one viewer. */
  readonly begin: (viewer?: string) => () => void
  /** Aborted when all have to end. */
  readonly signal: AbortSignal
  readonly close: () => void
}

/** Streams at the same time, in one process, and of one viewer: a session, or an administrator by token. */
const STREAMS = 200
const STREAMS_OF_ONE = 6

/** Counts the answers that go on. */
export function createStreams(): Streams {
  const closing = new AbortController()
  const viewers = new Map<string, number>()
  let open = 0
  return {
    begin(viewer) {
      const own = viewer === undefined ? 0 : (viewers.get(viewer) ?? 0)
      const isFull = open >= STREAMS
      if (isFull || own >= STREAMS_OF_ONE) {
        const most = isFull ? `${STREAMS} streams are open` : `You have ${STREAMS_OF_ONE} streams open`
        throw new Refused(503, 'ERR_UNAVAILABLE', `${most} already; close one, or try again later`)
      }
      open++
      if (viewer !== undefined) viewers.set(viewer, own + 1)
      return () => {
        open--
        if (viewer === undefined) return
        const left = (viewers.get(viewer) ?? 1) - 1
        if (left > 0) viewers.set(viewer, left)
        else viewers.delete(viewer)
      }
    },
    signal: closing.signal,
    close: () => closing.abort(),
  }
}

/** When a client connects again after a break. */
const RETRY_MS = 2_000
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
  const { lookMs = LOOK_MS, checkMs = CHECK_MS, heartbeatMs = HEARTBEAT_MS } = options
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

  if (options.gone?.aborted) end()
  else options.gone?.addEventListener('abort', end, { once: true })

  /** The last word: the client is to connect again, unless it may not watch any more. */
  let isTold = false
  const bye = (reason: string): string | undefined => {
    if (isTold) return undefined
    isTold = true
    return `event: bye\ndata: ${JSON.stringify({ reason })}\n\n`
  }

  let isOpen = false
  /** The next piece of text; undefined at the end. */
  async function next(): Promise<string | undefined> {
    for (;;) {
      const now = environment.monotonic()
      if (!isOpen) {
        // Headers go out with the first piece: the client is to know at once that it is connected.
        isOpen = true
        return `retry: ${RETRY_MS}\n\n`
      }
      if (isTold || left.signal.aborted) return undefined
      if (signal.aborted) return bye('stopping')
      if (now - began > LONGEST_MS) return bye('again')
      if (now - checked >= checkMs) {
        checked = now
        if (!(await isAllowed())) return bye('not allowed')
      }
      const events = await look()
      if (events.length > 0) {
        spoken = now
        return events.map(textOf).join('')
      }
      if (now - spoken >= heartbeatMs) {
        spoken = now
        return ': still here\n\n'
      }
      await environment.wait(lookMs, until).catch(() => undefined)
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
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}

function textOf({ event, data, id }: ServerEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n${id === undefined ? '' : `id: ${id}\n`}\n`
}
