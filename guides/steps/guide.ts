// The clicks that connect an identity provider, as data: what a step and a guide are.

import type { Kind } from '../../src/quirks/index.ts'

/** A text in each language of the pages. `*…*` is what a menu or button says there, `` `…` `` what is typed or sent. */
export interface Words {
  readonly en: string
  readonly de: string
}

/** The kinds of connection that have a guide: those that are an identity provider. */
export type GuideKind = Exclude<Kind, 'generic' | 'strict' | 'interop'>

/** A field of the identity provider, and what goes into it. */
export interface GuideField {
  /** What the field is called there. */
  readonly label: string
  /** What to enter or choose; `{base-url}` and `{token}` stand for the values of the connection. */
  readonly value: string
  readonly note?: Words
}

/** What the arrival of a request may prove: the connection test, the first person, the first group, a leaver. */
export type Proof = 'test' | 'person' | 'group' | 'leaver'

/** One step at a time, as somebody does it in the identity provider. */
export interface GuideStep {
  /** Unique in its guide, and stable: progress is kept by it. */
  readonly id: string
  readonly title: Words
  /** The way there, in the words of its menus. */
  readonly where: readonly string[]
  readonly clicks: readonly Words[]
  readonly fields?: readonly GuideField[]
  /** What one should see there afterwards. */
  readonly see: Words
  /** What arrives here when it is done; without it, it is ticked by hand. */
  readonly proof?: Proof
  /** The day on which this was compared with its source. */
  readonly checked: string
  /** The page it was compared with. */
  readonly source: string
}

/** A request of the connection test, and what it was in words. */
export interface TestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly endpoint: 'Users' | 'Groups' | 'ServiceProviderConfig' | 'ResourceTypes' | 'Schemas'
  /** `filter`: a search; `one`: a single resource by its id; `list`: neither. */
  readonly asks: 'filter' | 'one' | 'list'
  /** Ends the sentence “Entra …”. */
  readonly says: Words
}

/** How to connect one identity provider. */
export interface Guide {
  readonly kind: GuideKind
  /** Its full name, and the one it goes by in sentences. */
  readonly name: string
  readonly short: string
  /** What one needs before the first step. */
  readonly needs: readonly Words[]
  readonly steps: readonly GuideStep[]
  /** What its connection test sends, in order; empty where it has none. */
  readonly test: readonly TestRequest[]
  /** How to have one test person leave. */
  readonly leaver: GuideStep
  /** How long each wait usually takes, and how often it speaks from then on. */
  readonly waits: { readonly test: Words; readonly person: Words; readonly leaver: Words; readonly rhythm: Words }
  /** What to look at when nothing arrives. */
  readonly silence: Words
  /** Whether groups and their members arrive, and what to know of it. */
  readonly groups: Words
}
