// A step of the customer on the setup page: read from a request, and what it changes.

import type { JsonObject } from '../../protocol/index.ts'
import type { SetupLink } from '../link/link.ts'
import { laterStep, MOST, type Progress, type SetupStep, STEPS } from '../link/progress.ts'
import { wrong } from '../link/refused.ts'

/** What a customer did. */
export interface StepChange {
  /** The step that the page shows now. */
  readonly step?: SetupStep
  readonly kind?: string
  readonly expected?: number
  /** A step of the identity provider that was ticked, or whose tick was taken back. */
  readonly tick?: string
  readonly untick?: string
  readonly leaver?: 'begin' | 'skip'
  /** A step of the identity provider that looks different there. */
  readonly different?: string
}

/** Longest name of a step of an identity provider. */
const NAME_LENGTH = 100
/** Most people that anybody expects. */
const MOST_PEOPLE = 100_000_000

/** Reads what a customer did. Throws Refused. */
export function readStep(body: JsonObject, link: SetupLink): StepChange {
  const { step, kind, expected, tick, untick, leaver, different } = body
  const known = STEPS.find((one) => one === step)
  if (step !== undefined && known === undefined) throw wrong(`step must be one of ${STEPS.join(', ')}`)
  if (kind !== undefined && !link.kinds.some((one) => one === kind))
    throw wrong(`kind must be one of ${link.kinds.join(', ')}`)
  if (
    expected !== undefined &&
    !(Number.isSafeInteger(expected) && Number(expected) >= 0 && Number(expected) <= MOST_PEOPLE)
  )
    throw wrong('expected must be a number of people')
  if (leaver !== undefined && leaver !== 'begin' && leaver !== 'skip') throw wrong('leaver must be begin or skip')
  return {
    ...(known === undefined ? {} : { step: known }),
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(typeof expected === 'number' ? { expected } : {}),
    ...name('tick', tick),
    ...name('untick', untick),
    ...name('different', different),
    ...(leaver === undefined ? {} : { leaver }),
  }
}

function name<Name extends string>(
  field: Name,
  value: JsonObject[string] | undefined,
): { readonly [key in Name]?: string } {
  if (value === undefined) return {}
  if (typeof value === 'string' && value.length <= NAME_LENGTH && /^[\w.-]+$/.test(value))
    return { [field]: value } as { readonly [key in Name]?: string }
  throw wrong(`${field} must be the name of a step`)
}

/** Progress after what a customer did. */
export function stepChanged(now: Progress, change: StepChange, at: number): Progress {
  const { step, kind, expected, tick, untick, leaver, different } = change
  const ticked = now.ticked.filter((one) => one !== untick && one !== tick)
  return {
    ...now,
    ...(step === undefined ? {} : { step, reached: laterStep(step, now.reached) }),
    ...(step === 'done' && now.done === undefined ? { done: at } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(expected === undefined ? {} : { expected }),
    ticked: tick === undefined ? ticked : [...ticked, tick].slice(-MOST.TICKS),
    ...(leaver === 'begin' ? { leaverBegan: at, leaverSkipped: false } : {}),
    ...(leaver === 'skip' ? { leaverSkipped: true } : {}),
    ...(different === undefined
      ? {}
      : { looksDifferent: [...now.looksDifferent, { at, click: different }].slice(-MOST.REMARKS) }),
  }
}
