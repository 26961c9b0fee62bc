// Decides what the real provider would make of an answer.

import { isObject } from '../protocol/index.ts'
import type { Finding } from './result.ts'
import type { ActStep, Consequence, Fault, Reaction, Scenario } from './scenario.ts'
import { check, readJson } from './wire/expectation.ts'
import type { WireAnswer } from './wire/message.ts'
import { fillText, type Variables } from './wire/substitute.ts'

/** What came of a request: an answer, or none. */
export type Outcome =
  | { readonly came: 'answer'; readonly answer: WireAnswer }
  | { readonly came: 'none' | 'slow'; readonly reason: string }

/** What there is to say of an answer; nothing when the provider is content. `stops`: it sends nothing more. */
export interface Judgement {
  readonly findings: readonly Finding[]
  readonly stops: boolean
}

/** Longest part of an answer that is quoted. */
const QUOTED = 300

/** Decides what a provider makes of an answer. */
export function judge(scenario: Scenario, step: ActStep, outcome: Outcome, variables: Variables): Judgement {
  const texts = { ...variables, ...describeOutcome(outcome) }
  const tell = (wrong: string, fault: Fault, consequence: Consequence): Finding => {
    const source = consequence.source === undefined ? undefined : scenario.sources[consequence.source]
    return {
      fault,
      wrong,
      does: fillText(consequence.does, texts),
      ...(consequence.shows === undefined ? {} : { shows: fillText(consequence.shows, texts) }),
      ...(source === undefined ? {} : { source }),
    }
  }
  if (outcome.came !== 'answer') {
    const reaction = reactionTo(scenario, step, outcome.came)
    return { findings: [tell(outcome.reason, 'fails', reaction)], stops: reaction.stops === true }
  }
  const { answer } = outcome
  if (!step.takes.includes(answer.status)) {
    const wrong = `the status is ${answer.status}, not ${step.takes.join(' or ')}`
    if (step.look === true)
      return { findings: [tell(wrong, 'unnoticed', lookReaction(step, answer.status))], stops: false }
    const reaction = reactionTo(scenario, step, answer.status)
    return { findings: [tell(wrong, reaction.fault ?? 'fails', reaction)], stops: reaction.stops === true }
  }
  const findings = (step.needs ?? []).flatMap((need) => {
    const faults = check(need.expect, answer, variables)
    return faults.length === 0 ? [] : [tell(faults.join('; '), need.fault ?? 'fails', need)]
  })
  return { findings, stops: false }
}

/** What is said of this very status comes first, at the step and then of the provider; then what is said of any other. */
function reactionTo(scenario: Scenario, step: ActStep, to: number | 'none' | 'slow'): Reaction {
  const own = step.reactions ?? []
  return (
    [...own, ...scenario.reactions].find(({ on }) => on.includes(to)) ??
    [...own, ...scenario.reactions].find(({ on }) => on.includes('other')) ?? { on: [], does: 'takes it for a failure' }
  )
}

function lookReaction(step: ActStep, status: number): Consequence {
  const own = step.reactions?.find(({ on }) => on.includes(status) || on.includes('other'))
  return own ?? { does: 'does not look, and believes that all is well' }
}

const PHRASES: { readonly [status: number]: string } = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** Names that every text may use besides those of the run and the person. */
function describeOutcome(outcome: Outcome): { readonly [name: string]: string } {
  if (outcome.came !== 'answer') return { status: '', phrase: outcome.reason, phraseWord: '', detail: '', quoted: '' }
  const { status, body } = outcome.answer
  const phrase = PHRASES[status] ?? String(status)
  const json = readJson(body)
  const detail = isObject(json) && typeof json.detail === 'string' ? json.detail : ''
  return {
    status: String(status),
    phrase,
    phraseWord: phrase.replaceAll(' ', ''),
    detail: clip(detail),
    quoted: clip(body),
  }
}

function clip(text: string): string {
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text
}
