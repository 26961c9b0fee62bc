// What happened to a fake app: each request with its answer and its effects.

import type { Fault } from './faults.ts'
import type { JsonObject } from './json.ts'
import type { Type } from './schema.ts'

/** A change of an account. */
export interface Effect {
  /** In milliseconds since 1970. */
  readonly at: number
  readonly change: 'created' | 'updated' | 'removed'
  readonly type: Type
  readonly id: string
  readonly before?: JsonObject
  readonly after?: JsonObject
}

/** A request that reached the app, or was on its way. */
export interface Exchange {
  /** 1 for the first. */
  readonly number: number
  readonly at: number
  readonly method: string
  /** Below the base URL, with the query. */
  readonly path: string
  /** In lower case; `authorization` is hidden. */
  readonly headers: { readonly [name: string]: string }
  /** Text as it was sent; "" for none. */
  readonly body: string
  /** The status of the answer; absent while, or because, there is none. */
  readonly status?: number
  readonly answeredAt?: number
  readonly fault?: Fault
  /** What it changed, however late. */
  readonly effects: readonly Effect[]
}

/** An exchange that goes on. */
export interface OpenExchange extends Omit<Exchange, 'effects' | 'status' | 'answeredAt' | 'fault'> {
  status?: number
  answeredAt?: number
  fault?: Fault
  readonly effects: Effect[]
}
