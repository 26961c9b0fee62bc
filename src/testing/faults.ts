// The fault layer before a fake app: what happens to a request on its way there, at the door, or on its way back.

import type { Clock } from './clock.ts'

/** What goes wrong. Times are in milliseconds. */
export type Fault =
  /** Nothing listens: no connection, no effect. */
  | { readonly kind: 'refused' }
  /** The connection breaks before the app has read the request, or after it has carried it out. */
  | { readonly kind: 'reset'; readonly effect: boolean }
  /** No answer ever comes. The request takes effect never, at once (`afterMs: 0`), or later. */
  | { readonly kind: 'silent'; readonly afterMs?: number }
  /** The request arrives twice; the second one later. */
  | { readonly kind: 'duplicated'; readonly afterMs: number }
  /** The answer takes so long. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Half of the answer's body comes. `broken`: then the connection breaks; else it looks whole. */
  | { readonly kind: 'truncated'; readonly broken?: boolean }
  /** 200 without a body; the request took effect. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'throttled'
      readonly retryAfter?: 'seconds' | 'date' | 'none' | 'nonsense'
      readonly seconds?: number
    }
  /** A 5xx. `effect`: after the request was carried out. */
  | { readonly kind: 'error'; readonly status?: number; readonly effect?: boolean; readonly seconds?: number }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'too-large' }
  /** 400 for requests that name an attribute. */
  | { readonly kind: 'refused-attribute'; readonly attribute: string }
  /** A page for people, with status 200. */
  | { readonly kind: 'html' }

/** When something goes wrong. */
export interface FaultRule {
  readonly fault: Fault
  /** All methods when absent. */
  readonly methods?: readonly string[]
  /** How the path below the base URL begins: `/Users`. */
  readonly path?: string
  /** 0 to 1; always when absent. */
  readonly chance?: number
  /** How often it happens; without end when absent. */
  readonly times?: number
  /** From when, and until when, in milliseconds since 1970. */
  readonly from?: number
  readonly until?: number
}

/** The rules of an app that apply. */
export interface FaultLayer {
  /** Adds a rule; returns how to take it away. */
  readonly add: (rule: FaultRule) => () => void
  readonly clear: () => void
  readonly rules: () => readonly FaultRule[]
  /** What goes wrong with a request; the rule that was added last goes first. */
  readonly draw: (method: string, path: string, body: string) => Fault | undefined
}

/** Creates the fault layer of an app. */
export function createFaultLayer(clock: Clock, rules: readonly FaultRule[]): FaultLayer {
  let all = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }))
  const applies = (
    { methods, path, from = 0, until = Number.POSITIVE_INFINITY }: FaultRule,
    method: string,
    at: string,
  ) =>
    (methods === undefined || methods.includes(method)) &&
    (path === undefined || at.startsWith(path)) &&
    clock.now() >= from &&
    clock.now() < until
  return {
    add(rule) {
      const one = { rule, left: rule.times ?? Number.POSITIVE_INFINITY }
      all = [one, ...all]
      return () => {
        all = all.filter((other) => other !== one)
      }
    },
    clear() {
      all = []
    },
    rules: () => all.map(({ rule }) => rule),
    draw(method, path, body) {
      for (const one of all) {
        const { fault, chance = 1 } = one.rule
        if (one.left <= 0 || !applies(one.rule, method, path)) continue
        if (fault.kind === 'refused-attribute' && !body.includes(`"${fault.attribute}"`)) continue
        if (chance < 1 && clock.chance() >= chance) continue
        one.left -= 1
        return fault
      }
      return undefined
    },
  }
}
