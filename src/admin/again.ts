// Would a request of the record pass now? Rehearses it against today's schemas, settings and data.

import { explain } from '../explain/index.ts'
import type { PlacedLine } from '../record/index.ts'
import { type NotAgain, wholeOf } from './made-up.ts'
import { type Speaker, type Tried, type TryDeps, tryRequest } from './try.ts'

/** Whether it would pass. `unclear`: that hangs on values, and those of the record are gone. */
export type Verdict = 'passes' | 'refused' | 'unclear'

/** What came of sending a request again. */
export interface Again {
  readonly verdict: Verdict
  /** Why it is unclear. */
  readonly because?: NotAgain | 'values'
  /** Whether values in it were made up, of the same form as those that were sent. */
  readonly madeUp: boolean
  /** What it was answered then. */
  readonly was: { readonly status: number; readonly code?: string }
  /** What it would be answered now; absent where it could not be tried. */
  readonly now?: Tried
}

/** Causes that are about a value itself: with made-up ones nobody can tell. */
const ABOUT_VALUES: ReadonlySet<string> = new Set([
  'bad-characters',
  'group-name-taken',
  'id-taken',
  'immutable',
  'json-in-text',
  'member-not-here',
  'member-not-there',
  'member-type',
  'nothing-selected',
  'password',
  'reference-type',
  'same-person-unclear',
  'uniqueness',
  'user-name-taken',
  'value-form',
  'value-not-offered',
  'value-taken',
])

/** Rehearses a kept request as this speaker. Nothing is written. */
export async function again(
  deps: TryDeps,
  speaker: Speaker,
  line: PlacedLine,
  language: 'en' | 'de' = 'en',
): Promise<Again> {
  const was = { status: line.status, ...(line.code === undefined ? {} : { code: line.code }) }
  const whole = wholeOf(line)
  if (typeof whole === 'string') return { verdict: 'unclear', because: whole, madeUp: false, was }
  const now = await tryRequest(deps, speaker, whole.request, { dry: true, language })
  const { madeUp } = whole
  if (madeUp && (hangsOnValues(causeThen(line)) || hangsOnValues(now.explanation?.cause))) {
    return { verdict: 'unclear', because: 'values', madeUp, was, now }
  }
  return { verdict: now.status < 400 ? 'passes' : 'refused', madeUp, was, now }
}

function hangsOnValues(cause: string | undefined): boolean {
  return cause !== undefined && ABOUT_VALUES.has(cause)
}

function causeThen({ status, code, detail }: PlacedLine): string | undefined {
  if (status < 400) return undefined
  return explain({ code: code ?? status, ...(detail === undefined ? {} : { detail }) }).cause
}
