// A fake app: a SCIM server with the habits of a real one, faults before it, and a trace.

import type { Clock } from './clock.ts'
import type { FaultRule } from './faults.ts'
import type { JsonObject } from './json.ts'
import type { OtherWriter } from './other-writer.ts'
import type { FakeProfile } from './profile.ts'
import type { Type } from './schema.ts'
import type { Exchange } from './trace.ts'

/** What a fake app is made of. */
export interface FakeAppOptions {
  /** Its habits; `strict` by default. */
  readonly profile?: FakeProfile | undefined
  /** The base URL; `https://NAME.test/scim/v2` by default. What listens at another address keeps the path. */
  readonly base?: string | undefined
  /** The bearer token that it requires; any, or none, by default. */
  readonly token?: string | undefined
  /** Time and chance; the machine's by default. */
  readonly clock?: Clock | undefined
  /** Called with each exchange once it is answered, or given up. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined
}

/** An account, as the app keeps it. */
export interface FakeAccount {
  readonly id: string
  readonly type: Type
  /** Without id, schemas and meta. */
  readonly attributes: JsonObject
  readonly created: number
  readonly modified: number
  readonly version: number
}

/** A fake app. */
export interface FakeApp {
  /** The base URL of its SCIM server. */
  readonly base: string
  /** Sends a request to it; what the network does to requests comes as a rejected promise, as from the global `fetch`. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Adds a fault; returns how to take it away. */
  readonly fault: (rule: FaultRule) => () => void
  readonly faults: () => readonly FaultRule[]
  readonly clearFaults: () => void
  readonly trace: () => readonly Exchange[]
  readonly clearTrace: () => void
  /** What it really holds, whatever reads show. */
  readonly state: () => readonly FakeAccount[]
  /** Changes by an administrator's hand, which no client is told of. */
  readonly otherWriter: OtherWriter
  /** Its habits now. */
  readonly profile: () => FakeProfile
  /** Changes habits while it runs. */
  readonly change: (habits: Partial<FakeProfile>) => void
}
