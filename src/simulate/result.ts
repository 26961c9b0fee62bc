// What came of a simulation, step by step, and the same as text for the message of a failed test.

import type { ActName, Fault, Source } from './scenario.ts'

/** `skipped`: not sent, because something before it had failed. The others: see `Fault`. */
export type Verdict = 'works' | Fault | 'skipped'

/** Something that is wrong with an answer, and what the real provider would do about it. */
export interface Finding {
  readonly fault: Fault
  /** What the answer has wrong. */
  readonly wrong: string
  /** What the real provider does: "marks the user as failed". */
  readonly does: string
  /** What an administrator reads there, word for word. */
  readonly shows?: string
  /** Where that is known from; absent where it follows from how the provider works, and nobody has written it down. */
  readonly source?: Source
}

/** One request, its answer, and what the real provider would make of it. */
export interface StepResult {
  readonly act: ActName
  readonly step: string
  /** The `userName` of the person it is about. */
  readonly person?: string
  /** Our own look at what the server holds: the real provider does not send it. */
  readonly look: boolean
  readonly verdict: Verdict
  /** What a good answer means to the provider; why a step was skipped. */
  readonly meaning: string
  readonly findings: readonly Finding[]
  /** As sent, without credentials. */
  readonly request?: { readonly method: string; readonly path: string; readonly body?: string }
  /** Absent when none came. */
  readonly answer?: { readonly status: number; readonly body: string; readonly ms: number }
}

/** One act and the worst of its steps. */
export interface ActResult {
  readonly act: ActName
  readonly title: string
  readonly verdict: Verdict
  /** The people so far, with the id that the server gave each. */
  readonly people: readonly SimulatedPerson[]
}

/** A person of the simulation. */
export interface SimulatedPerson {
  readonly userName: string
  readonly displayName: string
  /** The id that the server gave; absent while it has given none. */
  readonly id?: string
}

/** What came of a simulation. */
export interface Simulation {
  /** The provider's name for people. */
  readonly provider: string
  /** Which of its ways to work was played. */
  readonly about: string
  /** When what is known of it was last held against the sources: year and month. */
  readonly checked: string
  readonly url: string
  /** Give it to play the same people again. */
  readonly seed: number
  /** Whether the real provider would do its work without a failure, noticed or not. */
  readonly works: boolean
  /** Whether it ended before all was played: it was stopped, or the provider would have sent no more. */
  readonly stopped: boolean
  readonly acts: readonly ActResult[]
  readonly steps: readonly StepResult[]
  /** The steps with a failure, noticed or not: none when it works. */
  readonly problems: readonly StepResult[]
  readonly people: readonly SimulatedPerson[]
  readonly requests: number
  readonly ms: number
  /** What was made and could not be removed, with the reason. */
  readonly left: readonly string[]
}

const ORDER: readonly Verdict[] = ['skipped', 'works', 'warning', 'unnoticed', 'fails']

/** The worst of some verdicts. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce<Verdict>((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), 'skipped')
}

/**
 * Tells what the real provider would complain of, and what it would not notice, as text: for the message of a failed test.
 *
 * @example
 * const played = await simulate('okta', { fetch: scim.fetch, token })
 * assert(played.works, tellSimulation(played))
 */
export function tellSimulation(simulation: Simulation): string {
  const { provider, about, problems, left } = simulation
  const lines = [`${provider} (${about}): ${problems.length === 0 ? 'all works' : `${problems.length} problems`}`]
  for (const { act, step, person, findings, request, answer } of problems) {
    lines.push('', `${act}, ${step}${person === undefined ? '' : ` (${person})`}`)
    if (request !== undefined) lines.push(`  sent ${request.method} ${request.path}`)
    if (request?.body !== undefined) lines.push(`       ${request.body}`)
    lines.push(answer === undefined ? '  got  no answer' : `  got  ${answer.status} ${answer.body}`)
    for (const { wrong, does, shows } of findings) {
      lines.push(`  ${wrong}`, `  ${provider} ${does}`)
      if (shows !== undefined) lines.push(`  ${provider} shows: ${shows}`)
    }
  }
  for (const one of left) lines.push('', `Left behind: ${one}`)
  return lines.join('\n')
}
