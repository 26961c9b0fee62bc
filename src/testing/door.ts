// What happens to a request at the door of a fake app: faults, slowness, another writer, and then the app itself.

import type { Clock } from './clock.ts'
import type { Fault, FaultLayer } from './faults.ts'
import type { OtherWriter } from './other-writer.ts'
import { Refusal } from './refusal.ts'
import type { Incoming, Outgoing } from './requests.ts'
import { refused, type ServeContext, serve, writeRetryAfter } from './serve.ts'
import type { OpenExchange } from './trace.ts'

/** What the door works with. */
export interface DoorOptions {
  readonly clock: Clock
  readonly layer: FaultLayer
  /** What a request is served with, at the origin that it was sent to. */
  readonly context: (exchange: OpenExchange, origin: string) => ServeContext
  readonly otherWriter: OtherWriter
}

/** One request, and how it is carried out. */
interface Passage {
  readonly incoming: Incoming
  readonly exchange: OpenExchange
  readonly clock: Clock
  readonly context: ServeContext
  /** Carries the request out. */
  readonly run: () => Outgoing
}

/** Creates the door. It rejects as the global `fetch` does when there is no answer. */
export function createDoor({ clock, layer, context, otherWriter }: DoorOptions) {
  return async (incoming: Incoming, exchange: OpenExchange): Promise<Response> => {
    incoming.signal?.throwIfAborted()
    const own = context(exchange, incoming.url.origin)
    const { otherWriter: rate, slowMs } = own.profile
    if (rate > 0 && clock.chance() < rate) otherWriter.anything()
    if (slowMs > 0) await clock.wait(slowMs, incoming.signal)
    const fault = layer.draw(incoming.method, exchange.path, incoming.body)
    if (fault !== undefined) exchange.fault = fault
    const run = () => serve(context(exchange, incoming.url.origin), incoming)
    const response = await pass({ incoming, exchange, clock, context: own, run }, fault)
    exchange.status = response.status
    exchange.answeredAt = clock.now()
    return response
  }
}

async function pass(passage: Passage, fault: Fault | undefined): Promise<Response> {
  const { incoming, clock, run } = passage
  switch (fault?.kind) {
    case undefined:
      return respond(run())
    case 'refused':
      throw broken('ECONNREFUSED')
    case 'reset':
      if (fault.effect) run()
      throw broken('ECONNRESET')
    case 'silent':
      return silence(passage, fault.afterMs)
    case 'duplicated': {
      const first = respond(run())
      later(clock, fault.afterMs, run)
      return first
    }
    case 'slow':
      await clock.wait(fault.ms, incoming.signal)
      return respond(run())
    case 'truncated':
      return cut(run(), fault.broken === true)
    case 'empty': {
      const { status } = run()
      return new Response(null, { status: status < 300 ? 200 : status })
    }
    case 'error':
      if (fault.effect === true) run()
      return refusal(passage, fault.status ?? 500, 'Something went wrong', fault.seconds)
    case 'throttled': {
      const value = writeRetryAfter(fault.retryAfter ?? 'seconds', fault.seconds ?? 1, clock.now())
      return refusal(passage, 429, 'Too many requests', undefined, value)
    }
    case 'unauthorized':
      return refusal(passage, 401, 'The token is not known')
    case 'too-large':
      return refusal(passage, 413, 'The body is too large')
    case 'refused-attribute':
      return refusal(passage, 400, `"${fault.attribute}" has a value that is not supported`)
    case 'html':
      return new Response('<!doctype html><title>Sign in</title><h1>Sign in</h1>', {
        headers: { 'content-type': 'text/html' },
      })
  }
}

/** No answer, until the client gives up. */
async function silence({ incoming, clock, run }: Passage, afterMs: number | undefined): Promise<never> {
  if (afterMs === 0) run()
  else if (afterMs !== undefined) later(clock, afterMs, run)
  return new Promise((_, reject) => {
    const { signal } = incoming
    if (signal?.aborted) return reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function later(clock: Clock, ms: number, run: () => Outgoing): void {
  void clock.wait(ms).then(run)
}

/** A failure of the network, as the global `fetch` reports it. */
function broken(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

function refusal(
  { context }: Passage,
  status: number,
  detail: string,
  seconds?: number,
  retryAfter?: string,
): Response {
  const value = retryAfter ?? (seconds === undefined ? undefined : String(seconds))
  const headers: { readonly [name: string]: string } = value === undefined ? {} : { 'retry-after': value }
  return respond(refused(context.profile, new Refusal(status, detail, undefined, headers)))
}

function respond({ status, headers, body }: Outgoing): Response {
  const none = body === undefined || status === 204 || status === 304
  return new Response(none ? null : JSON.stringify(body), { status, headers })
}

function cut({ status, headers, body }: Outgoing, breaks: boolean): Response {
  const text = JSON.stringify(body ?? {})
  const half = text.slice(0, Math.floor(text.length / 2))
  const shown = status === 204 ? 200 : status
  if (!breaks) return new Response(half, { status: shown, headers })
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(half))
      controller.error(broken('ECONNRESET'))
    },
  })
  return new Response(stream, { status: shown, headers })
}
