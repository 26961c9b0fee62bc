// The types of a case, of a witness, and of the probe that a case works with.

import type { JsonObject } from '../protocol/index.ts'
import type { AttributePath } from './attribute-path.ts'
import type { Level } from './fault.ts'
import type { Declared, DeclaredType } from './subject/declared.ts'
import type { ListElement } from './subject/list-element.ts'
import type { Subject } from './subject/subject.ts'
import type { Exchange, Headers as SentHeaders } from './wire/exchange.ts'

/** One requirement that can be tried on a server. */
export interface Case {
  /** The requirement's id, `P-375`, with a suffix where one requirement takes several cases: `P-375/add`. */
  readonly id: string
  readonly level: Level
  /** The section that has it: `RFC 7644 §3.5.2.1`. */
  readonly section: string
  /** What a server does that meets it, as a sentence without a full stop. */
  readonly title: string
  /** What most likely has to be changed in a server that fails. */
  readonly fix: string
  /** Ids of cases that have to pass first; when one doesn't, this one can't be tested. */
  readonly needs?: readonly string[]
  /** Runs by itself, after the other cases. */
  readonly alone?: boolean
  readonly run: (probe: Probe) => Promise<void>
}

/** A requirement on every answer of a run, whichever case has asked for it. */
export interface Witness extends Omit<Case, 'run' | 'alone'> {
  /** What was expected of an answer instead; "" when it is right, undefined when the requirement is not about such answers. */
  readonly see: (exchange: Exchange) => string | undefined
}

/** A resource that the check has created. */
export interface Made {
  readonly id: string
  readonly type: DeclaredType
  /** Path below the base URL, `/Users/2819c223`. */
  readonly path: string
  /** The resource as the answer to its creation showed it. */
  readonly body: JsonObject
  /** The name it was created under: unique, with the run's prefix. */
  readonly name: string
  /** The filter that finds it by its name. */
  readonly filter: string
  readonly exchange: Exchange
}

/** What a case works with: what the server declares, requests, and resources of its own. */
export interface Probe {
  readonly declared: Declared
  /** The type that most cases are tried on: User, or the first that can be created. Throws `Blocked` when there is none. */
  readonly subject: () => Subject
  /** The same for groups; throws `NotOffered` when the server has none. */
  readonly groups: () => Subject
  /** The prefix of every name of this run. */
  readonly prefix: string
  /** Base URL without a slash at its end. */
  readonly base: string
  /** Whether requests may be sent that could destroy what the check has not created. */
  readonly destructive: boolean
  /** A name that no other case uses, like `lockstep-check-k3f9x2-17@example.com`. */
  readonly name: () => string
  /** A word that no other case uses, of letters and digits. */
  readonly word: () => string
  /** Three elements for a list, each with a value of its own; the first is primary, the other two have the same type. */
  readonly elements: (list: AttributePath) => readonly [ListElement, ListElement, ListElement]
  /** Any request. A body that is a string goes out as it is; anything else as JSON. `path` is below the base, or absolute. */
  readonly call: (method: string, path: string, body?: unknown, headers?: SentHeaders) => Promise<Exchange>
  readonly get: (path: string, headers?: SentHeaders) => Promise<Exchange>
  readonly post: (path: string, body: unknown, headers?: SentHeaders) => Promise<Exchange>
  readonly put: (path: string, body: unknown, headers?: SentHeaders) => Promise<Exchange>
  /** An array becomes the operations of a PatchOp. */
  readonly patch: (path: string, body: unknown, headers?: SentHeaders) => Promise<Exchange>
  readonly del: (path: string, headers?: SentHeaders) => Promise<Exchange>
  /** GET with a filter and further parameters, encoded. */
  readonly filter: (endpoint: string, filter: string, more?: { readonly [name: string]: string }) => Promise<Exchange>
  readonly search: (endpoint: string, members: { readonly [name: string]: unknown }) => Promise<Exchange>
  readonly bulk: (
    operations: readonly unknown[],
    more?: { readonly [name: string]: unknown },
    headers?: SentHeaders,
  ) => Promise<Exchange>
  /** Creates a resource of the subject's type with what is given; throws `Blocked` when the server refuses. */
  readonly make: (members?: JsonObject, of?: Subject) => Promise<Made>
  /** Creates a resource with each of these members, one after the other. */
  readonly makeEach: <const T extends readonly JsonObject[]>(...all: T) => Promise<{ readonly [K in keyof T]: Made }>
  /** The creation that `make` would send, for a case that judges its answer. */
  readonly create: (members?: JsonObject, of?: Subject) => Promise<Exchange>
  /** Creates a group with these members. */
  readonly makeGroup: (members?: readonly JsonObject[]) => Promise<Made>
  /** Waits until a change made now has another time than this one: a second where the server keeps whole seconds. */
  readonly tick: (time: unknown) => Promise<void>
  /** The resource as GET shows it now; throws `Blocked` when it cannot be read. */
  readonly read: (made: { readonly path: string }) => Promise<JsonObject>
}
