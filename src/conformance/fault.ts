// How a case ends other than by passing: a fault, a feature that is not offered, a blocked case.

import type { Exchange } from './wire/exchange.ts'

/** How binding a requirement is. OWN and MAY: the RFC leaves it open, so a server that differs is not at fault. */
export type Level = 'MUST' | 'SHOULD' | 'MAY' | 'OWN'

/** The server does not do what is required. */
export class Fault extends Error {
  /** The requests and answers that show it. */
  readonly exchanges: readonly Exchange[]
  /** Less binding than the case as a whole, when only a part of it is missed. */
  readonly level: Level | undefined
  constructor(expected: string, exchanges: readonly Exchange[], level?: Level) {
    super(expected)
    this.exchanges = exchanges
    this.level = level
  }
}

/** The server declares that it does not offer this, or an optional endpoint is not there. */
export class NotOffered extends Error {}

/** The case cannot be tried on this server, and why. */
export class Blocked extends Error {
  readonly exchanges: readonly Exchange[]
  constructor(why: string, exchanges: readonly Exchange[] = []) {
    super(why)
    this.exchanges = exchanges
  }
}

/** The server cannot be checked at all: no answer, no SCIM, credentials refused. */
export class CheckError extends Error {}
