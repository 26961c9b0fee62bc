// Declares the cases of one file, each by the level, the id and the title of its requirement.

import type { Case } from './case.ts'
import type { Level } from './fault.ts'

/** What a case has besides level, id and title. Section and needs are those of the file unless it has its own. */
export type CaseBody = Pick<Case, 'fix' | 'run'> & Partial<Pick<Case, 'section' | 'needs' | 'alone'>>

/** Declares a case by its id, the title of its requirement, and its body. */
export type Declare = (id: string, title: string, body: CaseBody) => Case

/** One way to declare a case for each level; `section` and `needs` are what the cases of a file have in common. */
export function requirements(
  section: string,
  needs: readonly string[] = [],
): { readonly must: Declare; readonly should: Declare; readonly may: Declare; readonly own: Declare } {
  const at =
    (level: Level): Declare =>
    (id, title, body) => ({ id, level, section, title, needs, ...body })
  return { must: at('MUST'), should: at('SHOULD'), may: at('MAY'), own: at('OWN') }
}
