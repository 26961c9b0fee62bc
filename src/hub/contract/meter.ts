// What the hub tells those who count and trace it, while it happens.

import type { AccountType, Step } from './adapter.ts'
import type { AppTrouble } from './app-error.ts'
import type { DriftKind } from './app-settings.ts'
import type { AppState } from './link.ts'

/** An app of a tenant. */
export interface AppName {
  readonly tenant: string
  readonly app: string
}

/** What is done to an app: one call of its adapter. */
export type StepName = Step['do'] | 'read'

/** One call of an adapter and what came of it. */
export interface SentStep extends AppName {
  readonly step: StepName
  readonly lane: number
  readonly outcome: 'done' | AppTrouble
  /** The HTTP status, where there was one. */
  readonly status?: number
  readonly seconds: number
}

/** An app confirmed what a resource must be there. */
export interface Acknowledgement extends AppName {
  readonly lane: number
  /** From the commit of the oldest change that this confirms, both by the database's clock. */
  readonly seconds: number
}

/**
 * Counts what the hub does. Called as it happens, never for what only may happen; must be quick and must not throw. What stands (the
 * debt, what is held, breakers) is measured from the store when somebody asks, and is not told here.
 */
export interface HubMeter {
  /** A batch of lines of a tenant's log was planned: how many, and how many links were marked for it. */
  planned(tenant: string, lines: number, marks: number): void
  sent(step: SentStep): void
  acknowledged(acknowledgement: Acknowledgement): void
  /** Removals were held back by the guard. */
  held(app: AppName, removals: number): void
  /** The circuit breaker, or the health of an app otherwise, changed. */
  health(app: AppName, health: AppState['health']): void
  /** Somebody who was switched off was found switched on again. */
  resurrected(app: AppName): void
  /** A sweep found differences. */
  drift(app: AppName, kind: DriftKind, count: number): void
  /** A step waited for the rate budget. */
  rateWait(app: AppName, lane: number, seconds: number): void
}

/** What a call of an adapter is for. */
export interface TracedStep extends AppName {
  readonly step: StepName
  readonly type: AccountType
  /** Id of the resource here. */
  readonly resource: string
  readonly lane: number
  /** Place in the log of the change that it delivers, if it is for one. */
  readonly place?: number
}

/** The span of one call of an adapter. */
export interface StepSpan {
  /** Headers that carry the trace to the app: to be sent along as `AdapterCall.headers`. */
  readonly headers: { readonly [name: string]: string }
  /** Ends the span. */
  readonly end: (outcome: 'done' | AppTrouble, status?: number) => void
}

/** Leads a trace from the request that changed a resource to the requests that tell apps. Absent unless tracing is on. */
export interface HubTracer {
  /** Begins the span of a call. May read the log; never rejects. */
  begin(step: TracedStep): Promise<StepSpan>
}
