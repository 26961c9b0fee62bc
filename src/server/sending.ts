// Answers requests in batches, one for each turn of the event loop.

import type { ServerResponse } from 'node:http'
import type { About, Answer, Call } from '../call.ts'
import { send } from '../node.ts'
import { createTurnBatch } from '../per-turn.ts'
import type { Arrival } from './faces.ts'
import type { Log } from './monitoring/log.ts'
import type { Meter } from './monitoring/metrics.ts'

/** An answer that is to be sent. */
export interface Departure extends Arrival {
  readonly answer: Answer
  readonly meter: Meter
  /** The request as it is recorded; absent where no record is kept. */
  readonly recorded?: Recorded | undefined
}

/** A request with what the provider has noted of it. */
export interface Recorded {
  readonly id: string
  readonly call: Call
  readonly about: About
  readonly tenant: string
}

/** The two stages of a request: it is answered with all others of its turn, and then sent with them (decision 20). */
export interface Stages {
  readonly arrive: (arrival: Arrival) => void
  readonly depart: (departure: Departure) => void
}

/** Creates the two stages. `record` receives what is to be recorded once it is sent, with the time by `performance.now()`. */
export function createStages(
  log: Log,
  respond: (arrival: Arrival) => void,
  broken: (error: unknown) => void,
  record?: (departure: Departure, now: number) => void,
): Stages {
  const departures = createTurnBatch<Departure>((all) => {
    for (const departure of all) {
      const { request, response, began, answer, meter, recorded } = departure
      guarded(log, response, 'an answer could not be sent', () => send(request, response, answer, broken, recorded?.id))
      const now = performance.now()
      meter.seen(answer.status, (now - began) / 1000)
      if (recorded !== undefined) record?.(departure, now)
    }
  })
  const arrivals = createTurnBatch<Arrival>((all) => {
    for (const arrival of all) guarded(log, arrival.response, 'internal error', () => respond(arrival))
    departures.now()
  })
  return { arrive: arrivals.add, depart: departures.add }
}

/** Runs work on one request; its failure must not affect the others of the batch. */
function guarded(log: Log, response: ServerResponse, what: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    log.error({ err: error }, what)
    response.destroy()
  }
}
