// Which cases a check runs, by ids, groups and sections.

import type { Case, Witness } from './case.ts'
import { CASE_GROUPS, CASES, WITNESSES } from './cases.ts'
import { CheckError } from './fault.ts'
import type { CheckOptions } from './options.ts'

/** The cases and witnesses of a run. */
export interface Selection {
  readonly cases: readonly Case[]
  readonly witnesses: readonly Witness[]
}

/** Selects by `only` and `skip`; throws `CheckError` for a word that names no case, and where nothing is left. */
export function select({ only, skip = [], for: kinds = [] }: Pick<CheckOptions, 'only' | 'skip' | 'for'>): Selection {
  for (const word of [...(only ?? []), ...skip]) {
    if (![...CASES, ...WITNESSES].some((one) => isNamed(one, word)))
      throw new CheckError(
        `No case is called "${word}"; give an id (P-375), the beginning of one (P-37), a group (patch), or a section (7644 §3.5.2)`,
      )
  }
  const wanted = (one: Case | Witness) =>
    (only === undefined || only.some((word) => isNamed(one, word))) && !skip.some((word) => isNamed(one, word))
  const chosen = { cases: CASES.filter(wanted), witnesses: WITNESSES.filter(wanted) }
  if (chosen.cases.length + chosen.witnesses.length + kinds.length === 0)
    throw new CheckError('No case is left after only and skip')
  return chosen
}

function isNamed(one: Case | Witness, word: string): boolean {
  const lower = word.toLowerCase()
  if (
    CASE_GROUPS.some(
      ({ name, cases, witnesses = [] }) =>
        name === lower && ([...cases, ...witnesses] as readonly (Case | Witness)[]).includes(one),
    )
  )
    return true
  if (/^[a-z]-/i.test(word)) return one.id.toLowerCase().startsWith(lower)
  return /\d{4}/.test(word) && one.section.replaceAll(/\s/g, '').toLowerCase().includes(lower.replaceAll(/\s/g, ''))
}
