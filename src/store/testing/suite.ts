// What the suite of stores is made of: rules in chapters.

import type { Expect } from './expect.ts'
import type { Fixture } from './fixture.ts'

/** One thing that every store keeps. */
export interface Rule {
  readonly name: string
  readonly run: (on: Fixture, expect: Expect) => Promise<void>
  /** It takes `ß` for `ss`, as Unicode folds case and databases don't. */
  readonly folds?: boolean
}

/** Rules of one subject. */
export interface Chapter {
  readonly name: string
  readonly rules: readonly Rule[]
  /** Fills the store before each rule, or once where one store serves all of them. */
  readonly before?: (on: Fixture) => Promise<unknown>
  /** The rules only read, so that one store serves all. */
  readonly reads?: true
  /** The rules use functions that run inside a commit. */
  readonly inside?: true
}

/** States a rule. */
export function rule(name: string, run: Rule['run'], traits: Pick<Rule, 'folds'> = {}): Rule {
  return { name, run, ...traits }
}
