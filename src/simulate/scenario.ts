// What an identity provider does, as data: its manners, its acts, and what it makes of each answer.

import type { Expectation } from './wire/expectation.ts'
import type { Manners, RequestTemplate } from './wire/message.ts'

/** What happens in a company, in the order in which it is played. */
export const ACTS = ['connect', 'joiner', 'existing', 'mover', 'group', 'leaver', 'returner', 'delete'] as const

/** One of `ACTS`. */
export type ActName = (typeof ACTS)[number]

/** Acts that have to be played before one, since they make what it changes. */
export const NEEDED: { readonly [act in ActName]: readonly ActName[] } = {
  connect: [],
  joiner: [],
  existing: ['joiner'],
  mover: ['joiner'],
  group: ['joiner'],
  leaver: ['joiner'],
  returner: ['joiner', 'leaver'],
  delete: ['joiner'],
}

/** Where a fact comes from. */
export interface Source {
  readonly title: string
  readonly url?: string
  /**
   * `documented`: the vendor says so. `observed`: seen in requests, logs or on screens that others have published.
   * `derived`: read from the client's source code. `reported`: by people who run servers against it.
   */
  readonly how: 'documented' | 'observed' | 'derived' | 'reported'
}

/** What a provider does after an answer. Texts are predicates ("marks the user as failed") and may have placeholders. */
export interface Consequence {
  readonly does: string
  /** What an administrator reads there, word for word. */
  readonly shows?: string
  /** A key of the scenario's sources; absent where it follows from how the provider works, and nobody has written it down. */
  readonly source?: string
}

/** What a provider does when an answer has one of these statuses, or when none came. */
export interface Reaction extends Consequence {
  /** `none`: no answer at all. `slow`: none within its patience. `other`: any status that nothing else is said of. */
  readonly on: readonly (number | 'none' | 'slow' | 'other')[]
  /** Nothing is sent any more. */
  readonly stops?: true
  /** `fails` when absent; `warning` where the provider knows another way. */
  readonly fault?: Fault
}

/**
 * How bad an answer is. `fails`: the provider reports a failure, or sends no more. `unnoticed`: it believes that all is
 * well, and it is not. `warning`: it works, with something that an administrator will ask about.
 */
export type Fault = 'fails' | 'unnoticed' | 'warning'

/** What an answer must have beyond a status that is taken. */
export interface Need extends Consequence {
  readonly expect: Partial<Expectation>
  /** `fails` when absent. */
  readonly fault?: Fault
}

/** One request of a provider. */
export interface ActStep {
  readonly name: string
  /** Sent for each person, or only for the first of them; once when absent. */
  readonly for?: 'person' | 'first'
  /** Skipped unless this variable has been saved: the step that saves it has failed. */
  readonly after?: string
  /** There is an occasion for it only if this variable is there and not false, or else is not. */
  readonly when?: string
  readonly unless?: string
  /** Our own look at what the server holds: the real provider does not send it. */
  readonly look?: true
  readonly request: RequestTemplate
  /** Statuses that it takes for success. */
  readonly takes: readonly number[]
  /** What a good answer means to it. */
  readonly works: string
  readonly needs?: readonly Need[]
  readonly reactions?: readonly Reaction[]
  /** Values of the answer to keep, by JSON Pointer or `header:Name`; `saveIfThere` may find nothing. */
  readonly save?: { readonly [variable: string]: string }
  readonly saveIfThere?: { readonly [variable: string]: string }
}

/** One event in a company, and the requests that come of it. */
export interface Act {
  readonly act: ActName
  /** What happens, in a few words. */
  readonly title: string
  readonly steps: readonly ActStep[]
}

/** How long a provider waits, and what it sends again. */
export interface Patience {
  readonly timeoutMs: number
  /** Statuses after which it sends the same again, and how often. */
  readonly again?: { readonly on: readonly number[]; readonly times: number }
}

/** An identity provider. */
export interface Scenario extends Manners {
  /** Its name for people. */
  readonly name: string
  /** Which of its ways to work this is. */
  readonly about: string
  /** The kind of connection that Lockstep has for it. */
  readonly kind: string
  /** When its facts were last held against the sources: year and month. */
  readonly checked: string
  readonly sources: { readonly [key: string]: Source }
  readonly patience: Patience
  /** What it makes of answers, whatever the step. */
  readonly reactions: readonly Reaction[]
  readonly acts: readonly Act[]
}
