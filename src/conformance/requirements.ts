// Declares cases and witnesses, each by the level, the id and the title of its requirement.

import type { Case, Witness } from './case.ts'
import type { Level } from './fault.ts'

/** What a case has besides level, id and title. Section and needs are those of the file unless it has its own. */
export type CaseBody = Pick<Case, 'fix' | 'run'> & Partial<Pick<Case, 'section' | 'needs' | 'alone'>>

/** The same for a witness. */
export type WitnessBody = Pick<Witness, 'fix' | 'see'> & Partial<Pick<Witness, 'section' | 'needs'>>

/** Declares a case or a witness by its id, the title of its requirement, and its body. */
export interface Declare {
  (id: string, title: string, body: CaseBody): Case
  (id: string, title: string, body: WitnessBody): Witness
}

/** One way to declare for each level; `section` and `needs` are what the cases of a file have in common. */
export function requirements(
  section: string,
  needs: readonly string[] = [],
): { readonly must: Declare; readonly should: Declare; readonly may: Declare; readonly own: Declare } {
  const at = (level: Level) =>
    ((id: string, title: string, body: CaseBody | WitnessBody) => ({
      id,
      level,
      section,
      title,
      needs,
      ...body,
    })) as Declare
  return { must: at('MUST'), should: at('SHOULD'), may: at('MAY'), own: at('OWN') }
}
